// RUN: argent-opt %s --nn-pack-parameters | FileCheck %s

// A filter, the right operand of a product and a vector are packed; what is only read across its rows stays dense.
// CHECK-LABEL: func @products
// CHECK-DAG: nn.parameter "filter" {{.*}} layout <pack = 8> : tensor<5x5x1x6xf32>
// CHECK-DAG: nn.parameter "wide" {{.*}} layout <pack = 16> : tensor<4x20xf32>
// CHECK-DAG: nn.parameter "bias" {{.*}} layout <pack = 8> : tensor<6xf32>
// CHECK-DAG: nn.parameter "turned" <glorot_uniform{{[^>]*}}> : tensor<3x4xf32>
// CHECK-DAG: nn.parameter "scalar" <constant{{[^>]*}}> : tensor<f32>
func.func @products(%image: tensor<?x28x28x1xf32>, %row: tensor<?x4xf32>)
    -> (tensor<?x24x24x6xf32>, tensor<?x20xf32>, tensor<?x3xf32>) {
  %f = nn.parameter "filter" <glorot_uniform, 0.0, 0.0> : tensor<5x5x1x6xf32>
  %b = nn.parameter "bias" <constant, 0.0, 0.0> : tensor<6xf32>
  %w = nn.parameter "wide" <glorot_uniform, 0.0, 0.0> : tensor<4x20xf32>
  %t = nn.parameter "turned" <glorot_uniform, 0.0, 0.0> : tensor<3x4xf32>
  %s = nn.parameter "scalar" <constant, 1.0, 0.0> : tensor<f32>
  %0 = nn.conv %image, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x28x28x1xf32>, tensor<5x5x1x6xf32>
  %1 = nn.add %0, %b : tensor<?x24x24x6xf32>, tensor<6xf32>
  %2 = nn.matmul %row, %w : tensor<?x4xf32>, tensor<4x20xf32>
  %3 = nn.matmul %row, %t transposed_rhs : tensor<?x4xf32>, tensor<3x4xf32>
  %4 = nn.mul %3, %s : tensor<?x3xf32>, tensor<f32>
  return %1, %2, %4 : tensor<?x24x24x6xf32>, tensor<?x20xf32>, tensor<?x3xf32>
}

// The same in every function: this one alone gives no reason.
// CHECK-LABEL: func @elsewhere
// CHECK: nn.parameter "wide" {{.*}} layout <pack = 16> : tensor<4x20xf32>
func.func @elsewhere() -> tensor<4x20xf32> {
  %w = nn.parameter "wide" <glorot_uniform, 0.0, 0.0> : tensor<4x20xf32>
  %0 = nn.neg %w : tensor<4x20xf32>
  return %0 : tensor<4x20xf32>
}
