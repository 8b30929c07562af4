// What a gradient report asks of loops: probes of their states, and which elements saturate.
// RUN: argent-opt %s --split-input-file --nn-probe-loops | FileCheck %s
// RUN: argent-opt %s --split-input-file --nn-probe-loops --nn-differentiate --nn-report-gradients --nn-simplify | FileCheck %s --check-prefix=NORMS

// The probe is added to what the step computes, for all that reads it; tanh saturates. Without nn.optimize there is no gradient.
// CHECK: module attributes {nn.gradient_report}
// CHECK-LABEL: func.func @train_step
// CHECK-SAME: %[[P:[^:]*]]: tensor<?x28x16xf32> {nn.probe = "rnn_1.h", nn.probe_loops = 1 : i64}
// CHECK-SAME: tensor<f32> {nn.location = {{.*}}, nn.name = "@low rnn_1.tanh(a)"}, tensor<f32> {nn.location = {{.*}}, nn.name = "@high rnn_1.tanh(a)"})
// CHECK: %[[S:.*]]:3, %{{.*}} = nn.scan "rnn" 28 ({{.*}}) over ({{.*}}, %[[PART:.*]] = %[[P]] : tensor<?x28x16xf32>) carry
// CHECK:   %[[T:.*]] = nn.tanh
// CHECK:   %[[PROBED:.*]] = nn.add %[[T]], %[[PART]]
// CHECK:   %[[LOW:.*]] = nn.compare lt %[[PROBED]], %{{.*}}
// CHECK:   %[[HIGH:.*]] = nn.compare gt %[[PROBED]], %{{.*}}
// CHECK:   nn.next carry(%[[PROBED]] : tensor<?x16xf32>) yield(%[[PROBED]], %[[LOW]], %[[HIGH]] : tensor<?x16xf32>, tensor<?x16xi1>, tensor<?x16xi1>)
// CHECK: nn.optimize
// CHECK: nn.cast %[[S]]#1 : tensor<?x28x16xi1> to tensor<?x28x16xf32>
// CHECK: nn.cast %[[S]]#2
// NORMS-LABEL: func.func @train_step
// NORMS-NOT: nn.probe
// NORMS-SAME: tensor<28xf64> {nn.location = {{.*}}, nn.name = "@squares rnn_1.h"})
// The forward loop is what it was but for what it yields; the backward one yields the gradient of each step.
// NORMS: nn.scan "rnn" 28 ({{[^)]*}}) over ({{[^,]*}}) carry
// NORMS:   nn.tanh
// NORMS-NEXT: nn.compare lt
// NORMS: nn.scan "rnn" 28 ({{[^)]*}}) reverse
// NORMS: %[[G:.*]] = nn.cast %{{.*}} : tensor<?x28x16xf32> to tensor<?x28x16xf64>
// NORMS: %[[GG:.*]] = nn.mul %[[G]], %[[G]]
// NORMS: %[[SUM:.*]] = nn.reduce sum %[[GG]] [0, 2]
// NORMS: return {{.*}}, %[[SUM]]
// CHECK-LABEL: func.func @predict
// CHECK-NOT: nn.probe
func.func @train_step(%x: tensor<?x28x16xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %u = nn.parameter "rnn_1.U" <orthogonal> : tensor<16x16xf32>
  %zero = nn.constant dense<0.0> : tensor<f32>
  %h0 = nn.broadcast %zero : tensor<f32> to tensor<?x16xf32>
  %y, %last = nn.scan "rnn" 28 (%t) over (%x_t = %x : tensor<?x28x16xf32>) carry (%h loc("rnn_1.h") = %h0 : tensor<?x16xf32>) with (%U = %u : tensor<16x16xf32>)
      -> (tensor<?x28x16xf32>, tensor<?x16xf32>) {
    %0 = nn.matmul %h, %U : tensor<?x16xf32>, tensor<16x16xf32>
    %1 = nn.add %0, %x_t : tensor<?x16xf32>, tensor<?x16xf32> loc("rnn_1.a")
    %2 = nn.tanh %1 : tensor<?x16xf32> loc("rnn_1.tanh")
    nn.next carry (%2 : tensor<?x16xf32>) yield (%2 : tensor<?x16xf32>)
  }
  %2 = nn.reduce sum %y [0, 1, 2] : tensor<?x28x16xf32>
  %norm = nn.optimize %2 by <"sgd"> rate %rate : tensor<f32>, tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}
