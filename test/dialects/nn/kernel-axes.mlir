// Which dimensions are one axis of a kernel: values that are linked share their boundaries (KernelAxes.cpp).
// RUN: argent-opt %s --lower-to-hl --cse | FileCheck %s

// A bias tells the channels of a sum apart, and with them those of what it is the sum of.
// CHECK-LABEL: hl.pipeline @k0_back(
// CHECK: hl.func "tanh" [%p in 20, %c in 6]
// CHECK: hl.func "add" [%p in 20, %c in 6]
func.func @back(%x: tensor<4x5x6xf32>, %b: tensor<6xf32>) -> tensor<4x5x6xf32> {
  %y = nn.fused "back" (%a = %x : tensor<4x5x6xf32>, %c = %b : tensor<6xf32>) -> (tensor<4x5x6xf32>) {
    %0 = nn.tanh %a : tensor<4x5x6xf32>
    %1 = nn.add %0, %c : tensor<4x5x6xf32>, tensor<6xf32>
    nn.yield %1 : tensor<4x5x6xf32>
  }
  return %y : tensor<4x5x6xf32>
}

// A boundary goes through a reshape where both shapes have it: 4 x 5 stay one axis, 6 another.
// CHECK-LABEL: hl.pipeline @k1_reshaped(
// CHECK: hl.func "tanh" [%p in 20, %c in 6]
// CHECK: hl.func "add" [%p in 20, %c in 6]
func.func @reshaped(%x: tensor<4x5x6xf32>, %b: tensor<6xf32>) -> tensor<20x6xf32> {
  %y = nn.fused "reshaped" (%a = %x : tensor<4x5x6xf32>, %c = %b : tensor<6xf32>) -> (tensor<20x6xf32>) {
    %0 = nn.tanh %a : tensor<4x5x6xf32>
    %1 = nn.reshape %0 : tensor<4x5x6xf32> to tensor<20x6xf32>
    %2 = nn.add %1, %c : tensor<20x6xf32>, tensor<6xf32>
    nn.yield %2 : tensor<20x6xf32>
  }
  return %y : tensor<20x6xf32>
}

// Where one shape has none, its index is computed: x of 5 and c of 8 are 8 x + c of 40.
// CHECK-LABEL: hl.pipeline @k2_split(
// CHECK: hl.func "tanh" [%p in 3, %c in 40]
// CHECK: hl.func "add" [%y in 3, %x in 5, %c in 8]
// CHECK: %[[E:.*]] = arith.constant 8
// CHECK: %[[X:.*]] = arith.muli %x, %[[E]]
// CHECK: %[[I:.*]] = arith.addi %[[X]], %c
// CHECK: hl.at %tanh[%y, %[[I]]]
func.func @split(%x: tensor<3x40xf32>, %b: tensor<5x1xf32>) -> tensor<3x5x8xf32> {
  %y = nn.fused "split" (%a = %x : tensor<3x40xf32>, %c = %b : tensor<5x1xf32>) -> (tensor<3x5x8xf32>) {
    %0 = nn.tanh %a : tensor<3x40xf32>
    %1 = nn.reshape %0 : tensor<3x40xf32> to tensor<3x5x8xf32>
    %2 = nn.add %1, %c : tensor<3x5x8xf32>, tensor<5x1xf32>
    nn.yield %2 : tensor<3x5x8xf32>
  }
  return %y : tensor<3x5x8xf32>
}

