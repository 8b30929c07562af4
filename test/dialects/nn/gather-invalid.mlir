// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @iota_c1() {
  // expected-error @below {{(C1) has one dimension, a number, found 'tensor<2x3xi32>'}}
  %0 = nn.iota : tensor<2x3xi32>
  return
}

// -----

func.func @gather_c1(%x: tensor<?x7xf32>, %i: tensor<?xi32>) {
  // expected-error @below {{(C1) axis 0 with 1 leading and 0 trailing shared dimensions does not fit [N, 7] and [N]}}
  %0 = nn.gather %x, %i axis 0 batch 1 : tensor<?x7xf32>, tensor<?xi32>
  return
}

// -----

func.func @gather_c2(%x: tensor<?x7x4xf32>, %i: tensor<?x2x3xi32>) {
  // expected-error @below {{(C2) dimension 2 is shared, but [N, 7, 4] and [N, 2, 3] differ}}
  %0 = nn.gather %x, %i axis 1 batch 1 trailing 1 : tensor<?x7x4xf32>, tensor<?x2x3xi32>
  return
}

// -----

func.func @gather_c3(%x: tensor<?x7xf32>, %i: tensor<3xi32>) {
  // expected-error @below {{(C3) axis 0 of [N, 7] is N}}
  %0 = nn.gather %x, %i axis 0 : tensor<?x7xf32>, tensor<3xi32>
  return
}

// -----

func.func @scatter_add_c4(%g: tensor<?x8xf32>, %i: tensor<?x5xi32>) {
  // expected-error @below {{(C4) the gather's result is 'tensor<?x5x8xf32>', the gradient 'tensor<?x8xf32>'}}
  %0 = nn.scatter_add %g, %i axis 0 : tensor<?x8xf32>, tensor<?x5xi32> -> tensor<16x8xf32>
  return
}

// -----

func.func @top_k_c1(%x: tensor<?x9xf32>) {
  // expected-error @below {{(C1) axis 0 is none of [N, 9] or is N}}
  %0 = nn.top_k %x k 1 axis 0 : tensor<?x9xf32>
  return
}

// -----

func.func @top_k_c2(%x: tensor<?x9xf32>) {
  // expected-error @below {{(C2) k is from 1 to 9, found 10}}
  %0 = nn.top_k %x k 10 axis 1 : tensor<?x9xf32>
  return
}
