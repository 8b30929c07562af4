// RUN: argent-opt %s --split-input-file --verify-diagnostics

// Each error says its constraint and both values.
func.func @add_c1(%x: tensor<?x4xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{(C1) shapes [N, 4] and [3] do not broadcast}}
  %0 = nn.add %x, %y : tensor<?x4xf32>, tensor<3xf32>
  return
}

// -----

func.func @add_n(%x: tensor<?x4xf32>, %y: tensor<7x4xf32>) {
  // expected-error @below {{(C1) shapes [N, 4] and [7, 4] do not broadcast}}
  %0 = nn.add %x, %y : tensor<?x4xf32>, tensor<7x4xf32>
  return
}

// -----

func.func @conv_c1(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x2x4xf32>) {
  // expected-error @below {{(C1) 1 groups of 2 filter channels do not fit 3 input channels and 4 output channels}}
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<3x3x2x4xf32>
  return
}

// -----

func.func @conv_c2(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x3x4xf32>) {
  // expected-error @below {{(C2) strides and dilations are at least 1, padding at least 0}}
  %0 = nn.conv %x, %f strides [0, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<3x3x3x4xf32>
  return
}

// -----

func.func @conv_c3(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x3x4xf32>) {
  // expected-error @below {{(C3) a window of 9 does not fit the padded extent 8 of spatial axis 1}}
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 4] : tensor<?x8x8x3xf32>, tensor<3x3x3x4xf32>
  return
}

// -----

func.func @pool_c2(%x: tensor<?x8x8x3xf32>) {
  // expected-error @below {{(C2) padding (2, 0) of spatial axis 0}}
  %0 = nn.pool max %x size [2, 2] strides [2, 2] padding [2, 0, 0, 0] : tensor<?x8x8x3xf32>
  return
}

// -----

func.func @matmul_c1(%x: tensor<?x8xf32>, %w: tensor<9x4xf32>) {
  // expected-error @below {{(C1) the product of [N, 8] and [9, 4] reduces [8] and [9]}}
  %0 = nn.matmul %x, %w : tensor<?x8xf32>, tensor<9x4xf32>
  return
}

// -----

func.func @reshape_c1(%x: tensor<?x8xf32>) {
  // expected-error @below {{(C1) [N, 8] holds 8 * N elements, [N, 9] 9 * N}}
  %0 = nn.reshape %x : tensor<?x8xf32> to tensor<?x9xf32>
  return
}

// -----

func.func @reduce_c2(%x: tensor<?x8xf32>) {
  // expected-error @below {{(C2) any reduces bools, found 'f32'}}
  %0 = nn.reduce any %x [0] : tensor<?x8xf32>
  return
}

// -----

func.func @cross_entropy_c1(%x: tensor<?x8xf32>, %l: tensor<4xi32>) {
  // expected-error @below {{(C1) a label of logits}}
  %0 = nn.cross_entropy %x, %l : tensor<?x8xf32>, tensor<4xi32>
  return
}

// -----

// expected-error @below {{(C1) #nn.batch: factor 0 of dimension 0 must be at least 1, it is '?'}}
func.func private @batch_c1(tensor<?x8xf32, #nn.batch<[0, 0]>>)

// -----

// expected-error @below {{unknown initializer "xavier"}}
func.func private @init() attributes {a = #nn.init<"xavier", 0.0, 0.0>}

// -----

// expected-error @below {{argument 0: nn.range is [low, high], both inclusive}}
func.func private @range(tensor<?xi32> {nn.range = [3, 1]})

// -----

// expected-error @below {{result 0: a total is a scalar}}
func.func private @total() -> (tensor<3xf32> {nn.total = "sum"})

// -----

module attributes {nn.model = "m"} {
  func.func @a() {
    // expected-note @below {{the other declaration}}
    %0 = nn.parameter "w" <"constant"> : tensor<3xf32>
    return
  }
  func.func @b() {
    // expected-error @below {{"w" has the type 'tensor<4xf32>' here and 'tensor<3xf32>' elsewhere}}
    %0 = nn.parameter "w" <"constant"> : tensor<4xf32>
    return
  }
}

// -----

func.func @fused(%x: tensor<3xf32>) {
  // expected-error @below {{(C2) the region holds nn.parameter, which is no compute op}}
  %0 = nn.fused "f" (%a = %x : tensor<3xf32>) -> (tensor<3xf32>) {
    // expected-note @below {{it stands here}}
    %p = nn.parameter "w" <"constant"> : tensor<3xf32>
    nn.yield %p : tensor<3xf32>
  }
  return
}
