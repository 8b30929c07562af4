// RUN: argent-opt %s --nn-fuse --split-input-file | FileCheck %s

// R2: a mask is computed in each kernel that wants it at its own shape, and stored by none.
// CHECK-LABEL: func @mask
// CHECK: nn.fused {{.*}}-> (tensor<?x3x120xf32>)
// CHECK: nn.random bernoulli
// CHECK: nn.matmul
// CHECK: nn.fused {{.*}}-> (tensor<?x3x120xf32>)
// CHECK: nn.random bernoulli
// CHECK-NOT: nn.random
// CHECK: return
func.func @mask(%x: tensor<?x3x120xf32>, %w: tensor<120x120xf32>, %seed: tensor<4xi32>) -> tensor<?x3x120xf32> {
  %m = nn.random bernoulli 0.5, 0.0 stream 7 seed %seed : tensor<4xi32> -> tensor<?x3x120xf32>
  %0 = nn.mul %x, %m : tensor<?x3x120xf32>, tensor<?x3x120xf32>
  %1 = nn.matmul %0, %w : tensor<?x3x120xf32>, tensor<120x120xf32>
  %2 = nn.softmax %1 axis 2 : tensor<?x3x120xf32>
  %3 = nn.mul %2, %m : tensor<?x3x120xf32>, tensor<?x3x120xf32>
  return %3 : tensor<?x3x120xf32>
}

// -----

// One that stretches is drawn once for each of its elements, in a kernel of its own.
// CHECK-LABEL: func @channels
// CHECK: nn.fused {{.*}}-> (tensor<?x1x1x8xf32>)
// CHECK: nn.random bernoulli
// CHECK: nn.fused {{.*}}-> (tensor<?x14x14x8xf32>)
// CHECK-NOT: nn.random
// CHECK: return
func.func @channels(%x: tensor<?x14x14x8xf32>, %seed: tensor<4xi32>) -> tensor<?x14x14x8xf32> {
  %m = nn.random bernoulli 0.5, 0.0 stream 7 seed %seed : tensor<4xi32> -> tensor<?x1x1x8xf32>
  %0 = nn.mul %x, %m : tensor<?x14x14x8xf32>, tensor<?x1x1x8xf32>
  return %0 : tensor<?x14x14x8xf32>
}
