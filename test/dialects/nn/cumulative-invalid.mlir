// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @cumulative_c1(%x: tensor<?x5xf32>) {
  // expected-error @below {{(C1) combines by sum, prod, max or min, found any}}
  %a = nn.cumulative any %x axis 1 : tensor<?x5xf32>
  return
}

// -----

func.func @cumulative_c2(%x: tensor<?x5xf32>) {
  // expected-error @below {{(C2) axis 2 is not within the rank 2}}
  %a = nn.cumulative sum %x axis 2 : tensor<?x5xf32>
  return
}

// -----

func.func @cumulative_c3(%x: tensor<?x5xf32>) {
  // expected-error @below {{(C3) axis 0 of [N, 5] is the batch}}
  %a = nn.cumulative sum %x axis 0 : tensor<?x5xf32>
  return
}
