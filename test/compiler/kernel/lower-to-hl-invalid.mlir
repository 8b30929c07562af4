// RUN: argent-opt %s --lower-to-hl -split-input-file -verify-diagnostics

func.func @bare(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{is in no nn.fused: run --nn-fuse first}}
  %y = nn.relu %x : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// -----

func.func @large(%x: tensor<20xf32>) -> tensor<20xf32> {
  %y = nn.fused "large" (%a = %x : tensor<20xf32>) -> (tensor<20xf32>) {
    // expected-error @+1 {{of more than 16 different elements stands outside of nn.fused}}
    %0 = nn.constant dense<[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]> : tensor<20xf32>
    %1 = nn.add %a, %0 : tensor<20xf32>, tensor<20xf32>
    nn.yield %1 : tensor<20xf32>
  }
  return %y : tensor<20xf32>
}

// -----

func.func @twice(%x: tensor<?x8xf32>) -> tensor<?x?xf32> {
  %y = nn.fused "twice" (%a = %x : tensor<?x8xf32>) -> (tensor<?x?xf32>) {
    %t = nn.transpose %a [1, 0] : tensor<?x8xf32>
    // expected-error @+1 {{the result has the batch N in two dimensions, which is not supported yet}}
    %0 = nn.matmul %a, %t : tensor<?x8xf32>, tensor<8x?xf32>
    nn.yield %0 : tensor<?x?xf32>
  }
  return %y : tensor<?x?xf32>
}
