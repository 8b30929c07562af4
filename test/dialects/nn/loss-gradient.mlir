// Gradients of the losses. %k is the gradient of %y.
// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// CHECK-LABEL: func.func @label(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[L:.*]]: tensor<?xi32>, %[[G:.*]]: tensor<?xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.cross_entropy_grad %[[X]], %[[L]], %[[G]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @label(%x: tensor<?x4xf32>, %l: tensor<?xi32>, %k: tensor<?xf32>) -> tensor<f32> {
  %y = nn.cross_entropy %x, %l : tensor<?x4xf32>, tensor<?xi32>
  %p = nn.mul %y, %k : tensor<?xf32>, tensor<?xf32>
  %s = nn.reduce sum %p [0] : tensor<?xf32>
  return %s : tensor<f32>
}

// A distribution has one, too: -g log softmax(x).
// CHECK-LABEL: func.func @distribution(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[T:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.cross_entropy_grad %[[X]], %[[T]], %[[G]]
// CHECK-DAG: %[[V0:.*]] = nn.reshape %[[G]] : tensor<?xf32> to tensor<?x1xf32>
// CHECK-DAG: %[[V1:.*]] = nn.log_softmax %[[X]] axis 1
// CHECK-DAG: %[[V2:.*]] = nn.mul %[[V0]], %[[V1]]
// CHECK-DAG: %[[DT:.*]] = nn.neg %[[V2]]
// CHECK: return %{{.*}}, %[[DX]], %[[DT]]
func.func @distribution(%x: tensor<?x4xf32>, %t: tensor<?x4xf32>, %k: tensor<?xf32>) -> tensor<f32> {
  %y = nn.cross_entropy %x, %t : tensor<?x4xf32>, tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?xf32>, tensor<?xf32>
  %s = nn.reduce sum %p [0] : tensor<?xf32>
  return %s : tensor<f32>
}
