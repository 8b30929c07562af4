// RUN: argent-opt %s --nn-widen | FileCheck %s

// CHECK: func.func @dense(%{{.*}}: tensor<?x4xf64>{{.*}}, %{{.*}}: tensor<?xi32>) -> tensor<?x3xf64>
// CHECK: nn.parameter "w" {{.*}} : tensor<4x3xf64>
// CHECK: nn.constant dense<5.000000e-01> : tensor<f64>
// CHECK-NOT: f32
func.func @dense(%x: tensor<?x4xf32> {nn.name = "x"}, %label: tensor<?xi32>) -> tensor<?x3xf32> {
  %w = nn.parameter "w" <glorot_uniform, 0.0, 0.0> : tensor<4x3xf32>
  %half = nn.constant dense<0.5> : tensor<f32>
  %0 = nn.matmul %x, %w : tensor<?x4xf32>, tensor<4x3xf32>
  %1 = nn.mul %0, %half : tensor<?x3xf32>, tensor<f32>
  return %1 : tensor<?x3xf32>
}
