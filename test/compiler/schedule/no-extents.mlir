// A rule does not guess the extents of a func.
// RUN: argent-opt %s --hl-schedule=target=x86-64-linux-avx2 -verify-diagnostics

hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  // expected-error @below {{has no extents, which schedule rules need: `[%n in ?, %c in 16]`}}
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}
