// RUN: argent-opt %s --split-input-file --nn-insert-optimizer | FileCheck %s

// "a" holds 3 numbers, "b" packed 4 x 16: 64 and 256 bytes, so 80 numbers.
// CHECK-LABEL: func.func @clipped
func.func @clipped(%ga: tensor<3xf32>, %gb: tensor<4x10xf32>, %rate: tensor<f32>) -> (tensor<f32>, tensor<3xf32>) {
  %a = nn.parameter "a" <constant> : tensor<3xf32>
  %b = nn.parameter "b" <constant> layout <pack = 16> : tensor<4x10xf32>
  nn.gradient "a", %ga : tensor<3xf32>
  nn.gradient "b", %gb : tensor<4x10xf32>
  // What reads a parameter stands before its update.
  // CHECK: nn.tanh
  // CHECK: %[[G:.*]] = nn.arena gradients : tensor<80xf32>
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
  // CHECK: %[[P:.*]] = nn.arena parameters : tensor<80xf32>
  // CHECK: %[[V0:.*]] = nn.arena moments : tensor<80xf32>
  // CHECK: %[[V1:.*]] = nn.mul %[[V0]], %[[MU:.*]] :
  // CHECK: %[[V:.*]] = nn.add %[[V1]], %[[GS]]
  // CHECK: nn.store_arena moments, %[[V]]
  // CHECK: %[[U:.*]] = nn.mul %[[V]], %{{.*}} : tensor<80xf32>, tensor<f32>
  // CHECK: %[[P1:.*]] = nn.sub %[[P]], %[[U]]
  // CHECK: nn.store_arena parameters, %[[P1]]
  // CHECK: return %[[N]]
  %norm = nn.update by <"sgd", {momentum = 0.9}> rate %rate {clip_norm = 5.0 : f64} : tensor<f32> -> tensor<f32>
  %t = nn.tanh %a : tensor<3xf32>
  return %norm, %t : tensor<f32>, tensor<3xf32>
}

// -----

// Without momentum no moment, without clipping no scale.
// CHECK-LABEL: func.func @plain
func.func @plain(%g: tensor<3xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %a = nn.parameter "a" <constant> : tensor<3xf32>
  nn.gradient "a", %g : tensor<3xf32>
  // CHECK: %[[G:.*]] = nn.arena gradients : tensor<16xf32>
  // CHECK-NOT: moment1
  // CHECK: nn.mul %[[G]], %{{.*}} : tensor<16xf32>, tensor<f32>
  %norm = nn.update by <"sgd"> rate %rate : tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}

// -----

// Nesterov: the step is g + momentum * v.
// CHECK-LABEL: func.func @nesterov
func.func @nesterov(%g: tensor<3xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %a = nn.parameter "a" <constant> : tensor<3xf32>
  nn.gradient "a", %g : tensor<3xf32>
  // CHECK: %[[G:.*]] = nn.arena gradients
  // CHECK: %[[V:.*]] = nn.add %{{.*}}, %[[G]]
  // CHECK: %[[MV:.*]] = nn.mul %[[V]]
  // CHECK: nn.add %[[G]], %[[MV]]
  %norm = nn.update by <"sgd", {momentum = 0.5, nesterov = true}> rate %rate : tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}

// -----

// Adam has two moments; 1 / (1 - beta^t) is computed in f64, of the count of updates with this one.
// CHECK-LABEL: func.func @adam
func.func @adam(%g: tensor<3xf32>, %rate: tensor<f32>, %update: tensor<f32>) -> tensor<f32> {
  %a = nn.parameter "a" <constant> : tensor<3xf32>
  nn.gradient "a", %g : tensor<3xf32>
  // CHECK: %[[M0:.*]] = nn.arena moments : tensor<16xf32>
  // CHECK: %[[V0:.*]] = nn.arena moments 1 : tensor<16xf32>
  // CHECK: nn.mul %[[M0]]
  // CHECK: %[[M:.*]] = nn.add
  // CHECK: nn.mul %[[V0]]
  // CHECK: %[[V:.*]] = nn.add
  // CHECK-DAG: nn.cast %{{.*}} : tensor<f32> to tensor<f64>
  // CHECK-DAG: nn.pow %{{.*}} : tensor<f64>, tensor<f64>
  // CHECK-DAG: nn.cast %{{.*}} : tensor<f64> to tensor<f32>
  // CHECK: nn.sqrt %{{.*}} : tensor<16xf32>
  // CHECK-DAG: nn.store_arena moments, %[[M]]
  // CHECK-DAG: nn.store_arena moments 1, %[[V]]
  // CHECK: nn.store_arena parameters
  %norm = nn.update by <"adam"> rate %rate update %update : tensor<f32>, tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}

