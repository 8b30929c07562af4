// Ops that move elements, and constants.
// RUN: argent-opt %s --lower-to-hl --cse | FileCheck %s

// A reshape is a view: the flattened features are the image's pixels and channels.
// CHECK-LABEL: hl.pipeline @k0_flatten(
// CHECK-SAME: %[[X:.*]]: !hl.buffer<?x400xf32>
// CHECK: hl.func "add" [%n in ?, %c in 400]
// CHECK: hl.at %[[X]][%n, %c]
func.func @flatten(%x: tensor<?x5x5x16xf32>, %b: tensor<400xf32>) -> tensor<?x400xf32> {
  %y = nn.fused "flatten" (%a = %x : tensor<?x5x5x16xf32>, %c = %b : tensor<400xf32>) -> (tensor<?x400xf32>) {
    %0 = nn.reshape %a : tensor<?x5x5x16xf32> to tensor<?x400xf32>
    %1 = nn.add %0, %c : tensor<?x400xf32>, tensor<400xf32>
    nn.yield %1 : tensor<?x400xf32>
  }
  return %y : tensor<?x400xf32>
}

// CHECK-LABEL: hl.pipeline @k1_transpose(
// CHECK-SAME: %[[X:.*]]: !hl.buffer<?x3x4xf32>
// CHECK: hl.func "transpose" [%n in ?, %p in 4, %c in 3] -> f32
// CHECK: hl.at %[[X]][%n, %c, %p]
func.func @transpose(%x: tensor<?x3x4xf32>) -> tensor<?x4x3xf32> {
  %y = nn.fused "transpose" (%a = %x : tensor<?x3x4xf32>) -> (tensor<?x4x3xf32>) {
    %0 = nn.transpose %a [0, 2, 1] : tensor<?x3x4xf32>
    nn.yield %0 : tensor<?x4x3xf32>
  }
  return %y : tensor<?x4x3xf32>
}

// N counts; a small constant is spelled out.
// CHECK-LABEL: hl.pipeline @k2_count(
// CHECK: hl.func "count" []
// CHECK: hl.batch
// CHECK: hl.func "mul" [%i in 3]
// CHECK: arith.select
func.func @count(%x: tensor<?x4xf32>) -> tensor<3xf32> {
  %y = nn.fused "count" (%a = %x : tensor<?x4xf32>) -> (tensor<3xf32>) {
    %0 = nn.count %a [0, 1] : tensor<?x4xf32> -> tensor<f32>
    %1 = nn.constant dense<[0.5, 0.25, 1.0]> : tensor<3xf32>
    %2 = nn.mul %0, %1 : tensor<f32>, tensor<3xf32>
    nn.yield %2 : tensor<3xf32>
  }
  return %y : tensor<3xf32>
}
