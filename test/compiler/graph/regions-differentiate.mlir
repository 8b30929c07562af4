// RUN: argent-test-opt %s --split-input-file --nn-differentiate=wrt-arguments --nn-simplify --verify-diagnostics | FileCheck %s

// An op with a region has a gradient like any other: the reverse of its body is the body of a second one. What that reads
// of the first body (the tanh), the first one stores: it is replaced by one with a further result. What is known of
// operands (%w) is not stored again.
// CHECK-LABEL: func.func @step
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[W:.*]]: tensor<4xf32>)
func.func @step(%x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<f32> {
  // CHECK: %[[Y:.*]]:2 = test.step(%[[X]], %[[W]]) : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  // CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>):
  // CHECK-NEXT: %[[T:.*]] = nn.tanh %[[A]]
  // CHECK-NEXT: %[[P:.*]] = nn.mul %[[T]], %[[B]]
  // CHECK-NEXT: test.yield %[[P]], %[[T]]
  %y = test.step(%x, %w) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
    %t = nn.tanh %a : tensor<4xf32>
    %p = nn.mul %t, %b : tensor<4xf32>, tensor<4xf32>
    test.yield %p : tensor<4xf32>
  }
  // CHECK: %[[LOSS:.*]] = nn.reduce sum %[[Y]]#0 [0]
  %loss = nn.reduce sum %y [0] : tensor<4xf32>
  // CHECK: %[[G:.*]]:2 = test.step(%{{.*}}, %[[W]], %[[Y]]#1)
  // CHECK-NEXT: ^bb0(%[[DY:.*]]: tensor<4xf32>, %[[BB:.*]]: tensor<4xf32>, %[[TT:.*]]: tensor<4xf32>):
  // CHECK: %[[DT:.*]] = nn.mul %[[DY]], %[[BB]]
  // CHECK: %[[DB:.*]] = nn.mul %[[DY]], %[[TT]]
  // CHECK: %[[S:.*]] = nn.mul
  // CHECK: %[[DA:.*]] = nn.mul %[[DT]], %[[S]]
  // CHECK: test.yield %[[DA]], %[[DB]]
  // CHECK: return %[[LOSS]], %[[G]]#0, %[[G]]#1
  return %loss : tensor<f32>
}

// -----

// Two in a row: the first one's gradient reads a result of the second one's reverse, and both are replaced. The second is asked
// first; what the first stores, and what was known of its results, is there under the new names.
// CHECK-LABEL: func.func @chain
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
func.func @chain(%x: tensor<4xf32>) -> tensor<f32> {
  // CHECK: %[[Y:.*]]:2 = test.step(%[[X]])
  // CHECK: nn.exp
  %y = test.step(%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %e = nn.exp %a : tensor<4xf32>
    %r = nn.sin %e : tensor<4xf32>
    test.yield %r : tensor<4xf32>
  }
  // CHECK: %[[Z:.*]]:2 = test.step(%[[Y]]#0)
  // CHECK: nn.tanh
  %z = test.step(%y) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %t = nn.tanh %a : tensor<4xf32>
    %n = nn.mul %t, %t : tensor<4xf32>, tensor<4xf32>
    test.yield %n : tensor<4xf32>
  }
  // CHECK: nn.reduce sum %[[Z]]#0 [0]
  %loss = nn.reduce sum %z [0] : tensor<4xf32>
  // CHECK: %[[DY:.*]] = test.step(%{{.*}}, %[[Z]]#1)
  // CHECK: %[[DX:.*]] = test.step(%[[DY]], %[[Y]]#1)
  // CHECK: return %{{.*}}, %[[DX]]
  return %loss : tensor<f32>
}

// -----

// In each other: the inner one is replaced in the copy of the outer one's body, whose reverse holds the inner one's reverse.
// CHECK-LABEL: func.func @nested
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
func.func @nested(%x: tensor<4xf32>) -> tensor<f32> {
  // CHECK: %[[Y:.*]]:2 = test.step(%[[X]])
  // CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<4xf32>):
  // CHECK-NEXT: %[[I:.*]]:2 = test.step(%[[A]])
  // CHECK: test.yield %[[I]]#0, %[[I]]#1
  %y = test.step(%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %i = test.step(%a) : (tensor<4xf32>) -> tensor<4xf32> {
    ^bb1(%b: tensor<4xf32>):
      %e = nn.exp %b : tensor<4xf32>
      %s = nn.sin %e : tensor<4xf32>
      test.yield %s : tensor<4xf32>
    }
    test.yield %i : tensor<4xf32>
  }
  %loss = nn.reduce sum %y [0] : tensor<4xf32>
  // CHECK: test.step(%{{.*}}, %[[Y]]#1)
  // CHECK-NEXT: ^bb0(%[[G:.*]]: tensor<4xf32>, %[[E:.*]]: tensor<4xf32>):
  // CHECK-NEXT: %[[D:.*]] = test.step(%[[G]], %[[E]])
  // CHECK: nn.cos
  // CHECK: test.yield %[[D]]
  return %loss : tensor<f32>
}

// -----

// Several results are several seeds; one that the loss does not read has the gradient 0.
// CHECK-LABEL: func.func @seeds
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
func.func @seeds(%x: tensor<4xf32>) -> tensor<f32> {
  // CHECK-DAG: %[[ZERO:.*]] = nn.constant dense<0.0{{.*}}> : tensor<4xf32>
  // CHECK-DAG: %[[Y:.*]]:4 = test.step(%[[X]])
  %y:3 = test.step(%x) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    %s = nn.sin %a : tensor<4xf32>
    %c = nn.cos %a : tensor<4xf32>
    %e = nn.exp %a : tensor<4xf32>
    test.yield %s, %c, %e : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  }
  %p = nn.mul %y#0, %y#1 : tensor<4xf32>, tensor<4xf32>
  %loss = nn.reduce sum %p [0] : tensor<4xf32>
  // CHECK: test.step(%[[Y]]#1, %[[Y]]#0, %[[ZERO]], %[[Y]]#3, %[[X]])
  return %loss : tensor<f32>
}

// -----

// What a region reads past its operands has no gradient.
func.func @past(%x: tensor<4xf32>) -> tensor<f32> {
  %y = test.scope -> tensor<4xf32> {
    // expected-error @below {{reads from outside of test.scope what the loss depends on: only operands have gradients}}
    %t = nn.tanh %x : tensor<4xf32>
    test.yield %t : tensor<4xf32>
  }
  %loss = nn.reduce sum %y [0] : tensor<4xf32>
  return %loss : tensor<f32>
}
