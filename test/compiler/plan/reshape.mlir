// A reshape of an argument is the port's memory under another type, and one of a temporary lives as long as its readers.
// RUN: argent-opt %s --nn-fuse --nn-layout --lower-to-hl --plan | FileCheck %s

// CHECK-LABEL: plan.program @predict
// CHECK: plan.input 0 : <?x{{.*}}xf32>
// CHECK: plan.output 0 : <?x10xf32>
// CHECK: plan.launch
func.func @predict(%x: tensor<?x4x7x1xf32> {nn.name = "x"}) -> (tensor<?x10xf32> {nn.name = "y"}) {
  %w = nn.parameter "w" <glorot_uniform, 0.0, 0.0> : tensor<28x10xf32>
  %flat = nn.reshape %x : tensor<?x4x7x1xf32> to tensor<?x28xf32>
  %y = nn.matmul %flat, %w : tensor<?x28xf32>, tensor<28x10xf32>
  return %y : tensor<?x10xf32>
}
