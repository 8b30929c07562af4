// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// The forward loop yields what the backward one reads: the tape, here the state before each step and the one behind it, which it yields anyway.
// The backward loop runs the other way over the gradient of the yields and the tape; it carries the gradients of the state and of the weights.
// CHECK-LABEL: func.func @elman
// CHECK-SAME:    (%[[X:.*]]: tensor<?x5x3xf64>, %[[H0:.*]]: tensor<?x4xf64>, %[[W:.*]]: tensor<3x4xf64>, %[[U:.*]]: tensor<4x4xf64>)
func.func @elman(%x: tensor<?x5x3xf64>, %h0: tensor<?x4xf64>, %W: tensor<3x4xf64>, %U: tensor<4x4xf64>) -> tensor<f64> {
  // CHECK:      %[[TAPE:.*]]:2, %{{.*}} = nn.scan "rnn" 5 (%{{.*}}) over (%[[X_T:.*]] = %[[X]] : {{.*}}) carry (%[[H:.*]] = %[[H0]] : tensor<?x4xf64>)
  // CHECK:        nn.next carry(%[[NEXT:.*]] : tensor<?x4xf64>) yield(%[[NEXT]], %[[H]] : tensor<?x4xf64>, tensor<?x4xf64>)
  // CHECK:      nn.scan "rnn" 5 (%{{.*}}) reverse over (%[[SEED:[a-z0-9_]*]] = %{{[^:]*}} : tensor<?x5x4xf64>, {{.*}}) carry (%[[DH:[a-z0-9_]*]] = %{{[^:]*}} : tensor<?x4xf64>, %[[DW:[a-z0-9_]*]] = %{{[^:]*}} : tensor<3x4xf64>, %[[DU:[a-z0-9_]*]] = %{{[^:]*}} : tensor<4x4xf64>)
  // CHECK:        nn.add %[[SEED]], %[[DH]]
  // CHECK:        %[[DX:.*]] = nn.matmul %[[G:.*]], %{{.*}} transposed_rhs : tensor<?x4xf64>, tensor<3x4xf64>
  // CHECK:        nn.next carry(%{{.*}}, %{{.*}}, %{{.*}} : tensor<?x4xf64>, tensor<3x4xf64>, tensor<4x4xf64>) yield(%[[DX]] : tensor<?x3xf64>)
  %y, %last = nn.scan "rnn" 5 (%t) over (%x_t = %x : tensor<?x5x3xf64>) carry (%h = %h0 : tensor<?x4xf64>)
      with (%w = %W : tensor<3x4xf64>, %u = %U : tensor<4x4xf64>) -> (tensor<?x5x4xf64>, tensor<?x4xf64>) {
    %0 = nn.matmul %x_t, %w : tensor<?x3xf64>, tensor<3x4xf64>
    %1 = nn.matmul %h, %u : tensor<?x4xf64>, tensor<4x4xf64>
    %2 = nn.add %0, %1 : tensor<?x4xf64>, tensor<?x4xf64>
    %3 = nn.tanh %2 : tensor<?x4xf64>
    nn.next carry (%3 : tensor<?x4xf64>) yield (%3 : tensor<?x4xf64>)
  }
  %loss = nn.reduce sum %y [0, 1, 2] : tensor<?x5x4xf64>
  return %loss : tensor<f64>
}
