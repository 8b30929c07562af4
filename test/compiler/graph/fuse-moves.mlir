// RUN: argent-opt %s --nn-fuse --split-input-file | FileCheck %s

// R7: the gates read the product's result through slices: the product, and the cell with the bias.
// CHECK-LABEL: func @cell
// CHECK: nn.fused "matmul"
// CHECK: nn.fused "add slice tanh sigmoid mul"
// CHECK-NOT: nn.fused
func.func @cell(%x: tensor<?x8xf32>, %w: tensor<8x10xf32>, %b: tensor<10xf32>) -> tensor<?x5xf32> {
  %p = nn.matmul %x, %w : tensor<?x8xf32>, tensor<8x10xf32>
  %s = nn.add %p, %b : tensor<?x10xf32>, tensor<10xf32>
  %0 = nn.slice %s offsets [0, 0] sizes [1, 5] strides [1, 1] : tensor<?x10xf32>
  %1 = nn.slice %s offsets [0, 5] sizes [1, 5] strides [1, 1] : tensor<?x10xf32>
  %2 = nn.tanh %0 : tensor<?x5xf32>
  %3 = nn.sigmoid %1 : tensor<?x5xf32>
  %4 = nn.mul %2, %3 : tensor<?x5xf32>, tensor<?x5xf32>
  return %4 : tensor<?x5xf32>
}

// -----

// R7: every element of tanh is looked at once, through either slice.
// CHECK-LABEL: func @halves
// CHECK-COUNT-1: nn.fused
// CHECK: nn.tanh
// CHECK-NOT: nn.fused
func.func @halves(%x: tensor<?x10xf32>) -> tensor<?x5xf32> {
  %t = nn.tanh %x : tensor<?x10xf32>
  %0 = nn.slice %t offsets [0, 0] sizes [1, 5] strides [1, 1] : tensor<?x10xf32>
  %1 = nn.slice %t offsets [0, 5] sizes [1, 5] strides [1, 1] : tensor<?x10xf32>
  %2 = nn.mul %0, %1 : tensor<?x5xf32>, tensor<?x5xf32>
  return %2 : tensor<?x5xf32>
}

// -----

// Neighbours: each tanh would be computed twice.
// CHECK-LABEL: func @neighbours
// CHECK: nn.fused "tanh"
// CHECK: nn.fused "slice mul"
func.func @neighbours(%x: tensor<?x10xf32>) -> tensor<?x9xf32> {
  %t = nn.tanh %x : tensor<?x10xf32>
  %0 = nn.slice %t offsets [0, 0] sizes [1, 9] strides [1, 1] : tensor<?x10xf32>
  %1 = nn.slice %t offsets [0, 1] sizes [1, 9] strides [1, 1] : tensor<?x10xf32>
  %2 = nn.mul %0, %1 : tensor<?x9xf32>, tensor<?x9xf32>
  return %2 : tensor<?x9xf32>
}

// -----

// R7: a product reads through a slice, but does not compute what it reads.
// CHECK-LABEL: func @product
// CHECK: nn.fused "tanh"
// CHECK: nn.fused "slice matmul"
func.func @product(%x: tensor<?x10xf32>, %w: tensor<5x6xf32>) -> tensor<?x6xf32> {
  %t = nn.tanh %x : tensor<?x10xf32>
  %0 = nn.slice %t offsets [0, 5] sizes [1, 5] strides [1, 1] : tensor<?x10xf32>
  %1 = nn.matmul %0, %w : tensor<?x5xf32>, tensor<5x6xf32>
  return %1 : tensor<?x6xf32>
}

// -----

// R8: pointwise ops before and behind the join; the reduction reads what is stored.
// CHECK-LABEL: func @join
// CHECK: nn.fused "exp concat relu"
// CHECK: nn.fused "reduce"
// CHECK-NOT: nn.fused
func.func @join(%x: tensor<?x4xf32>, %y: tensor<?x5xf32>) -> (tensor<?x9xf32>, tensor<?xf32>) {
  %0 = nn.exp %x : tensor<?x4xf32>
  %1 = nn.concat %0, %y axis 1 : tensor<?x4xf32>, tensor<?x5xf32>
  %2 = nn.relu %1 : tensor<?x9xf32>
  %3 = nn.reduce sum %2 [1] : tensor<?x9xf32>
  return %2, %3 : tensor<?x9xf32>, tensor<?xf32>
}

// -----

// R8: joins of other parts do not share a kernel, and an anchor is no part of one.
// CHECK-LABEL: func @parts
// CHECK: nn.fused "matmul"
// CHECK: nn.fused "concat"
// CHECK: nn.fused "concat add"
func.func @parts(%x: tensor<?x4xf32>, %y: tensor<?x5xf32>, %w: tensor<4x4xf32>) -> tensor<?x9xf32> {
  %p = nn.matmul %x, %w : tensor<?x4xf32>, tensor<4x4xf32>
  %0 = nn.concat %p, %y axis 1 : tensor<?x4xf32>, tensor<?x5xf32>
  %1 = nn.concat %y, %x axis 1 : tensor<?x5xf32>, tensor<?x4xf32>
  %2 = nn.add %0, %1 : tensor<?x9xf32>, tensor<?x9xf32>
  return %2 : tensor<?x9xf32>
}

// -----

// R7: rows of a table are gathered where they are used.
// CHECK-LABEL: func @embedding
// CHECK: nn.fused "gather relu"
func.func @embedding(%t: tensor<16x8xf32>, %i: tensor<?x5xi32>) -> tensor<?x5x8xf32> {
  %0 = nn.gather %t, %i axis 0 : tensor<16x8xf32>, tensor<?x5xi32>
  %1 = nn.relu %0 : tensor<?x5x8xf32>
  return %1 : tensor<?x5x8xf32>
}