func.func @predict(%h0: tensor<?x16xf32>) -> tensor<?x16xf32> {
  %last = nn.scan 28 (%t) carry (%h = %h0 : tensor<?x16xf32>) -> (tensor<?x16xf32>) {
    %0 = nn.tanh %h : tensor<?x16xf32>
    nn.next carry (%0 : tensor<?x16xf32>)
  }
  return %last : tensor<?x16xf32>
}

// -----

// The backward loop of an LSTM computes its c again, with the probe: c is still a state of a loop that runs forward, and no probe is left in either body.
// CHECK-LABEL: func.func @lstm
// CHECK-SAME: {nn.probe = "lstm_1.h", nn.probe_loops = 1 : i64}, %{{[^:]*}}: tensor<?x7x4xf32> {nn.probe = "lstm_1.c", nn.probe_loops = 1 : i64}
// NORMS-LABEL: func.func @lstm
// NORMS-NOT: nn.probe
// NORMS-SAME: tensor<7xf64> {nn.location = {{[^,]*}}, nn.name = "@squares lstm_1.h"}, tensor<7xf64> {nn.location = {{[^,]*}}, nn.name = "@squares lstm_1.c"})
// NORMS: nn.scan "lstm" 7 ({{[^)]*}}) over ({{[^,]*}}) carry
// NORMS: nn.scan "lstm" 7 ({{[^)]*}}) reverse
// NORMS:   %[[FC:.*]] = nn.mul
// NORMS-NEXT: %[[IG:.*]] = nn.mul
// NORMS-NEXT: %[[C:.*]] = nn.add %[[FC]], %[[IG]]
// NORMS-NEXT: nn.tanh %[[C]]
func.func @lstm(%x: tensor<?x7x16xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %u = nn.parameter "lstm_1.U" <orthogonal> : tensor<4x16xf32>
  %zero = nn.constant dense<0.0> : tensor<f32>
  %s0 = nn.broadcast %zero : tensor<f32> to tensor<?x4xf32>
  %y, %last, %last_c = nn.scan "lstm" 7 (%t) over (%x_t = %x : tensor<?x7x16xf32>) carry (%h loc("lstm_1.h") = %s0 : tensor<?x4xf32>, %c loc("lstm_1.c") = %s0 : tensor<?x4xf32>)
      with (%U = %u : tensor<4x16xf32>) -> (tensor<?x7x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
    %0 = nn.matmul %h, %U : tensor<?x4xf32>, tensor<4x16xf32>
    %a = nn.add %0, %x_t : tensor<?x16xf32>, tensor<?x16xf32>
    %ai = nn.slice %a offsets [0, 0] sizes [1, 4] strides [1, 1] : tensor<?x16xf32>
    %af = nn.slice %a offsets [0, 4] sizes [1, 4] strides [1, 1] : tensor<?x16xf32>
    %ao = nn.slice %a offsets [0, 8] sizes [1, 4] strides [1, 1] : tensor<?x16xf32>
    %ag = nn.slice %a offsets [0, 12] sizes [1, 4] strides [1, 1] : tensor<?x16xf32>
    %i = nn.sigmoid %ai : tensor<?x4xf32>
    %f = nn.sigmoid %af : tensor<?x4xf32>
    %o = nn.sigmoid %ao : tensor<?x4xf32>
    %g = nn.tanh %ag : tensor<?x4xf32>
    %fc = nn.mul %f, %c : tensor<?x4xf32>, tensor<?x4xf32>
    %ig = nn.mul %i, %g : tensor<?x4xf32>, tensor<?x4xf32>
    %next_c = nn.add %fc, %ig : tensor<?x4xf32>, tensor<?x4xf32>
    %tanh_c = nn.tanh %next_c : tensor<?x4xf32>
    %next_h = nn.mul %o, %tanh_c : tensor<?x4xf32>, tensor<?x4xf32>
    nn.next carry (%next_h, %next_c : tensor<?x4xf32>, tensor<?x4xf32>) yield (%next_h : tensor<?x4xf32>)
  }
  %loss = nn.reduce sum %y [0, 1, 2] : tensor<?x7x4xf32>
  %norm = nn.optimize %loss by <"sgd"> rate %rate : tensor<f32>, tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}

// -----

