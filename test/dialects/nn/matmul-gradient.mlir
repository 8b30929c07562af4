// The gradients of a product are products. %k is the gradient of %y.
// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// y = x w: g w', x' g.
// CHECK-LABEL: func.func @plain(
// CHECK-SAME: %[[X:.*]]: tensor<?x8xf32>, %[[W:.*]]: tensor<8x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.matmul %[[G]], %[[W]] transposed_rhs
// CHECK-DAG: %[[DW:.*]] = nn.matmul %[[X]] transposed, %[[G]]
// CHECK: return %{{.*}}, %[[DX]], %[[DW]]
func.func @plain(%x: tensor<?x8xf32>, %w: tensor<8x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.matmul %x, %w : tensor<?x8xf32>, tensor<8x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// y = x w': g w, g' x.
// CHECK-LABEL: func.func @transposed_rhs(
// CHECK-SAME: %[[X:.*]]: tensor<?x8xf32>, %[[W:.*]]: tensor<4x8xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.matmul %[[G]], %[[W]]
// CHECK-DAG: %[[DW:.*]] = nn.matmul %[[G]] transposed, %[[X]]
// CHECK: return %{{.*}}, %[[DX]], %[[DW]]
func.func @transposed_rhs(%x: tensor<?x8xf32>, %w: tensor<4x8xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.matmul %x, %w transposed_rhs : tensor<?x8xf32>, tensor<4x8xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// y = x' z: z g', x g.
// CHECK-LABEL: func.func @transposed(
// CHECK-SAME: %[[X:.*]]: tensor<?x8xf32>, %[[Z:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<8x4xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.matmul %[[Z]], %[[G]] transposed_rhs
// CHECK-DAG: %[[DZ:.*]] = nn.matmul %[[X]], %[[G]]
// CHECK: return %{{.*}}, %[[DX]], %[[DZ]]
func.func @transposed(%x: tensor<?x8xf32>, %z: tensor<?x4xf32>, %k: tensor<8x4xf32>) -> tensor<f32> {
  %y = nn.matmul %x transposed, %z : tensor<?x8xf32>, tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<8x4xf32>, tensor<8x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<8x4xf32>
  return %s : tensor<f32>
}

// A shared matrix sums over the leading dimensions: they join the rows.
// CHECK-LABEL: func.func @shared(
// CHECK-SAME: %[[X:.*]]: tensor<?x5x8xf32>, %[[W:.*]]: tensor<8x4xf32>, %[[G:.*]]: tensor<?x5x4xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.matmul %[[G]], %[[W]] transposed_rhs
// CHECK-DAG: %[[V0:.*]] = nn.reshape %[[X]] : tensor<?x5x8xf32> to tensor<?x8xf32, #nn.batch<{{\[}}5, 0]>>
// CHECK-DAG: %[[V1:.*]] = nn.reshape %[[G]] : tensor<?x5x4xf32> to tensor<?x4xf32, #nn.batch<{{\[}}5, 0]>>
// CHECK-DAG: %[[DW:.*]] = nn.matmul %[[V0]] transposed, %[[V1]]
// CHECK: return %{{.*}}, %[[DX]], %[[DW]]
func.func @shared(%x: tensor<?x5x8xf32>, %w: tensor<8x4xf32>, %k: tensor<?x5x4xf32>) -> tensor<f32> {
  %y = nn.matmul %x, %w : tensor<?x5x8xf32>, tensor<8x4xf32>
  %p = nn.mul %y, %k : tensor<?x5x4xf32>, tensor<?x5x4xf32>
  %s = nn.reduce sum %p [0, 1, 2] : tensor<?x5x4xf32>
  return %s : tensor<f32>
}
