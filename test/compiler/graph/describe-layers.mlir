// Layers by the names of ops and the paths of parameters; what each sees of the input.
// RUN: argent-opt %s --split-input-file --nn-describe-layers | FileCheck %s --check-prefixes=CHECK,OPEN
// A 3-window over an image of 12 x 10 with stride 2 sees 3, then a 3-window dilated by 2 sees 3 + 4 * 2 = 11, more than the 10 columns; a product sees all.
// Connections: 6 * 5 * 4 outputs of 9 products and a bias; 2 * 1 * 4 outputs of 36.
// CHECK: nn.layers = [
// CHECK-SAME: connections = 1200 : i64, field = array<i64: 3, 3>
// CHECK-SAME: kind = "conv"
// CHECK-SAME: name = "c1", parameters = 40 : i64, paths = ["c1.weight", "c1.bias"], type = tensor<?x6x5x4xf32>
// CHECK-SAME: connections = 288 : i64, field = array<i64: 11, 10>
// CHECK-SAME: name = "c2"
// CHECK-SAME: field = array<i64: 12, 10>
// CHECK-SAME: kind = "reshape"
// CHECK-SAME: connections = 24 : i64, field = array<i64: 12, 10>
// CHECK-SAME: kind = "matmul"
// CHECK-SAME: name = "d", parameters = 24 : i64, paths = ["d.weight"], type = tensor<?x3xf32>
// CHECK-SAME: nn.settings = {d.weight = #nn.settings<decay = 1.000000e-04, max_norm = 3.000000e+00>}
module attributes {nn.model = "m"} {
  func.func @predict(%x: tensor<?x12x10x1xf32> {nn.name = "x"}) -> (tensor<?x3xf32> {nn.name = "y"}) {
    %w = nn.parameter "c1.weight" <constant, 0.0, 0.0> : tensor<3x3x1x4xf32>
    %b = nn.parameter "c1.bias" <constant, 0.0, 0.0> : tensor<4xf32>
    %1 = nn.conv %x, %w strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x12x10x1xf32>, tensor<3x3x1x4xf32> loc("c1.y")
    %2 = nn.add %1, %b : tensor<?x6x5x4xf32>, tensor<4xf32> loc("h")
    %w2 = nn.parameter "c2.weight" <constant, 0.0, 0.0> : tensor<3x3x4x4xf32>
    %3 = nn.conv %2, %w2 strides [1, 1] padding [0, 0, 0, 0] dilations [2, 2] : tensor<?x6x5x4xf32>, tensor<3x3x4x4xf32> loc("c2.y")
    %4 = nn.reshape %3 : tensor<?x2x1x4xf32> to tensor<?x8xf32>
    %w3 = nn.parameter "d.weight" <constant, 0.0, 0.0> settings <decay = 1.0e-4, max_norm = 3.0> : tensor<8x3xf32>
    %5 = nn.matmul %4, %w3 : tensor<?x8xf32>, tensor<8x3xf32>
    return %5 : tensor<?x3xf32>
  }
}

// -----

// Of each of the batch there are 35 rows: 35 * 4 outputs of 8 products, and a bias each.
// OPEN: connections = 1260 : i64
// OPEN-SAME: flops = array<i64: 0, 2380>
module attributes {nn.model = "m"} {
  func.func @predict(%x: tensor<?x8xf32, #nn.batch<[35, 0]>> {nn.name = "x"}) -> (tensor<?x4xf32, #nn.batch<[35, 0]>> {nn.name = "y"}) {
    %w = nn.parameter "d.weight" <constant, 0.0, 0.0> : tensor<8x4xf32>
    %b = nn.parameter "d.bias" <constant, 0.0, 0.0> : tensor<4xf32>
    %1 = nn.matmul %x, %w : tensor<?x8xf32, #nn.batch<[35, 0]>>, tensor<8x4xf32> loc("d.y")
    %2 = nn.add %1, %b : tensor<?x4xf32, #nn.batch<[35, 0]>>, tensor<4xf32> loc("d.y")
    return %2 : tensor<?x4xf32, #nn.batch<[35, 0]>>
  }
}