// A loop that runs from the last step to the first, in one that runs the other way: the direction is that of the innermost.
// CHECK-LABEL: func.func @nested
// CHECK-SAME: tensor<?x5x3x4xf32> {nn.probe = "q", nn.probe_loops = 2 : i64, nn.probe_reverse}, %{{[^:]*}}: tensor<?x5x4xf32> {nn.probe = "s", nn.probe_loops = 1 : i64}
// NORMS-LABEL: func.func @nested
// NORMS-NOT: nn.probe
// NORMS-SAME: tensor<5x3xf64> {nn.location = {{[^,]*}}, nn.name = "@squares_reverse q"}, tensor<5xf64> {nn.location = {{[^,]*}}, nn.name = "@squares s"})
// NORMS: nn.scan 5 ({{[^)]*}}) over ({{[^,]*}}) carry
// NORMS:   nn.scan 3 ({{[^)]*}}) reverse over ({{[^,]*}}) carry
func.func @nested(%x: tensor<?x5x3x4xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %v = nn.parameter "v" <constant> : tensor<4xf32>
  %zero = nn.constant dense<0.0> : tensor<f32>
  %s0 = nn.broadcast %zero : tensor<f32> to tensor<?x4xf32>
  %y, %last = nn.scan 5 (%t) over (%x_t = %x : tensor<?x5x3x4xf32>) carry (%s loc("s") = %s0 : tensor<?x4xf32>) with (%w = %v : tensor<4xf32>)
      -> (tensor<?x5x4xf32>, tensor<?x4xf32>) {
    %z, %q_last = nn.scan 3 (%d) reverse over (%x_d = %x_t : tensor<?x3x4xf32>) carry (%q loc("q") = %s : tensor<?x4xf32>) with (%u = %w : tensor<4xf32>)
        -> (tensor<?x3x4xf32>, tensor<?x4xf32>) {
      %0 = nn.mul %q, %u : tensor<?x4xf32>, tensor<4xf32>
      %1 = nn.add %0, %x_d : tensor<?x4xf32>, tensor<?x4xf32>
      %2 = nn.tanh %1 : tensor<?x4xf32>
      nn.next carry (%2 : tensor<?x4xf32>) yield (%2 : tensor<?x4xf32>)
    }
    %3 = nn.sigmoid %q_last : tensor<?x4xf32>
    nn.next carry (%3 : tensor<?x4xf32>) yield (%3 : tensor<?x4xf32>)
  }
  %loss = nn.reduce sum %y [0, 1, 2] : tensor<?x5x4xf32>
  %norm = nn.optimize %loss by <"sgd"> rate %rate : tensor<f32>, tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}

// -----

// A condition that is not one of each row says of no row that it has ended: all elements count, and the probe is added to what is carried.
// CHECK-LABEL: func.func @elements
// CHECK: nn.scan 6 ({{[^)]*}}) over (%[[PART:[^ ]*]] = {{.*}}) carry (%[[H:[^ ]*]] =
// CHECK:   %[[NEXT:.*]] = nn.select %{{.*}}, %{{.*}}, %[[H]] : tensor<?x4xi1>
// CHECK-NEXT: %[[PROBED:.*]] = nn.add %[[NEXT]], %[[PART]]
// CHECK-NEXT: nn.next carry(%[[PROBED]] : tensor<?x4xf32>) yield(%{{[^,]*}}, %{{[^,]*}} : tensor<?x4xi1>, tensor<?x4xi1>)
// NORMS-LABEL: func.func @elements
// NORMS-SAME: "@squares h"
func.func @elements(%l: tensor<?x4xi32>, %h0: tensor<?x4xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %v = nn.parameter "v" <constant> : tensor<4xf32>
  %last = nn.scan 6 (%t) carry (%h loc("h") = %h0 : tensor<?x4xf32>) with (%w = %v : tensor<4xf32>, %n = %l : tensor<?x4xi32>) -> (tensor<?x4xf32>) {
    %0 = nn.mul %h, %w : tensor<?x4xf32>, tensor<4xf32>
    %1 = nn.tanh %0 : tensor<?x4xf32>
    %2 = nn.compare lt %t, %n : tensor<i32>, tensor<?x4xi32>
    %3 = nn.select %2, %1, %h : tensor<?x4xi1>, tensor<?x4xf32>, tensor<?x4xf32>
    nn.next carry (%3 : tensor<?x4xf32>)
  }
  %loss = nn.reduce sum %last [0, 1] : tensor<?x4xf32>
  %norm = nn.optimize %loss by <"sgd"> rate %rate : tensor<f32>, tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}

