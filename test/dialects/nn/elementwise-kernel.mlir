// Pointwise kernels: neighbouring dimensions are one axis wherever every operand is dense, or broadcast, over them.
// RUN: argent-opt %s --lower-to-hl --cse | FileCheck %s

// An arena is one axis; a scalar has none.
// CHECK-LABEL: hl.pipeline @k0_update(
// CHECK-SAME: %[[P:.*]]: !hl.buffer<4096xf32>, %[[G:.*]]: !hl.buffer<4096xf32>, %[[R:.*]]: !hl.buffer<f32>) -> (!hl.buffer<4096xf32>)
// CHECK-SAME: flops = array<i64: 8192, 0>, kernel_name = "update", ops = ["mul", "sub"]
// CHECK: %[[MUL:.*]] = hl.func "mul" [%i in 4096] -> f32
// CHECK: hl.at %[[G]][%i]
// CHECK: hl.at %[[R]][]
// CHECK: %[[SUB:.*]] = hl.func "sub" [%i in 4096] -> f32
// CHECK: hl.at %[[P]][%i]
// CHECK: hl.at %[[MUL]][%i]
// CHECK: hl.output %[[SUB]]
func.func @update(%p: tensor<4096xf32>, %g: tensor<4096xf32>, %rate: tensor<f32>) -> tensor<4096xf32> {
  %y = nn.fused "update" (%a = %p : tensor<4096xf32>, %b = %g : tensor<4096xf32>, %r = %rate : tensor<f32>) -> (tensor<4096xf32>) {
    %0 = nn.mul %b, %r : tensor<4096xf32>, tensor<f32>
    %1 = nn.sub %a, %0 : tensor<4096xf32>, tensor<4096xf32>
    nn.yield %1 : tensor<4096xf32>
  }
  return %y : tensor<4096xf32>
}

// N stays an axis of its own, the pixels are one, the channels stay apart because of the bias.
// CHECK-LABEL: hl.pipeline @k1_bias(
// CHECK-SAME: %[[X:.*]]: !hl.buffer<?x784x6xf32>, %[[B:.*]]: !hl.buffer<6xf32>) -> (!hl.buffer<?x784x6xf32>)
// CHECK: hl.func "relu" [%n in ?, %p in 784, %c in 6]
// CHECK: hl.func "add" [%n in ?, %p in 784, %c in 6]
// CHECK: hl.at %[[B]][%c]
func.func @bias(%x: tensor<?x28x28x6xf32>, %b: tensor<6xf32>) -> tensor<?x28x28x6xf32> {
  %y = nn.fused "bias" (%a = %x : tensor<?x28x28x6xf32>, %c = %b : tensor<6xf32>) -> (tensor<?x28x28x6xf32>) {
    %0 = nn.relu %a : tensor<?x28x28x6xf32>
    %1 = nn.add %0, %c : tensor<?x28x28x6xf32>, tensor<6xf32>
    nn.yield %1 : tensor<?x28x28x6xf32>
  }
  return %y : tensor<?x28x28x6xf32>
}

// A dimension of 1 stretches; bool is a byte in a buffer.
// CHECK-LABEL: hl.pipeline @k2_mask(
// CHECK-SAME: %[[X:.*]]: !hl.buffer<?x5x12xf32>, %[[M:.*]]: !hl.buffer<?x1x12xui8>) -> (!hl.buffer<?x5x12xf32>, !hl.buffer<?x5x12xui8>)
// CHECK: hl.func "select" [%n in ?, %p in 5, %c in 12]
// CHECK: %[[BYTE:.*]] = hl.at %[[M]][%n, %{{.*}}, %c]
// CHECK: arith.cmpi ne, %[[BYTE]]
func.func @mask(%x: tensor<?x5x3x4xf32>, %m: tensor<?x1x3x4xi1>) -> (tensor<?x5x3x4xf32>, tensor<?x5x3x4xi1>) {
  %y, %z = nn.fused "mask" (%a = %x : tensor<?x5x3x4xf32>, %b = %m : tensor<?x1x3x4xi1>) -> (tensor<?x5x3x4xf32>, tensor<?x5x3x4xi1>) {
    %zero = nn.constant dense<0.0> : tensor<f32>
    %0 = nn.select %b, %a, %zero : tensor<?x1x3x4xi1>, tensor<?x5x3x4xf32>, tensor<f32>
    %1 = nn.compare gt %0, %zero : tensor<?x5x3x4xf32>, tensor<f32>
    nn.yield %0, %1 : tensor<?x5x3x4xf32>, tensor<?x5x3x4xi1>
  }
  return %y, %z : tensor<?x5x3x4xf32>, tensor<?x5x3x4xi1>
}

// 35 rows for each of the batch are one axis.
// CHECK-LABEL: hl.pipeline @k3_rows(
// CHECK-SAME: !hl.buffer<?x650xf32, batch = [35, 0]>
// CHECK: hl.func "tanh" [%n in ? * 35, %c in 650] -> f32
func.func @rows(%x: tensor<?x650xf32, #nn.batch<[35, 0]>>) -> tensor<?x650xf32, #nn.batch<[35, 0]>> {
  %y = nn.fused "rows" (%a = %x : tensor<?x650xf32, #nn.batch<[35, 0]>>) -> (tensor<?x650xf32, #nn.batch<[35, 0]>>) {
    %0 = nn.tanh %a : tensor<?x650xf32, #nn.batch<[35, 0]>>
    nn.yield %0 : tensor<?x650xf32, #nn.batch<[35, 0]>>
  }
  return %y : tensor<?x650xf32, #nn.batch<[35, 0]>>
}
