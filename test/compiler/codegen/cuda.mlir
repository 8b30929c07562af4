// A matrix product on the GPU: 4 x 8 results a thread in registers, no local memory.
// RUN: argent-codegen --target cuda --emit=ptx %s -o %t.ptx && FileCheck %s < %t.ptx
// CHECK: .target sm_86
// CHECK-NOT: __local_depot
// CHECK: .visible .entry
// CHECK: fma.rn.f32
// RUN: not argent-codegen --target x86-64-linux-avx2 --emit=ptx %S/pointwise.mlir 2>&1 | FileCheck %s --check-prefix=HOST
// HOST: error: the kernel has no device code
hl.pipeline @matmul(%x: !hl.buffer<1024x512xf32>, %w: !hl.buffer<512x1024xf32>) -> (!hl.buffer<1024x1024xf32>) {
  %acc = hl.func "acc" [%n, %m] -> f32 {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%n, %m] over [%k in 512] {
    %a = hl.at %x[%n, %k] : !hl.buffer<1024x512xf32> -> f32
    %b = hl.at %w[%k, %m] : !hl.buffer<512x1024xf32> -> f32
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
    hl.split "m" into "mo", "mi" by 64
    hl.split "n" into "no", "ni" by 128
    hl.split "mi" into "mt", "mv" by 4
    hl.split "ni" into "nt", "nv" by 8
    hl.reorder ["mv", "nv", "mt", "nt", "mo", "no"]
    hl.gpu_blocks ["mo", "no"]
    hl.gpu_threads ["mt", "nt"]
    hl.vectorize "mv"
    hl.unroll "nv"
  }
  hl.schedule %acc : !hl.func<2, f32> {
    hl.compute_at %out, "mt" : !hl.func<2, f32>
    hl.store_in "register"
    hl.vectorize "m"
    hl.unroll "n"
  }
  hl.schedule %acc update(0) : !hl.func<2, f32> {
    hl.reorder ["m", "n", "k"]
    hl.vectorize "m"
    hl.unroll "n"
    hl.unroll "k" by 4
  }
}
