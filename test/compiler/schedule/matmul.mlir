// A matrix product with N rows: a register tile of 6 rows by 2 vectors on AVX2 for batches of 6 and more, 8 vectors of one row below.
// RUN: argent-opt %s --hl-schedule=target=x86-64-linux-avx2 | FileCheck %s
// RUN: argent-opt %s --hl-schedule=target=x86-64-linux-avx2 | argent-opt | FileCheck %s

// CHECK-LABEL: hl.pipeline @dense(
// CHECK-SAME: min_batch = 6 : i64, small = @dense_small
// CHECK: hl.schedule %[[OUT:.*]] :
// CHECK-NEXT: hl.split "k" into "ko", "ki" by 16 tail guard_with_if
// CHECK-NEXT: hl.split "m" into "mo", "mi" by 6 tail shift_inwards
// CHECK-NEXT: hl.reorder ["ki", "mi", "mo", "ko"]
// CHECK-NEXT: hl.vectorize "ki" by 8
// CHECK-NEXT: hl.unroll "ki"
// CHECK-NEXT: hl.unroll "mi"
// CHECK: hl.schedule %[[ACC:.*]] :
// CHECK-NEXT: hl.compute_at %[[OUT]], "mo"
// CHECK: hl.schedule %[[ACC]] update(0)
// CHECK-NEXT: hl.reorder ["k", "m", "d"]

// CHECK-LABEL: hl.pipeline @dense_small(
// CHECK: hl.split "k" into "ko", "ki" by 64 tail guard_with_if
// CHECK-NOT: shift_inwards
hl.pipeline @dense(%x: !hl.buffer<?x400xf32>, %w: !hl.buffer<8x400x16xf32>, %b: !hl.buffer<128xf32>) -> (!hl.buffer<?x120xf32>) {
  %acc = hl.func "acc" [%m in ?, %k in 120] -> f32 stage product {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%m, %k] over [%d in 400] {
    %c16 = arith.constant 16 : i32
    %co = hl.div %k, %c16 : i32
    %lane = hl.mod %k, %c16 : i32
    %xv = hl.at %x[%m, %d] : !hl.buffer<?x400xf32> -> f32
    %wv = hl.at %w[%co, %d, %lane] : !hl.buffer<8x400x16xf32> -> f32
    %old = hl.self [%m, %k] : f32
    %product = arith.mulf %xv, %wv fastmath<reassoc,contract> : f32
    %sum = arith.addf %old, %product fastmath<reassoc,contract> : f32
    hl.yield %sum : f32
  }
  %out = hl.func "out" [%m in ?, %k in 120] -> f32 {
    %a = hl.at %acc[%m, %k] : !hl.func<2, f32> -> f32
    %bias = hl.at %b[%k] : !hl.buffer<128xf32> -> f32
    %s = arith.addf %a, %bias : f32
    hl.yield %s : f32
  }
  hl.output %out : !hl.func<2, f32>
}

func.func @predict(%x: tensor<?x400xf32> {nn.name = "x"}) -> (tensor<?x120xf32> {nn.name = "y"}) {
  %w = nn.parameter "w" <glorot_uniform, 0.0, 0.0> layout <pack = 16> : tensor<400x120xf32>
  %b = nn.parameter "b" <constant, 0.0, 0.0> layout <pack = 16> : tensor<120xf32>
  %y = nn.launch "dense" @dense(%x, %w, %b) : (tensor<?x400xf32>, tensor<400x120xf32>, tensor<120xf32>) -> tensor<?x120xf32>
  return %y : tensor<?x120xf32>
}
