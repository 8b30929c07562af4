// A chain along the axis; the axes before it and those behind it are one loop each.
// RUN: argent-opt %s --lower-to-hl --cse | FileCheck %s

// CHECK-LABEL: hl.pipeline @k0_running(
// CHECK: hl.func "running" [%n in {{.*}}, %p in 5, %c in 12] -> f32
// CHECK: over [%first in 1]
// CHECK: over [%step in 4]
// CHECK: hl.self[%n, %step, %c]
func.func @running(%x: tensor<?x5x3x4xf32>) -> tensor<?x5x3x4xf32> {
  %y = nn.fused "running" (%a = %x : tensor<?x5x3x4xf32>) -> (tensor<?x5x3x4xf32>) {
    %0 = nn.cumulative sum %a axis 1 : tensor<?x5x3x4xf32>
    nn.yield %0 : tensor<?x5x3x4xf32>
  }
  return %y : tensor<?x5x3x4xf32>
}