// -----

// CHECK-LABEL: func.func @scalar
// CHECK: nn.scan 6 ({{[^)]*}}) over (%[[PART:[^ ]*]] = {{.*}}) carry (%[[H:[^ ]*]] =
// CHECK:   %[[NEXT:.*]] = nn.select %{{.*}}, %{{.*}}, %[[H]] : tensor<i1>
// CHECK-NEXT: %[[PROBED:.*]] = nn.add %[[NEXT]], %[[PART]]
// CHECK-NEXT: nn.next carry(%[[PROBED]] : tensor<?x4xf32>) yield(%{{[^,]*}}, %{{[^,]*}} : tensor<?x4xi1>, tensor<?x4xi1>)
// NORMS-LABEL: func.func @scalar
// NORMS-SAME: "@squares h"
func.func @scalar(%m: tensor<i32>, %h0: tensor<?x4xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %v = nn.parameter "v" <constant> : tensor<4xf32>
  %last = nn.scan 6 (%t) carry (%h loc("h") = %h0 : tensor<?x4xf32>) with (%w = %v : tensor<4xf32>, %n = %m : tensor<i32>) -> (tensor<?x4xf32>) {
    %0 = nn.mul %h, %w : tensor<?x4xf32>, tensor<4xf32>
    %1 = nn.tanh %0 : tensor<?x4xf32>
    %2 = nn.compare lt %t, %n : tensor<i32>, tensor<i32>
    %3 = nn.select %2, %1, %h : tensor<i1>, tensor<?x4xf32>, tensor<?x4xf32>
    nn.next carry (%3 : tensor<?x4xf32>)
  }
  %loss = nn.reduce sum %last [0, 1] : tensor<?x4xf32>
  %norm = nn.optimize %loss by <"sgd"> rate %rate : tensor<f32>, tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}

// -----

// What a step is given is not its own: others read it without the probe. Here a is given b, c the source, z a constant, r, behind its lengths, the source.
// CHECK-LABEL: func.func @given
// CHECK: nn.scan 6 ({{[^)]*}}) over (%[[X:[^ ]*]] = %{{[^,]*}}, %[[PA:[^ ]*]] = %{{[^,]*}}, %[[PB:[^ ]*]] = %{{[^,]*}}, %[[PC:[^ ]*]] = %{{[^,]*}}, %[[PZ:[^ ]*]] = %{{[^,]*}}, %[[PR:[^ ]*]] = %{{[^,)]*}}) carry (%[[A:[^ ]*]] = %{{[^,]*}}, %[[B:[^ ]*]] = %{{[^,]*}}, %[[C:[^ ]*]] = %{{[^,]*}}, %[[Z:[^ ]*]] = %{{[^,]*}}, %[[R:[^ ]*]] =
// CHECK:   %[[ZEROS:.*]] = nn.broadcast
// CHECK:   %[[XW:.*]] = nn.mul %[[X]],
// CHECK:   nn.add %[[XW]], %[[B]]
// CHECK:   nn.mul %[[A]], %[[C]]
// CHECK:   nn.max %{{.*}}, %[[ZEROS]]
// CHECK:   nn.add %{{.*}}, %[[Z]]
// CHECK:   %[[NEXT:.*]] = nn.mul %{{.*}}, %[[R]]
// CHECK:   %[[NEXT_B:.*]] = nn.add %[[NEXT]], %[[PB]]
// CHECK:   %[[GIVEN_R:.*]] = nn.add %[[X]], %[[PR]]
// CHECK:   %[[NEXT_R:.*]] = nn.select %{{.*}}, %[[GIVEN_R]], %[[R]]
// CHECK:   %[[NEXT_A:.*]] = nn.add %[[B]], %[[PA]]
// CHECK:   %[[NEXT_C:.*]] = nn.add %[[X]], %[[PC]]
// CHECK:   %[[NEXT_Z:.*]] = nn.add %[[ZEROS]], %[[PZ]]
// CHECK:   nn.next carry(%[[NEXT_A]], %[[NEXT_B]], %[[NEXT_C]], %[[NEXT_Z]], %[[NEXT_R]] :
// NORMS-LABEL: func.func @given
// NORMS-NOT: nn.probe
// NORMS: nn.scan 6 ({{[^)]*}}) over (%[[X:[^ ]*]] = %{{[^,]*}}) carry (%[[A:[^ ]*]] = %{{[^,]*}}, %[[B:[^ ]*]] =
// NORMS:   nn.next carry(%[[B]], %{{[^,]*}}, %[[X]],
func.func @given(%x: tensor<?x6x4xf32>, %l: tensor<?xi32>, %h0: tensor<?x4xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %v = nn.parameter "v" <constant> : tensor<4xf32>
  %y, %last:5 = nn.scan 6 (%t) over (%x_t = %x : tensor<?x6x4xf32>)
      carry (%a loc("a") = %h0 : tensor<?x4xf32>, %b loc("b") = %h0 : tensor<?x4xf32>, %c loc("c") = %h0 : tensor<?x4xf32>, %z loc("z") = %h0 : tensor<?x4xf32>, %r loc("r") = %h0 : tensor<?x4xf32>)
      with (%w = %v : tensor<4xf32>, %n = %l : tensor<?xi32>) -> (tensor<?x6x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
    %zero = nn.constant dense<0.0> : tensor<f32>
    %zeros = nn.broadcast %zero : tensor<f32> to tensor<?x4xf32>
    %0 = nn.mul %x_t, %w : tensor<?x4xf32>, tensor<4xf32>
    %1 = nn.add %0, %b : tensor<?x4xf32>, tensor<?x4xf32>
    %2 = nn.mul %a, %c : tensor<?x4xf32>, tensor<?x4xf32>
    %3 = nn.sub %1, %2 : tensor<?x4xf32>, tensor<?x4xf32>
    %4 = nn.max %3, %zeros : tensor<?x4xf32>, tensor<?x4xf32>
    %5 = nn.add %4, %z : tensor<?x4xf32>, tensor<?x4xf32>
    %6 = nn.mul %5, %r : tensor<?x4xf32>, tensor<?x4xf32>
    %7 = nn.compare lt %t, %n : tensor<i32>, tensor<?xi32>
    %8 = nn.reshape %7 : tensor<?xi1> to tensor<?x1xi1>
    %9 = nn.select %8, %x_t, %r : tensor<?x1xi1>, tensor<?x4xf32>, tensor<?x4xf32>
    nn.next carry (%b, %6, %x_t, %zeros, %9 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) yield (%6 : tensor<?x4xf32>)
  }
  %loss = nn.reduce sum %y [0, 1, 2] : tensor<?x6x4xf32>
  %norm = nn.optimize %loss by <"sgd"> rate %rate : tensor<f32>, tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}

