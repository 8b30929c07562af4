// Halide does not see a load inside of a strict operation, and would store the first value before the second is computed from the old one.
// RUN: not argent-codegen --target x86-64-linux-avx2 %s 2>&1 | FileCheck %s
// RUN: sed 's/#0, %v :/#0, %v fastmath<reassoc,contract> :/' %s | argent-codegen --target x86-64-linux-avx2 - -o %t.o
// CHECK: strict-tuple.mlir:[[@LINE+8]]:12: error: 'arith.addf' op rounds what an update of several values has stored, which has no translation to Halide without reassoc,contract
hl.pipeline @tuple(%x: !hl.buffer<8xf32>) -> (!hl.buffer<f32>, !hl.buffer<f32>) {
  %out = hl.func "out" [] -> (f32, f32) {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero, %zero : f32, f32
  } update [] over [%i in 8] {
    %old:2 = hl.self[] : f32, f32
    %v = hl.at %x[%i] : !hl.buffer<8xf32> -> f32
    %sum = arith.addf %old#0, %v : f32
    hl.yield %sum, %old#0 : f32, f32
  }
  hl.output %out : !hl.func<0, f32, f32>
}
