// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @conv_c1(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x2x4xf32>) {
  // expected-error @below {{(C1) 1 groups of 2 filter channels do not fit 3 input channels and 4 output channels}}
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<3x3x2x4xf32>
  return
}

// -----

func.func @conv_c1_groups(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x1x4xf32>) {
  // expected-error @below {{(C1) 3 groups of 1 filter channels do not fit 3 input channels and 4 output channels}}
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] groups 3 : tensor<?x8x8x3xf32>, tensor<3x3x1x4xf32>
  return
}

// -----

func.func @conv_c2(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x3x4xf32>) {
  // expected-error @below {{(C2) strides and dilations are at least 1, padding at least 0}}
  %0 = nn.conv %x, %f strides [0, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<3x3x3x4xf32>
  return
}

// -----

func.func @conv_c2_dilation(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x3x4xf32>) {
  // expected-error @below {{(C2) strides and dilations are at least 1, padding at least 0}}
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 0] : tensor<?x8x8x3xf32>, tensor<3x3x3x4xf32>
  return
}

// -----

func.func @conv_c2_padding(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x3x4xf32>) {
  // expected-error @below {{(C2) strides and dilations are at least 1, padding at least 0}}
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, -1, 0] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<3x3x3x4xf32>
  return
}

// -----

func.func @conv_c3(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x3x4xf32>) {
  // expected-error @below {{(C3) a window of 9 does not fit the padded extent 8 of spatial axis 1}}
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 4] : tensor<?x8x8x3xf32>, tensor<3x3x3x4xf32>
  return
}

// -----

func.func @conv_c4(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x4xf32>) {
  // expected-error @below {{(C4) input and filter have one, two or three spatial axes, found [N, 8, 8, 3] and [3, 3, 4]}}
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<3x3x4xf32>
  return
}

// -----

func.func @conv_c4_types(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x3x4xf64>) {
  // expected-error @below {{(C4) operands have the element types 'f32' and 'f64'}}
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<3x3x3x4xf64>
  return
}

// -----

func.func @conv_c5(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x3x4xf32>) {
  // expected-error @below {{(C5) 2 spatial axes need as many strides (1) and dilations (2) and twice as much padding (4)}}
  %0 = nn.conv %x, %f strides [1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<3x3x3x4xf32>
  return
}

// -----

func.func @conv_c6(%x: tensor<?x?x8x3xf32>, %f: tensor<3x3x3x4xf32>) {
  // expected-error @below {{(C6) only the batch of a convolution may be open, found [N, N, 8, 3] and [3, 3, 3, 4]}}
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x?x8x3xf32>, tensor<3x3x3x4xf32>
  return
}

// -----

func.func @conv_input_grad_c7(%g: tensor<?x5x5x4xf32>, %f: tensor<3x3x3x4xf32>) {
  // expected-error @below {{(C7) the convolution's result is 'tensor<?x6x6x4xf32>', the gradient 'tensor<?x5x5x4xf32>'}}
  %0 = nn.conv_input_grad %g, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x5x5x4xf32>, tensor<3x3x3x4xf32> -> tensor<?x8x8x3xf32>
  return
}

// -----

func.func @conv_filter_grad_c7(%x: tensor<?x8x8x3xf32>, %g: tensor<?x5x5x4xf32>) {
  // expected-error @below {{(C7) the convolution's result is 'tensor<?x6x6x4xf32>', the gradient 'tensor<?x5x5x4xf32>'}}
  %0 = nn.conv_filter_grad %x, %g strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<?x5x5x4xf32> -> tensor<3x3x3x4xf32>
  return
}
