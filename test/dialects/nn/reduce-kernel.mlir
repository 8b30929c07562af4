// Reductions: the order of a long sum depends on the shape only.
// RUN: argent-opt %s --lower-to-hl --cse | FileCheck %s

// A whole arena: pieces of 50 rows of 16 lanes, the sums of the pieces in f64; what does not fill a row comes last. 20010 = 25 * 50 * 16 + 10.
// CHECK-LABEL: hl.pipeline @k0_norm(
// CHECK: %[[SQUARE:.*]] = hl.func "mul" [%i in 20010]
// CHECK: hl.func "partial" [%chunk in 25, %lane in 16] -> f32
// CHECK: over [%i in 50]
// CHECK: hl.func "lanes" [%lane in 16] -> f64
// CHECK: over [%chunk in 25]
// CHECK: hl.func "rest" [] -> f32
// CHECK: over [%j in 10]
// CHECK: hl.func "acc" [] -> f64
// CHECK: over [%lane in 16]
// CHECK: over [%once in 1]
// CHECK: hl.func "acc_2" [] -> f32
// CHECK: arith.truncf
func.func @norm(%g: tensor<20010xf32>) -> tensor<f32> {
  %y = nn.fused "norm" (%a = %g : tensor<20010xf32>) -> (tensor<f32>) {
    %0 = nn.mul %a, %a : tensor<20010xf32>, tensor<20010xf32>
    %1 = nn.reduce sum %0 [0] : tensor<20010xf32>
    nn.yield %1 : tensor<f32>
  }
  return %y : tensor<f32>
}

// A bias's gradient: pieces of each image, then the pieces of all images.
// CHECK-LABEL: hl.pipeline @k1_bias(
// CHECK-SAME: !hl.buffer<?x784x6xf32>
// CHECK: hl.func "partial" [%n in ?, %chunk in 14, %c in 6] -> f32
// CHECK: over [%p in 56]
// CHECK: hl.func "acc" [%c in 6] -> f64
// CHECK: over [%n in ?, %chunk in 14]
func.func @bias(%g: tensor<?x28x28x6xf32>) -> tensor<6xf32> {
  %y = nn.fused "bias" (%a = %g : tensor<?x28x28x6xf32>) -> (tensor<6xf32>) {
    %0 = nn.reduce sum %a [0, 1, 2] : tensor<?x28x28x6xf32>
    nn.yield %0 : tensor<6xf32>
  }
  return %y : tensor<6xf32>
}

// The lowest finite number begins a maximum; the first of equals is argmax.
// CHECK-LABEL: hl.pipeline @k2_largest(
// CHECK: hl.func "acc" [%n in ?]
// CHECK: arith.constant -3.40282347E+38
// CHECK: arith.maxnumf
// CHECK: hl.func "best" [%n in ?] -> (f32, i32)
// CHECK: arith.cmpf ogt
func.func @largest(%x: tensor<?x10xf32>) -> (tensor<?xf32>, tensor<?xi32>) {
  %y:2 = nn.fused "largest" (%a = %x : tensor<?x10xf32>) -> (tensor<?xf32>, tensor<?xi32>) {
    %0 = nn.reduce max %a [1] : tensor<?x10xf32>
    %1 = nn.argmax %a axis 1 : tensor<?x10xf32>
    nn.yield %0, %1 : tensor<?xf32>, tensor<?xi32>
  }
  return %y#0, %y#1 : tensor<?xf32>, tensor<?xi32>
}

// CHECK-LABEL: hl.pipeline @k3_softmax(
// CHECK: %[[MAX:.*]] = hl.func "max" [%n in ?]
// CHECK: %[[EXP:.*]] = hl.func "exp" [%n in ?, %c in 10]
// CHECK: %[[SUM:.*]] = hl.func "sum" [%n in ?]
// CHECK: hl.func "softmax" [%n in ?, %c in 10]
func.func @softmax(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
  %y = nn.fused "softmax" (%a = %x : tensor<?x10xf32>) -> (tensor<?x10xf32>) {
    %0 = nn.softmax %a axis 1 : tensor<?x10xf32>
    nn.yield %0 : tensor<?x10xf32>
  }
  return %y : tensor<?x10xf32>
}

// No divisor of 1009 is near 64: 15 pieces of 64 rows, and 49 rows more. A maximum does not round and is not cut.
// CHECK-LABEL: hl.pipeline @k4_prime(
// CHECK: hl.func "partial" [%n in ?, %chunk in 15, %{{.*}} in 5] -> f32
// CHECK: in 64]
// CHECK: hl.func "acc" [%n in ?, %{{.*}} in 5] -> f64
// CHECK: over [%chunk in 15]
// CHECK: in 49]
// CHECK: hl.func "acc_3" [%n in ?, %{{.*}} in 5] -> f32
// CHECK: in 1009]
// CHECK: arith.maxnumf
func.func @prime(%x: tensor<?x1009x5xf32>) -> (tensor<?x5xf32>, tensor<?x5xf32>) {
  %y:2 = nn.fused "prime" (%a = %x : tensor<?x1009x5xf32>) -> (tensor<?x5xf32>, tensor<?x5xf32>) {
    %0 = nn.reduce sum %a [1] : tensor<?x1009x5xf32>
    %1 = nn.reduce max %a [1] : tensor<?x1009x5xf32>
    nn.yield %0, %1 : tensor<?x5xf32>, tensor<?x5xf32>
  }
  return %y#0, %y#1 : tensor<?x5xf32>, tensor<?x5xf32>
}
