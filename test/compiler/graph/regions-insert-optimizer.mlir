// RUN: argent-test-opt %s --nn-insert-optimizer | FileCheck %s

// What reads the norm in a region stays behind the update; what does not moves in front of it.
// CHECK-LABEL: func.func @train_step
func.func @train_step(%x: tensor<4xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %w = nn.parameter "w" <constant> : tensor<4xf32>
  nn.gradient "w", %x : tensor<4xf32>
  %norm = nn.update by <"sgd"> rate %rate : tensor<f32> -> tensor<f32>
  // CHECK: test.scope {
  // CHECK-NEXT: nn.assign "before"
  // CHECK: %[[NORM:.*]] = nn.sqrt
  // CHECK: nn.store_arena parameters
  // CHECK: test.scope {
  // CHECK-NEXT: nn.neg %[[NORM]]
  // CHECK-NEXT: nn.assign "behind"
  test.scope {
    %0 = nn.neg %norm : tensor<f32>
    nn.assign "behind", %0 : tensor<f32>
    test.yield
  }
  test.scope {
    nn.assign "before", %w : tensor<4xf32>
    test.yield
  }
  return %norm : tensor<f32>
}
