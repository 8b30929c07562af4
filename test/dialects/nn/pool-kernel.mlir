// Pooling: windows as reductions, gradients gathered.
// RUN: argent-opt %s --lower-to-hl --cse | FileCheck %s

// Outside the image the nearest element of it counts again.
// CHECK-LABEL: hl.pipeline @k0_max(
// CHECK: hl.func "pool" [%n in ?, %y in 4, %x in 4, %c in 3] -> f32
// CHECK: over [%r in 3, %s in 3]
// CHECK: arith.maxsi
// CHECK: arith.minsi
// CHECK: arith.maxnumf
func.func @max(%x: tensor<?x8x8x3xf32>) -> tensor<?x4x4x3xf32> {
  %y = nn.fused "max" (%a = %x : tensor<?x8x8x3xf32>) -> (tensor<?x4x4x3xf32>) {
    %0 = nn.pool max %a size [3, 3] strides [2, 2] padding [1, 0, 1, 0] : tensor<?x8x8x3xf32>
    nn.yield %0 : tensor<?x4x4x3xf32>
  }
  return %y : tensor<?x4x4x3xf32>
}

// Windows that tile the image: each element has one, and the gradient is a pure func.
// CHECK-LABEL: hl.pipeline @k1_avg_grad(
// CHECK: hl.func "pool_grad" [%n in ?, %y in 8, %x in 8, %c in 3]
// CHECK-NOT: update
// CHECK: hl.at %{{.*}}[%n, %{{.*}}, %{{.*}}, %c]
// CHECK: 2.500000e-01
// CHECK: hl.output
func.func @avg_grad(%g: tensor<?x4x4x3xf32>) -> tensor<?x8x8x3xf32> {
  %y = nn.fused "avg_grad" (%a = %g : tensor<?x4x4x3xf32>) -> (tensor<?x8x8x3xf32>) {
    %0 = nn.pool_grad avg %a size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x4x4x3xf32> -> tensor<?x8x8x3xf32>
    nn.yield %0 : tensor<?x8x8x3xf32>
  }
  return %y : tensor<?x8x8x3xf32>
}

// Overlapping windows: up to two along each axis; the first maximum of a window is the one that gets its gradient.
// CHECK-LABEL: hl.pipeline @k2_max_grad(
// CHECK: %[[FIRST:.*]] = hl.func "first" [%n in ?, %y in 3, %x in 3, %c in 3] -> (f32, i32)
// CHECK: arith.cmpf ogt
// CHECK: hl.func "acc" [%n in ?, %y in 7, %x in 7, %c in 3]
// CHECK: over [%r in 2, %s in 2]
// CHECK: hl.at %[[FIRST]]
func.func @max_grad(%g: tensor<?x3x3x3xf32>, %x: tensor<?x7x7x3xf32>) -> tensor<?x7x7x3xf32> {
  %y = nn.fused "max_grad" (%a = %g : tensor<?x3x3x3xf32>, %b = %x : tensor<?x7x7x3xf32>) -> (tensor<?x7x7x3xf32>) {
    %0 = nn.pool_grad max %a of %b : tensor<?x7x7x3xf32> size [3, 3] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x3x3x3xf32> -> tensor<?x7x7x3xf32>
    nn.yield %0 : tensor<?x7x7x3xf32>
  }
  return %y : tensor<?x7x7x3xf32>
}
