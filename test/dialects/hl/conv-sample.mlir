// RUN: argent-opt %s | argent-opt | FileCheck %s --check-prefix=CHECK
// CHECK-LABEL: hl.pipeline @conv_bias_relu
// CHECK: hl.schedule %acc update(0)
// The convolution kernel of compiler/schedule/README.md as hl text: flattened pixels, packed weights, a register tile of 6 pixels x 2 vectors, padding
// done by the loads, epilogue in the consumer.
hl.pipeline @conv_bias_relu(%x: !hl.buffer<?x28x28x64xf32>, %w: !hl.buffer<8x3x3x64x16xf32>, %b: !hl.buffer<128xf32>)
    -> (!hl.buffer<?x784x128xf32>) {
  %padded = hl.func "padded" [%n, %y, %x0, %c] -> f32 {
    %one = arith.constant 1 : i32
    %zero = arith.constant 0.0 : f32
    %iy = arith.subi %y, %one : i32
    %ix = arith.subi %x0, %one : i32
    %v = hl.at %x[%n, %iy, %ix, %c] else %zero : !hl.buffer<?x28x28x64xf32> -> f32
    hl.yield %v : f32
  }
  %acc = hl.func "acc" [%n, %p, %c] -> f32 {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%n, %p, %c] over [%ky in 3, %kx in 3, %ci in 64] {
    %c28 = arith.constant 28 : i32
    %c16 = arith.constant 16 : i32
    %row = hl.div %p, %c28 : i32
    %col = hl.mod %p, %c28 : i32
    %iy = arith.addi %row, %ky : i32
    %ix = arith.addi %col, %kx : i32
    %co = hl.div %c, %c16 : i32
    %lane = hl.mod %c, %c16 : i32
    %xv = hl.at %padded[%n, %iy, %ix, %ci] : !hl.func<4, f32> -> f32
    %wv = hl.at %w[%co, %ky, %kx, %ci, %lane] : !hl.buffer<8x3x3x64x16xf32> -> f32
    %old = hl.self [%n, %p, %c] : f32
    %product = arith.mulf %xv, %wv : f32
    %sum = arith.addf %old, %product : f32
    hl.yield %sum : f32
  }
  %out = hl.func "out" [%n, %p, %c] -> f32 {
    %zero = arith.constant 0.0 : f32
    %a = hl.at %acc[%n, %p, %c] : !hl.func<3, f32> -> f32
    %bias = hl.at %b[%c] : !hl.buffer<128xf32> -> f32
    %s = arith.addf %a, %bias : f32
    %r = arith.maxnumf %s, %zero : f32
    hl.yield %r : f32
  }
  hl.output %out : !hl.func<3, f32>
  hl.schedule %out : !hl.func<3, f32> {
    hl.split "c" into "co", "ci" by 16
    hl.split "p" into "po", "pi" by 6 tail shift_inwards
    hl.reorder ["ci", "pi", "po", "co", "n"]
    hl.vectorize "ci" by 8
    hl.unroll "ci"
    hl.unroll "pi"
    hl.fuse "co", "n" into "task"
    hl.parallel "task"
  }
  hl.schedule %padded : !hl.func<4, f32> {
    hl.compute_root
    hl.vectorize "c" by 8
    hl.parallel "n"
  }
  hl.schedule %acc : !hl.func<3, f32> {
    hl.compute_at %out, "po" : !hl.func<3, f32>
    hl.vectorize "c" by 8
    hl.unroll "c"
    hl.unroll "p"
  }
  hl.schedule %acc update(0) : !hl.func<3, f32> {
    hl.reorder ["c", "p", "ci", "kx", "ky"]
    hl.vectorize "c" by 8
    hl.unroll "c"
    hl.unroll "p"
  }
}
