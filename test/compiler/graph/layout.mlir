// RUN: argent-opt %s --nn-layout --split-input-file | FileCheck %s

// The pointwise kernel leaves the two zeros that the convolution wants; the pooling that reads the same tensor sees them too.
// CHECK-LABEL: func @border
// CHECK: nn.fused "tanh"
// CHECK-SAME: operandLayouts = [unit], resultLayouts = [#nn.layout<border = [0, 0, 2, 2, 2, 2, 0, 0]>]
// CHECK: nn.fused "conv"
// CHECK-SAME: operandLayouts = [#nn.layout<border = [0, 0, 2, 2, 2, 2, 0, 0]>, #nn.layout<pack = 8>], resultLayouts = [unit]
// CHECK: nn.fused "pool"
// CHECK-SAME: operandLayouts = [#nn.layout<border = [0, 0, 2, 2, 2, 2, 0, 0]>], resultLayouts = [unit]
func.func @border(%x: tensor<?x8x8x4xf32>) -> (tensor<?x8x8x6xf32>, tensor<?x4x4x4xf32>) {
  %f = nn.parameter "f" <constant, 0.0, 0.0> layout <pack = 8> : tensor<5x5x4x6xf32>
  %0 = nn.fused "tanh" (%a = %x : tensor<?x8x8x4xf32>) -> (tensor<?x8x8x4xf32>) {
    %t = nn.tanh %a : tensor<?x8x8x4xf32>
    nn.yield %t : tensor<?x8x8x4xf32>
  }
  %1 = nn.fused "conv" (%a = %0 : tensor<?x8x8x4xf32>, %b = %f : tensor<5x5x4x6xf32>) -> (tensor<?x8x8x6xf32>) {
    %c = nn.conv %a, %b strides [1, 1] padding [2, 2, 2, 2] dilations [1, 1] : tensor<?x8x8x4xf32>, tensor<5x5x4x6xf32>
    nn.yield %c : tensor<?x8x8x6xf32>
  }
  %2 = nn.fused "pool" (%a = %0 : tensor<?x8x8x4xf32>) -> (tensor<?x4x4x4xf32>) {
    %c = nn.pool avg %a size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x8x8x4xf32>
    nn.yield %c : tensor<?x4x4x4xf32>
  }
  return %1, %2 : tensor<?x8x8x6xf32>, tensor<?x4x4x4xf32>
}

// -----

// The full convolution of a 3 x 3 gradient with a 5 x 5 filter wants four zeros all around; stride 2 asks for fewer: two, and one for the
// last pixel, of which only one phase exists.
// CHECK-LABEL: func @input_gradient
// CHECK: nn.fused "neg"
// CHECK-SAME: resultLayouts = [#nn.layout<border = [0, 0, 4, 4, 2, 3, 0, 0]>]
func.func @input_gradient(%g: tensor<?x3x3x6xf32>, %f: tensor<5x5x4x6xf32>) -> tensor<?x7x9x4xf32> {
  %0 = nn.fused "neg" (%a = %g : tensor<?x3x3x6xf32>) -> (tensor<?x3x3x6xf32>) {
    %t = nn.neg %a : tensor<?x3x3x6xf32>
    nn.yield %t : tensor<?x3x3x6xf32>
  }
  %1 = nn.fused "grad" (%a = %0 : tensor<?x3x3x6xf32>, %b = %f : tensor<5x5x4x6xf32>) -> (tensor<?x7x9x4xf32>) {
    %c = nn.conv_input_grad %a, %b strides [1, 2] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x3x3x6xf32>, tensor<5x5x4x6xf32> -> tensor<?x7x9x4xf32>
    nn.yield %c : tensor<?x7x9x4xf32>
  }
  return %1 : tensor<?x7x9x4xf32>
}

// -----

// A product's kernel gets no border, and what leaves the function is dense.
// CHECK-LABEL: func @dense
// CHECK: nn.fused "matmul"
// CHECK-SAME: resultLayouts = [unit]
// CHECK: nn.fused "tanh"
// CHECK-SAME: resultLayouts = [unit]
func.func @dense(%x: tensor<?x8x8x4xf32>, %w: tensor<4x4xf32>, %f: tensor<3x3x4x6xf32>) -> (tensor<?x8x8x4xf32>, tensor<?x8x8x6xf32>, tensor<?x8x8x6xf32>) {
  %0 = nn.fused "matmul" (%a = %x : tensor<?x8x8x4xf32>, %b = %w : tensor<4x4xf32>) -> (tensor<?x8x8x4xf32>) {
    %t = nn.matmul %a, %b : tensor<?x8x8x4xf32>, tensor<4x4xf32>
    nn.yield %t : tensor<?x8x8x4xf32>
  }
  %1 = nn.fused "tanh" (%a = %0 : tensor<?x8x8x4xf32>) -> (tensor<?x8x8x4xf32>) {
    %t = nn.tanh %a : tensor<?x8x8x4xf32>
    nn.yield %t : tensor<?x8x8x4xf32>
  }
  %2 = nn.fused "conv" (%a = %0 : tensor<?x8x8x4xf32>, %b = %f : tensor<3x3x4x6xf32>) -> (tensor<?x8x8x6xf32>) {
    %c = nn.conv %a, %b strides [1, 1] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x8x8x4xf32>, tensor<3x3x4x6xf32>
    nn.yield %c : tensor<?x8x8x6xf32>
  }
  %3 = nn.fused "conv" (%a = %1 : tensor<?x8x8x4xf32>, %b = %f : tensor<3x3x4x6xf32>) -> (tensor<?x8x8x6xf32>) {
    %c = nn.conv %a, %b strides [1, 1] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x8x8x4xf32>, tensor<3x3x4x6xf32>
    nn.yield %c : tensor<?x8x8x6xf32>
  }
  return %1, %2, %3 : tensor<?x8x8x4xf32>, tensor<?x8x8x6xf32>, tensor<?x8x8x6xf32>
}

