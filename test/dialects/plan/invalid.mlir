// RUN: argent-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{expects parent op to be one of 'plan.program, plan.loop'}}
%x = plan.input 0 : <?x4xf32>

// -----

// expected-error @below {{(C1) needs `name` and `type` of every port; found {name = "x"}}}
plan.program @program_c1 inputs [{name = "x"}] outputs [] {
}

// -----

// expected-error @below {{(C1) needs `name` and `type` of every port; found "y"}}
plan.program @program_c1_outputs inputs [] outputs ["y"] {
}

// -----

// expected-error @below {{(C2) needs a #nn.total for each element of the port; found {name = "totals", total = ["sum"], type = tensor<1xf32>}}}
plan.program @program_c2 inputs [] outputs [{name = "totals", total = ["sum"], type = tensor<1xf32>}] {
}

// -----

// expected-error @below {{(C3) has no such entry of a port: "range" = array<i64: 0, 9>}}
plan.program @program_c3 inputs [{name = "x", type = tensor<?xi32>, range = array<i64: 0, 9>}] outputs [] {
}

// -----

// expected-error @below {{(C3) has no such entry of a port: "foo" = 1 : i64}}
plan.program @program_c3_name inputs [{foo = 1, name = "x", type = tensor<?xi32>}] outputs [] {
}

// -----

// expected-error @below {{(C2) needs a #nn.total for each element of the port}}
plan.program @program_c2_count inputs [] outputs [{name = "totals", total = [#nn.total<sum>], type = tensor<2xf32>}] {
}

// -----

hl.pipeline @k(%x: !hl.buffer<?x4xf32>) -> (!hl.buffer<?x4xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x4xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}
plan.program @launch_c1 inputs [{name = "x", type = tensor<?x4xf32>}]
    outputs [{name = "y", type = tensor<?x4xf32>}, {name = "z", type = tensor<?x5xf32>}] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xf32>
  %z = plan.output 1 : <?x5xf32>
  // expected-error @below {{(C1) needs a batch for each of its 1 kernels, the first 1; found [1, 2]}}
  plan.launch [@k] at_least [1, 2] (%x, %y) : !hl.buffer<?x4xf32>, !hl.buffer<?x4xf32>
}

// -----

hl.pipeline @k(%x: !hl.buffer<?x4xf32>) -> (!hl.buffer<?x4xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x4xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}
plan.program @launch_c1_none inputs [{name = "x", type = tensor<?x4xf32>}]
    outputs [{name = "y", type = tensor<?x4xf32>}, {name = "z", type = tensor<?x5xf32>}] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xf32>
  %z = plan.output 1 : <?x5xf32>
  // expected-error @below {{(C1) needs a batch for each of its 0 kernels, the first 1; found []}}
  plan.launch [] at_least [] (%x, %y) : !hl.buffer<?x4xf32>, !hl.buffer<?x4xf32>
}

// -----

hl.pipeline @k(%x: !hl.buffer<?x4xf32>) -> (!hl.buffer<?x4xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x4xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}
plan.program @launch_c1_first inputs [{name = "x", type = tensor<?x4xf32>}]
    outputs [{name = "y", type = tensor<?x4xf32>}, {name = "z", type = tensor<?x5xf32>}] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xf32>
  %z = plan.output 1 : <?x5xf32>
  // expected-error @below {{(C1) needs a batch for each of its 1 kernels, the first 1; found [2]}}
  plan.launch [@k] at_least [2] (%x, %y) : !hl.buffer<?x4xf32>, !hl.buffer<?x4xf32>
}

// -----

hl.pipeline @k(%x: !hl.buffer<?x4xf32>) -> (!hl.buffer<?x4xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x4xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}
plan.program @launch_c2 inputs [{name = "x", type = tensor<?x4xf32>}]
    outputs [{name = "y", type = tensor<?x4xf32>}, {name = "z", type = tensor<?x5xf32>}] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xf32>
  %z = plan.output 1 : <?x5xf32>
  // expected-error @below {{(C2) needs rising batches}}
  plan.launch [@k, @k] at_least [1, 1] (%x, %y) : !hl.buffer<?x4xf32>, !hl.buffer<?x4xf32>
}

// -----

hl.pipeline @k(%x: !hl.buffer<?x4xf32>) -> (!hl.buffer<?x4xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x4xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}
plan.program @launch_c3 inputs [{name = "x", type = tensor<?x4xf32>}]
    outputs [{name = "y", type = tensor<?x4xf32>}, {name = "z", type = tensor<?x5xf32>}] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xf32>
  %z = plan.output 1 : <?x5xf32>
  // expected-error @below {{(C3) names @nothing, which is no hl.pipeline}}
  plan.launch [@nothing] at_least [1] (%x, %y) : !hl.buffer<?x4xf32>, !hl.buffer<?x4xf32>
}

// -----

