// RUN: argent-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{expects parent op 'plan.program'}}
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
plan.program @launch_c1 inputs [] outputs [] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xf32>
  %z = plan.output 1 : <?x5xf32>
  // expected-error @below {{(C1) needs a batch for each of its 1 kernels, the first 1; found 2}}
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
plan.program @launch_c1_none inputs [] outputs [] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xf32>
  %z = plan.output 1 : <?x5xf32>
  // expected-error @below {{(C1) needs a batch for each of its 0 kernels, the first 1; found 0}}
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
plan.program @launch_c1_first inputs [] outputs [] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xf32>
  %z = plan.output 1 : <?x5xf32>
  // expected-error @below {{(C1) needs a batch for each of its 1 kernels, the first 1; found 1}}
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
plan.program @launch_c2 inputs [] outputs [] {
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
plan.program @launch_c3 inputs [] outputs [] {
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
plan.program @launch_c3_kind inputs [] outputs [] {
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
plan.program @launch_c4 inputs [] outputs [] {
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
plan.program @launch_c5 inputs [] outputs [] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xf32>
  %z = plan.output 1 : <?x5xf32>
  // expected-error @below {{(C5) passes '!hl.buffer<?x5xf32>' as view 1 of @k, which is !hl.buffer<?x4xf32>}}
  plan.launch [@k] at_least [1] (%x, %z) : !hl.buffer<?x4xf32>, !hl.buffer<?x5xf32>
}

// -----

plan.program @copy_c1 inputs [] outputs [] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x5xf32>
  // expected-error @below {{(C1) copies '!hl.buffer<?x4xf32>' to '!hl.buffer<?x5xf32>'}}
  plan.copy %x to %y : !hl.buffer<?x4xf32>, !hl.buffer<?x5xf32>
}

// -----

plan.program @copy_c1_type inputs [] outputs [] {
  %x = plan.input 0 : <?x4xf32>
  %y = plan.output 0 : <?x4xi32>
  // expected-error @below {{(C1) copies '!hl.buffer<?x4xf32>' to '!hl.buffer<?x4xi32>'}}
  plan.copy %x to %y : !hl.buffer<?x4xf32>, !hl.buffer<?x4xi32>
}
