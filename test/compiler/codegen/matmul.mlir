// Rows of 96 times packed weights [2][96][16]: a register tile of 4 rows x 2 vectors.
// run-aarch64.test and run-avx2.test run it.
// RUN: argent-codegen --target x86-64-linux-avx512 %s -o %t.avx512.o
// RUN: argent-codegen --target x86-64-linux-avx2 --emit=asm %s | FileCheck %s
// The inner loop: 8 multiply-adds, nothing spilled between them.
// CHECK-COUNT-8: vfmadd231ps
// CHECK-NOT: rsp
// CHECK: jne
hl.pipeline @matmul(%x: !hl.buffer<?x96xf32>, %w: !hl.buffer<2x96x16xf32>) -> (!hl.buffer<?x32xf32>) {
  %acc = hl.func "acc" [%n, %m] -> f32 {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%n, %m] over [%k in 96] {
    %c16 = arith.constant 16 : i32
    %mo = hl.div %m, %c16 : i32
    %lane = hl.mod %m, %c16 : i32
    %a = hl.at %x[%n, %k] : !hl.buffer<?x96xf32> -> f32
    %b = hl.at %w[%mo, %k, %lane] : !hl.buffer<2x96x16xf32> -> f32
    %old = hl.self[%n, %m] : f32
    %p = arith.mulf %a, %b fastmath<reassoc,contract> : f32
    %s = arith.addf %old, %p fastmath<reassoc,contract> : f32
    hl.yield %s : f32
  }
  %out = hl.func "out" [%n, %m] -> f32 {
    %v = hl.at %acc[%n, %m] : !hl.func<2, f32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    hl.split "m" into "mo", "mi" by 16
    hl.split "n" into "no", "ni" by 4 tail shift_inwards
    hl.reorder ["mi", "ni", "no", "mo"]
    hl.vectorize "mi" by 8
    hl.unroll "mi"
    hl.unroll "ni"
    hl.parallel "mo"
  }
  hl.schedule %acc : !hl.func<2, f32> {
    hl.compute_at %out, "no" : !hl.func<2, f32>
    hl.vectorize "m" by 8
    hl.unroll "m"
    hl.unroll "n"
  }
  hl.schedule %acc update(0) : !hl.func<2, f32> {
    hl.reorder ["m", "n", "k"]
    hl.vectorize "m" by 8
    hl.unroll "m"
    hl.unroll "n"
  }
}
