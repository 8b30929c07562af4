// Every constraint of the dialect, numbered as in dialects/hl/Ops.td and HL.td.
// RUN: argent-opt %s -split-input-file -verify-diagnostics

// BufferType B1
// expected-error @below {{(B1) a buffer holds}}
hl.pipeline @k(%x: !hl.buffer<4x!hl.func<1, f32>>) -> () {}

// -----

// BufferType B2
// expected-error @below {{(B2) extents are at least 1}}
hl.pipeline @k(%x: !hl.buffer<0x4xf32>) -> () {}

// -----

// BufferType B3
// expected-error @below {{(B3) a buffer has fewer than 2^31 elements}}
hl.pipeline @k(%x: !hl.buffer<65536x65536xf32>) -> () {}

// -----

// BufferType B4
// expected-error @below {{(B4) 'batch' holds a positive factor for each '?' and 0 for the other dimensions}}
hl.pipeline @k(%x: !hl.buffer<?x4xf32, batch = [3, 1]>) -> () {}

// -----

// BufferType B4
// expected-error @below {{(B4) 'batch' has 1 factors for 2 dimensions}}
hl.pipeline @k(%x: !hl.buffer<?x4xf32, batch = [3]>) -> () {}

// -----

// FuncType F3
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  // expected-error @below {{(F3) a func's values are floats or signless integers}}
  %f = hl.func "f" [%n] -> index { }
}

// -----

// hl.pipeline C1
// expected-error @below {{(C1) inputs and results are buffers}}
hl.pipeline @k(%x: f32) -> () {}

// -----

// hl.pipeline C2
// expected-error @below {{(C2) has no hl.output}}
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
}

// -----

// hl.pipeline C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  // expected-error @below {{(C2) a pipeline has one hl.output}}
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>, !hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  // expected-error @below {{(C2) gives 1 values for 2 results}}
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  // expected-error @below {{has 1 dimensions, its func 2 axes}}
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xi32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  // expected-error @below {{cannot hold values of type 'f32'}}
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C3
// expected-error @below {{(C3) 'inplace' has 2 entries for 1 results}}
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {inplace = array<i64: 0, 0>} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C3
// expected-error @below {{(C3) 'inplace' names input 1 of 1}}
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {inplace = array<i64: 1>} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C3
// expected-error @below {{cannot be written over the input}}
hl.pipeline @k(%x: !hl.buffer<?x8xf32>, %y: !hl.buffer<8xf32>) -> (!hl.buffer<?x8xf32>) attributes {inplace = array<i64: 1>} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C4, another index
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {inplace = array<i64: 0>} {
  // expected-error @below {{(C4) at another index than its own axes}}
  %out = hl.func "out" [%n, %i] -> f32 {
    %seven = arith.constant 7 : i32
    %j = arith.subi %seven, %i : i32
    %v = hl.at %x[%n, %j] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C4, the first of eight for each
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {inplace = array<i64: 0>} {
  // expected-error @below {{(C4) at another index than its own axes}}
  %out = hl.func "out" [%n, %i] -> f32 {
    %zero = arith.constant 0 : i32
    %v = hl.at %x[%n, %zero] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C4, an update
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {inplace = array<i64: 0>} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  // expected-error @below {{(C4 of hl.pipeline) a func that is written in place has only a pure definition}}
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C4, used by another result
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>, !hl.buffer<?x8xf32>) attributes {inplace = array<i64: 0, -1>} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  // expected-error @below {{(C4) for more than the result that is written over it}}
  %two = hl.func "two" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out, %two : !hl.func<2, f32>, !hl.func<2, f32>
}

// -----

// hl.pipeline C5
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {inplace = array<i64: 0>} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C5 of hl.pipeline) the tail shift_inwards may recompute elements}}
    hl.split "n" into "no", "ni" by 4 tail shift_inwards
  }
}

// -----

// hl.pipeline C5
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {inplace = array<i64: 0>} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C5 of hl.pipeline) the tail round_up may recompute elements}}
    hl.split "n" into "no", "ni" by 4 tail round_up
  }
}

