// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @random_c1(%seed: tensor<3xi32>) {
  // expected-error @below {{(C1) the seed has 4 words, found 'tensor<3xi32>'}}
  %0 = nn.random uniform 0.0, 1.0 stream 1 seed %seed : tensor<3xi32> -> tensor<?x4xf32>
  return
}

// -----

func.func @random_c2_uniform(%seed: tensor<4xi32>) {
  // expected-error @below {{(C2) uniform needs low <= high, found 1}}
  %0 = nn.random uniform 1.0, 0.5 stream 1 seed %seed : tensor<4xi32> -> tensor<?x4xf32>
  return
}

// -----

func.func @random_c2_normal(%seed: tensor<4xi32>) {
  // expected-error @below {{(C2) normal needs a deviation of at least 0}}
  %0 = nn.random normal 0.0, -1.0 stream 1 seed %seed : tensor<4xi32> -> tensor<?x4xf32>
  return
}

// -----

func.func @random_c2_bernoulli(%seed: tensor<4xi32>) {
  // expected-error @below {{(C2) bernoulli needs p in 0 … 1}}
  %0 = nn.random bernoulli 1.5, 0.0 stream 1 seed %seed : tensor<4xi32> -> tensor<?x4xf32>
  return
}
