// RUN: argent-opt %s --nn-simplify | FileCheck %s

// x ** 3 is two products; x * 1 + 0 is x.
// CHECK-LABEL: func.func @powers
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>
func.func @powers(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK: %[[S:.*]] = nn.mul %[[X]], %[[X]]
  // CHECK: %[[C:.*]] = nn.mul %[[X]], %[[S]]
  // CHECK: return %[[C]]
  %one = nn.constant dense<1.0> : tensor<4xf32>
  %zero = nn.constant dense<0.0> : tensor<f32>
  %three = nn.constant dense<3.0> : tensor<f32>
  %0 = nn.mul %x, %one : tensor<?x4xf32>, tensor<4xf32>
  %1 = nn.add %0, %zero : tensor<?x4xf32>, tensor<f32>
  %2 = nn.pow %1, %three : tensor<?x4xf32>, tensor<f32>
  return %2 : tensor<?x4xf32>
}

// An operand that would stretch the result stays.
// CHECK-LABEL: func.func @stretches
func.func @stretches(%x: tensor<4xf32>) -> tensor<3x4xf32> {
  // CHECK: nn.add
  %zero = nn.constant dense<0.0> : tensor<3x4xf32>
  %0 = nn.add %x, %zero : tensor<4xf32>, tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// [1, 2] + [[1], [2]] = [[2, 3], [3, 4]].
// CHECK-LABEL: func.func @constants
func.func @constants() -> tensor<2x2xi32> {
  // CHECK: nn.constant dense<{{\[\[2, 3\], \[3, 4\]\]}}> : tensor<2x2xi32>
  %a = nn.constant dense<[1, 2]> : tensor<2xi32>
  %b = nn.constant dense<[[1], [2]]> : tensor<2x1xi32>
  %0 = nn.add %a, %b : tensor<2xi32>, tensor<2x1xi32>
  return %0 : tensor<2x2xi32>
}

// CHECK-LABEL: func.func @moves
// CHECK-SAME: %[[X:.*]]: tensor<?x2x6xf32>
func.func @moves(%x: tensor<?x2x6xf32>) -> (tensor<?x4x3xf32>, tensor<?x2x6xf32>, tensor<?x2x6xf32>) {
  // CHECK-NEXT: %[[R:.*]] = nn.reshape %[[X]] : tensor<?x2x6xf32> to tensor<?x4x3xf32>
  // CHECK-NEXT: return %[[R]], %[[X]], %[[X]]
  %0 = nn.reshape %x : tensor<?x2x6xf32> to tensor<?x12xf32>
  %1 = nn.reshape %0 : tensor<?x12xf32> to tensor<?x4x3xf32>
  %2 = nn.transpose %x [0, 2, 1] : tensor<?x2x6xf32>
  %3 = nn.transpose %2 [0, 2, 1] : tensor<?x6x2xf32>
  %4 = nn.cast %x : tensor<?x2x6xf32> to tensor<?x2x6xf64>
  %5 = nn.cast %4 : tensor<?x2x6xf64> to tensor<?x2x6xf32>
  return %1, %3, %5 : tensor<?x4x3xf32>, tensor<?x2x6xf32>, tensor<?x2x6xf32>
}

// A narrowing cast there and back is a change.
// CHECK-LABEL: func.func @narrows
func.func @narrows(%x: tensor<4xf64>) -> tensor<4xf64> {
  // CHECK-COUNT-2: nn.cast
  %0 = nn.cast %x : tensor<4xf64> to tensor<4xf32>
  %1 = nn.cast %0 : tensor<4xf32> to tensor<4xf64>
  return %1 : tensor<4xf64>
}

// Equal computations once, dead ones never; an elementwise op broadcasts by itself; a + (-b) is a - b.
// CHECK-LABEL: func.func @merge
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[B:.*]]: tensor<4xf32>
func.func @merge(%x: tensor<?x4xf32>, %b: tensor<4xf32>) -> tensor<?x4xf32> {
  // CHECK-NEXT: %[[E:.*]] = nn.exp %[[X]]
  // CHECK-NEXT: %[[A:.*]] = nn.add %[[E]], %[[B]] : tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: %[[D:.*]] = nn.sub %[[A]], %[[E]]
  // CHECK-NEXT: return %[[D]]
  %0 = nn.exp %x : tensor<?x4xf32>
  %1 = nn.exp %x : tensor<?x4xf32>
  %2 = nn.tanh %x : tensor<?x4xf32>
  %3 = nn.broadcast %b : tensor<4xf32> to tensor<?x4xf32>
  %4 = nn.add %0, %3 : tensor<?x4xf32>, tensor<?x4xf32>
  %5 = nn.neg %1 : tensor<?x4xf32>
  %6 = nn.add %4, %5 : tensor<?x4xf32>, tensor<?x4xf32>
  return %6 : tensor<?x4xf32>
}

