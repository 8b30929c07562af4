// RUN: argent-opt %s | argent-opt | FileCheck %s

// CHECK-LABEL: func.func @update
func.func @update(%rate: tensor<f32>, %update: tensor<f32>) {
  // CHECK: nn.parameter "a" <constant, 0.000000e+00, 0.000000e+00> settings <decay = 1.000000e-04, rate = 5.000000e-01, max_norm = 3.000000e+00> layout <pack = 16> :
  %a = nn.parameter "a" <constant> settings <decay = 1.0e-4, max_norm = 3.0, rate = 0.5> layout <pack = 16> : tensor<3x4xf32>
  // CHECK: nn.parameter "b" <constant, 0.000000e+00, 0.000000e+00> settings <frozen> :
  %b = nn.parameter "b" <constant> settings <frozen> : tensor<f32>
  // CHECK: nn.update by <"adam", {beta1 = 5.000000e-01 : f64}> rate %{{.*}} update %{{.*}} {clip_norm = 1.000000e+00 : f64, clip_value = 2.000000e+00 : f64} : tensor<f32>, tensor<f32> -> tensor<f32>
  %0 = nn.update by <"adam", {beta1 = 0.5}> rate %rate update %update {clip_norm = 1.0 : f64, clip_value = 2.0 : f64} : tensor<f32>, tensor<f32> -> tensor<f32>
  // CHECK: nn.update by <"adagrad"> rate %{{.*}} : tensor<f32> -> tensor<f32>
  %1 = nn.update by <"adagrad"> rate %rate : tensor<f32> -> tensor<f32>
  // CHECK: nn.arena moments 11 at 16 : tensor<48xf32>
  %2 = nn.arena moments 11 at 16 : tensor<48xf32>
  // CHECK: nn.store_arena parameters at 32, %{{.*}} : tensor<48xf32>
  nn.store_arena parameters at 32, %2 : tensor<48xf32>
  return
}
