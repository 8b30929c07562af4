// RUN: argent-opt %s | argent-opt | FileCheck %s

// CHECK-LABEL: @running
func.func @running(%x: tensor<?x5x3xf32>, %i: tensor<?x4xi32>) -> (tensor<?x5x3xf32>, tensor<?x5x3xf32>, tensor<?x4xi32>) {
  // CHECK: nn.cumulative sum %{{.*}} axis 1 : tensor<?x5x3xf32>
  %a = nn.cumulative sum %x axis 1 : tensor<?x5x3xf32>
  // CHECK: nn.cumulative prod %{{.*}} axis 2 reverse exclusive : tensor<?x5x3xf32>
  %b = nn.cumulative prod %x axis 2 reverse exclusive : tensor<?x5x3xf32>
  // CHECK: nn.cumulative max %{{.*}} axis 1 reverse : tensor<?x4xi32>
  %c = nn.cumulative max %i axis 1 reverse : tensor<?x4xi32>
  return %a, %b, %c : tensor<?x5x3xf32>, tensor<?x5x3xf32>, tensor<?x4xi32>
}