hl.pipeline @k(%x: !hl.buffer<?x4xf32>) -> (!hl.buffer<?x4xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x4xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}
plan.program @launch_c3_kind inputs [{name = "x", type = tensor<?x4xf32>}]
    outputs [{name = "y", type = tensor<?x4xf32>}, {name = "z", type = tensor<?x5xf32>}] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xf32>
  %z = plan.output 1 : <?x5xf32>
  // expected-error @below {{(C3) names @launch_c3_kind, which is no hl.pipeline}}
  plan.launch [@launch_c3_kind] at_least [1] (%x, %y) : !hl.buffer<?x4xf32>, !hl.buffer<?x4xf32>
}

// -----

hl.pipeline @k(%x: !hl.buffer<?x4xf32>) -> (!hl.buffer<?x4xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x4xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}
plan.program @launch_c4 inputs [{name = "x", type = tensor<?x4xf32>}]
    outputs [{name = "y", type = tensor<?x4xf32>}, {name = "z", type = tensor<?x5xf32>}] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xf32>
  %z = plan.output 1 : <?x5xf32>
  // expected-error @below {{(C4) passes 1 views to @k, which has 2}}
  plan.launch [@k] at_least [1] (%x) : !hl.buffer<?x4xf32>
}

// -----

hl.pipeline @k(%x: !hl.buffer<?x4xf32>) -> (!hl.buffer<?x4xf32>) {
  %out = hl.func "out" [%n, %i] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x4xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}
plan.program @launch_c5 inputs [{name = "x", type = tensor<?x4xf32>}]
    outputs [{name = "y", type = tensor<?x4xf32>}, {name = "z", type = tensor<?x5xf32>}] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xf32>
  %z = plan.output 1 : <?x5xf32>
  // expected-error @below {{(C5) passes '!hl.buffer<?x5xf32>' as view 1 of @k, which is !hl.buffer<?x4xf32>}}
  plan.launch [@k] at_least [1] (%x, %z) : !hl.buffer<?x4xf32>, !hl.buffer<?x5xf32>
}

// -----

plan.program @copy_c1 inputs [{name = "x", type = tensor<?x4xf32>}] outputs [{name = "y", type = tensor<?x5xf32>}] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x5xf32>
  // expected-error @below {{(C1) copies '!hl.buffer<?x4xf32>' to '!hl.buffer<?x5xf32>'}}
  plan.copy %x to %y : !hl.buffer<?x4xf32>, !hl.buffer<?x5xf32>
}

// -----

plan.program @copy_c1_type inputs [{name = "x", type = tensor<?x4xf32>}] outputs [{name = "y", type = tensor<?x4xi32>}] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xi32>
  // expected-error @below {{(C1) copies '!hl.buffer<?x4xf32>' to '!hl.buffer<?x4xi32>'}}
  plan.copy %x to %y : !hl.buffer<?x4xf32>, !hl.buffer<?x4xi32>
}

// -----

plan.program @input_c1 inputs [{name = "x", type = tensor<?x4xf32>}] outputs [] {
  // expected-error @below {{(C1) is of port 1; the program has 1}}
  %v = plan.input 1 : <?x4xf32>
}

// -----

plan.program @input_c1_negative inputs [{name = "x", type = tensor<?x4xf32>}] outputs [] {
  // expected-error @below {{(C1) is of port -1; the program has 1}}
  %v = plan.input -1 : <?x4xf32>
}

// -----

plan.program @input_c2 inputs [{name = "x", type = tensor<?x4xf32>}] outputs [] {
  // expected-error @below {{(C2) needs an offset from 0; found -4}}
  %v = plan.input 0 offset -4 : <?x4xf32>
}

// -----

plan.program @input_c3 inputs [{name = "x", type = tensor<?x4xf32>}] outputs [] {
  // expected-error @below {{(C3) has elements of 'i32', the port of 'f32'}}
  %v = plan.input 0 : <?x4xi32>
}

// -----

plan.program @output_c1 inputs [] outputs [{name = "y", type = tensor<?x4xf32>}] {
  // expected-error @below {{(C1) is of port 1; the program has 1}}
  %v = plan.output 1 : <?x4xf32>
}

// -----

plan.program @output_c1_negative inputs [] outputs [{name = "y", type = tensor<?x4xf32>}] {
  // expected-error @below {{(C1) is of port -1; the program has 1}}
  %v = plan.output -1 : <?x4xf32>
}

// -----

plan.program @output_c2 inputs [] outputs [{name = "y", type = tensor<?x4xf32>}] {
  // expected-error @below {{(C2) needs an offset from 0; found -4}}
  %v = plan.output 0 offset -4 : <?x4xf32>
}

// -----

plan.program @output_c3 inputs [] outputs [{name = "y", type = tensor<?x4xf32>}] {
  // expected-error @below {{(C3) has elements of 'i32', the port of 'f32'}}
  %v = plan.output 0 : <?x4xi32>
}

// -----

plan.program @view_c1 inputs [] outputs [] {
  // expected-error @below {{(C1) needs an index from 0; found -1}}
  %v = plan.view moments -1 at [0, 0] : <4xf32>
}

// -----

plan.program @view_c2 inputs [] outputs [] {
  // expected-error @below {{(C2) needs an offset [constant, for each of the batch], neither negative, the second a multiple of 64; found [64]}}
  %v = plan.view activations 0 at [64] : <4xf32>
}