// -----

// A gradient lies in its arena like the parameter.
// CHECK-LABEL: func @gradient
// CHECK: nn.fused "matmul"
// CHECK-SAME: resultLayouts = [#nn.layout<pack = 16>]
func.func @gradient(%x: tensor<?x4xf32>, %g: tensor<?x20xf32>) {
  %w = nn.parameter "w" <constant, 0.0, 0.0> layout <pack = 16> : tensor<4x20xf32>
  %0 = nn.fused "matmul" (%a = %x : tensor<?x4xf32>, %b = %g : tensor<?x20xf32>) -> (tensor<4x20xf32>) {
    %t = nn.matmul %a transposed, %b : tensor<?x4xf32>, tensor<?x20xf32>
    nn.yield %t : tensor<4x20xf32>
  }
  nn.gradient "w", %0 : tensor<4x20xf32>
  return
}

// -----

// What a kernel makes for products to read lies in the panels that they want: once, also where the product is a loop's. One that also
// leaves the function is dense.
// CHECK-LABEL: func @panels
// CHECK: nn.fused "transpose"
// CHECK-SAME: operandLayouts = [unit], resultLayouts = [#nn.layout<pack = 8>]
// CHECK: nn.scan
// CHECK: nn.fused "matmul"
// CHECK-SAME: operandLayouts = [unit, #nn.layout<pack = 8>], resultLayouts = [unit]
// CHECK: nn.fused "neg"
// CHECK-SAME: resultLayouts = [unit]
// CHECK: nn.fused "matmul"
// CHECK-SAME: operandLayouts = [unit, unit], resultLayouts = [unit]
func.func @panels(%u: tensor<6x4xf32>, %h0: tensor<?x4xf32>, %x: tensor<?x4xf32>) -> (tensor<?x6xf32>, tensor<4x6xf32>, tensor<?x6xf32>) {
  %0 = nn.fused "transpose" (%a = %u : tensor<6x4xf32>) -> (tensor<4x6xf32>) {
    %t = nn.transpose %a [1, 0] : tensor<6x4xf32>
    nn.yield %t : tensor<4x6xf32>
  }
  %y, %last = nn.scan 3 (%t) carry (%h = %h0 : tensor<?x4xf32>) with (%w = %0 : tensor<4x6xf32>) -> (tensor<?x3x6xf32>, tensor<?x4xf32>) {
    %1 = nn.fused "matmul" (%a = %h : tensor<?x4xf32>, %b = %w : tensor<4x6xf32>) -> (tensor<?x6xf32>) {
      %p = nn.matmul %a, %b : tensor<?x4xf32>, tensor<4x6xf32>
      nn.yield %p : tensor<?x6xf32>
    }
    nn.next carry (%h : tensor<?x4xf32>) yield (%1 : tensor<?x6xf32>)
  }
  %2 = nn.fused "neg" (%a = %u : tensor<6x4xf32>) -> (tensor<4x6xf32>) {
    %r = nn.reshape %a : tensor<6x4xf32> to tensor<4x6xf32>
    %n = nn.neg %r : tensor<4x6xf32>
    nn.yield %n : tensor<4x6xf32>
  }
  %3 = nn.fused "matmul" (%a = %x : tensor<?x4xf32>, %b = %2 : tensor<4x6xf32>) -> (tensor<?x6xf32>) {
    %p = nn.matmul %a, %b : tensor<?x4xf32>, tensor<4x6xf32>
    nn.yield %p : tensor<?x6xf32>
  }
  %4 = nn.slice %y offsets [0, 0, 0] sizes [1, 1, 6] strides [1, 1, 1] : tensor<?x3x6xf32>
  %5 = nn.reshape %4 : tensor<?x1x6xf32> to tensor<?x6xf32>
  return %5, %2, %3 : tensor<?x6xf32>, tensor<4x6xf32>, tensor<?x6xf32>
}
