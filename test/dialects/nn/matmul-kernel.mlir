// Matrix products: the right-hand side in panels; a sum over N is laid out as its parameter.
// RUN: argent-opt %s --lower-to-hl --cse | FileCheck %s

// CHECK-LABEL: hl.pipeline @k0_dense(
// CHECK-SAME: %[[X:.*]]: !hl.buffer<?x120xf32>, %[[W:.*]]: !hl.buffer<6x120x16xf32>) -> (!hl.buffer<?x84xf32>)
// CHECK-NOT: "packed"
// CHECK: %[[ACC:.*]] = hl.func "acc" [%m in ?, %k in 84] -> f32 stage product {
// CHECK: } update [%m, %k] over [%d in 120]
// CHECK-DAG: hl.at %[[X]][%m, %d]
// CHECK-DAG: hl.at %[[W]][%{{.*}}, %d, %{{.*}}]
// CHECK: %[[OUT:.*]] = hl.func "out" [%m in ?, %k in 84]
// CHECK: hl.at %[[ACC]][%m, %k]
// CHECK: hl.output %[[OUT]]
func.func @dense(%x: tensor<?x120xf32>, %w: tensor<120x84xf32>) -> tensor<?x84xf32> {
  %y = nn.fused "dense" (%a = %x : tensor<?x120xf32>, %b = %w : tensor<120x84xf32>) -> (tensor<?x84xf32>)
      attributes {operandLayouts = [unit, #nn.layout<pack = 16>]} {
    %0 = nn.matmul %a, %b : tensor<?x120xf32>, tensor<120x84xf32>
    nn.yield %0 : tensor<?x84xf32>
  }
  return %y : tensor<?x84xf32>
}

// The input's gradient packs the transposed weights.
// CHECK-LABEL: hl.pipeline @k1_input(
// CHECK: hl.func "packed" [%ko in 8, %d in 84, %lane in 16] -> f32
// CHECK: hl.func "acc" [%m in ?, %k in 120] -> f32 stage product {
func.func @input(%g: tensor<?x84xf32>, %w: tensor<120x84xf32>) -> tensor<?x120xf32> {
  %y = nn.fused "input" (%a = %g : tensor<?x84xf32>, %b = %w : tensor<120x84xf32>) -> (tensor<?x120xf32>)
      attributes {operandLayouts = [unit, #nn.layout<pack = 16>]} {
    %0 = nn.matmul %a, %b transposed_rhs : tensor<?x84xf32>, tensor<120x84xf32>
    nn.yield %0 : tensor<?x120xf32>
  }
  return %y : tensor<?x120xf32>
}

// The weights' gradient sums over N, in panels; lanes past K are 0.
// CHECK-LABEL: hl.pipeline @k2_weights(
// CHECK-SAME: -> (!hl.buffer<6x120x16xf32>)
// CHECK: hl.func "packed" [%ko in 6, %n in ?, %lane in 16]
// CHECK: arith.select
// CHECK: hl.func "acc" [%ko in 6, %d in 120, %lane in 16] -> f32 stage product {
// CHECK: } update [%ko, %d, %lane] over [%n in ?]
func.func @weights(%x: tensor<?x120xf32>, %g: tensor<?x84xf32>) -> tensor<120x84xf32> {
  %y = nn.fused "weights" (%a = %x : tensor<?x120xf32>, %b = %g : tensor<?x84xf32>) -> (tensor<120x84xf32>)
      attributes {resultLayouts = [#nn.layout<pack = 16>]} {
    %0 = nn.matmul %a transposed, %b : tensor<?x120xf32>, tensor<?x84xf32>
    nn.yield %0 : tensor<120x84xf32>
  }
  return %y : tensor<120x84xf32>
}

// Products of a batch of matrices: the leading dimension is an axis of both. 16-bit floats are summed in f32.
// CHECK-LABEL: hl.pipeline @k3_batched(
// CHECK: hl.func "packed" [%n in ?, %ko in 1, %d in 5, %lane in 16] -> f16
// CHECK: hl.func "acc" [%n in ?, %m in 7, %k in 9] -> f32 stage product {
func.func @batched(%x: tensor<?x7x5xf16>, %z: tensor<?x5x9xf16>) -> tensor<?x7x9xf16> {
  %y = nn.fused "batched" (%a = %x : tensor<?x7x5xf16>, %b = %z : tensor<?x5x9xf16>) -> (tensor<?x7x9xf16>) {
    %0 = nn.matmul %a, %b : tensor<?x7x5xf16>, tensor<?x5x9xf16>
    nn.yield %0 : tensor<?x7x9xf16>
  }
  return %y : tensor<?x7x9xf16>
}
