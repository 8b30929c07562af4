// Law 4: (x * 3 + 1e8) - 1e8 stays, with every rounding; with the flags it is one multiply-add. One kernel may hold both.
// RUN: argent-codegen --target x86-64-linux-avx2 --emit=asm %s | FileCheck %s
// RUN: argent-codegen --target x86-64-linux-avx512 --emit=asm %s | FileCheck %s
// CHECK-LABEL: as_written:
// CHECK: vfmadd
// CHECK: vmulps
// CHECK: vaddps
// CHECK: vaddps
// CHECK-NOT: vfmadd
// CHECK: .size as_written
hl.pipeline @as_written(%x: !hl.buffer<?x16xf32>) -> (!hl.buffer<?x16xf32>) {
  %fused = hl.func "fused" [%n, %i] -> f32 {
    %two = arith.constant 2.0 : f32
    %five = arith.constant 5.0 : f32
    %v = hl.at %x[%n, %i] : !hl.buffer<?x16xf32> -> f32
    %p = arith.mulf %v, %v fastmath<reassoc,contract> : f32
    %s = arith.addf %p, %five fastmath<reassoc,contract> : f32
    hl.yield %s : f32
  }
  %out = hl.func "out" [%n, %i] -> f32 {
    %three = arith.constant 3.0 : f32
    %much = arith.constant 1.0e8 : f32
    %v = hl.at %fused[%n, %i] : !hl.func<2, f32> -> f32
    %p = arith.mulf %v, %three : f32
    %s = arith.addf %p, %much : f32
    %d = arith.subf %s, %much : f32
    hl.yield %d : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    hl.vectorize "i" by 8
  }
}