// No boundary inside is common to 4 x 6 and 8 x 3: through the flat index 3 p + c, divided by 6.
// CHECK-LABEL: hl.pipeline @k3_refactor(
// CHECK: hl.func "add" [%p in 4, %c in 6]
// CHECK: hl.func "add_2" [%p in 8, %c in 3]
// CHECK: %[[P:.*]] = arith.muli %p,
// CHECK: %[[I:.*]] = arith.addi %[[P]], %c
// CHECK: %[[LOW:.*]] = hl.mod %[[I]],
// CHECK: %[[HIGH:.*]] = hl.div %[[I]],
// CHECK: hl.at %add[%[[HIGH]], %[[LOW]]]
func.func @refactor(%x: tensor<4x6xf32>, %b: tensor<6xf32>, %d: tensor<3x1xf32>) -> tensor<8x3xf32> {
  %y = nn.fused "refactor" (%a = %x : tensor<4x6xf32>, %c = %b : tensor<6xf32>, %e = %d : tensor<3x1xf32>) -> (tensor<8x3xf32>) {
    %0 = nn.add %a, %c : tensor<4x6xf32>, tensor<6xf32>
    %1 = nn.reshape %0 : tensor<4x6xf32> to tensor<8x3xf32>
    %2 = nn.reshape %e : tensor<3x1xf32> to tensor<3xf32>
    %3 = nn.add %1, %2 : tensor<8x3xf32>, tensor<3xf32>
    nn.yield %3 : tensor<8x3xf32>
  }
  return %y : tensor<8x3xf32>
}

// More than three axes between N and the last are numbered; a dimension that is stretched is looked at at 0.
// CHECK-LABEL: hl.pipeline @k4_names(
// CHECK: hl.func "add" [%n in ?, %d0 in 2, %d1 in 3, %d2 in 4, %d3 in 5, %c in 6]
// CHECK: %[[Z:.*]] = arith.constant 0
// CHECK: hl.at %{{.*}}[%d0, %[[Z]], %d2, %[[Z]], %c]
func.func @names(%x: tensor<?x2x3x4x5x6xf32>, %m: tensor<2x1x4x1x6xf32>) -> tensor<?x2x3x4x5x6xf32> {
  %y = nn.fused "names" (%a = %x : tensor<?x2x3x4x5x6xf32>, %c = %m : tensor<2x1x4x1x6xf32>) -> (tensor<?x2x3x4x5x6xf32>) {
    %0 = nn.add %a, %c : tensor<?x2x3x4x5x6xf32>, tensor<2x1x4x1x6xf32>
    nn.yield %0 : tensor<?x2x3x4x5x6xf32>
  }
  return %y : tensor<?x2x3x4x5x6xf32>
}

// N stands alone, wherever it is.
// CHECK-LABEL: hl.pipeline @k5_inner(
// CHECK: hl.func "neg" [%p in 3, %n in ?, %c in 4]
func.func @inner(%x: tensor<3x?x4xf32>) -> tensor<3x?x4xf32> {
  %y = nn.fused "inner" (%a = %x : tensor<3x?x4xf32>) -> (tensor<3x?x4xf32>) {
    %0 = nn.neg %a : tensor<3x?x4xf32>
    nn.yield %0 : tensor<3x?x4xf32>
  }
  return %y : tensor<3x?x4xf32>
}

// What is not linked has axes of its own.
// CHECK-LABEL: hl.pipeline @k6_two(
// CHECK: hl.func "add" [%p in 4, %c in 30]
// CHECK: hl.func "neg" [%i in 120]
func.func @two(%x: tensor<4x5x6xf32>, %b: tensor<5x6xf32>, %z: tensor<4x5x6xf32>) -> (tensor<4x5x6xf32>, tensor<4x5x6xf32>) {
  %y:2 = nn.fused "two" (%a = %x : tensor<4x5x6xf32>, %c = %b : tensor<5x6xf32>, %e = %z : tensor<4x5x6xf32>) -> (tensor<4x5x6xf32>, tensor<4x5x6xf32>) {
    %0 = nn.add %a, %c : tensor<4x5x6xf32>, tensor<5x6xf32>
    %1 = nn.neg %e : tensor<4x5x6xf32>
    nn.yield %0, %1 : tensor<4x5x6xf32>, tensor<4x5x6xf32>
  }
  return %y#0, %y#1 : tensor<4x5x6xf32>, tensor<4x5x6xf32>
}
