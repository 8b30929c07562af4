// RUN: argent-test-opt %s --nn-simplify | FileCheck %s

// Factors of a gradient's sum are put in order across the borders of regions: what comes from around one is first.
// CHECK-LABEL: func.func @factors
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32>, %[[S:.*]]: tensor<f32>)
func.func @factors(%x: tensor<?x4xf32>, %s: tensor<f32>) -> tensor<4xf32> {
  // CHECK: %[[O:.*]] = nn.tanh %[[X]]
  // CHECK: test.scope
  // CHECK: %[[I:.*]] = nn.exp %[[X]]
  // CHECK: %[[P:.*]] = nn.mul %[[O]], %[[I]]
  // CHECK: %[[R:.*]] = nn.reduce sum %[[P]] [0] regroups
  // CHECK: %[[Y:.*]] = nn.mul %[[R]], %[[S]]
  // CHECK: test.yield %[[Y]]
  %outer = nn.tanh %x : tensor<?x4xf32>
  %y = test.scope -> tensor<4xf32> {
    %inner = nn.exp %x : tensor<?x4xf32>
    %p = nn.mul %inner, %s : tensor<?x4xf32>, tensor<f32>
    %q = nn.mul %p, %outer : tensor<?x4xf32>, tensor<?x4xf32>
    %r = nn.reduce sum %q [0] regroups : tensor<?x4xf32>
    test.yield %r : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}
