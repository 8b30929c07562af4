// Sums of squares over N and 12 rows, for each of 16 columns and in all: chunks of 4 rows by hl.rfactor, a second result of rank 0,
// and a third that is the same at every step of its domain.
// run-aarch64.test and run-avx2.test run it.
// RUN: argent-codegen --target x86-64-linux-avx512 %s -o %t.avx512.o
hl.pipeline @reduction(%x: !hl.buffer<?x12x16xf32>) -> (!hl.buffer<16xf32>, !hl.buffer<f32>, !hl.buffer<16xf32>) {
  %acc = hl.func "acc" [%c] -> f32 {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%c] over [%n in ?, %y in 12] {
    %v = hl.at %x[%n, %y, %c] : !hl.buffer<?x12x16xf32> -> f32
    %square = arith.mulf %v, %v fastmath<reassoc,contract> : f32
    %old = hl.self[%c] : f32
    %sum = arith.addf %old, %square fastmath<reassoc,contract> : f32
    hl.yield %sum : f32
  }
  %out = hl.func "out" [%c] -> f32 {
    %v = hl.at %acc[%c] : !hl.func<1, f32> -> f32
    hl.yield %v : f32
  }
  %total = hl.func "total" [] -> f32 {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [] over [%c in 16] {
    %v = hl.at %acc[%c] : !hl.func<1, f32> -> f32
    %old = hl.self[] : f32
    %sum = arith.addf %old, %v : f32
    hl.yield %sum : f32
  }
  %steps = hl.func "steps" [%c] -> f32 {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%c] over [%n in ?, %y in 12] {
    %quarter = arith.constant 0.25 : f32
    %old = hl.self[%c] : f32
    %sum = arith.addf %old, %quarter : f32
    hl.yield %sum : f32
  }
  hl.output %out, %total, %steps : !hl.func<1, f32>, !hl.func<0, f32>, !hl.func<1, f32>
  hl.schedule %steps update(0) : !hl.func<1, f32> {
    hl.reorder ["c", "y", "n"]
  }
  hl.schedule %acc update(0) : !hl.func<1, f32> {
    hl.split "y" into "yo", "yi" by 4
  }
  %partial = hl.rfactor %acc update(0) ["n" -> "u", "yo" -> "v"] : !hl.func<1, f32> -> !hl.func<3, f32>
  hl.schedule %acc : !hl.func<1, f32> {
    hl.compute_root
    hl.vectorize "c" by 8
  }
  hl.schedule %acc update(0) : !hl.func<1, f32> {
    hl.reorder ["c", "yo", "n"]
    hl.vectorize "c" by 8
    hl.unroll "c"
  }
  hl.schedule %partial : !hl.func<3, f32> {
    hl.compute_at %acc, "yo" : !hl.func<1, f32>
    hl.vectorize "c" by 8
    hl.unroll "c"
  }
  hl.schedule %partial update(0) : !hl.func<3, f32> {
    hl.reorder ["c", "yi"]
    hl.vectorize "c" by 8
    hl.unroll "c"
  }
}
