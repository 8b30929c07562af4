// Pointwise kernels: vectors along the last axis, tasks along the first, from the shape alone.
// RUN: argent-opt %s --lower-to-hl --hl-schedule=target=x86-64-linux-avx2 | FileCheck %s
// Vectors are as long as the target's registers.
// RUN: argent-opt %s --lower-to-hl --hl-schedule=target=x86-64-linux-avx512 | FileCheck %s --check-prefix=AVX512
// AVX512-LABEL: hl.pipeline @k0_short(
// AVX512: hl.vectorize "i" by 16 tail shift_inwards
// A kernel that writes over its input computes no element twice.
// RUN: argent-opt %s --lower-to-hl | sed '/@k0_short/s/attributes {/&inplace = array<i64: 0>, /' | argent-opt --hl-schedule=target=x86-64-linux-avx2 | FileCheck %s --check-prefix=INPLACE
// INPLACE-LABEL: hl.pipeline @k0_short(
// INPLACE: hl.vectorize "i" by 8 tail guard_with_if

// Less than two tasks of 16384 elements are one loop of vectors; the last one begins earlier, so that it is whole.
// CHECK-LABEL: hl.pipeline @k0_short(
// CHECK: hl.schedule
// CHECK-NEXT: hl.vectorize "i" by 8 tail shift_inwards
// CHECK-NEXT: }
func.func @short(%x: tensor<100xf32>) -> tensor<100xf32> {
  %y = nn.fused "short" (%a = %x : tensor<100xf32>) -> (tensor<100xf32>) {
    %0 = nn.tanh %a : tensor<100xf32>
    nn.yield %0 : tensor<100xf32>
  }
  return %y : tensor<100xf32>
}

// Nothing is left over.
// CHECK-LABEL: hl.pipeline @k1_whole(
// CHECK: hl.schedule
// CHECK-NEXT: hl.vectorize "i" by 8
// CHECK-NEXT: }
func.func @whole(%x: tensor<96xf32>) -> tensor<96xf32> {
  %y = nn.fused "whole" (%a = %x : tensor<96xf32>) -> (tensor<96xf32>) {
    %0 = nn.tanh %a : tensor<96xf32>
    nn.yield %0 : tensor<96xf32>
  }
  return %y : tensor<96xf32>
}

// Fewer elements than a vector has: a plain loop.
// CHECK-LABEL: hl.pipeline @k2_few(
// CHECK-NOT: hl.schedule
func.func @few(%x: tensor<5xf32>) -> tensor<5xf32> {
  %y = nn.fused "few" (%a = %x : tensor<5xf32>) -> (tensor<5xf32>) {
    %0 = nn.tanh %a : tensor<5xf32>
    nn.yield %0 : tensor<5xf32>
  }
  return %y : tensor<5xf32>
}

// Tasks of 16384 elements, 2048 whole vectors each.
// CHECK-LABEL: hl.pipeline @k3_long(
// CHECK: hl.schedule
// CHECK-NEXT: hl.split "i" into "iv", "il" by 8 tail shift_inwards
// CHECK-NEXT: hl.split "iv" into "it", "ii" by 2048 tail guard_with_if
// CHECK-NEXT: hl.vectorize "il"
// CHECK-NEXT: hl.parallel "it"
// CHECK-NEXT: }
func.func @long(%x: tensor<1000003xf32>) -> tensor<1000003xf32> {
  %y = nn.fused "long" (%a = %x : tensor<1000003xf32>) -> (tensor<1000003xf32>) {
    %0 = nn.tanh %a : tensor<1000003xf32>
    nn.yield %0 : tensor<1000003xf32>
  }
  return %y : tensor<1000003xf32>
}

// A long row behind N: 100000 / 16384 = 6 tasks, of 12500 / 6 vectors rounded up.
// CHECK-LABEL: hl.pipeline @k4_row(
// CHECK: hl.schedule
// CHECK-NEXT: hl.split "c" into "cv", "cl" by 8
// CHECK-NEXT: hl.split "cv" into "ct", "ci" by 2084 tail guard_with_if
// CHECK-NEXT: hl.vectorize "cl"
// CHECK-NEXT: hl.fuse "ct", "n" into "task"
// CHECK-NEXT: hl.parallel "task"
// CHECK-NEXT: }
func.func @row(%x: tensor<?x100000xf32>) -> tensor<?x100000xf32> {
  %y = nn.fused "row" (%a = %x : tensor<?x100000xf32>) -> (tensor<?x100000xf32>) {
    %0 = nn.tanh %a : tensor<?x100000xf32>
    nn.yield %0 : tensor<?x100000xf32>
  }
  return %y : tensor<?x100000xf32>
}