// -----

// Parameters are sorted by their settings, and one range moves at once: "b" and "d" without, then "a" and "c" at half the rate; "e"
// with max_norm is alone, "f" is frozen and has no place in the arenas.
// CHECK-LABEL: func.func @settings
func.func @settings(%g: tensor<3xf32>, %h: tensor<4x10xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %a = nn.parameter "a" <constant> settings <decay = 0.5, rate = 0.5> : tensor<3xf32>
  %b = nn.parameter "b" <constant> : tensor<3xf32>
  %c = nn.parameter "c" <constant> settings <decay = 0.5, rate = 0.5> : tensor<3xf32>
  %d = nn.parameter "d" <constant> : tensor<3xf32>
  %e = nn.parameter "e" <constant> settings <max_norm = 3.0> layout <pack = 16> : tensor<4x10xf32>
  %f = nn.parameter "f" <constant> settings <frozen> : tensor<3xf32>
  nn.gradient "a", %g : tensor<3xf32>
  nn.gradient "b", %g : tensor<3xf32>
  nn.gradient "c", %g : tensor<3xf32>
  nn.gradient "d", %g : tensor<3xf32>
  nn.gradient "e", %h : tensor<4x10xf32>
  // CHECK: nn.arena gradients : tensor<128xf32>
  // CHECK: nn.arena gradients : tensor<32xf32>
  // CHECK-NOT: dense<5.000000e-01>
  // CHECK: nn.store_arena parameters, %{{.*}} : tensor<32xf32>
  // CHECK: %[[G:.*]] = nn.arena gradients at 32 : tensor<32xf32>
  // CHECK: %[[P:.*]] = nn.arena parameters at 32 : tensor<32xf32>
  // CHECK: %[[D:.*]] = nn.mul %[[P]], %{{.*}} : tensor<32xf32>, tensor<f32>
  // CHECK: nn.add %[[G]], %[[D]]
  // CHECK: %[[R:.*]] = nn.mul %{{.*}}, %{{.*}} : tensor<f32>, tensor<f32>
  // CHECK: nn.mul %{{.*}}, %[[R]]
  // CHECK: nn.store_arena parameters at 32, %{{.*}} : tensor<32xf32>
  // CHECK: nn.arena gradients at 64 : tensor<1x4x16xf32>
  // CHECK: %[[BOX:.*]] = nn.sub %{{.*}} : tensor<1x4x16xf32>, tensor<1x4x16xf32>
  // CHECK: %[[SQUARES:.*]] = nn.mul %[[BOX]], %[[BOX]]
  // CHECK: nn.reduce sum %[[SQUARES]] [1] keepdims
  // CHECK: nn.store_arena parameters at 64, %{{.*}} : tensor<1x4x16xf32>
  %norm = nn.update by <"sgd"> rate %rate : tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}

// -----

// Decay is apart from the gradient: added to the step.
// CHECK-LABEL: func.func @adamw
func.func @adamw(%g: tensor<3xf32>, %rate: tensor<f32>, %update: tensor<f32>) -> tensor<f32> {
  %a = nn.parameter "a" <constant> settings <decay = 0.5> : tensor<3xf32>
  nn.gradient "a", %g : tensor<3xf32>
  // CHECK: %[[P:.*]] = nn.arena parameters : tensor<16xf32>
  // CHECK: %[[STEP:.*]] = nn.div %{{.*}} : tensor<16xf32>, tensor<16xf32>
  // CHECK: %[[D:.*]] = nn.mul %[[P]], %{{.*}} : tensor<16xf32>, tensor<f32>
  // CHECK: nn.add %[[STEP]], %[[D]]
  %norm = nn.update by <"adamw"> rate %rate update %update : tensor<f32>, tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}

// -----

// clip_value clamps each element, after clip_norm has scaled it.
// CHECK-LABEL: func.func @clip_value
func.func @clip_value(%g: tensor<3xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %a = nn.parameter "a" <constant> : tensor<3xf32>
  nn.gradient "a", %g : tensor<3xf32>
  // CHECK: nn.min %{{.*}} : tensor<f32>, tensor<f32>
  // CHECK: %[[S:.*]] = nn.mul %{{.*}} : tensor<16xf32>, tensor<f32>
  // CHECK: %[[LOW:.*]] = nn.min %[[S]]
  // CHECK: nn.max %[[LOW]]
  %norm = nn.update by <"sgd"> rate %rate {clip_norm = 5.0 : f64, clip_value = 0.5 : f64} : tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}
