// RUN: argent-test-opt %s --split-input-file --nn-fuse | FileCheck %s

// Bodies are fused like functions: chains, a count on an argument of the body.
// CHECK-LABEL: func.func @body
func.func @body(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK: test.step
  // CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<?x4xf32>):
  // CHECK-NEXT: %[[K:.*]] = nn.fused "tanh exp div" (%{{.*}} = %[[A]] : tensor<?x4xf32>) -> (tensor<?x4xf32>)
  // CHECK-NEXT: nn.tanh
  // CHECK-NEXT: nn.exp
  // CHECK-NEXT: nn.count
  // CHECK-NEXT: nn.div
  // CHECK-NEXT: nn.yield
  // CHECK: test.yield %[[K]]
  %y = test.step(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32> {
  ^bb0(%a: tensor<?x4xf32>):
    %0 = nn.tanh %a : tensor<?x4xf32>
    %1 = nn.exp %0 : tensor<?x4xf32>
    %2 = nn.count %1 [0] : tensor<?x4xf32> -> tensor<f32>
    %3 = nn.div %1, %2 : tensor<?x4xf32>, tensor<f32>
    test.yield %3 : tensor<?x4xf32>
  }
  return %y : tensor<?x4xf32>
}

// -----

// A reader in a region is no member of a kernel around it: what it reads is stored, once, before the op that holds it.
// CHECK-LABEL: func.func @reader
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
func.func @reader(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[T:.*]] = nn.fused "tanh" (%{{.*}} = %[[X]]
  // CHECK: %[[S:.*]] = test.scope
  // CHECK-NEXT: %[[N:.*]] = nn.fused "sin neg" (%{{.*}} = %[[T]]
  // CHECK: test.yield %[[N]]
  // CHECK: %[[E:.*]] = nn.fused "exp add" (%{{.*}} = %[[T]] : tensor<4xf32>, %{{.*}} = %[[S]]
  // CHECK: return %[[E]]
  %0 = nn.tanh %x : tensor<4xf32>
  %1 = test.scope -> tensor<4xf32> {
    %2 = nn.sin %0 : tensor<4xf32>
    %3 = nn.neg %2 : tensor<4xf32>
    test.yield %3 : tensor<4xf32>
  }
  %4 = nn.exp %0 : tensor<4xf32>
  %5 = nn.add %4, %1 : tensor<4xf32>, tensor<4xf32>
  return %5 : tensor<4xf32>
}

// -----

// A constant that only a region reads is no leaf of the block around it.
// CHECK-LABEL: func.func @constant
func.func @constant(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[C:.*]] = nn.fused "constant" () -> (tensor<4xf32>)
  // CHECK: test.scope
  // CHECK-NEXT: nn.fused "mul" (%{{.*}} = %{{.*}} : tensor<4xf32>, %{{.*}} = %[[C]]
  // CHECK-NOT: nn.constant dense
  %c = nn.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %y = test.scope -> tensor<4xf32> {
    %0 = nn.mul %x, %c : tensor<4xf32>, tensor<4xf32>
    test.yield %0 : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

// A store stays before a region that reads its arena, and passes one that reads another.
// CHECK-LABEL: func.func @stores
func.func @stores(%x: tensor<32xf32>) {
  // CHECK: %[[E:.*]] = nn.fused "exp"
  // CHECK: nn.yield
  // CHECK-NEXT: }
  // CHECK-NEXT: nn.store_arena gradients, %[[E]]
  // CHECK-NEXT: test.scope
  // CHECK: nn.arena gradients
  // CHECK: return
  %0 = nn.exp %x : tensor<32xf32>
  nn.store_arena gradients, %0 : tensor<32xf32>
  %1 = test.scope -> tensor<32xf32> {
    test.scope {
      %2 = nn.arena gradients : tensor<32xf32>
      %3 = nn.neg %2 : tensor<32xf32>
      nn.store_arena moments, %3 : tensor<32xf32>
      test.yield
    }
    test.yield %x : tensor<32xf32>
  }
  %4 = nn.tanh %1 : tensor<32xf32>
  nn.store_arena parameters, %4 : tensor<32xf32>
  return
}

// CHECK-LABEL: func.func @other_arena
func.func @other_arena(%x: tensor<32xf32>) {
  // CHECK: %[[E:.*]] = nn.fused "exp"
  // CHECK: nn.yield
  // CHECK-NEXT: }
  // CHECK-NEXT: test.scope
  // CHECK: nn.store_arena gradients, %[[E]]
  // CHECK-NEXT: return
  %0 = nn.exp %x : tensor<32xf32>
  nn.store_arena gradients, %0 : tensor<32xf32>
  test.scope {
    %2 = nn.arena parameters : tensor<32xf32>
    %3 = nn.neg %2 : tensor<32xf32>
    nn.store_arena moments, %3 : tensor<32xf32>
    test.yield
  }
  return
}
