// What a gradient report asks of loops: probes of their states, and which elements saturate.
// RUN: argent-opt %s --split-input-file --nn-probe-loops | FileCheck %s
// RUN: argent-opt %s --split-input-file --nn-probe-loops --nn-differentiate --nn-report-gradients --nn-simplify | FileCheck %s --check-prefix=NORMS

// The probe is added to what the step computes, for all that reads it; tanh saturates. Without nn.optimize there is no gradient.
// CHECK: module attributes {nn.gradient_report}
// CHECK-LABEL: func.func @train_step
// CHECK-SAME: %[[P:[^:]*]]: tensor<?x28x16xf32> {nn.probe = "rnn_1.h"}
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
