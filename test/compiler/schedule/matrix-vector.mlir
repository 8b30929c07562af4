// A matrix of 1024 x 512 times one row: eight tasks of four vectors of 16 for AVX-512; the rows of a small batch share a panel's weights.
// RUN: argent-opt %s --hl-schedule=target=x86-64-linux-avx512 | FileCheck %s

// CHECK-LABEL: hl.pipeline @dense_small(
// CHECK: hl.split "k" into "ko", "ki" by 64
// CHECK-NEXT: hl.reorder ["ki", "m", "ko"]
// CHECK-NEXT: hl.vectorize "ki" by 16
// CHECK-NEXT: hl.unroll "ki"
// CHECK-NEXT: hl.parallel "ko"
// CHECK: hl.schedule %[[ACC:.*]] :
// CHECK-NEXT: hl.compute_at %{{.*}}, "m"
hl.pipeline @dense(%x: !hl.buffer<?x1024xf32>, %w: !hl.buffer<32x1024x16xf32>, %b: !hl.buffer<512xf32>) -> (!hl.buffer<?x512xf32>) {
  %acc = hl.func "acc" [%m in ?, %k in 512] -> f32 stage product {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%m, %k] over [%d in 1024] {
    %c16 = arith.constant 16 : i32
    %co = hl.div %k, %c16 : i32
    %lane = hl.mod %k, %c16 : i32
    %xv = hl.at %x[%m, %d] : !hl.buffer<?x1024xf32> -> f32
    %wv = hl.at %w[%co, %d, %lane] : !hl.buffer<32x1024x16xf32> -> f32
    %old = hl.self [%m, %k] : f32
    %product = arith.mulf %xv, %wv fastmath<reassoc,contract> : f32
    %sum = arith.addf %old, %product fastmath<reassoc,contract> : f32
    hl.yield %sum : f32
  }
  %out = hl.func "out" [%m in ?, %k in 512] -> f32 {
    %a = hl.at %acc[%m, %k] : !hl.func<2, f32> -> f32
    %bias = hl.at %b[%k] : !hl.buffer<512xf32> -> f32
    %s = arith.addf %a, %bias : f32
    hl.yield %s : f32
  }
  hl.output %out : !hl.func<2, f32>
}

func.func @predict(%x: tensor<?x1024xf32> {nn.name = "x"}) -> (tensor<?x512xf32> {nn.name = "y"}) {
  %w = nn.parameter "w" <glorot_uniform, 0.0, 0.0> layout <pack = 16> : tensor<1024x512xf32>
  %b = nn.parameter "b" <constant, 0.0, 0.0> layout <pack = 16> : tensor<512xf32>
  %y = nn.launch "dense" @dense(%x, %w, %b) : (tensor<?x1024xf32>, tensor<1024x512xf32>, tensor<512xf32>) -> tensor<?x512xf32>
  return %y : tensor<?x512xf32>
}
