// RUN: argent-opt %s | argent-opt | FileCheck %s

// CHECK-LABEL: func.func @places
func.func @places(%x: tensor<?x9x4xf32>, %i: tensor<7xi32>) -> (tensor<?x9x4xi32>, tensor<7xi32>) {
  // CHECK: nn.argsort %{{.*}} axis 1 descending : tensor<?x9x4xf32>
  %0 = nn.argsort %x axis 1 descending : tensor<?x9x4xf32>
  // CHECK: nn.argsort %{{.*}} axis 0 : tensor<7xi32>
  %1 = nn.argsort %i axis 0 : tensor<7xi32>
  return %0, %1 : tensor<?x9x4xi32>, tensor<7xi32>
}
