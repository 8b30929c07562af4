// Moves are indices in the kernel that reads them; a join is computed part by part.
// RUN: argent-opt %s --lower-to-hl --cse | FileCheck %s

// The gates of a cell: loads at an offset, no copy.
// CHECK-LABEL: hl.pipeline @k0_gates(
// CHECK-NOT: hl.func "slice
// CHECK: %[[C:.*]] = arith.addi %c, %c5_i32
// CHECK: hl.at %{{.*}}[%n, %[[C]]]
func.func @gates(%x: tensor<?x10xf32>) -> tensor<?x5xf32> {
  %y = nn.fused "gates" (%a = %x : tensor<?x10xf32>) -> (tensor<?x5xf32>) {
    %0 = nn.slice %a offsets [0, 0] sizes [1, 5] strides [1, 1] : tensor<?x10xf32>
    %1 = nn.slice %a offsets [0, 5] sizes [1, 5] strides [1, 1] : tensor<?x10xf32>
    %2 = nn.mul %0, %1 : tensor<?x5xf32>, tensor<?x5xf32>
    nn.yield %2 : tensor<?x5xf32>
  }
  return %y : tensor<?x5xf32>
}

// One loop nest for each part, the ops behind it in each; no pass for an initial value.
// CHECK-LABEL: hl.pipeline @k1_join(
// CHECK: hl.func "out" [%n in ?, %p in 16, %c in 11]
// CHECK-NEXT: hl.undef
// CHECK: update [%n, %p, %c] over [%part in 3]
// CHECK: hl.yield %{{.*}} at[%n, %p, %part]
// CHECK: update [%n, %p, %c] over [%part in 8]
// CHECK: %[[AT:.*]] = arith.addi %part, %c3_i32
// CHECK: hl.yield %{{.*}} at[%n, %p, %[[AT]]]
func.func @join(%x: tensor<?x4x4x3xf32>, %y: tensor<?x4x4x8xf32>) -> tensor<?x4x4x11xf32> {
  %j = nn.fused "join" (%a = %x : tensor<?x4x4x3xf32>, %b = %y : tensor<?x4x4x8xf32>) -> (tensor<?x4x4x11xf32>) {
    %0 = nn.concat %a, %b axis 3 : tensor<?x4x4x3xf32>, tensor<?x4x4x8xf32>
    %1 = nn.relu %0 : tensor<?x4x4x11xf32>
    nn.yield %1 : tensor<?x4x4x11xf32>
  }
  return %j : tensor<?x4x4x11xf32>
}

// Sums at indices from data: clamped, in the order of the index.
// CHECK-LABEL: hl.pipeline @k2_table(
// CHECK: hl.func "sum" [%p in 16, %c in 8]
// CHECK: update [%p, %c] over [%j0 in ?, %j1 in 5]
// CHECK: arith.minsi
// CHECK: hl.yield %{{.*}} at[%{{.*}}, %c]
func.func @table(%g: tensor<?x5x8xf32>, %i: tensor<?x5xi32>) -> tensor<16x8xf32> {
  %y = nn.fused "table" (%a = %g : tensor<?x5x8xf32>, %b = %i : tensor<?x5xi32>) -> (tensor<16x8xf32>) {
    %0 = nn.scatter_add %a, %b axis 0 : tensor<?x5x8xf32>, tensor<?x5xi32> -> tensor<16x8xf32>
    nn.yield %0 : tensor<16x8xf32>
  }
  return %y : tensor<16x8xf32>
}

// An element that is known to be padding is a constant of its type.
// CHECK-LABEL: hl.pipeline @k3_borders(
// CHECK: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK: arith.addf %[[ZERO]], %[[ZERO]]
func.func @borders(%x: tensor<?x1xf32>) -> tensor<?x1xf32> {
  %y = nn.fused "borders" (%a = %x : tensor<?x1xf32>) -> (tensor<?x1xf32>) {
    %e = nn.exp %a : tensor<?x1xf32>
    %0 = nn.pad constant %e low [0, 1] high [0, 1] : tensor<?x1xf32>
    %1 = nn.slice %0 offsets [0, 0] sizes [1, 1] strides [1, 1] : tensor<?x3xf32>
    %2 = nn.slice %0 offsets [0, 2] sizes [1, 1] strides [1, 1] : tensor<?x3xf32>
    %3 = nn.add %1, %2 : tensor<?x1xf32>, tensor<?x1xf32>
    nn.yield %3 : tensor<?x1xf32>
  }
  return %y : tensor<?x1xf32>
}
