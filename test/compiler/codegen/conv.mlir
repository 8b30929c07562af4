// 3x3 convolution of 10x10x3 images with zero padding, bias and ReLU: flattened pixels, 'else' at the border.
// run-aarch64.test and run-avx2.test run it.
// RUN: argent-codegen --target x86-64-linux-avx512 %s -o %t.avx512.o
hl.pipeline @conv(%x: !hl.buffer<?x10x10x3xf32>, %w: !hl.buffer<1x3x3x3x16xf32>, %b: !hl.buffer<16xf32>) -> (!hl.buffer<?x100x16xf32>) {
  %padded = hl.func "padded" [%n, %y, %z, %c] -> f32 {
    %one = arith.constant 1 : i32
    %zero = arith.constant 0.0 : f32
    %iy = arith.subi %y, %one : i32
    %ix = arith.subi %z, %one : i32
    %v = hl.at %x[%n, %iy, %ix, %c] else %zero : !hl.buffer<?x10x10x3xf32> -> f32
    hl.yield %v : f32
  }
  %acc = hl.func "acc" [%n, %p, %k] -> f32 {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%n, %p, %k] over [%ky in 3, %kx in 3, %c in 3] {
    %c10 = arith.constant 10 : i32
    %c16 = arith.constant 16 : i32
    %row = hl.div %p, %c10 : i32
    %column = hl.mod %p, %c10 : i32
    %iy = arith.addi %row, %ky : i32
    %ix = arith.addi %column, %kx : i32
    %ko = hl.div %k, %c16 : i32
    %lane = hl.mod %k, %c16 : i32
    %xv = hl.at %padded[%n, %iy, %ix, %c] : !hl.func<4, f32> -> f32
    %wv = hl.at %w[%ko, %ky, %kx, %c, %lane] : !hl.buffer<1x3x3x3x16xf32> -> f32
    %old = hl.self[%n, %p, %k] : f32
    %product = arith.mulf %xv, %wv fastmath<reassoc,contract> : f32
    %sum = arith.addf %old, %product fastmath<reassoc,contract> : f32
    hl.yield %sum : f32
  }
  %out = hl.func "out" [%n, %p, %k] -> f32 {
    %zero = arith.constant 0.0 : f32
    %a = hl.at %acc[%n, %p, %k] : !hl.func<3, f32> -> f32
    %bias = hl.at %b[%k] : !hl.buffer<16xf32> -> f32
    %s = arith.addf %a, %bias : f32
    %r = arith.maxnumf %s, %zero : f32
    hl.yield %r : f32
  }
  hl.output %out : !hl.func<3, f32>
  hl.schedule %out : !hl.func<3, f32> {
    hl.split "p" into "po", "pi" by 6 tail shift_inwards
    hl.reorder ["k", "pi", "po", "n"]
    hl.vectorize "k" by 8
    hl.unroll "k"
    hl.unroll "pi"
    hl.parallel "n"
  }
  hl.schedule %padded : !hl.func<4, f32> {
    hl.compute_at %out, "n" : !hl.func<3, f32>
  }
  hl.schedule %acc : !hl.func<3, f32> {
    hl.compute_at %out, "po" : !hl.func<3, f32>
    hl.vectorize "k" by 8
    hl.unroll "k"
    hl.unroll "p"
  }
  hl.schedule %acc update(0) : !hl.func<3, f32> {
    hl.reorder ["k", "p", "c", "kx", "ky"]
    hl.vectorize "k" by 8
    hl.unroll "k"
    hl.unroll "p"
  }
}