// -----

// hl.pipeline C5
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {inplace = array<i64: 0>} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C5 of hl.pipeline) the tail auto may recompute elements}}
    hl.split "n" into "no", "ni" by 4
  }
}

// -----

// hl.pipeline C5, the factor divides
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {inplace = array<i64: 0>} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    hl.vectorize "i" by 8
  }
}

// -----

// hl.pipeline C6
// expected-error @below {{(C6) two results are written over input 0}}
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>, !hl.buffer<?x8xf32>) attributes {inplace = array<i64: 0, 0>} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C7
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  // expected-error @below {{(C7 of hl.pipeline) another func has the name 'out'}}
  %two = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C8
// expected-error @below {{(C8) 'flops' are two numbers, neither negative}}
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {flops = array<i64: 8>} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C8
// expected-error @below {{(C8) 'flops' are two numbers, neither negative}}
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {flops = array<i64: 8, -1>} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C9
// expected-error @below {{(C9) 'min_batch' is 0, without 'small', a kernel for smaller batches}}
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {min_batch = 0 : i64} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C9
// expected-error @below {{(C9) 'min_batch' is 6, without 'small', a kernel for smaller batches}}
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {min_batch = 6 : i64} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C9
// expected-error @below {{(C9) 'min_batch' is 1, with 'small', a kernel for smaller batches}}
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) attributes {small = @k_small} {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C10
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  // expected-error @below {{(C10 of hl.pipeline) is stored in '!hl.buffer<?x8xf32>', which has other extents}}
  %out = hl.func "out" [%n in ?, %i in 9] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.pipeline C10
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  // expected-error @below {{(C10 of hl.pipeline) is stored in '!hl.buffer<?x8xf32>', which has other extents}}
  %out = hl.func "out" [%n in ? * 35, %i in 8] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.func C1
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  // expected-error @below {{(C1) an update has the func's 2 axes, not 1}}
  } update [%n] {
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.func C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  // expected-error @below {{(C2) 'out__a' is not a name}}
  %out = hl.func "out__a" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.func C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  // expected-error @below {{(C2) 'n' names two axes or reduction variables}}
  %out = hl.func "out" [%n, %i as "n"] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.func C3
"hl.pipeline"() ({
  // expected-error @below {{(C3) a region has one i32 argument for each axis and reduction variable: 1, not 0}}
  %f = "hl.func"() ({
    %v = arith.constant 0.0 : f32
    "hl.yield"(%v) {operandSegmentSizes = array<i32: 1, 0>} : (f32) -> ()
  }) {name = "f", vars = ["n"], rvars = [], extents = []} : () -> !hl.func<1, f32>
}) {sym_name = "k", inputTypes = [], resultTypes = []} : () -> ()

// -----

// hl.func C4
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  // expected-error @below {{(C4) a region ends with hl.yield}}
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.func C6
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  // expected-error @below {{(C6) the extent of a reduction variable is at least 1, not 0}}
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] over [%r in 0] {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.func C6
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  // expected-error @below {{(C6) the extent of an axis is at least 1, not 0}}
  %out = hl.func "out" [%n in ?, %i in 0] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.func C7
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  // expected-error @below {{(C7) all axes have extents or none}}
  %out = hl.func "out" [%n in ?, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.func C7
"hl.pipeline"() ({
  // expected-error @below {{(C7) has extents for 2 axes, it has 1}}
  %f = "hl.func"() ({
  ^bb0(%n: i32):
    %v = arith.constant 0.0 : f32
    "hl.yield"(%v) {operandSegmentSizes = array<i32: 1, 0>} : (f32) -> ()
  }) {name = "f", vars = ["n"], rvars = [], extents = [], box = array<i64: 8, 8>} : () -> !hl.func<1, f32>
}) {sym_name = "k", inputTypes = [], resultTypes = []} : () -> ()

// -----

// hl.func C7
"hl.pipeline"() ({
  // expected-error @below {{(C7) 'batch' has a factor, at least 1, for each axis that is a multiple of N, and 0 elsewhere}}
  %f = "hl.func"() ({
  ^bb0(%n: i32):
    %v = arith.constant 0.0 : f32
    "hl.yield"(%v) {operandSegmentSizes = array<i32: 1, 0>} : (f32) -> ()
  }) {name = "f", vars = ["n"], rvars = [], extents = [], box = array<i64: 8>, batch = array<i64: 3>} : () -> !hl.func<1, f32>
}) {sym_name = "k", inputTypes = [], resultTypes = []} : () -> ()

// -----

// hl.func C7
"hl.pipeline"() ({
  // expected-error @below {{(C7) has extents for 1 axes, it has 1, and factors of N for 2}}
  %f = "hl.func"() ({
  ^bb0(%n: i32):
    %v = arith.constant 0.0 : f32
    "hl.yield"(%v) {operandSegmentSizes = array<i32: 1, 0>} : (f32) -> ()
  }) {name = "f", vars = ["n"], rvars = [], extents = [], box = array<i64: 8>, batch = array<i64: 3, 0>} : () -> !hl.func<1, f32>
}) {sym_name = "k", inputTypes = [], resultTypes = []} : () -> ()

// -----

// hl.func C7
"hl.pipeline"() ({
  // expected-error @below {{(C7) has 'batch' without extents}}
  %f = "hl.func"() ({
  ^bb0(%n: i32):
    %v = arith.constant 0.0 : f32
    "hl.yield"(%v) {operandSegmentSizes = array<i32: 1, 0>} : (f32) -> ()
  }) {name = "f", vars = ["n"], rvars = [], extents = [], batch = array<i64: 3>} : () -> !hl.func<1, f32>
}) {sym_name = "k", inputTypes = [], resultTypes = []} : () -> ()

// -----

// hl.at C1
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    // expected-error @below {{(C1) has 1 indices for 2 axes}}
    %v = hl.at %x[%n] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.at C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    // expected-error @below {{(C2) of '!hl.buffer<?x8xf32>' gives 'f32', not 'i32'}}
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> i32
    %f = arith.sitofp %v : i32 to f32
    hl.yield %f : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.at C3
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %f = hl.func "f" [%n] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  }
  %out = hl.func "out" [%n, %i] -> f32 {
    // expected-error @below {{(C3) 'clamped' and 'else' are for buffers}}
    %v = hl.at %f clamped [%n] : !hl.func<1, f32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.at C3
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %f = hl.func "f" [%n] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  }
  %out = hl.func "out" [%n, %i] -> f32 {
    %z = arith.constant 0.0 : f32
    // expected-error @below {{(C3) 'clamped' and 'else' are for buffers}}
    %v = hl.at %f[%n] else %z : !hl.func<1, f32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.at C4
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %z = arith.constant 0.0 : f32
    // expected-error @below {{(C4) is either clamped or has 'else'}}
    %v = hl.at %x clamped [%n, %i] else %z : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.self C1
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    // expected-error @below {{(C1) stands in an update}}
    %v = hl.self[%n, %i] : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.self C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] over [%r in 4] {
    // expected-error @below {{(C2) has 1 indices for 2 axes}}
    %v = hl.self[%n] : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.self C3
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] over [%r in 4] {
    // expected-error @below {{(C3) gives 'f32', not 'i32'}}
    %w = hl.self[%n, %i] : i32
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.where C1
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %c = arith.cmpi slt, %n, %i : i32
    // expected-error @below {{(C1) stands in an update}}
    hl.where %c
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.yield C1
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %c = arith.constant 1 : i32
    // expected-error @below {{(C1) yields 'i32', the func's values are 'f32'}}
    hl.yield %c : i32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.yield C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    // expected-error @below {{(C2) 'at' stands in an update}}
    hl.yield %v at [%n, %i] : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.yield C3
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] over [%r in 4] {
    %v = arith.constant 0.0 : f32
    // expected-error @below {{(C3) has 1 indices for 2 axes}}
    hl.yield %v at [%n] : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.yield C4
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] over [%r in 4] {
    %v = hl.self[%n, %i] : f32
    // expected-error @below {{(C4) stores at another index than axis 1, so the update cannot use that axis}}
    hl.yield %v at [%n, %r] : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// -----

// hl.schedule C1
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  // expected-error @below {{(C1) the func has 0 updates}}
  hl.schedule %out update(0) : !hl.func<2, f32> {
  }
}

// -----

// hl.schedule C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C2 of hl.schedule) there is no loop 'q' here; there are:}}
    hl.split "q" into "a", "b" by 4
  }
}

