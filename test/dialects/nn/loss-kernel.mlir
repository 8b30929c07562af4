// Cross-entropy and its gradient in one kernel share maximum and sum of each row; a label is clamped before it is an index.
// RUN: argent-opt %s --lower-to-hl --cse | FileCheck %s

// CHECK-LABEL: hl.pipeline @k0_loss(
// CHECK-SAME: %[[X:.*]]: !hl.buffer<?x10xf32>, %[[L:.*]]: !hl.buffer<?xi32>
// CHECK: hl.func "max" [%n in ?]
// CHECK: hl.func "sum" [%n in ?]
// CHECK: hl.func "cross_entropy" [%n in ?]
// CHECK: %[[LABEL:.*]] = hl.at %[[L]][%n]
// CHECK: %[[LOW:.*]] = arith.maxsi %[[LABEL]]
// CHECK: %[[K:.*]] = arith.minsi %[[LOW]]
// CHECK: hl.at %[[X]][%n, %[[K]]]
// CHECK-NOT: hl.func "max
// CHECK-NOT: hl.func "sum
// CHECK: hl.func "cross_entropy_grad" [%n in ?, %c in 10]
func.func @loss(%x: tensor<?x10xf32>, %label: tensor<?xi32>, %g: tensor<?xf32>) -> (tensor<?xf32>, tensor<?x10xf32>) {
  %y:2 = nn.fused "loss" (%a = %x : tensor<?x10xf32>, %l = %label : tensor<?xi32>, %d = %g : tensor<?xf32>) -> (tensor<?xf32>, tensor<?x10xf32>) {
    %0 = nn.cross_entropy %a, %l : tensor<?x10xf32>, tensor<?xi32>
    %1 = nn.cross_entropy_grad %a, %l, %d : tensor<?x10xf32>, tensor<?xi32>, tensor<?xf32> -> tensor<?x10xf32>
    nn.yield %0, %1 : tensor<?xf32>, tensor<?x10xf32>
  }
  return %y#0, %y#1 : tensor<?xf32>, tensor<?x10xf32>
}
