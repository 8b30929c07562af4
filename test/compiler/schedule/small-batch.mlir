// The copy of a kernel for batches below a tile has no tile over N, whatever lies between N and the last axis; what of a product is no output is
// computed over its whole box where a tile or a vector is made of it, however little of it is read.
// RUN: argent-opt %s --lower-to-hl --hl-schedule=target=x86-64-linux-avx512 | FileCheck %s

// CHECK-LABEL: hl.pipeline @k0_one_row(
// CHECK-SAME: min_batch = 8 : i64
// CHECK-SAME: small = @k0_one_row_small
// CHECK: hl.split "n" into "no", "ni" by 8 tail shift_inwards
// CHECK-LABEL: hl.pipeline @k0_one_row_small(
// CHECK-NOT: shift_inwards
func.func @one_row(%x: tensor<?x1x3xf32>, %w: tensor<3x16xf32>) -> tensor<?x1x16xf32> {
  %y = nn.fused "one_row" (%a = %x : tensor<?x1x3xf32>, %b = %w : tensor<3x16xf32>) -> (tensor<?x1x16xf32>) {
    %0 = nn.matmul %a, %b : tensor<?x1x3xf32>, tensor<3x16xf32>
    nn.yield %0 : tensor<?x1x16xf32>
  }
  return %y : tensor<?x1x16xf32>
}

// Three pixels of each image are in the tile in either copy.
// CHECK-LABEL: hl.pipeline @k1_pixels(
// CHECK: hl.split "n"
// CHECK-LABEL: hl.pipeline @k1_pixels_small(
// CHECK-NOT: hl.split "n"
// CHECK: hl.unroll "p"
func.func @pixels(%x: tensor<?x1x3x8xf32>, %f: tensor<1x1x8x16xf32>) -> tensor<?x1x3x16xf32> {
  %y = nn.fused "pixels" (%a = %x : tensor<?x1x3x8xf32>, %b = %f : tensor<1x1x8x16xf32>) -> (tensor<?x1x3x16xf32>) {
    %0 = nn.conv %a, %b strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] groups 1 : tensor<?x1x3x8xf32>, tensor<1x1x8x16xf32>
    nn.yield %0 : tensor<?x1x3x16xf32>
  }
  return %y : tensor<?x1x3x16xf32>
}

// Features 3 to 10 of 16: the panel is computed from 0.
// CHECK-LABEL: hl.pipeline @k2_part(
// CHECK: hl.bound "k" from 0 extent 16
func.func @part(%x: tensor<?x3xf32>, %w: tensor<3x16xf32>) -> tensor<?x8xf32> {
  %y = nn.fused "part" (%a = %x : tensor<?x3xf32>, %b = %w : tensor<3x16xf32>) -> (tensor<?x8xf32>) {
    %0 = nn.matmul %a, %b : tensor<?x3xf32>, tensor<3x16xf32>
    %1 = nn.slice %0 offsets [0, 3] sizes [1, 8] strides [1, 1] : tensor<?x16xf32>
    nn.yield %1 : tensor<?x8xf32>
  }
  return %y : tensor<?x8xf32>
}

// Where the steps of a loop are rows, too, a single sequence has as many as a tile: there is no copy, and tiles waste little of its 35 rows.
// CHECK-LABEL: hl.pipeline @{{k[0-9]+}}_steps(
// CHECK-NOT: min_batch
// CHECK: hl.split "m" into "mo", "mi" by 12 tail shift_inwards
// CHECK-NOT: _steps_small
func.func @steps(%x: tensor<?x64xf32, #nn.batch<[35, 0]>>, %w: tensor<64x64xf32>) -> tensor<?x64xf32, #nn.batch<[35, 0]>> {
  %y = nn.fused "steps" (%a = %x : tensor<?x64xf32, #nn.batch<[35, 0]>>, %b = %w : tensor<64x64xf32>) -> (tensor<?x64xf32, #nn.batch<[35, 0]>>) {
    %0 = nn.matmul %a, %b : tensor<?x64xf32, #nn.batch<[35, 0]>>, tensor<64x64xf32>
    nn.yield %0 : tensor<?x64xf32, #nn.batch<[35, 0]>>
  }
  return %y : tensor<?x64xf32, #nn.batch<[35, 0]>>
}
