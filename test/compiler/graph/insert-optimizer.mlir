// RUN: argent-opt %s --split-input-file --nn-insert-optimizer | FileCheck %s

// "a" holds 3 numbers, "b" packed 4 x 16: 64 and 256 bytes, so 80 numbers.
// CHECK-LABEL: func.func @clipped
func.func @clipped(%ga: tensor<3xf32>, %gb: tensor<4x10xf32>, %rate: tensor<f32>) -> (tensor<f32>, tensor<3xf32>) {
  %a = nn.parameter "a" <"constant"> : tensor<3xf32>
  %b = nn.parameter "b" <"constant"> layout <pack = 16> : tensor<4x10xf32>
  nn.gradient "a", %ga : tensor<3xf32>
  nn.gradient "b", %gb : tensor<4x10xf32>
  // What reads a parameter stands before its update.
  // CHECK: nn.tanh
  // CHECK: %[[G:.*]] = nn.arena "gradients" : tensor<80xf32>
  // CHECK: %[[Q:.*]] = nn.mul %[[G]], %[[G]]
  // CHECK: %[[S:.*]] = nn.reduce sum %[[Q]] [0]
  // CHECK: %[[N:.*]] = nn.sqrt %[[S]]
  // CHECK: %[[C:.*]] = nn.constant dense<5.0
  // CHECK: %[[T:.*]] = nn.constant dense<9.99999996E-13>
  // CHECK: %[[M:.*]] = nn.max %[[N]], %[[T]]
  // CHECK-DAG: %[[D:.*]] = nn.div %[[C]], %[[M]]
  // CHECK-DAG: %[[ONE:.*]] = nn.constant dense<1.0
  // CHECK: %[[F:.*]] = nn.min %[[ONE]], %[[D]]
  // CHECK: %[[GS:.*]] = nn.mul %[[G]], %[[F]]
  // CHECK: %[[V0:.*]] = nn.arena "moment1" : tensor<80xf32>
  // CHECK: %[[V1:.*]] = nn.mul %[[V0]], %[[MU:.*]] :
  // CHECK: %[[V:.*]] = nn.add %[[V1]], %[[GS]]
  // CHECK: nn.store_arena "moment1", %[[V]]
  // CHECK: %[[U:.*]] = nn.mul %[[V]], %{{.*}} : tensor<80xf32>, tensor<f32>
  // CHECK: %[[P:.*]] = nn.arena "parameters" : tensor<80xf32>
  // CHECK: %[[P1:.*]] = nn.sub %[[P]], %[[U]]
  // CHECK: nn.store_arena "parameters", %[[P1]]
  // CHECK: return %[[N]]
  %norm = nn.update by <"sgd", {momentum = 0.9}> rate %rate {clip_norm = 5.0 : f64} : tensor<f32> -> tensor<f32>
  %t = nn.tanh %a : tensor<3xf32>
  return %norm, %t : tensor<f32>, tensor<3xf32>
}

// -----

// Without momentum no moment, without clipping no scale.
// CHECK-LABEL: func.func @plain
func.func @plain(%g: tensor<3xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %a = nn.parameter "a" <"constant"> : tensor<3xf32>
  nn.gradient "a", %g : tensor<3xf32>
  // CHECK: %[[G:.*]] = nn.arena "gradients" : tensor<16xf32>
  // CHECK-NOT: moment1
  // CHECK: nn.mul %[[G]], %{{.*}} : tensor<16xf32>, tensor<f32>
  %norm = nn.update by <"sgd"> rate %rate : tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}

// -----

// Nesterov: the step is g + momentum * v.
// CHECK-LABEL: func.func @nesterov
func.func @nesterov(%g: tensor<3xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %a = nn.parameter "a" <"constant"> : tensor<3xf32>
  nn.gradient "a", %g : tensor<3xf32>
  // CHECK: %[[G:.*]] = nn.arena "gradients"
  // CHECK: %[[V:.*]] = nn.add %{{.*}}, %[[G]]
  // CHECK: %[[MV:.*]] = nn.mul %[[V]]
  // CHECK: nn.add %[[G]], %[[MV]]
  %norm = nn.update by <"sgd", {momentum = 0.5, nesterov = true}> rate %rate : tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}
