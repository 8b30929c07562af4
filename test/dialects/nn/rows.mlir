// RUN: argent-opt %s | argent-opt | FileCheck %s

// What works along the last axis, and moves.
// CHECK-LABEL: func.func @rows
func.func @rows(%x: tensor<?x4xf32>, %label: tensor<?xi32>) -> tensor<?x4xf32> {
  // CHECK: nn.softmax %{{.*}} axis 1 : tensor<?x4xf32>
  %0 = nn.softmax %x axis 1 : tensor<?x4xf32>
  // CHECK: nn.log_softmax %{{.*}} axis 1 : tensor<?x4xf32>
  %1 = nn.log_softmax %x axis 1 : tensor<?x4xf32>
  // CHECK: nn.reduce max %{{.*}} [1] keepdims : tensor<?x4xf32>
  %2 = nn.reduce max %x [1] keepdims : tensor<?x4xf32>
  %3 = nn.sub %x, %2 : tensor<?x4xf32>, tensor<?x1xf32>
  // CHECK: nn.argmax %{{.*}} axis 1 smallest : tensor<?x4xf32>
  %4 = nn.argmax %x axis 1 smallest : tensor<?x4xf32>
  %5 = nn.cross_entropy %x, %4 : tensor<?x4xf32>, tensor<?xi32>
  // CHECK: nn.cross_entropy_grad %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<?xi32>, tensor<?xf32> -> tensor<?x4xf32>
  %6 = nn.cross_entropy_grad %x, %label, %5 : tensor<?x4xf32>, tensor<?xi32>, tensor<?xf32> -> tensor<?x4xf32>
  // CHECK: nn.transpose %{{.*}} [1, 0] : tensor<?x4xf32>
  %7 = nn.transpose %x [1, 0] : tensor<?x4xf32>
  // CHECK: nn.broadcast %{{.*}} : tensor<?x1xf32> to tensor<?x4xf32>
  %8 = nn.broadcast %2 : tensor<?x1xf32> to tensor<?x4xf32>
  // CHECK: nn.reshape %{{.*}} : tensor<4x?xf32> to tensor<?xf32, #nn.batch<[4]>>
  %9 = nn.reshape %7 : tensor<4x?xf32> to tensor<?xf32, #nn.batch<[4]>>
  return %6 : tensor<?x4xf32>
}
