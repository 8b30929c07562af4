// gather and scatter_add are each other's gradients. %k is the gradient of %y.
// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// CHECK-LABEL: func.func @gather(
// CHECK-SAME: %[[X:.*]]: tensor<100x4xf32>, %[[I:.*]]: tensor<?xi32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.scatter_add %[[G]], %[[I]] axis 0 : tensor<?x4xf32>, tensor<?xi32> -> tensor<100x4xf32>
// CHECK: return %{{.*}}, %[[DX]]
func.func @gather(%x: tensor<100x4xf32>, %i: tensor<?xi32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.gather %x, %i axis 0 : tensor<100x4xf32>, tensor<?xi32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// CHECK-LABEL: func.func @scatter_add(
// CHECK-SAME: %[[DY:.*]]: tensor<?x4xf32>, %[[I:.*]]: tensor<?xi32>, %[[G:.*]]: tensor<100x4xf32>)
// CHECK-DAG: %[[DDY:.*]] = nn.gather %[[G]], %[[I]] axis 0
// CHECK: return %{{.*}}, %[[DDY]]
func.func @scatter_add(%dy: tensor<?x4xf32>, %i: tensor<?xi32>, %k: tensor<100x4xf32>) -> tensor<f32> {
  %y = nn.scatter_add %dy, %i axis 0 : tensor<?x4xf32>, tensor<?xi32> -> tensor<100x4xf32>
  %p = nn.mul %y, %k : tensor<100x4xf32>, tensor<100x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<100x4xf32>
  return %s : tensor<f32>
}