// -----

// What the loop yields anyway is behind the probe, and what backward reads is not: it computes that again. Without the report it would read it.
// NORMS-LABEL: func.func @indrnn
// NORMS-NOT: nn.probe
// NORMS: nn.scan 7 ({{[^)]*}}) reverse
// NORMS: %[[A:.*]] = nn.mul
// NORMS-NEXT: %[[B:.*]] = nn.mul
// NORMS-NEXT: %[[AB:.*]] = nn.add %[[A]], %[[B]]
// NORMS-NEXT: nn.tanh %[[AB]]
func.func @indrnn(%x: tensor<?x7x4xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %va = nn.parameter "a" <constant> : tensor<4xf32>
  %vb = nn.parameter "b" <constant> : tensor<4xf32>
  %zero = nn.constant dense<0.0> : tensor<f32>
  %h0 = nn.broadcast %zero : tensor<f32> to tensor<?x4xf32>
  %y, %last = nn.scan 7 (%t) over (%x_t = %x : tensor<?x7x4xf32>) carry (%h loc("h") = %h0 : tensor<?x4xf32>) with (%a = %va : tensor<4xf32>, %b = %vb : tensor<4xf32>)
      -> (tensor<?x7x4xf32>, tensor<?x4xf32>) {
    %0 = nn.mul %x_t, %a : tensor<?x4xf32>, tensor<4xf32>
    %1 = nn.mul %h, %b : tensor<?x4xf32>, tensor<4xf32>
    %2 = nn.add %0, %1 : tensor<?x4xf32>, tensor<?x4xf32>
    %3 = nn.tanh %2 : tensor<?x4xf32>
    nn.next carry (%3 : tensor<?x4xf32>) yield (%3 : tensor<?x4xf32>)
  }
  %loss = nn.reduce sum %y [0, 1, 2] : tensor<?x7x4xf32>
  %norm = nn.optimize %loss by <"sgd"> rate %rate : tensor<f32>, tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}
