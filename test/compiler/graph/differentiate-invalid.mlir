// RUN: argent-opt %s --split-input-file --nn-differentiate --verify-diagnostics

// All ops without a gradient at once.
func.func @missing(%x: tensor<2x4x4x1xf32>, %g: tensor<2x2x2x1xf32>, %label: tensor<2xi32>, %rate: tensor<f32>) -> tensor<f32> {
  %w = nn.parameter "w" <constant> : tensor<1xf32>
  %a = nn.mul %x, %w : tensor<2x4x4x1xf32>, tensor<1xf32>
  // expected-error @below {{nn.pool_grad has no gradient, and the loss depends on parameters through it}}
  %b = nn.pool_grad max %g of %a : tensor<2x4x4x1xf32> size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<2x2x2x1xf32> -> tensor<2x4x4x1xf32>
  // expected-error @below {{nn.pool_grad has no gradient, and the loss depends on parameters through it}}
  %e = nn.pool_grad min %g of %a : tensor<2x4x4x1xf32> size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<2x2x2x1xf32> -> tensor<2x4x4x1xf32>
  %c = nn.reduce sum %e [0, 1, 2, 3] : tensor<2x4x4x1xf32>
  %d = nn.reduce sum %b [0, 1, 2, 3] : tensor<2x4x4x1xf32>
  %loss = nn.add %c, %d : tensor<f32>, tensor<f32>
  %norm = nn.optimize %loss by <"sgd"> rate %rate : tensor<f32>, tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}

// -----

// The loss does not reach "b", nor "stopped", nor what only @predict uses.
func.func @predict() -> tensor<f32> {
  // expected-error @below {{the loss does not depend on the parameter "elsewhere"}}
  %w = nn.parameter "elsewhere" <constant> : tensor<f32>
  return %w : tensor<f32>
}
func.func @train_step(%rate: tensor<f32>) -> tensor<f32> {
  %w = nn.parameter "w" <constant> : tensor<f32>
  // expected-error @below {{the loss does not depend on the parameter "b"}}
  %b = nn.parameter "b" <constant> : tensor<f32>
  // expected-error @below {{the loss does not depend on the parameter "stopped"}}
  %s = nn.parameter "stopped" <constant> : tensor<f32>
  %0 = nn.stop_gradient %s : tensor<f32>
  %loss = nn.add %w, %0 : tensor<f32>, tensor<f32>
  %norm = nn.optimize %loss by <"sgd"> rate %rate : tensor<f32>, tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}
