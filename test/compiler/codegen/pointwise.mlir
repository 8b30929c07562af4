// max(x + b, 0) over rows of 13: a tail, predicated.
// run-aarch64.test and run-avx2.test run it.
// RUN: argent-codegen --target x86-64-linux-avx512 %s -o %t.avx512.o
// RUN: argent-codegen --target x86-64-linux-avx2 --emit=stmt %s | FileCheck %s --check-prefix=STMT
// STMT: ramp
// RUN: argent-codegen --target x86-64-linux-avx2 --emit=llvm %s | FileCheck %s --check-prefix=LLVM
// LLVM: define {{.*}}@pointwise_argv
hl.pipeline @pointwise(%x: !hl.buffer<?x13xf32>, %b: !hl.buffer<13xf32>) -> (!hl.buffer<?x13xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %zero = arith.constant 0.0 : f32
    %v = hl.at %x[%n, %i] : !hl.buffer<?x13xf32> -> f32
    %c = hl.at %b[%i] : !hl.buffer<13xf32> -> f32
    %s = arith.addf %v, %c : f32
    %r = arith.maxnumf %s, %zero : f32
    hl.yield %r : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    hl.vectorize "i" by 4 tail predicate
    hl.parallel "n" by 2 tail guard_with_if
  }
}
