// Pooling's gradients. %k is the gradient of %y.
// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// The maximum's place is looked up in the input.
// CHECK-LABEL: func.func @max(
// CHECK-SAME: %[[X:.*]]: tensor<?x8x8x3xf32>, %[[G:.*]]: tensor<?x4x4x3xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.pool_grad max %[[G]] of %[[X]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @max(%x: tensor<?x8x8x3xf32>, %k: tensor<?x4x4x3xf32>) -> tensor<f32> {
  %y = nn.pool max %x size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x8x8x3xf32>
  %p = nn.mul %y, %k : tensor<?x4x4x3xf32>, tensor<?x4x4x3xf32>
  %s = nn.reduce sum %p [0, 1, 2, 3] : tensor<?x4x4x3xf32>
  return %s : tensor<f32>
}

// An average does not look at it.
// CHECK-LABEL: func.func @avg(
// CHECK-SAME: %[[X:.*]]: tensor<?x8x8x3xf32>, %[[G:.*]]: tensor<?x4x4x3xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.pool_grad avg %[[G]] size [3, 3] strides [2, 2] padding [1, 1, 1, 1] count_padding : tensor<?x4x4x3xf32> -> tensor<?x8x8x3xf32>
// CHECK: return %{{.*}}, %[[DX]]
func.func @avg(%x: tensor<?x8x8x3xf32>, %k: tensor<?x4x4x3xf32>) -> tensor<f32> {
  %y = nn.pool avg %x size [3, 3] strides [2, 2] padding [1, 1, 1, 1] count_padding : tensor<?x8x8x3xf32>
  %p = nn.mul %y, %k : tensor<?x4x4x3xf32>, tensor<?x4x4x3xf32>
  %s = nn.reduce sum %p [0, 1, 2, 3] : tensor<?x4x4x3xf32>
  return %s : tensor<f32>
}
