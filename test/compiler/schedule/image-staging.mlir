// What a product loads is computed for one image, inside the consumer's loop over images: that loop keeps its name, so its tasks are images.
// RUN: argent-opt %s --hl-schedule=target=x86-64-linux-avx512 | FileCheck %s

// CHECK: hl.schedule %[[CENTRED:[a-z]*centred]]
// CHECK-NEXT: hl.compute_at %[[OUT:.*]], "n"
// CHECK: hl.schedule %[[OUT]]
// CHECK-NOT: hl.split "n"
// CHECK: hl.parallel "n"
hl.pipeline @product(%x: !hl.buffer<?x49x16xf32>, %w: !hl.buffer<1x16x16xf32>, %mask: !hl.buffer<?x9x9x16xf32>) -> (!hl.buffer<?x7x7x16xf32>) {
  %centred = hl.func "centred" [%n in ?, %p in 49, %k in 16] -> f32 {
    %v = hl.at %x[%n, %p, %k] : !hl.buffer<?x49x16xf32> -> f32
    %one = arith.constant 1.0 : f32
    %d = arith.subf %v, %one : f32
    hl.yield %d : f32
  }
  %acc = hl.func "acc" [%n in ?, %p in 49, %c in 16] -> f32 stage image {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%n, %p, %c] over [%k in 16] {
    %c16 = arith.constant 16 : i32
    %co = hl.div %c, %c16 : i32
    %lane = hl.mod %c, %c16 : i32
    %xv = hl.at %centred[%n, %p, %k] : !hl.func<3, f32> -> f32
    %wv = hl.at %w[%co, %k, %lane] : !hl.buffer<1x16x16xf32> -> f32
    %old = hl.self [%n, %p, %c] : f32
    %product = arith.mulf %xv, %wv fastmath<reassoc,contract> : f32
    %sum = arith.addf %old, %product fastmath<reassoc,contract> : f32
    hl.yield %sum : f32
  }
  %out = hl.func "out" [%n in ?, %y in 7, %x_ in 7, %c in 16] -> f32 {
    %c7 = arith.constant 7 : i32
    %c1 = arith.constant 1 : i32
    %row = arith.muli %y, %c7 : i32
    %p = arith.addi %row, %x_ : i32
    %a = hl.at %acc[%n, %p, %c] : !hl.func<3, f32> -> f32
    %y1 = arith.addi %y, %c1 : i32
    %x1 = arith.addi %x_, %c1 : i32
    %m = hl.at %mask[%n, %y1, %x1, %c] : !hl.buffer<?x9x9x16xf32> -> f32
    %s = arith.mulf %a, %m : f32
    hl.yield %s : f32
  }
  hl.output %out : !hl.func<4, f32>
}
