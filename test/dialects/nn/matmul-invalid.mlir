// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @matmul_c1(%x: tensor<?x8xf32>, %w: tensor<9x4xf32>) {
  // expected-error @below {{(C1) the product of [N, 8] and [9, 4] reduces [8] and [9]}}
  %0 = nn.matmul %x, %w : tensor<?x8xf32>, tensor<9x4xf32>
  return
}

// -----

func.func @matmul_c1_transposed(%x: tensor<?x8xf32>, %w: tensor<8x4xf32>) {
  // expected-error @below {{(C1) the product of [N, 8] and [8, 4] transposed reduces [8] and [4]}}
  %0 = nn.matmul %x, %w transposed_rhs : tensor<?x8xf32>, tensor<8x4xf32>
  return
}

// -----

func.func @matmul_c2(%x: tensor<?x5x8xf32>, %w: tensor<3x8x4xf32>) {
  // expected-error @below {{(C2) the leading dimensions [N] and [3] differ}}
  %0 = nn.matmul %x, %w : tensor<?x5x8xf32>, tensor<3x8x4xf32>
  return
}

// -----

func.func @matmul_c3(%x: tensor<?x8xf32>, %w: tensor<8x4xf64>) {
  // expected-error @below {{(C3) operands have the element types 'f32' and 'f64'}}
  %0 = nn.matmul %x, %w : tensor<?x8xf32>, tensor<8x4xf64>
  return
}

// -----

func.func @matmul_c4(%x: tensor<8xf32>, %w: tensor<8x4xf32>) {
  // expected-error @below {{(C4) a matrix has two dimensions or more, found [8] and [8, 4]}}
  %0 = nn.matmul %x, %w : tensor<8xf32>, tensor<8x4xf32>
  return
}
