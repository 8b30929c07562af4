// RUN: argent-opt %s --hl-expand-math | FileCheck %s
// CHECK-LABEL: hl.pipeline @k
// CHECK-NOT: math.exp
// CHECK-NOT: hl.normal_cdf
// CHECK-NOT: math.rsqrt
// CHECK-NOT: math.powf
// CHECK: arith.bitcast
// CHECK: math.sqrt
// CHECK: arith.truncf
hl.pipeline @k(%x: !hl.buffer<8xf32>, %h: !hl.buffer<8xf16>) -> (!hl.buffer<8xf32>, !hl.buffer<8xf16>) {
  %out = hl.func "out" [%i] -> (f32, f16) {
    %three = arith.constant 3.0 : f32
    %v = hl.at %x[%i] : !hl.buffer<8xf32> -> f32
    %e = math.exp %v : f32
    %r = math.rsqrt %e : f32
    %n = hl.normal_cdf %r : f32
    %p = math.powf %n, %three : f32
    %hv = hl.at %h[%i] : !hl.buffer<8xf16> -> f16
    %ht = math.tanh %hv : f16
    hl.yield %p, %ht : f32, f16
  }
  hl.output %out : !hl.func<1, f32, f16>
}
