// RUN: argent-opt %s | argent-opt | FileCheck %s --check-prefix=PRINT
// RUN: argent-opt %s --lower-to-hl --cse | FileCheck %s
// RUN: argent-opt %s --cse | FileCheck %s --check-prefix=CSE

// A flat index over neighbouring dimensions; the counter's other words are the update and the stream, the key is the seed.
// PRINT-LABEL: func.func @uniform
// PRINT: nn.random uniform 2.000000e+00, 3.000000e+00 stream 4294967297 seed %{{.*}} : tensor<4xi32> -> tensor<?x3x5xf32>
// CHECK-LABEL: hl.pipeline @k0_noise(
// CHECK-SAME: %[[SEED:.*]]: !hl.buffer<4xi32>) -> (!hl.buffer<?x15xf32>)
// CHECK: hl.func "uniform" [%n in ?, %c in 15] -> f32
// CHECK-DAG: %[[ROW:.*]] = arith.muli %n, %{{.*}} : i32
// CHECK-DAG: %[[INDEX:.*]] = arith.addi %[[ROW]], %c : i32
// CHECK-DAG: hl.at %[[SEED]]
// CHECK: arith.mului_extended %[[INDEX]]
// CHECK-COUNT-19: arith.mului_extended
// CHECK-NOT: arith.mului_extended
// CHECK: arith.addf %{{.*}}, %{{.*}} : f32
func.func @uniform(%seed: tensor<4xi32>) -> tensor<?x3x5xf32> {
  %y = nn.fused "noise" (%s = %seed : tensor<4xi32>) -> (tensor<?x3x5xf32>) {
    %0 = nn.random uniform 2.0, 3.0 stream 4294967297 seed %s : tensor<4xi32> -> tensor<?x3x5xf32>
    nn.yield %0 : tensor<?x3x5xf32>
  }
  return %y : tensor<?x3x5xf32>
}

// Equal ones are one, of different streams never.
// CSE-LABEL: func.func @streams
// CSE-DAG: %[[A:.*]] = nn.random normal 0.000000e+00, 1.000000e+00 stream 1 seed
// CSE-DAG: %[[B:.*]] = nn.random normal 0.000000e+00, 1.000000e+00 stream 2 seed
// CSE: nn.yield %[[A]], %[[A]], %[[B]]
func.func @streams(%seed: tensor<4xi32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %a, %b, %c = nn.fused "a" (%s = %seed : tensor<4xi32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
    %0 = nn.random normal 0.0, 1.0 stream 1 seed %s : tensor<4xi32> -> tensor<8xf32>
    %1 = nn.random normal 0.0, 1.0 stream 1 seed %s : tensor<4xi32> -> tensor<8xf32>
    %2 = nn.random normal 0.0, 1.0 stream 2 seed %s : tensor<4xi32> -> tensor<8xf32>
    nn.yield %0, %1, %2 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
  }
  return %a, %b, %c : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}
