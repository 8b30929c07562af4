// Gradients of what changes shapes. %k is the gradient of %y.
// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// CHECK-LABEL: func.func @reshape(
// CHECK-SAME: %[[X:.*]]: tensor<?x2x2xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.reshape %[[G]] : tensor<?x4xf32> to tensor<?x2x2xf32>
// CHECK: return %{{.*}}, %[[DX]]
func.func @reshape(%x: tensor<?x2x2xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.reshape %x : tensor<?x2x2xf32> to tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// The sum over where it was stretched.
// CHECK-LABEL: func.func @broadcast(
// CHECK-SAME: %[[X:.*]]: tensor<3x1xf32>, %[[G:.*]]: tensor<?x3x4xf32>)
// CHECK-DAG: %[[V0:.*]] = nn.reduce sum %[[G]] [0, 2]
// CHECK-DAG: %[[DX:.*]] = nn.reshape %[[V0]] : tensor<3xf32> to tensor<3x1xf32>
// CHECK: return %{{.*}}, %[[DX]]
func.func @broadcast(%x: tensor<3x1xf32>, %k: tensor<?x3x4xf32>) -> tensor<f32> {
  %y = nn.broadcast %x : tensor<3x1xf32> to tensor<?x3x4xf32>
  %p = nn.mul %y, %k : tensor<?x3x4xf32>, tensor<?x3x4xf32>
  %s = nn.reduce sum %p [0, 1, 2] : tensor<?x3x4xf32>
  return %s : tensor<f32>
}

// The permutation's inverse.
// CHECK-LABEL: func.func @transpose(
// CHECK-SAME: %[[X:.*]]: tensor<?x2x4xf32>, %[[G:.*]]: tensor<2x4x?xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.transpose %[[G]] [2, 0, 1]
// CHECK: return %{{.*}}, %[[DX]]
func.func @transpose(%x: tensor<?x2x4xf32>, %k: tensor<2x4x?xf32>) -> tensor<f32> {
  %y = nn.transpose %x [1, 2, 0] : tensor<?x2x4xf32>
  %p = nn.mul %y, %k : tensor<2x4x?xf32>, tensor<2x4x?xf32>
  %s = nn.reduce sum %p [0, 1, 2] : tensor<2x4x?xf32>
  return %s : tensor<f32>
}

// How many elements there are does not depend on what they are.
// CHECK-LABEL: func.func @count(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<f32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[DX:.*]] = nn.broadcast %[[C0]] : tensor<f32> to tensor<?x4xf32>
// CHECK: return %{{.*}}, %[[DX]]
func.func @count(%x: tensor<?x4xf32>, %k: tensor<f32>) -> tensor<f32> {
  %y = nn.count %x [0] : tensor<?x4xf32> -> tensor<f32>
  %p = nn.mul %y, %k : tensor<f32>, tensor<f32>
  %s = nn.reduce sum %p [] : tensor<f32>
  return %s : tensor<f32>
}
