// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @argsort_c1(%x: tensor<?x9xf32>) {
  // expected-error @below {{(C1) axis 2 is not within the rank 2}}
  %0 = nn.argsort %x axis 2 : tensor<?x9xf32>
  return
}

// -----

func.func @argsort_c1_negative(%x: tensor<?x9xf32>) {
  // expected-error @below {{(C1) axis -1 is not within the rank 2}}
  %0 = nn.argsort %x axis -1 : tensor<?x9xf32>
  return
}

// -----

func.func @argsort_c2(%x: tensor<?x9xf32>) {
  // expected-error @below {{(C2) axis 0 of [N, 9] is the batch}}
  %0 = nn.argsort %x axis 0 : tensor<?x9xf32>
  return
}
