// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @pool_c1(%x: tensor<?x8x8x3xf32>) {
  // expected-error @below {{(C1) size and strides are at least 1}}
  %0 = nn.pool max %x size [2, 2] strides [2, 0] padding [0, 0, 0, 0] : tensor<?x8x8x3xf32>
  return
}

// -----

func.func @pool_c1_size(%x: tensor<?x8x8x3xf32>) {
  // expected-error @below {{(C1) size and strides are at least 1}}
  %0 = nn.pool max %x size [0, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x8x8x3xf32>
  return
}

// -----

func.func @pool_c2(%x: tensor<?x8x8x3xf32>) {
  // expected-error @below {{(C2) padding (2, 0) of spatial axis 0 is not at least 0 and smaller than the window of 2}}
  %0 = nn.pool max %x size [2, 2] strides [2, 2] padding [2, 0, 0, 0] : tensor<?x8x8x3xf32>
  return
}

// -----

func.func @pool_c3(%x: tensor<?x8x8x3xf32>) {
  // expected-error @below {{(C3) a window of 9 does not fit the padded extent 8 of spatial axis 1}}
  %0 = nn.pool max %x size [2, 9] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x8x8x3xf32>
  return
}

// -----

func.func @pool_c4(%x: tensor<?x8xf32>) {
  // expected-error @below {{(C4) the input has one, two or three spatial axes, found [N, 8]}}
  %0 = nn.pool max %x size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x8xf32>
  return
}

// -----

func.func @pool_c5(%x: tensor<?x8x8x3xf32>) {
  // expected-error @below {{(C5) 2 spatial axes need as many sizes (1) and strides (2) and twice as much padding (4)}}
  %0 = nn.pool max %x size [2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x8x8x3xf32>
  return
}

// -----

func.func @pool_c6(%x: tensor<?x8x?x3xf32>) {
  // expected-error @below {{(C6) only the batch of a pooling may be open, found [N, 8, N, 3]}}
  %0 = nn.pool max %x size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x8x?x3xf32>
  return
}

// -----

func.func @pool_grad_c7(%g: tensor<?x5x4x3xf32>) {
  // expected-error @below {{(C7) the pooling's result is 'tensor<?x4x4x3xf32>', the gradient 'tensor<?x5x4x3xf32>'}}
  %0 = nn.pool_grad avg %g size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x5x4x3xf32> -> tensor<?x8x8x3xf32>
  return
}

// -----

func.func @pool_grad_c8(%g: tensor<?x4x4x3xf32>) {
  // expected-error @below {{(C8) the gradient of max needs the input}}
  %0 = nn.pool_grad max %g size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x4x4x3xf32> -> tensor<?x8x8x3xf32>
  return
}

// -----

func.func @pool_grad_c8_type(%g: tensor<?x4x4x3xf32>, %x: tensor<?x9x8x3xf32>) {
  // expected-error @below {{(C8) the input is 'tensor<?x9x8x3xf32>', the result 'tensor<?x8x8x3xf32>'}}
  %0 = nn.pool_grad max %g of %x : tensor<?x9x8x3xf32> size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x4x4x3xf32> -> tensor<?x8x8x3xf32>
  return
}
