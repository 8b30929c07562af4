// A product of 49 flattened pixels whose consumer tells rows apart (it reads an image with a border): the tile is one row of 7 pixels, not 10
// that would reach beyond the image.
// RUN: argent-opt %s --hl-schedule=target=x86-64-linux-avx512 | FileCheck %s

// CHECK: hl.schedule %[[IN:.*]] :
// CHECK: hl.split "p" into "po", "pi" by 7 tail shift_inwards
// CHECK: hl.compute_at %{{.*}}, "y"
hl.pipeline @product(%x: !hl.buffer<?x49x16xf32>, %w: !hl.buffer<1x16x16xf32>, %mask: !hl.buffer<?x9x9x16xf32>) -> (!hl.buffer<?x7x7x16xf32>) {
  %acc = hl.func "acc" [%n in ?, %p in 49, %c in 16] -> f32 stage image {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%n, %p, %c] over [%k in 16] {
    %c16 = arith.constant 16 : i32
    %co = hl.div %c, %c16 : i32
    %lane = hl.mod %c, %c16 : i32
    %xv = hl.at %x[%n, %p, %k] : !hl.buffer<?x49x16xf32> -> f32
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

// A sum of products that its algorithm does not call one is a reduction: no tile of it is stored for a consumer.
// CHECK-LABEL: hl.pipeline @sum
// CHECK-NOT: hl.in
// CHECK-NOT: hl.unroll
// CHECK: hl.schedule %acc update(0)
hl.pipeline @sum(%x: !hl.buffer<?x49x16xf32>, %w: !hl.buffer<1x16x16xf32>) -> (!hl.buffer<?x49x16xf32>) {
  %acc = hl.func "acc" [%n in ?, %p in 49, %c in 16] -> f32 {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%n, %p, %c] over [%k in 16] {
    %zero = arith.constant 0 : i32
    %xv = hl.at %x[%n, %p, %k] : !hl.buffer<?x49x16xf32> -> f32
    %wv = hl.at %w[%zero, %k, %c] : !hl.buffer<1x16x16xf32> -> f32
    %old = hl.self [%n, %p, %c] : f32
    %product = arith.mulf %xv, %wv fastmath<reassoc,contract> : f32
    %sum = arith.addf %old, %product fastmath<reassoc,contract> : f32
    hl.yield %sum : f32
  }
  %out = hl.func "out" [%n in ?, %p in 49, %c in 16] -> f32 {
    %a = hl.at %acc[%n, %p, %c] : !hl.func<3, f32> -> f32
    hl.yield %a : f32
  }
  hl.output %out : !hl.func<3, f32>
}

// Two pixels are a part of a tile, which goes on with the next images: it belongs to no image, so it is computed before them.
// CHECK-LABEL: hl.pipeline @small
// CHECK: hl.schedule %[[IN:.*]] :
// CHECK: hl.split "n" into "no", "ni" by {{[0-9]+}} tail shift_inwards
// CHECK: hl.compute_root
hl.pipeline @small(%x: !hl.buffer<?x2x16xf32>, %w: !hl.buffer<1x16x16xf32>) -> (!hl.buffer<?x1x2x16xf32>) {
  %acc = hl.func "acc" [%n in ?, %p in 2, %c in 16] -> f32 stage image {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%n, %p, %c] over [%k in 16] {
    %c16 = arith.constant 16 : i32
    %co = hl.div %c, %c16 : i32
    %lane = hl.mod %c, %c16 : i32
    %xv = hl.at %x[%n, %p, %k] : !hl.buffer<?x2x16xf32> -> f32
    %wv = hl.at %w[%co, %k, %lane] : !hl.buffer<1x16x16xf32> -> f32
    %old = hl.self [%n, %p, %c] : f32
    %product = arith.mulf %xv, %wv fastmath<reassoc,contract> : f32
    %sum = arith.addf %old, %product fastmath<reassoc,contract> : f32
    hl.yield %sum : f32
  }
  %out = hl.func "out" [%n in ?, %y in 1, %x_ in 2, %c in 16] -> f32 {
    %c2 = arith.constant 2 : i32
    %row = arith.muli %y, %c2 : i32
    %p = arith.addi %row, %x_ : i32
    %a = hl.at %acc[%n, %p, %c] : !hl.func<3, f32> -> f32
    hl.yield %a : f32
  }
  hl.output %out : !hl.func<4, f32>
}
