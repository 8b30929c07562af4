// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @reduce_c1(%x: tensor<?x8xf32>) {
  // expected-error @below {{(C1) axes are not distinct, sorted and within the rank 2}}
  %0 = nn.reduce sum %x [1, 0] : tensor<?x8xf32>
  return
}

// -----

func.func @reduce_c2(%x: tensor<?x8xf32>) {
  // expected-error @below {{(C2) any reduces bools, found 'f32'}}
  %0 = nn.reduce any %x [0] : tensor<?x8xf32>
  return
}

// -----

func.func @reduce_c2_numbers(%x: tensor<?x8xi1>) {
  // expected-error @below {{(C2) sum reduces numbers, found 'i1'}}
  %0 = nn.reduce sum %x [0] : tensor<?x8xi1>
  return
}

// -----

func.func @reduce_c3(%x: tensor<?x0xf32>) {
  // expected-error @below {{(C3) axis 1 of [N, 0] has no element}}
  %0 = nn.reduce max %x [1] : tensor<?x0xf32>
  return
}

// -----

func.func @argmax_c1(%x: tensor<?x8xf32>) {
  // expected-error @below {{(C1) axis 2 is not within the rank 2}}
  %0 = nn.argmax %x axis 2 : tensor<?x8xf32>
  return
}

// -----

func.func @argmax_c2(%x: tensor<?x0xf32>) {
  // expected-error @below {{(C2) axis 1 of [N, 0] has no element}}
  %0 = nn.argmax %x axis 1 : tensor<?x0xf32>
  return
}

// -----

func.func @softmax_c1(%x: tensor<?x8xf32>) {
  // expected-error @below {{(C1) axis -1 is not within the rank 2}}
  %0 = nn.softmax %x axis -1 : tensor<?x8xf32>
  return
}

// -----

func.func @log_softmax_c1(%x: tensor<?x8xf32>) {
  // expected-error @below {{(C1) axis -1 is not within the rank 2}}
  %0 = nn.log_softmax %x axis -1 : tensor<?x8xf32>
  return
}
