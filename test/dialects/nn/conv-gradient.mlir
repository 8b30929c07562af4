// conv, conv_input_grad and conv_filter_grad are each other's gradients. %k is the gradient of %y.
// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// CHECK-LABEL: func.func @conv(
// CHECK-SAME: %[[X:.*]]: tensor<?x8x8x3xf32>, %[[F:.*]]: tensor<3x3x3x5xf32>, %[[G:.*]]: tensor<?x4x4x5xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.conv_input_grad %[[G]], %[[F]] strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x4x4x5xf32>, tensor<3x3x3x5xf32> -> tensor<?x8x8x3xf32>
// CHECK-DAG: %[[DF:.*]] = nn.conv_filter_grad %[[X]], %[[G]] strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<?x4x4x5xf32> -> tensor<3x3x3x5xf32>
// CHECK: return %{{.*}}, %[[DX]], %[[DF]]
func.func @conv(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x3x5xf32>, %k: tensor<?x4x4x5xf32>) -> tensor<f32> {
  %y = nn.conv %x, %f strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<3x3x3x5xf32>
  %p = nn.mul %y, %k : tensor<?x4x4x5xf32>, tensor<?x4x4x5xf32>
  %s = nn.reduce sum %p [0, 1, 2, 3] : tensor<?x4x4x5xf32>
  return %s : tensor<f32>
}

// CHECK-LABEL: func.func @conv_input_grad(
// CHECK-SAME: %[[DY:.*]]: tensor<?x4x4x5xf32>, %[[F:.*]]: tensor<3x3x3x5xf32>, %[[G:.*]]: tensor<?x8x8x3xf32>)
// CHECK-DAG: %[[DDY:.*]] = nn.conv %[[G]], %[[F]] strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1]
// CHECK-DAG: %[[DF:.*]] = nn.conv_filter_grad %[[G]], %[[DY]] strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<?x4x4x5xf32> -> tensor<3x3x3x5xf32>
// CHECK: return %{{.*}}, %[[DDY]], %[[DF]]
func.func @conv_input_grad(%dy: tensor<?x4x4x5xf32>, %f: tensor<3x3x3x5xf32>, %k: tensor<?x8x8x3xf32>) -> tensor<f32> {
  %y = nn.conv_input_grad %dy, %f strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x4x4x5xf32>, tensor<3x3x3x5xf32> -> tensor<?x8x8x3xf32>
  %p = nn.mul %y, %k : tensor<?x8x8x3xf32>, tensor<?x8x8x3xf32>
  %s = nn.reduce sum %p [0, 1, 2, 3] : tensor<?x8x8x3xf32>
  return %s : tensor<f32>
}

// CHECK-LABEL: func.func @conv_filter_grad(
// CHECK-SAME: %[[X:.*]]: tensor<?x8x8x3xf32>, %[[DY:.*]]: tensor<?x4x4x5xf32>, %[[G:.*]]: tensor<3x3x3x5xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.conv_input_grad %[[DY]], %[[G]] strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x4x4x5xf32>, tensor<3x3x3x5xf32> -> tensor<?x8x8x3xf32>
// CHECK-DAG: %[[DDY:.*]] = nn.conv %[[X]], %[[G]] strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1]
// CHECK: return %{{.*}}, %[[DX]], %[[DDY]]
func.func @conv_filter_grad(%x: tensor<?x8x8x3xf32>, %dy: tensor<?x4x4x5xf32>, %k: tensor<3x3x3x5xf32>) -> tensor<f32> {
  %y = nn.conv_filter_grad %x, %dy strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<?x4x4x5xf32> -> tensor<3x3x3x5xf32>
  %p = nn.mul %y, %k : tensor<3x3x3x5xf32>, tensor<3x3x3x5xf32>
  %s = nn.reduce sum %p [0, 1, 2, 3] : tensor<3x3x3x5xf32>
  return %s : tensor<f32>
}
