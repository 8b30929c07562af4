// RUN: argent-opt %s --nn-fuse | FileCheck %s
// CHECK: nn.fused "exp tanh"
func.func @chain(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = nn.exp %x : tensor<?x4xf32>
  %1 = nn.tanh %0 : tensor<?x4xf32>
  return %1 : tensor<?x4xf32>
}