// -----

plan.program @view_c2_negative inputs [] outputs [] {
  // expected-error @below {{(C2) needs an offset [constant, for each of the batch], neither negative, the second a multiple of 64; found [-64, 0]}}
  %v = plan.view activations 0 at [-64, 0] : <4xf32>
}

// -----

plan.program @view_c2_batch inputs [] outputs [] {
  // expected-error @below {{(C2) needs an offset [constant, for each of the batch], neither negative, the second a multiple of 64; found [0, -64]}}
  %v = plan.view activations 0 at [0, -64] : <4xf32>
}

// -----

plan.program @view_c2_alignment inputs [] outputs [] {
  // expected-error @below {{(C2) needs an offset [constant, for each of the batch], neither negative, the second a multiple of 64; found [0, 4]}}
  %v = plan.view activations 0 at [0, 4] : <4xf32>
}

// -----

// @arena_c1
// expected-error @below {{(C1) needs an index from 0; found -1}}
plan.arena moments -1 bytes [64, 0]

// -----

// @arena_c2
// expected-error @below {{(C2) needs `bytes` [constant, for each of the batch], neither negative, the second a multiple of 64; found [64]}}
plan.arena activations 0 bytes [64]

// -----

// @arena_c2_negative
// expected-error @below {{(C2) needs `bytes` [constant, for each of the batch], neither negative, the second a multiple of 64; found [-64, 0]}}
plan.arena activations 0 bytes [-64, 0]

// -----

// @arena_c2_alignment
// expected-error @below {{(C2) needs `bytes` [constant, for each of the batch], neither negative, the second a multiple of 64; found [0, 4]}}
plan.arena activations 0 bytes [0, 4]

// -----

// @parameter_c1
// expected-error @below {{(C1) needs a tensor type without N; found 'f32'}}
plan.parameter "w" : f32 <constant, 0.0, 0.0> at 0 bytes 4 logical 0 bytes 4

// -----

// @parameter_c1_open
// expected-error @below {{(C1) needs a tensor type without N; found 'tensor<?x4xf32>'}}
plan.parameter "w" : tensor<?x4xf32> <constant, 0.0, 0.0> at 0 bytes 16 logical 0 bytes 16

// -----

// @parameter_c1_layout
// expected-error @below {{(C1) needs a layout for the rank of 'tensor<f32>'; found #nn.layout<pack = 8>}}
plan.parameter "w" : tensor<f32> <constant, 0.0, 0.0> layout <pack = 8> at 0 bytes 4 logical 0 bytes 4

// -----

// @parameter_c2
// expected-error @below {{(C2) needs offsets from 0; found -64}}
plan.parameter "w" : tensor<4xf32> <constant, 0.0, 0.0> at -64 bytes 16 logical 0 bytes 16

// -----

// @parameter_c2_logical
// expected-error @below {{(C2) needs offsets from 0; found -64}}
plan.parameter "w" : tensor<4xf32> <constant, 0.0, 0.0> at 0 bytes 16 logical -64 bytes 16

// -----

// @parameter_c3
// expected-error @below {{(C3) has 16 bytes, and 16 logical ones; 'tensor<4xf32>' has 32 and 16}}
plan.parameter "w" : tensor<4xf32> <constant, 0.0, 0.0> layout <pack = 8> at 0 bytes 16 logical 0 bytes 16

// -----

// @parameter_c3_logical
// expected-error @below {{(C3) has 16 bytes, and 20 logical ones; 'tensor<4xf32>' has 16 and 16}}
plan.parameter "w" : tensor<4xf32> <constant, 0.0, 0.0> at 0 bytes 16 logical 0 bytes 20

// -----

plan.program @loop_c1 inputs [] outputs [] {
  // expected-error @below {{(C1) there is a step; found 0}}
  plan.loop 0 {
  }
}

// -----

plan.program @loop_c2 inputs [] outputs [] {
  %t = plan.view activations 0 at [0, 0] : <f32>
  // expected-error @below {{(C2) counts in an i32; found '!hl.buffer<f32>'}}
  plan.loop 3 counter %t : !hl.buffer<f32> {
  }
}

// -----

module @rows_c1 {
  // expected-error @below {{(C1) needs a tensor type with N; found 'tensor<2x4xf32>'}}
  plan.rows "s" : tensor<2x4xf32> <constant, 0.0, 0.0> at [0, 0] bytes [0, 64]
}

// -----

module @rows_c2 {
  // expected-error @below {{(C2) begins with a constant; found #nn.init<normal, 0.000000e+00, 1.000000e+00>}}
  plan.rows "s" : tensor<?x4xf32> <normal, 0.0, 1.0> at [0, 0] bytes [0, 64]
}

// -----

module @rows_c3 {
  // expected-error @below {{(C3) needs [constant, for each of the batch], neither negative, the second a multiple of 64; found [0, 16]}}
  plan.rows "s" : tensor<?x4xf32> <constant, 0.0, 0.0> at [0, 0] bytes [0, 16]
}
