// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @cross_entropy_c1(%x: tensor<?x8xf32>, %l: tensor<4xi32>) {
  // expected-error @below {{(C1) a label of logits 'tensor<?x8xf32>' is 'tensor<?xi32>' or 'tensor<?x8xf32>', found 'tensor<4xi32>'}}
  %0 = nn.cross_entropy %x, %l : tensor<?x8xf32>, tensor<4xi32>
  return
}

// -----

func.func @cross_entropy_c2(%x: tensor<f32>, %l: tensor<i32>) {
  // expected-error @below {{(C2) logits have a dimension of classes, found 'tensor<f32>'}}
  %0 = nn.cross_entropy %x, %l : tensor<f32>, tensor<i32>
  return
}

// -----

func.func @cross_entropy_c2_batch(%x: tensor<?xf32>, %l: tensor<i32>) {
  // expected-error @below {{(C2) logits have a last dimension of classes, found [N]}}
  %0 = nn.cross_entropy %x, %l : tensor<?xf32>, tensor<i32>
  return
}

// -----

func.func @cross_entropy_grad_c3(%x: tensor<?x8xf32>, %l: tensor<?xi32>, %g: tensor<?x8xf32>) {
  // expected-error @below {{(C3) the gradient is 'tensor<?xf32>', found 'tensor<?x8xf32>'}}
  %0 = nn.cross_entropy_grad %x, %l, %g : tensor<?x8xf32>, tensor<?xi32>, tensor<?x8xf32> -> tensor<?x8xf32>
  return
}

// -----

func.func @cross_entropy_grad_c3_result(%x: tensor<?x8xf32>, %l: tensor<?xi32>, %g: tensor<?xf32>) {
  // expected-error @below {{(C3) the result is 'tensor<?x8xf32>', found 'tensor<?xf32>'}}
  %0 = nn.cross_entropy_grad %x, %l, %g : tensor<?x8xf32>, tensor<?xi32>, tensor<?xf32> -> tensor<?xf32>
  return
}
