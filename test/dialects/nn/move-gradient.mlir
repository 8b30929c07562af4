// Gradients of moves, in terms of each other. %k is the gradient of %y.
// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// Each element goes back to its place; between the places are zeros.
// CHECK-LABEL: func.func @slice(
// CHECK-SAME: %[[X:.*]]: tensor<?x9xf32>, %[[G:.*]]: tensor<?x3xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.pad constant %[[G]] low [0, 1] high [0, 3] interior [0, 1]
// CHECK: return %{{.*}}, %[[DX]]
func.func @slice(%x: tensor<?x9xf32>, %k: tensor<?x3xf32>) -> tensor<f32> {
  %y = nn.slice %x offsets [0, 1] sizes [1, 3] strides [1, 2] : tensor<?x9xf32>
  %p = nn.mul %y, %k : tensor<?x3xf32>, tensor<?x3xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x3xf32>
  return %s : tensor<f32>
}

// CHECK-LABEL: func.func @pad(
// CHECK-SAME: %[[X:.*]]: tensor<?x3xf32>, %[[G:.*]]: tensor<?x8xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.slice %[[G]] offsets [0, 1] sizes [1, 3] strides [1, 2]
// CHECK: return %{{.*}}, %[[DX]]
func.func @pad(%x: tensor<?x3xf32>, %k: tensor<?x8xf32>) -> tensor<f32> {
  %y = nn.pad constant %x low [0, 1] high [0, 2] interior [0, 1] : tensor<?x3xf32>
  %p = nn.mul %y, %k : tensor<?x8xf32>, tensor<?x8xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x8xf32>
  return %s : tensor<f32>
}

// What is repeated is added back, turned around: its first lies beside element 0.
// CHECK-LABEL: func.func @reflect(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x6xf32>)
// CHECK-DAG: %[[V0:.*]] = nn.slice %[[G]] offsets [0, 2] sizes [1, 4] strides [1, 1]
// CHECK-DAG: %[[V1:.*]] = nn.slice %[[G]] offsets [0, 0] sizes [1, 2] strides [1, 1]
// CHECK-DAG: %[[V2:.*]] = nn.reverse %[[V1]] [1]
// CHECK-DAG: %[[V3:.*]] = nn.pad constant %[[V2]] low [0, 1] high [0, 1]
// CHECK-DAG: %[[DX:.*]] = nn.add %[[V0]], %[[V3]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @reflect(%x: tensor<?x4xf32>, %k: tensor<?x6xf32>) -> tensor<f32> {
  %y = nn.pad reflect %x low [0, 2] high [0, 0] : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x6xf32>, tensor<?x6xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x6xf32>
  return %s : tensor<f32>
}

// What is repeated is added to the last element.
// CHECK-LABEL: func.func @edge(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x6xf32>)
// CHECK-DAG: %[[V0:.*]] = nn.slice %[[G]] offsets [0, 0] sizes [1, 4] strides [1, 1]
// CHECK-DAG: %[[V1:.*]] = nn.slice %[[G]] offsets [0, 4] sizes [1, 2] strides [1, 1]
// CHECK-DAG: %[[V2:.*]] = nn.reduce sum %[[V1]] [1] keepdims
// CHECK-DAG: %[[V3:.*]] = nn.pad constant %[[V2]] low [0, 3] high [0, 0]
// CHECK-DAG: %[[DX:.*]] = nn.add %[[V0]], %[[V3]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @edge(%x: tensor<?x4xf32>, %k: tensor<?x6xf32>) -> tensor<f32> {
  %y = nn.pad edge %x low [0, 0] high [0, 2] : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x6xf32>, tensor<?x6xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x6xf32>
  return %s : tensor<f32>
}

// Its own gradient.
// CHECK-LABEL: func.func @reverse(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.reverse %[[G]] [1]
// CHECK: return %{{.*}}, %[[DX]]
func.func @reverse(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.reverse %x [1] : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// A slice for each.
// CHECK-LABEL: func.func @concat(
// CHECK-SAME: %[[X:.*]]: tensor<?x3xf32>, %[[Z:.*]]: tensor<?x5xf32>, %[[G:.*]]: tensor<?x8xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.slice %[[G]] offsets [0, 0] sizes [1, 3] strides [1, 1]
// CHECK-DAG: %[[DZ:.*]] = nn.slice %[[G]] offsets [0, 3] sizes [1, 5] strides [1, 1]
// CHECK: return %{{.*}}, %[[DX]], %[[DZ]]
func.func @concat(%x: tensor<?x3xf32>, %z: tensor<?x5xf32>, %k: tensor<?x8xf32>) -> tensor<f32> {
  %y = nn.concat %x, %z axis 1 : tensor<?x3xf32>, tensor<?x5xf32>
  %p = nn.mul %y, %k : tensor<?x8xf32>, tensor<?x8xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x8xf32>
  return %s : tensor<f32>
}
