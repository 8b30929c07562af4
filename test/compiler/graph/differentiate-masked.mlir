// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// What a mask leaves out has no gradient, whatever its quotient is: where(x != 0, y / x, 0).
// CHECK-LABEL: func.func @quotient
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<4xf32>)
func.func @quotient(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<f32> {
  // CHECK: %[[C:.*]] = nn.compare ne %[[X]]
  // CHECK: %[[G:.*]] = nn.select %[[C]], %{{.*}}, %[[ZERO:.*]] : tensor<4xi1>, tensor<1xf32>, tensor<f32>
  // CHECK: %[[Q:.*]] = nn.div %[[G]], %[[X]]
  // CHECK: %[[P:.*]] = nn.neg
  // CHECK: %[[NONZERO:.*]] = nn.compare ne %[[G]], %[[ZERO]]
  // CHECK: %[[DY:.*]] = nn.select %[[NONZERO]], %[[Q]], %[[ZERO]]
  // CHECK: %[[DX:.*]] = nn.select %[[NONZERO]], %[[P]], %[[ZERO]]
  // CHECK: return %{{.*}}, %[[DX]], %[[DY]]
  %zero = nn.constant dense<0.0> : tensor<f32>
  %c = nn.compare ne %x, %zero : tensor<4xf32>, tensor<f32>
  %q = nn.div %y, %x : tensor<4xf32>, tensor<4xf32>
  %w = nn.select %c, %q, %zero : tensor<4xi1>, tensor<4xf32>, tensor<f32>
  %s = nn.reduce sum %w [0] : tensor<4xf32>
  return %s : tensor<f32>
}

// Nor has what is computed from it.
// CHECK-LABEL: func.func @behind
func.func @behind(%x: tensor<4xf32>) -> tensor<f32> {
  // CHECK: nn.tanh
  // CHECK-COUNT-2: nn.compare ne
  %one = nn.constant dense<1.0> : tensor<f32>
  %q = nn.div %one, %x : tensor<f32>, tensor<4xf32>
  %t = nn.tanh %q : tensor<4xf32>
  %c = nn.constant dense<[1.0, 0.0, 1.0, 0.0]> : tensor<4xf32>
  %w = nn.mul %t, %c : tensor<4xf32>, tensor<4xf32>
  %s = nn.reduce sum %w [0] : tensor<4xf32>
  return %s : tensor<f32>
}

// A divisor that is above 0 for certain needs no care: x / (sum of squares + epsilon).
// CHECK-LABEL: func.func @positive
func.func @positive(%x: tensor<?x4xf32>) -> tensor<f32> {
  // CHECK-NOT: nn.select
  // CHECK: return
  %epsilon = nn.constant dense<1.0e-5> : tensor<f32>
  %0 = nn.mul %x, %x : tensor<?x4xf32>, tensor<?x4xf32>
  %1 = nn.reduce sum %0 [1] keepdims : tensor<?x4xf32>
  %2 = nn.add %1, %epsilon : tensor<?x1xf32>, tensor<f32>
  %3 = nn.div %x, %2 : tensor<?x4xf32>, tensor<?x1xf32>
  %s = nn.reduce sum %3 [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// What was broadcast is summed once zeros are put in.
// CHECK-LABEL: func.func @broadcast
func.func @broadcast(%x: tensor<?x4xf32>, %n: tensor<4xf32>) -> tensor<f32> {
  // CHECK: nn.neg
  // CHECK: nn.select
  // CHECK: %[[D:.*]] = nn.select %{{.*}} : tensor<?x4xi1>, tensor<?x4xf32>, tensor<f32>
  // CHECK-NEXT: nn.reduce sum %[[D]] [0]
  %0 = nn.div %x, %n : tensor<?x4xf32>, tensor<4xf32>
  %1 = nn.mul %0, %0 : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %1 [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// A power overflows long before its base does: where(|x| < 1, x ** 4, 0).
// CHECK-LABEL: func.func @power
func.func @power(%x: tensor<4xf32>) -> tensor<f32> {
  // CHECK: %[[SQUARE:.*]] = nn.mul %[[X:.*]], %[[X]] : tensor<4xf32>
  // CHECK: %[[C:.*]] = nn.compare lt
  // CHECK: %[[G:.*]] = nn.select %[[C]], %{{.*}} : tensor<4xi1>, tensor<1xf32>, tensor<f32>
  // CHECK: %[[D:.*]] = nn.mul %[[G]], %[[SQUARE]]
  // CHECK: %[[NONZERO:.*]] = nn.compare ne %[[G]]
  // CHECK: nn.select %[[NONZERO]], %[[D]]
  %one = nn.constant dense<1.0> : tensor<f32>
  %zero = nn.constant dense<0.0> : tensor<f32>
  %square = nn.mul %x, %x : tensor<4xf32>, tensor<4xf32>
  %power = nn.mul %square, %square : tensor<4xf32>, tensor<4xf32>
  %a = nn.abs %x : tensor<4xf32>
  %c = nn.compare lt %a, %one : tensor<4xf32>, tensor<f32>
  %w = nn.select %c, %power, %zero : tensor<4xi1>, tensor<4xf32>, tensor<f32>
  %s = nn.reduce sum %w [0] : tensor<4xf32>
  return %s : tensor<f32>
}
