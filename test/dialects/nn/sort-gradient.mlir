// The gradient of sorted elements goes back to where they came from: no element is sorted for it again. %k is the
// gradient of %y.
// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// CHECK-LABEL: func.func @sorted(
// CHECK-SAME: %[[X:.*]]: tensor<?x5x3xf32>, %[[G:.*]]: tensor<?x5x3xf32>)
// CHECK: %[[PLACES:.*]] = nn.argsort %[[X]] axis 1
// CHECK-NOT: nn.argsort
// CHECK: %[[DX:.*]] = nn.scatter_add %[[G]], %[[PLACES]] axis 1 batch 1 trailing 1
// CHECK: return %{{.*}}, %[[DX]]
func.func @sorted(%x: tensor<?x5x3xf32>, %k: tensor<?x5x3xf32>) -> tensor<f32> {
  %i = nn.argsort %x axis 1 : tensor<?x5x3xf32>
  %y = nn.gather %x, %i axis 1 batch 1 trailing 1 : tensor<?x5x3xf32>, tensor<?x5x3xi32>
  %p = nn.mul %y, %k : tensor<?x5x3xf32>, tensor<?x5x3xf32>
  %s = nn.reduce sum %p [0, 1, 2] : tensor<?x5x3xf32>
  return %s : tensor<f32>
}