// A row of one task: a task for each.
// CHECK-LABEL: hl.pipeline @k5_rows(
// CHECK: hl.schedule
// CHECK-NEXT: hl.vectorize "c" by 8
// CHECK-NEXT: hl.parallel "n"
// CHECK-NEXT: }
func.func @rows(%x: tensor<?x20000xf32>) -> tensor<?x20000xf32> {
  %y = nn.fused "rows" (%a = %x : tensor<?x20000xf32>) -> (tensor<?x20000xf32>) {
    %0 = nn.tanh %a : tensor<?x20000xf32>
    nn.yield %0 : tensor<?x20000xf32>
  }
  return %y : tensor<?x20000xf32>
}

// Short rows: four make a task, 16384 / 5000 rounded up.
// CHECK-LABEL: hl.pipeline @k6_short_rows(
// CHECK: hl.schedule
// CHECK-NEXT: hl.vectorize "c" by 8
// CHECK-NEXT: hl.split "n" into "nt", "ni" by 4 tail guard_with_if
// CHECK-NEXT: hl.parallel "nt"
// CHECK-NEXT: }
func.func @short_rows(%x: tensor<?x5000xf32>) -> tensor<?x5000xf32> {
  %y = nn.fused "short_rows" (%a = %x : tensor<?x5000xf32>) -> (tensor<?x5000xf32>) {
    %0 = nn.tanh %a : tensor<?x5000xf32>
    nn.yield %0 : tensor<?x5000xf32>
  }
  return %y : tensor<?x5000xf32>
}

// 64 rows are less than two tasks.
// CHECK-LABEL: hl.pipeline @k7_batch(
// CHECK: hl.schedule
// CHECK-NEXT: hl.vectorize "c" by 8 tail shift_inwards
// CHECK-NEXT: }
func.func @batch(%x: tensor<?x100xf32>) -> tensor<?x100xf32> {
  %y = nn.fused "batch" (%a = %x : tensor<?x100xf32>) -> (tensor<?x100xf32>) {
    %0 = nn.tanh %a : tensor<?x100xf32>
    nn.yield %0 : tensor<?x100xf32>
  }
  return %y : tensor<?x100xf32>
}

// One vector of five lanes.
// CHECK-LABEL: hl.pipeline @k8_five(
// CHECK: hl.schedule
// CHECK-NEXT: hl.vectorize "c"
// CHECK-NEXT: }
func.func @five(%x: tensor<?x5xf32>, %b: tensor<5xf32>) -> tensor<?x5xf32> {
  %y = nn.fused "five" (%a = %x : tensor<?x5xf32>, %c = %b : tensor<5xf32>) -> (tensor<?x5xf32>) {
    %0 = nn.add %a, %c : tensor<?x5xf32>, tensor<5xf32>
    nn.yield %0 : tensor<?x5xf32>
  }
  return %y : tensor<?x5xf32>
}

// Two lanes are none.
// CHECK-LABEL: hl.pipeline @k9_two(
// CHECK-NOT: hl.schedule
func.func @two(%x: tensor<?x2xf32>, %b: tensor<2xf32>) -> tensor<?x2xf32> {
  %y = nn.fused "two" (%a = %x : tensor<?x2xf32>, %c = %b : tensor<2xf32>) -> (tensor<?x2xf32>) {
    %0 = nn.add %a, %c : tensor<?x2xf32>, tensor<2xf32>
    nn.yield %0 : tensor<?x2xf32>
  }
  return %y : tensor<?x2xf32>
}

// An image's pixels: eight tasks each.
// CHECK-LABEL: hl.pipeline @k10_image(
// CHECK: hl.schedule
// CHECK-NEXT: hl.vectorize "c" by 8
// CHECK-NEXT: hl.split "p" into "pt", "p" by 392 tail guard_with_if
// CHECK-NEXT: hl.fuse "pt", "n" into "task"
// CHECK-NEXT: hl.parallel "task"
// CHECK-NEXT: }
func.func @image(%x: tensor<?x56x56x64xf32>, %b: tensor<64xf32>) -> tensor<?x56x56x64xf32> {
  %y = nn.fused "image" (%a = %x : tensor<?x56x56x64xf32>, %c = %b : tensor<64xf32>) -> (tensor<?x56x56x64xf32>) {
    %0 = nn.add %a, %c : tensor<?x56x56x64xf32>, tensor<64xf32>
    nn.yield %0 : tensor<?x56x56x64xf32>
  }
  return %y : tensor<?x56x56x64xf32>
}
