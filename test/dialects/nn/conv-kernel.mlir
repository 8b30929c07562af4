// Convolutions: flattened pixels, filters in panels, padding by a func or by the producer's border, fixed chunks of a filter's gradient.
// RUN: argent-opt %s --lower-to-hl --cse | FileCheck %s

// The filter lies in panels of 8 already; padding is a func. The epilogue is on the sum's axes.
// CHECK-LABEL: hl.pipeline @k0_same(
// CHECK-SAME: %[[X:.*]]: !hl.buffer<?x28x28x1xf32>, %[[W:.*]]: !hl.buffer<1x5x5x1x8xf32>, %[[B:.*]]: !hl.buffer<6xf32>) -> (!hl.buffer<?x784x6xf32>)
// CHECK: %[[PADDED:.*]] = hl.func "padded" [%n in ?, %y in 32, %x in 32, %c in 1] -> f32
// CHECK: hl.at %[[X]][{{.*}}] else
// CHECK: %[[ACC:.*]] = hl.func "acc" [%n in ?, %p in 784, %k in 6] -> f32 stage image {
// CHECK: } update [%n, %p, %k] over [%r in 5, %s in 5, %c in 1]
// CHECK-DAG: %[[ROW:.*]] = hl.div %p,
// CHECK-DAG: %[[COLUMN:.*]] = hl.mod %p,
// CHECK-DAG: %[[Y:.*]] = arith.addi %[[ROW]], %r
// CHECK-DAG: %[[XX:.*]] = arith.addi %[[COLUMN]], %s
// CHECK-DAG: hl.at %[[PADDED]][%n, %[[Y]], %[[XX]], %c]
// CHECK-DAG: hl.at %[[W]][%{{.*}}, %r, %s, %c, %{{.*}}]
// CHECK: %[[ADD:.*]] = hl.func "add" [%n in ?, %p in 784, %c in 6]
// CHECK: hl.at %[[ACC]][%n, %p, %c]
// CHECK: %[[TANH:.*]] = hl.func "tanh" [%n in ?, %p in 784, %c in 6]
// CHECK: hl.output %[[TANH]]
func.func @same(%x: tensor<?x28x28x1xf32>, %w: tensor<5x5x1x6xf32>, %b: tensor<6xf32>) -> tensor<?x28x28x6xf32> {
  %y = nn.fused "same" (%a = %x : tensor<?x28x28x1xf32>, %f = %w : tensor<5x5x1x6xf32>, %bias = %b : tensor<6xf32>) -> (tensor<?x28x28x6xf32>)
      attributes {operandLayouts = [unit, #nn.layout<pack = 8>, unit]} {
    %0 = nn.conv %a, %f strides [1, 1] padding [2, 2, 2, 2] dilations [1, 1] : tensor<?x28x28x1xf32>, tensor<5x5x1x6xf32>
    %1 = nn.add %0, %bias : tensor<?x28x28x6xf32>, tensor<6xf32>
    %2 = nn.tanh %1 : tensor<?x28x28x6xf32>
    nn.yield %2 : tensor<?x28x28x6xf32>
  }
  return %y : tensor<?x28x28x6xf32>
}

// A wide enough border is read in place. A plain filter is packed first, with zeros in the lanes past K. One spatial axis.
// CHECK-LABEL: hl.pipeline @k1_border(
// CHECK-SAME: %[[X:.*]]: !hl.buffer<?x12x3xf32>, %[[W:.*]]: !hl.buffer<3x3x20xf32>)
// CHECK-NOT: "padded"
// CHECK: %[[PACKED:.*]] = hl.func "packed" [%ko in 2, %s in 3, %c in 3, %lane in 16] -> f32
// CHECK: arith.select
// CHECK: hl.func "acc" [%n in ?, %p in 10, %k in 20] -> f32 stage image {
// CHECK: } update [%n, %p, %k] over [%s in 3, %c in 3]
// CHECK: hl.at %[[PACKED]]
func.func @border(%x: tensor<?x10x3xf32>, %w: tensor<3x3x20xf32>) -> tensor<?x10x20xf32> {
  %y = nn.fused "border" (%a = %x : tensor<?x10x3xf32>, %f = %w : tensor<3x3x20xf32>) -> (tensor<?x10x20xf32>)
      attributes {operandLayouts = [#nn.layout<border = [0, 0, 1, 1, 0, 0]>, unit]} {
    %0 = nn.conv %a, %f strides [1] padding [1, 1] dilations [1] : tensor<?x10x3xf32>, tensor<3x3x20xf32>
    nn.yield %0 : tensor<?x10x20xf32>
  }
  return %y : tensor<?x10x20xf32>
}

// The input's gradient is the full convolution with the turned filter; a small filter's gradient is one partial sum an image, in panels.
// CHECK-LABEL: hl.pipeline @k2_gradients(
// CHECK: %[[TURNED:.*]] = hl.func "packed" [%ko in 1, %r in 5, %s in 5, %k in 16, %lane in 8] -> f32
// CHECK: arith.subi %{{.*}}, %r
// CHECK: hl.func "padded" [%n in ?, %y in 18, %x in 18, %c in 16] -> f32
// CHECK: %[[ACC:.*]] = hl.func "acc" [%n in ?, %p in 196, %c in 6] -> f32 stage image {
// CHECK: } update [%n, %p, %c] over [%r in 5, %s in 5, %k in 16]
// CHECK: %[[PARTIAL:.*]] = hl.func "partial" [%n in ?, %ko in 1, %r in 5, %s in 5, %c in 6, %lane in 16] -> f32 stage product {
// CHECK: over [%y in 10, %x in 10]
// CHECK: hl.func "acc_2" [%ko in 1, %r in 5, %s in 5, %c in 6, %lane in 16]
// CHECK: over [%n in ?]
// CHECK: hl.at %[[PARTIAL]]
func.func @gradients(%x: tensor<?x14x14x6xf32>, %w: tensor<5x5x6x16xf32>, %g: tensor<?x10x10x16xf32>) -> (tensor<?x14x14x6xf32>, tensor<5x5x6x16xf32>) {
  %y:2 = nn.fused "gradients" (%a = %x : tensor<?x14x14x6xf32>, %f = %w : tensor<5x5x6x16xf32>, %d = %g : tensor<?x10x10x16xf32>) -> (tensor<?x14x14x6xf32>, tensor<5x5x6x16xf32>)
      attributes {operandLayouts = [unit, #nn.layout<pack = 16>, unit], resultLayouts = [unit, #nn.layout<pack = 16>]} {
    %0 = nn.conv_input_grad %d, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x10x10x16xf32>, tensor<5x5x6x16xf32> -> tensor<?x14x14x6xf32>
    %1 = nn.conv_filter_grad %a, %d strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x14x14x6xf32>, tensor<?x10x10x16xf32> -> tensor<5x5x6x16xf32>
    nn.yield %0, %1 : tensor<?x14x14x6xf32>, tensor<5x5x6x16xf32>
  }
  return %y#0, %y#1 : tensor<?x14x14x6xf32>, tensor<5x5x6x16xf32>
}

// A large filter's gradient: chunks of 7 of 28 rows, an exact divisor, whatever the target.
// CHECK-LABEL: hl.pipeline @k3_chunks(
// CHECK: hl.func "partial" [%n in ?, %yo in 4, %ko in 8, %r in 3, %s in 3, %c in 128, %lane in 16] -> f32 stage product {
// CHECK: over [%yi in 7, %x in 28]
// CHECK: over [%n in ?, %yo in 4]
func.func @chunks(%x: tensor<?x28x28x128xf32>, %g: tensor<?x28x28x128xf32>) -> tensor<3x3x128x128xf32> {
  %y = nn.fused "chunks" (%a = %x : tensor<?x28x28x128xf32>, %d = %g : tensor<?x28x28x128xf32>) -> (tensor<3x3x128x128xf32>) {
    %0 = nn.conv_filter_grad %a, %d strides [1, 1] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x28x28x128xf32>, tensor<?x28x28x128xf32> -> tensor<3x3x128x128xf32>
    nn.yield %0 : tensor<3x3x128x128xf32>
  }
  return %y : tensor<3x3x128x128xf32>
}
