// Factors that do not vary along the axes of a gradient's sum go outside; sums that are then equal are one.
// RUN: argent-opt %s --nn-simplify | FileCheck %s

// The gradients of a normalisation: to its scale, and to the reciprocal deviation.
// CHECK-LABEL: func.func @normalization
// CHECK: %[[P:.*]] = nn.mul %arg0, %arg1
// CHECK: %[[SUM:.*]] = nn.reduce sum %[[P]] [0, 1] regroups : tensor<?x5x4xf32>
// CHECK-DAG: %[[A:.*]] = nn.mul %[[SUM]], %arg2 : tensor<4xf32>, tensor<4xf32>
// CHECK-DAG: %[[B:.*]] = nn.mul %[[SUM]], %arg3 : tensor<4xf32>, tensor<4xf32>
// CHECK-NOT: nn.reduce
// CHECK: return %[[A]], %[[B]]
func.func @normalization(%g: tensor<?x5x4xf32>, %d: tensor<?x5x4xf32>, %r: tensor<4xf32>, %s: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %x = nn.mul %d, %r : tensor<?x5x4xf32>, tensor<4xf32>
  %gx = nn.mul %g, %x : tensor<?x5x4xf32>, tensor<?x5x4xf32>
  %a = nn.reduce sum %gx [0, 1] regroups : tensor<?x5x4xf32>
  %gs = nn.mul %g, %s : tensor<?x5x4xf32>, tensor<4xf32>
  %gsd = nn.mul %gs, %d : tensor<?x5x4xf32>, tensor<?x5x4xf32>
  %b = nn.reduce sum %gsd [0, 1] regroups : tensor<?x5x4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}

// A divisor and a sign, too; with keepdims the factor keeps its shape.
// CHECK-LABEL: func.func @quotient
// CHECK: %[[SUM:.*]] = nn.reduce sum %arg0 [1] keepdims regroups : tensor<?x5xf32>
// CHECK: %[[Q:.*]] = nn.div %[[SUM]], %arg1 : tensor<?x1xf32>, tensor<?x1xf32>
// CHECK: %[[NEG:.*]] = nn.neg %[[Q]]
// CHECK: return %[[NEG]]
func.func @quotient(%x: tensor<?x5xf32>, %n: tensor<?x1xf32>) -> tensor<?x1xf32> {
  %q = nn.div %x, %n : tensor<?x5xf32>, tensor<?x1xf32>
  %m = nn.neg %q : tensor<?x5xf32>
  %y = nn.reduce sum %m [1] keepdims regroups : tensor<?x5xf32>
  return %y : tensor<?x1xf32>
}

// What varies stays, and so does a factor whose repetition is summed.
// CHECK-LABEL: func.func @stays
// CHECK: %[[P:.*]] = nn.mul %arg0, %arg1
// CHECK: nn.reduce sum %[[P]] [1]
// CHECK: %[[R:.*]] = nn.mul %arg2, %arg3
// CHECK: nn.reduce  max %[[R]] [1]
func.func @stays(%x: tensor<?x5xf32>, %w: tensor<5xf32>, %a: tensor<?x1xf32>, %b: tensor<1x5xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %p = nn.mul %x, %w : tensor<?x5xf32>, tensor<5xf32>
  %y = nn.reduce sum %p [1] regroups : tensor<?x5xf32>
  %r = nn.mul %a, %b : tensor<?x1xf32>, tensor<1x5xf32>
  %z = nn.reduce max %r [1] : tensor<?x5xf32>
  return %y, %z : tensor<?xf32>, tensor<?xf32>
}

// A sum that a user wrote is computed as written: outside, the divisor may come too late.
// CHECK-LABEL: func.func @written
// CHECK: %[[Q:.*]] = nn.div %arg0, %{{.*}}
// CHECK: %[[SUM:.*]] = nn.reduce sum %[[Q]] [1] : tensor<?x5xf32>
// CHECK: return %[[SUM]]
func.func @written(%x: tensor<?x5xf32>) -> tensor<?xf32> {
  %c = nn.constant dense<1.0e30> : tensor<f32>
  %q = nn.div %x, %c : tensor<?x5xf32>, tensor<f32>
  %y = nn.reduce sum %q [1] : tensor<?x5xf32>
  return %y : tensor<?xf32>
}
