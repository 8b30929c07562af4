// What only the generic form can say, and a value that is none.
// RUN: argent-opt %s --split-input-file --verify-diagnostics

// hl.func C1
"hl.pipeline"() ({
  // expected-error @below {{(C1) has 1 axes but its type says 2}}
  %f = "hl.func"() ({
  ^bb0(%n: i32):
    %v = arith.constant 0.0 : f32
    "hl.yield"(%v) {operandSegmentSizes = array<i32: 1, 0>} : (f32) -> ()
  }) {name = "f", vars = ["n"], rvars = [], extents = []} : () -> !hl.func<2, f32>
}) {sym_name = "k", inputTypes = [], resultTypes = []} : () -> ()

// -----

// hl.func C5
"hl.pipeline"() ({
  // expected-error @below {{(C5) has 0 updates, but names for 1 and extents for 0}}
  %f = "hl.func"() ({
  ^bb0(%n: i32):
    %v = arith.constant 0.0 : f32
    "hl.yield"(%v) {operandSegmentSizes = array<i32: 1, 0>} : (f32) -> ()
  }) {name = "f", vars = ["n"], rvars = [["r"]], extents = []} : () -> !hl.func<1, f32>
}) {sym_name = "k", inputTypes = [], resultTypes = []} : () -> ()

// -----

// hl.func C5
"hl.pipeline"() ({
  // expected-error @below {{(C5) an update has a name and an extent for each reduction variable}}
  %f = "hl.func"() ({
  ^bb0(%n: i32):
    %v = arith.constant 0.0 : f32
    "hl.yield"(%v) {operandSegmentSizes = array<i32: 1, 0>} : (f32) -> ()
  }, {
  ^bb0(%n: i32, %r: i32):
    %v = arith.constant 0.0 : f32
    "hl.yield"(%v) {operandSegmentSizes = array<i32: 1, 0>} : (f32) -> ()
  }) {name = "f", vars = ["n"], rvars = [["r"]], extents = [array<i64: 4, 4>]} : () -> !hl.func<1, f32>
}) {sym_name = "k", inputTypes = [], resultTypes = []} : () -> ()

// -----

// hl.undef C1
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    // expected-error @below {{(C1) stands in a pure definition and is yielded as it is}}
    %u = hl.undef : f32
    %v = arith.addf %u, %u : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.undef C1
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] {
    // expected-error @below {{(C1) stands in a pure definition and is yielded as it is}}
    %u = hl.undef : f32
    hl.yield %u : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.func C8
hl.pipeline @k() -> () {
  // expected-error @below {{(C8) is of the stage 'product': a func of one value with one update, which stores at the axes}}
  %f = hl.func "f" [%m, %k] -> f32 stage product {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  }
  hl.output %f : !hl.func<2, f32>
}

// -----

// hl.func C8
hl.pipeline @k() -> () {
  // expected-error @below {{(C8) is of the stage 'product': a func of one value with one update, which stores at the axes}}
  %f = hl.func "f" [%m, %k] -> (f32, f32) stage product {
    %v = arith.constant 0.0 : f32
    hl.yield %v, %v : f32, f32
  } update [%m, %k] over [%r in 4] {
    %v = arith.constant 0.0 : f32
    hl.yield %v, %v : f32, f32
  }
  hl.output %f : !hl.func<2, f32, f32>
}

// -----

// hl.func C8
hl.pipeline @k() -> () {
  // expected-error @below {{(C8) is of the stage 'product': a func of one value with one update, which stores at the axes}}
  %f = hl.func "f" [%m, %k] -> f32 stage product {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%m, %k] over [%r in 4] {
    %v = arith.constant 0.0 : f32
    hl.yield %v at [%r, %k] : f32
  }
  hl.output %f : !hl.func<2, f32>
}

// -----

// hl.func C9
hl.pipeline @k() -> () {
  // expected-error @below {{(C9) is of the stage 'image', which has three axes, not 2}}
  %f = hl.func "f" [%m, %k] -> f32 stage image {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%m, %k] over [%r in 4] {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  }
  hl.output %f : !hl.func<2, f32>
}

// -----

// hl.func C9
hl.pipeline @k() -> () {
  // expected-error @below {{(C9) is of the stage 'phases', which has at least four axes, not 3}}
  %f = hl.func "f" [%n, %f, %k] -> f32 stage phases {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %f, %k] over [%r in 4] {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  }
  hl.output %f : !hl.func<3, f32>
}

// -----

hl.pipeline @k() -> () {
  // expected-error @below {{expected one of [product, image, phases] for what a func is in its algorithm, got: sum}}
  %f = hl.func "f" [%m] -> f32 stage sum {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  }
  hl.output %f : !hl.func<1, f32>
}

// -----

// expected-error @below {{expected one of [forward, gradient, update] for what of a program a kernel belongs to, got: backward}}
hl.pipeline @k() -> () role backward {
  hl.output
}
