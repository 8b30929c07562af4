// Gradients of running reductions. %k is the gradient of %y.
// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// The sum of what lies behind.
// CHECK-LABEL: func.func @sum(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.cumulative sum %[[G]] axis 1 reverse
// CHECK: return %{{.*}}, %[[DX]]
func.func @sum(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.cumulative sum %x axis 1 : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// Turned around.
// CHECK-LABEL: func.func @sum_reverse_exclusive(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.cumulative sum %[[G]] axis 1 exclusive
// CHECK: return %{{.*}}, %[[DX]]
func.func @sum_reverse_exclusive(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.cumulative sum %x axis 1 reverse exclusive : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// Each g goes to the element that is the maximum there: the last that went beyond all before it.
// CHECK-LABEL: func.func @max(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0> : tensor<i32>
// CHECK-DAG: %[[V1:.*]] = nn.iota
// CHECK-DAG: %[[V2:.*]] = nn.cumulative max %[[X]] axis 1 exclusive
// CHECK-DAG: %[[V3:.*]] = nn.compare gt %[[X]], %[[V2]]
// CHECK-DAG: %[[V4:.*]] = nn.select %[[V3]], %[[V1]], %[[C0]]
// CHECK-DAG: %[[V5:.*]] = nn.cumulative max %[[V4]] axis 1
// CHECK-DAG: %[[DX:.*]] = nn.scatter_add %[[G]], %[[V5]] axis 1 batch 1 : tensor<?x4xf32>, tensor<?x4xi32> -> tensor<?x4xf32>
// CHECK: return %{{.*}}, %[[DX]]
func.func @max(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.cumulative max %x axis 1 : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}
