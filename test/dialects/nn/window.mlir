// RUN: argent-opt %s | argent-opt | FileCheck %s

// P = (H + padding - dilated(R)) / stride + 1, rounded down: the type of the result is inferred, so a use of another type is an error.

// 32 x 32 x 3 with ten 5 x 5 filters, padding 2, gives 32 x 32 x 10.
// CHECK-LABEL: func.func @same
func.func @same(%x: tensor<?x32x32x3xf32>, %f: tensor<5x5x3x10xf32>) -> tensor<?x32x32x10xf32> {
  // CHECK: nn.conv %{{.*}}, %{{.*}} strides [1, 1] padding [2, 2, 2, 2] dilations [1, 1] : tensor<?x32x32x3xf32>, tensor<5x5x3x10xf32>
  %0 = nn.conv %x, %f strides [1, 1] padding [2, 2, 2, 2] dilations [1, 1] : tensor<?x32x32x3xf32>, tensor<5x5x3x10xf32>
  return %0 : tensor<?x32x32x10xf32>
}

// (7 - 3) / 2 + 1 = 3; dilated: (10 - 5) / 3 + 1 = 2.
// CHECK-LABEL: func.func @strided
func.func @strided(%x: tensor<2x7x10x4xf32>, %f: tensor<3x3x2x6xf32>) -> tensor<2x3x2x6xf32> {
  // CHECK: groups 2
  %0 = nn.conv %x, %f strides [2, 3] padding [0, 0, 0, 0] dilations [1, 2] groups 2 : tensor<2x7x10x4xf32>, tensor<3x3x2x6xf32>
  return %0 : tensor<2x3x2x6xf32>
}

// One axis and three.
// CHECK-LABEL: func.func @axes
func.func @axes(%x: tensor<?x9x4xf32>, %f: tensor<3x4x2xf32>, %v: tensor<?x5x5x5x1xf32>, %g: tensor<2x2x2x1x3xf32>)
    -> (tensor<?x9x2xf32>, tensor<?x4x4x4x3xf32>) {
  // CHECK: nn.conv %{{.*}} strides [1] padding [2, 0] dilations [1]
  // CHECK: nn.conv %{{.*}} strides [1, 1, 1]
  %0 = nn.conv %x, %f strides [1] padding [2, 0] dilations [1] : tensor<?x9x4xf32>, tensor<3x4x2xf32>
  %1 = nn.conv %v, %g strides [1, 1, 1] padding [0, 0, 0, 0, 0, 0] dilations [1, 1, 1] : tensor<?x5x5x5x1xf32>, tensor<2x2x2x1x3xf32>
  return %0, %1 : tensor<?x9x2xf32>, tensor<?x4x4x4x3xf32>
}

// CHECK-LABEL: func.func @gradients
func.func @gradients(%x: tensor<?x7x7x4xf32>, %f: tensor<3x3x4x6xf32>, %g: tensor<?x5x5x6xf32>) {
  // CHECK: nn.conv_input_grad %{{.*}}, %{{.*}} strides [1, 1] {{.*}} -> tensor<?x7x7x4xf32>
  %0 = nn.conv_input_grad %g, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x5x5x6xf32>, tensor<3x3x4x6xf32> -> tensor<?x7x7x4xf32>
  // CHECK: nn.conv_filter_grad %{{.*}}, %{{.*}} strides [1, 1] {{.*}} -> tensor<3x3x4x6xf32>
  %1 = nn.conv_filter_grad %x, %g strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x7x7x4xf32>, tensor<?x5x5x6xf32> -> tensor<3x3x4x6xf32>
  return
}

// Rows left over are not pooled: (7 - 2) / 2 + 1 = 3.
// CHECK-LABEL: func.func @pool
func.func @pool(%x: tensor<?x7x7x4xf32>) -> tensor<?x7x7x4xf32> {
  // CHECK: nn.pool max %{{.*}} size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x7x7x4xf32>
  %0 = nn.pool max %x size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x7x7x4xf32>
  // CHECK: nn.pool_grad max %{{.*}} of %{{.*}} : tensor<?x7x7x4xf32> size [2, 2]
  %1 = nn.pool_grad max %0 of %x : tensor<?x7x7x4xf32> size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x3x3x4xf32> -> tensor<?x7x7x4xf32>
  // CHECK: nn.pool_grad avg %{{.*}} size [2, 2] strides [2, 2] padding [0, 0, 0, 0] count_padding
  %2 = nn.pool_grad avg %0 size [2, 2] strides [2, 2] padding [0, 0, 0, 0] count_padding : tensor<?x3x3x4xf32> -> tensor<?x7x7x4xf32>
  return %1 : tensor<?x7x7x4xf32>
}