// -----

// hl.schedule C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C2 of hl.schedule) there is no loop 'q' here; there are:}}
    hl.fuse "i", "q" into "t"
  }
}

// -----

// hl.schedule C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C2 of hl.schedule) there is no loop 'q' here; there are:}}
    hl.reorder ["i", "q"]
  }
}

// -----

// hl.schedule C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C2 of hl.schedule) there is no loop 'q' here; there are:}}
    hl.vectorize "q"
  }
}

// -----

// hl.schedule C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C2 of hl.schedule) there is no loop 'q' here; there are:}}
    hl.unroll "q" by 2
  }
}

// -----

// hl.schedule C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C2 of hl.schedule) there is no loop 'q' here; there are:}}
    hl.parallel "q"
  }
}

// -----

// hl.schedule C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C2 of hl.schedule) there is no loop 'q' here; there are:}}
    hl.gpu_blocks ["q"]
  }
}

// -----

// hl.schedule C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C2 of hl.schedule) there is no loop 'q' here; there are:}}
    hl.gpu_threads ["q"]
  }
}

// -----

// hl.schedule C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C2 of hl.schedule) there is no loop 'q' here; there are:}}
    hl.gpu_lanes "q"
  }
}

// -----

// hl.schedule C2, after a split
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    hl.split "i" into "io", "ii" by 4
    // expected-error @below {{there is no loop 'i' here; there are: ii, io, n}}
    hl.vectorize "i"
  }
}

