// An error of Halide's stands at the directive that it is about.
// RUN: not argent-codegen --target x86-64-linux-avx2 %s 2>&1 | FileCheck %s
hl.pipeline @k(%x: !hl.buffer<?x13xf32>) -> (!hl.buffer<13xf32>) {
  %out = hl.func "out" [%i] -> f32 {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%i] over [%n in ?] {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x13xf32> -> f32
    %old = hl.self[%i] : f32
    %s = arith.addf %old, %v : f32
    hl.yield %s : f32
  }
  hl.output %out : !hl.func<1, f32>
  hl.schedule %out update(0) : !hl.func<1, f32> {
    // CHECK: halide-error.mlir:[[@LINE+1]]:5: error: Halide: {{.*}}splitting Var n {{.*}}
    hl.split "n" into "no", "ni" by 8 tail shift_inwards
  }
}
