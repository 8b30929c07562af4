// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// f = sum of x * y: df/dx = y, df/dy = x; an integer has no gradient.
// CHECK-LABEL: func.func @product
// CHECK-SAME: (%[[X:.*]]: tensor<3xf64>, %{{.*}}: tensor<3xi32>, %[[Y:.*]]: tensor<3xf64>) -> (tensor<f64>, tensor<3xf64>, tensor<3xf64>)
func.func @product(%x: tensor<3xf64>, %i: tensor<3xi32>, %y: tensor<3xf64>) -> tensor<f64> {
  // CHECK: %[[F:.*]] = nn.reduce sum
  // CHECK: return %[[F]], %[[Y]], %[[X]]
  %0 = nn.mul %x, %y : tensor<3xf64>, tensor<3xf64>
  %1 = nn.reduce sum %0 [0] : tensor<3xf64>
  return %1 : tensor<f64>
}

// A product with a matrix that all share: its gradient joins the leading dimensions into the product.
// CHECK-LABEL: func.func @shared
func.func @shared(%x: tensor<2x5x3xf64>, %w: tensor<3x4xf64>) -> tensor<f64> {
  // CHECK: %[[J:.*]] = nn.reshape %{{.*}} : tensor<2x5x3xf64> to tensor<10x3xf64>
  // CHECK: nn.matmul %[[J]] transposed, %{{.*}} : tensor<10x3xf64>, tensor<10x4xf64>
  %0 = nn.matmul %x, %w : tensor<2x5x3xf64>, tensor<3x4xf64>
  %1 = nn.mul %0, %0 : tensor<2x5x4xf64>, tensor<2x5x4xf64>
  %2 = nn.reduce sum %1 [0, 1, 2] : tensor<2x5x4xf64>
  return %2 : tensor<f64>
}
