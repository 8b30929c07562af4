// RUN: argent-opt %s --lower-to-hl --hl-schedule=target=x86-64-linux-avx2 | FileCheck %s

// A sum over pixels walks them once for 64 channels: eight vectors, each a chain of its own.
// CHECK-LABEL: hl.pipeline @k0_pixels(
// CHECK: hl.schedule %partial update(0)
// CHECK-NEXT: hl.split "c" into "co", "cl" by 64
// CHECK-NEXT: hl.reorder ["cl", "p", "co", "chunk", "n"]
// CHECK-NEXT: hl.vectorize "cl" by 8
// CHECK-NEXT: hl.unroll "cl"
func.func @pixels(%x: tensor<?x56x56x128xf32>) -> tensor<128xf32> {
  %y = nn.fused "pixels" (%a = %x : tensor<?x56x56x128xf32>) -> (tensor<128xf32>) {
    %0 = nn.reduce sum %a [0, 1, 2] : tensor<?x56x56x128xf32>
    nn.yield %0 : tensor<128xf32>
  }
  return %y : tensor<128xf32>
}

// 56 channels are seven vectors of 8.
// CHECK-LABEL: hl.pipeline @k1_seven(
// CHECK: hl.schedule %partial update(0)
// CHECK-NEXT: hl.split "c" into "co", "cl" by 56
func.func @seven(%x: tensor<?x56x56x56xf32>) -> tensor<56xf32> {
  %y = nn.fused "seven" (%a = %x : tensor<?x56x56x56xf32>) -> (tensor<56xf32>) {
    %0 = nn.reduce sum %a [0, 1, 2] : tensor<?x56x56x56xf32>
    nn.yield %0 : tensor<56xf32>
  }
  return %y : tensor<56xf32>
}

// A tail keeps to one vector at a time.
// CHECK-LABEL: hl.pipeline @k2_tail(
// CHECK: hl.schedule %partial update(0)
// CHECK-NEXT: hl.split "c" into "co", "cl" by 8 tail guard_with_if
// CHECK-NEXT: hl.reorder ["cl", "p", "co", "chunk", "n"]
// CHECK-NEXT: hl.vectorize "cl"
func.func @tail(%x: tensor<?x56x56x60xf32>) -> tensor<60xf32> {
  %y = nn.fused "tail" (%a = %x : tensor<?x56x56x60xf32>) -> (tensor<60xf32>) {
    %0 = nn.reduce sum %a [0, 1, 2] : tensor<?x56x56x60xf32>
    nn.yield %0 : tensor<60xf32>
  }
  return %y : tensor<60xf32>
}
