// nn.fused becomes a pipeline and its launch.
// RUN: argent-opt %s --lower-to-hl | FileCheck %s
// RUN: argent-opt %s --lower-to-hl | argent-opt | FileCheck %s

// CHECK-LABEL: func.func @f
// CHECK: %[[Y:.*]] = nn.launch "relu (h)" @k0_relu_h(%arg0) {resultLayouts = [#nn.layout<border = [0, 0, 1, 1, 1, 1, 0, 0]>]}
// CHECK: return %[[Y]]
func.func @f(%x: tensor<?x4x4x3xf32>) -> tensor<?x4x4x3xf32> {
  %y = nn.fused "relu (h)" (%a = %x : tensor<?x4x4x3xf32>) -> (tensor<?x4x4x3xf32>)
      attributes {resultLayouts = [#nn.layout<border = [0, 0, 1, 1, 1, 1, 0, 0]>]} {
    %0 = nn.relu %a : tensor<?x4x4x3xf32> loc("h")
    nn.yield %0 : tensor<?x4x4x3xf32>
  }
  return %y : tensor<?x4x4x3xf32>
}

// The result has a border of zeros: 6 x 6 pixels in memory.
// CHECK-LABEL: hl.pipeline @k0_relu_h(
// CHECK-SAME: -> (!hl.buffer<?x6x6x3xf32>)
// CHECK-SAME: kernel_name = "relu (h)", ops = ["relu"]
// CHECK: hl.func "relu_h"
// CHECK: hl.func "out" [%n in ?, %y in 6, %x in 6, %c in 3] -> f32
// CHECK: arith.select