// -----

// hl.schedule C2, twice
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C2 of hl.schedule) names the loop 'i' twice}}
    hl.reorder ["i", "i"]
  }
}

// -----

// hl.schedule C3
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C3 of hl.schedule) there is a loop 'n' already}}
    hl.split "i" into "n", "ii" by 4
  }
}

// -----

// hl.schedule C3
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C3 of hl.schedule) 'i.o' is not a name}}
    hl.split "i" into "i.o", "ii" by 4
  }
}

// -----

// hl.schedule C4
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C4 of hl.schedule) the factor is at least 1, not 0}}
    hl.split "i" into "io", "ii" by 0
  }
}

// -----

// hl.schedule C5
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] over [%r in 4] {
    %v = hl.self[%n, %i] : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out update(0) : !hl.func<2, f32> {
    // expected-error @below {{(C5 of hl.schedule) 'r' is a reduction loop}}
    hl.parallel "r"
  }
}

// -----

// hl.schedule C5
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] over [%r in 4] {
    %v = hl.self[%n, %i] : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out update(0) : !hl.func<2, f32> {
    // expected-error @below {{(C5 of hl.schedule) 'r' is a reduction loop}}
    hl.gpu_threads ["r"]
  }
}

// -----

// hl.schedule C6
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] over [%r in 4] {
    %v = hl.self[%n, %i] : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out update(0) : !hl.func<2, f32> {
    // expected-error @below {{(C6 of hl.schedule) stands in the schedule of the pure definition}}
    hl.compute_root
  }
}

// -----

// hl.schedule C6
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    hl.specialize batch at_least 8 {
      // expected-error @below {{(C6 of hl.schedule) stands in the schedule of the pure definition}}
      hl.bound "n" from 0 extent 8
    }
  }
}

// -----

// hl.schedule C7
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  %g = hl.func "g" [%n, %i] -> f32 {
    %v = hl.at %out[%n, %i] : !hl.func<2, f32> -> f32
    hl.yield %v : f32
  }
  hl.output %g : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C7 of hl.schedule) the consumer has no loop 'i'; there are: ii, io, n}}
    hl.compute_at %g, "i" : !hl.func<2, f32>
  }
  hl.schedule %g : !hl.func<2, f32> {
    hl.split "i" into "io", "ii" by 4
  }
}

