// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @constant_c1() {
  // expected-error @below {{(C1) a constant is a tensor of a known shape, found 'vector<2xf32>'}}
  %0 = nn.constant dense<1.0> : vector<2xf32>
  return
}

// -----

func.func @broadcast_c1(%x: tensor<3xf32>) {
  // expected-error @below {{(C1) [3] does not stretch to [N, 4]}}
  %0 = nn.broadcast %x : tensor<3xf32> to tensor<?x4xf32>
  return
}

// -----

func.func @broadcast_c1_rank(%x: tensor<1x4xf32>) {
  // expected-error @below {{(C1) [1, 4] does not stretch to [4]}}
  %0 = nn.broadcast %x : tensor<1x4xf32> to tensor<4xf32>
  return
}

// -----

func.func @broadcast_c2(%x: tensor<4xf32>) {
  // expected-error @below {{(C2) element types 'f32' and 'i32' differ}}
  %0 = nn.broadcast %x : tensor<4xf32> to tensor<?x4xi32>
  return
}

// -----

func.func @reshape_c1(%x: tensor<?x8xf32>) {
  // expected-error @below {{(C1) [N, 8] holds 8 * N elements, [N, 9] 9 * N}}
  %0 = nn.reshape %x : tensor<?x8xf32> to tensor<?x9xf32>
  return
}

// -----

func.func @reshape_c1_batch(%x: tensor<?x?x4xf32>) {
  // expected-error @below {{(C1) [N, N, 4] holds 4 * N * N elements, [N, 4] 4 * N}}
  %0 = nn.reshape %x : tensor<?x?x4xf32> to tensor<?x4xf32>
  return
}

// -----

func.func @reshape_c2(%x: tensor<4xf32>) {
  // expected-error @below {{(C2) element types 'f32' and 'i32' differ}}
  %0 = nn.reshape %x : tensor<4xf32> to tensor<2x2xi32>
  return
}

// -----

func.func @transpose_c1(%x: tensor<?x4xf32>) {
  // expected-error @below {{(C1) the permutation does not name each of the 2 dimensions once}}
  %0 = nn.transpose %x [1, 1] : tensor<?x4xf32>
  return
}

// -----

func.func @count_c1(%x: tensor<?x4xf32>) {
  // expected-error @below {{(C1) axes [0, 2] are not distinct, sorted and within the rank 2}}
  %0 = nn.count %x [0, 2] : tensor<?x4xf32> -> tensor<f32>
  return
}
