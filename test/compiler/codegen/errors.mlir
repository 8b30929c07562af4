// What Halide rejects, and what is not there, is an error at the op.
// RUN: not argent-codegen --target x86-64-linux-avx2 %s 2>&1 | FileCheck %s
// RUN: not argent-codegen --target pdp11 %s 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not argent-codegen %s.none 2>&1 | FileCheck %s --check-prefix=FILE
// TARGET: argent-codegen: unknown target 'pdp11'; known are host, x86-64-linux-avx2, x86-64-linux-avx512
// FILE: No such file
// CHECK: errors.mlir:[[@LINE+4]]:10: error: 'math.exp' op has no translation to Halide: --hl-expand-math writes it as arithmetic
hl.pipeline @exp(%x: !hl.buffer<?x13xf32>) -> (!hl.buffer<?x13xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x13xf32> -> f32
    %e = math.exp %v : f32
    hl.yield %e : f32
  }
  hl.output %out : !hl.func<2, f32>
}