// -(x * 2) * 3 is x * 2 * -3: a sign changes no rounding, -6 would save one.
// CHECK-LABEL: func.func @scales
func.func @scales(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK-DAG: %[[C:.*]] = nn.constant dense<2.000000e+00> : tensor<f32>
  // CHECK-DAG: %[[D:.*]] = nn.constant dense<-3.000000e+00> : tensor<f32>
  // CHECK: %[[P:.*]] = nn.mul %{{.*}}, %[[C]]
  // CHECK-NEXT: nn.mul %[[P]], %[[D]]
  // CHECK-NEXT: return
  %two = nn.constant dense<2.0> : tensor<f32>
  %three = nn.constant dense<3.0> : tensor<f32>
  %0 = nn.mul %x, %two : tensor<?x4xf32>, tensor<f32>
  %1 = nn.neg %0 : tensor<?x4xf32>
  %2 = nn.mul %1, %three : tensor<?x4xf32>, tensor<f32>
  return %2 : tensor<?x4xf32>
}

// How many rows there are is known unless N is among them.
// CHECK-LABEL: func.func @counts
func.func @counts(%x: tensor<?x4xf32>) -> (tensor<f32>, tensor<f32>) {
  // CHECK: nn.constant dense<4.000000e+00>
  // CHECK: nn.count %{{.*}} [0]
  %0 = nn.count %x [1] : tensor<?x4xf32> -> tensor<f32>
  %1 = nn.count %x [0] : tensor<?x4xf32> -> tensor<f32>
  return %0, %1 : tensor<f32>, tensor<f32>
}

// What broadcasts by itself needs no broadcast before it, integers and bools neither.
// CHECK-LABEL: func.func @broadcasts
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xi32>, %[[A:.*]]: tensor<4xi32>, %[[P:.*]]: tensor<?x4xi1>, %[[Q:.*]]: tensor<4xi1>)
func.func @broadcasts(%x: tensor<?x4xi32>, %a: tensor<4xi32>, %p: tensor<?x4xi1>, %q: tensor<4xi1>)
    -> (tensor<?x4xi32>, tensor<?x4xi32>, tensor<?x4xi1>, tensor<?x4xi1>) {
  // CHECK-NEXT: nn.floor_div %[[X]], %[[A]]
  // CHECK-NEXT: nn.mod %[[X]], %[[A]]
  // CHECK-NEXT: nn.and %[[P]], %[[Q]]
  // CHECK-NEXT: nn.or %[[P]], %[[Q]]
  // CHECK-NEXT: return
  %b = nn.broadcast %a : tensor<4xi32> to tensor<?x4xi32>
  %r = nn.broadcast %q : tensor<4xi1> to tensor<?x4xi1>
  %0 = nn.floor_div %x, %b : tensor<?x4xi32>, tensor<?x4xi32>
  %1 = nn.mod %x, %b : tensor<?x4xi32>, tensor<?x4xi32>
  %2 = nn.and %p, %r : tensor<?x4xi1>, tensor<?x4xi1>
  %3 = nn.or %p, %r : tensor<?x4xi1>, tensor<?x4xi1>
  return %0, %1, %2, %3 : tensor<?x4xi32>, tensor<?x4xi32>, tensor<?x4xi1>, tensor<?x4xi1>
}
