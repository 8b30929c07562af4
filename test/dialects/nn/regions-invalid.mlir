// RUN: argent-test-opt %s --split-input-file --verify-diagnostics

// A parameter is an op of a function, not of a region: the region is given its value.
func.func @parameter(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = test.scope -> tensor<4xf32> {
    // expected-error @below {{'nn.parameter' op expects parent op 'func.func'}}
    %w = nn.parameter "w" <constant> : tensor<4xf32>
    %0 = nn.mul %x, %w : tensor<4xf32>, tensor<4xf32>
    test.yield %0 : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

func.func @state(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = test.scope -> tensor<4xf32> {
    // expected-error @below {{'nn.state' op expects parent op 'func.func'}}
    %w = nn.state "w" <constant> : tensor<4xf32>
    test.yield %w : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}
