// The gradient of a strided convolution to its input, by phases: pixel 2 q + f of each axis is a sum of its own, without gaps, over taps f' = 1 - f,
// 3 - f of the three turned ones. The filter in panels has zeros for the tap past the last.
// RUN: argent-opt %s --lower-to-hl | FileCheck %s

// CHECK: %packed = hl.func "packed" [%f in 4, %ko in 1, %r in 2, %s in 2, %k in 8, %lane in 16] -> f32
// CHECK: %acc = hl.func "acc" [%n in ?, %f in 4, %y in 4, %x in 4, %c in 16] -> f32 stage phases {
// CHECK: update [%n, %f, %y, %x, %c] over [%r in 2, %s in 2, %k in 8] {
// CHECK-NOT: arith.select
// CHECK: %out = hl.func "out" [%n in ?, %p in 49, %c in 16]
// CHECK: hl.at %acc
// CHECK: hl.output %out
func.func @f(%g: tensor<?x4x4x8xf32>, %w: tensor<3x3x16x8xf32>) -> tensor<?x7x7x16xf32> {
  %dx = nn.fused "dx" (%a = %g : tensor<?x4x4x8xf32>, %b = %w : tensor<3x3x16x8xf32>) -> (tensor<?x7x7x16xf32>) {
    %0 = nn.conv_input_grad %a, %b strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x4x4x8xf32>, tensor<3x3x16x8xf32> -> tensor<?x7x7x16xf32>
    nn.yield %0 : tensor<?x7x7x16xf32>
  }
  return %dx : tensor<?x7x7x16xf32>
}