// -----

// hl.schedule C7, in a branch
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  %g = hl.func "g" [%n, %i] -> f32 {
    %v = hl.at %out[%n, %i] : !hl.func<2, f32> -> f32
    hl.yield %v : f32
  }
  hl.output %g : !hl.func<2, f32>
  hl.schedule %g : !hl.func<2, f32> {
    hl.specialize batch at_least 8 {
      hl.split "n" into "no", "ni" by 8
    }
  }
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C7 of hl.schedule) a specialization of the consumer has no loop 'n'}}
    hl.compute_at %g, "n" : !hl.func<2, f32>
  }
}

// -----

// hl.schedule C8
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C8 of hl.schedule) 'q' is not an axis of the func; there are: n, i}}
    hl.bound "q" from 0 extent 8
  }
}

// -----

// hl.schedule C8
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C8 of hl.schedule) 'q' is not an axis of the func; there are: n, i}}
    hl.bound_extent "q", 8
  }
}

// -----

// hl.schedule C8
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C8 of hl.schedule) 'q' is not an axis of the func; there are: n, i}}
    hl.align_bounds "q", 8
  }
}

// -----

// hl.schedule C8
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C8 of hl.schedule) 'q' is not an axis of the func; there are: n, i}}
    hl.align_storage "q", 8
  }
}

// -----

// hl.schedule C8
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{(C8 of hl.schedule) 'q' is not an axis of the func; there are: n, i}}
    hl.reorder_storage ["q"]
  }
}

// -----

// The memory of hl.store_in
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    // expected-error @below {{the memory is "auto", "stack", "heap", "register" or "gpu_shared", not "disk"}}
    hl.store_in "disk"
  }
}

// -----

// hl.rfactor C1
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] over [%r in 4] {
    %v = hl.self[%n, %i] : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  // expected-error @below {{(C1) the func has 1 updates}}
  %p = hl.rfactor %out update(1) ["r" -> "u"] : !hl.func<2, f32> -> !hl.func<3, f32>
}

// -----

// hl.rfactor C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] over [%r in 4] {
    %v = hl.self[%n, %i] : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  // expected-error @below {{(C2) 'q' is no reduction loop of the update; there are: i, n, r}}
  %p = hl.rfactor %out update(0) ["q" -> "u"] : !hl.func<2, f32> -> !hl.func<3, f32>
}

// -----

// hl.rfactor C2
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] over [%r in 4] {
    %v = hl.self[%n, %i] : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  // expected-error @below {{(C2) 'n' is no reduction loop of the update}}
  %p = hl.rfactor %out update(0) ["n" -> "u"] : !hl.func<2, f32> -> !hl.func<3, f32>
}

// -----

// hl.rfactor C3
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] over [%r in 4] {
    %v = hl.self[%n, %i] : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  // expected-error @below {{(C3) of}}
  %p = hl.rfactor %out update(0) ["r" -> "u"] : !hl.func<2, f32> -> !hl.func<2, f32>
}

// -----

// hl.rfactor C4
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = arith.constant 0.0 : f32
    hl.yield %v : f32
  } update [%n, %i] over [%r in 4] {
    %v = hl.self[%n, %i] : f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out update(0) : !hl.func<2, f32> {
    hl.split "i" into "io", "ii" by 4
  }
  // expected-error @below {{(C4) the update's axes are split, fused, renamed or specialized before}}
  %p = hl.rfactor %out update(0) ["r" -> "u"] : !hl.func<2, f32> -> !hl.func<3, f32>
}

// -----

// hl.in C1
hl.pipeline @k(%x: !hl.buffer<?x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  // expected-error @below {{(C1) a wrapper of}}
  %w = hl.in %x for %out : !hl.buffer<?x8xf32>, !hl.func<2, f32> -> !hl.func<1, f32>
}
