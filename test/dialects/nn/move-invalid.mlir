// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @slice_c1(%x: tensor<?x7xf32>) {
  // expected-error @below {{(C1) 2 dimensions need as many offsets (2), sizes (1) and strides (2)}}
  %0 = nn.slice %x offsets [0, 1] sizes [1] strides [1, 2] : tensor<?x7xf32>
  return
}

// -----

func.func @slice_c2(%x: tensor<?x7xf32>) {
  // expected-error @below {{(C2) offset 1, size 4 and stride 2 do not stay in dimension 1 of [N, 7]}}
  %0 = nn.slice %x offsets [0, 1] sizes [1, 4] strides [1, 2] : tensor<?x7xf32>
  return
}

// -----

func.func @slice_c3(%x: tensor<?x7xf32, #nn.batch<[4, 0]>>) {
  // expected-error @below {{(C3) dimension 0 of [4 * N, 7] is N and stays whole}}
  %0 = nn.slice %x offsets [0, 0] sizes [2, 7] strides [1, 1] : tensor<?x7xf32, #nn.batch<[4, 0]>>
  return
}

// -----

func.func @pad_c1(%x: tensor<?x7xf32>) {
  // expected-error @below {{(C1) 2 dimensions need as many elements before (1), behind (2) and between (2)}}
  %0 = nn.pad constant %x low [0] high [0, 1] : tensor<?x7xf32>
  return
}

// -----

func.func @pad_c1_negative(%x: tensor<?x7xf32>) {
  // expected-error @below {{(C1) dimension 1 gets a negative number of elements}}
  %0 = nn.pad constant %x low [0, -1] high [0, 1] : tensor<?x7xf32>
  return
}

// -----

func.func @pad_c2(%x: tensor<?x7xf32>) {
  // expected-error @below {{(C2) dimension 0 of [N, 7] is N and gets no elements}}
  %0 = nn.pad constant %x low [1, 0] high [0, 1] : tensor<?x7xf32>
  return
}

// -----

func.func @pad_c3(%x: tensor<?x7xf32>) {
  // expected-error @below {{(C3) dimension 1 of [N, 7] has too few elements to mirror 7}}
  %0 = nn.pad reflect %x low [0, 0] high [0, 7] : tensor<?x7xf32>
  return
}

// -----

func.func @pad_c4(%x: tensor<?x7xf32>) {
  // expected-error @below {{(C4) interior elements and a value are for the mode constant}}
  %0 = nn.pad edge %x low [0, 0] high [0, 1] value 1.0 : tensor<?x7xf32>
  return
}

// -----

func.func @reverse_c1(%x: tensor<?x7xf32>) {
  // expected-error @below {{(C1) axes [1, 1] are not distinct, sorted and within the rank 2}}
  %0 = nn.reverse %x [1, 1] : tensor<?x7xf32>
  return
}

// -----

func.func @reverse_c2(%x: tensor<?x7xf32>) {
  // expected-error @below {{(C2) dimension 0 of [N, 7] is N and keeps its order}}
  %0 = nn.reverse %x [0] : tensor<?x7xf32>
  return
}

// -----

func.func @concat_c1(%x: tensor<?x7xf32>, %y: tensor<7xf32>) {
  // expected-error @below {{(C1) 'tensor<?x7xf32>' and 'tensor<7xf32>' differ in rank or element type}}
  %0 = nn.concat %x, %y axis 1 : tensor<?x7xf32>, tensor<7xf32>
  return
}

// -----

func.func @concat_c2(%x: tensor<?x7x2xf32>, %y: tensor<?x7x3xf32>) {
  // expected-error @below {{(C2) [N, 7, 2] and [N, 7, 3] differ in dimension 2}}
  %0 = nn.concat %x, %y axis 1 : tensor<?x7x2xf32>, tensor<?x7x3xf32>
  return
}

// -----

func.func @concat_c3(%x: tensor<?x7xf32>) {
  // expected-error @below {{(C3) axis 0 of [N, 7] is N}}
  %0 = nn.concat %x, %x axis 0 : tensor<?x7xf32>, tensor<?x7xf32>
  return
}

// -----

func.func @concat_c1_axis(%x: tensor<?x7xf32>) {
  // expected-error @below {{(C1) axis 2 is none of [N, 7]}}
  %0 = nn.concat %x, %x axis 2 : tensor<?x7xf32>, tensor<?x7xf32>
  return
}
