// RUN: argent-opt %s --nn-fuse --nn-layout --lower-to-hl --store-in-place --hl-schedule=target=x86-64-linux-avx2 | FileCheck %s

// The chunks of a long sum and its rest load the same packed weights: these are scheduled once. Vectorized twice, a panel of 16 lanes would have 64.
// CHECK-COUNT-1: hl.bound "lane" from 0 extent 16
// CHECK-NOT:     hl.bound "lane"
func.func @predict(%g: tensor<?x4x10000xf32>) -> tensor<?x4x200xf32> {
  %w = nn.parameter "w" <constant, 0.0, 0.0> layout <pack = 16> : tensor<200x10000xf32>
  %y = nn.matmul %g, %w transposed_rhs : tensor<?x4x10000xf32>, tensor<200x10000xf32>
  return %y : tensor<?x4x200xf32>
}
