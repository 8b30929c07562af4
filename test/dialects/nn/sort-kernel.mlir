// The rank of an element is how many come before it; the axes before the sorted one and those behind it are one loop each.
// RUN: argent-opt %s --lower-to-hl --cse | FileCheck %s

// Bits of floats in the order of the numbers: of a negative one -2^31 - bits, 0 below 2^-126, NaN last.
// CHECK-LABEL: hl.pipeline @k0_order(
// CHECK: %[[RANK:.*]] = hl.func "rank" [%n in {{.*}}, %p in 5, %c in 12] -> i32
// CHECK: over [%j in 5]
// CHECK-DAG: %[[SELF:.*]] = hl.self[%n, %p, %c]
// CHECK-DAG: arith.bitcast
// CHECK-DAG: arith.constant -2147483648 : i32
// CHECK-DAG: arith.constant 2139095040 : i32
// CHECK-DAG: arith.constant 8388608 : i32
// CHECK-DAG: arith.constant 2147483647 : i32
// CHECK: %[[BEFORE:.*]] = arith.cmpi slt, %j, %p
// CHECK: %[[FIRST:.*]] = arith.select %[[BEFORE]]
// CHECK: %[[COUNT:.*]] = arith.extui %[[FIRST]]
// CHECK: arith.addi %[[SELF]], %[[COUNT]]
// CHECK: hl.func "argsort" [%n in {{.*}}, %p in 5, %c in 12] -> i32
// CHECK: hl.undef
// CHECK: over [%j in 5]
// CHECK: %[[TO:.*]] = hl.at %[[RANK]][%n, %j, %c]
// CHECK: hl.yield %j at[%n, %{{.*}}, %c]
func.func @order(%x: tensor<?x5x3x4xf32>) -> tensor<?x5x3x4xi32> {
  %y = nn.fused "order" (%a = %x : tensor<?x5x3x4xf32>) -> (tensor<?x5x3x4xi32>) {
    %0 = nn.argsort %a axis 1 : tensor<?x5x3x4xf32>
    nn.yield %0 : tensor<?x5x3x4xi32>
  }
  return %y : tensor<?x5x3x4xi32>
}

// Integers are their own order. The largest first: equals still as they stand.
// CHECK-LABEL: hl.pipeline @k1_largest(
// CHECK: hl.func "rank" [%i in 7] -> i32
// CHECK-NOT: arith.bitcast
// CHECK-DAG: %[[MINE:.*]] = hl.at %{{.*}}[%i]
// CHECK-DAG: %[[OTHER:.*]] = hl.at %{{.*}}[%j]
// CHECK-DAG: arith.cmpi sle, %[[MINE]], %[[OTHER]]
// CHECK-DAG: arith.cmpi slt, %[[MINE]], %[[OTHER]]
func.func @largest(%x: tensor<7xi32>) -> tensor<7xi32> {
  %y = nn.fused "largest" (%a = %x : tensor<7xi32>) -> (tensor<7xi32>) {
    %0 = nn.argsort %a axis 0 descending : tensor<7xi32>
    nn.yield %0 : tensor<7xi32>
  }
  return %y : tensor<7xi32>
}
