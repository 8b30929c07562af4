// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @optimizer_c1(%rate: tensor<f32>) {
  // expected-error @below {{(C1) unknown optimizer "lion", expected one of sgd, adam, adamw, rmsprop, adagrad, adadelta}}
  %0 = nn.update by <"lion"> rate %rate : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @optimizer_c1_number(%rate: tensor<f32>) {
  // expected-error @below {{(C1) sgd has no number "beta1"}}
  %0 = nn.update by <"sgd", {beta1 = 0.5}> rate %rate : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @optimizer_c2(%rate: tensor<f32>) {
  // expected-error @below {{(C2) momentum of sgd is in [0, 1), found 1.000000e+00 : f64}}
  %0 = nn.update by <"sgd", {momentum = 1.0}> rate %rate : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @optimizer_c2_flag(%rate: tensor<f32>) {
  // expected-error @below {{(C2) nesterov of sgd is false or true, found 1.000000e+00 : f64}}
  %0 = nn.update by <"sgd", {nesterov = 1.0}> rate %rate : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @optimizer_c2_epsilon(%rate: tensor<f32>) {
  // expected-error @below {{(C2) epsilon of adagrad is at least 1e-30, found 0.000000e+00 : f64}}
  %0 = nn.update by <"adagrad", {epsilon = 0.0}> rate %rate : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @update_c1(%rate: tensor<f32>) {
  // expected-error @below {{(C1) adamw counts the updates: it needs `update`}}
  %0 = nn.update by <"adamw"> rate %rate : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @update_c2(%rate: tensor<f32>) {
  // expected-error @below {{(C2) clip_norm and clip_value are above 0, found 0.000000e+00 : f64}}
  %0 = nn.update by <"sgd"> rate %rate {clip_norm = 1.0 : f64, clip_value = 0.0 : f64} : tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @settings_c1() {
  // expected-error @below {{(C1) decay -1.000000e+00, rate 1.000000e+00, max_norm 0.000000e+00: decay and rate are at least 0, max_norm is above 0}}
  %0 = nn.parameter "a" <"constant"> settings <decay = -1.0> : tensor<f32>
  return
}

// -----

func.func @settings_c2() {
  // expected-error @below {{(C2) what is frozen has no other settings}}
  %0 = nn.parameter "a" <"constant"> settings <rate = 2.0, frozen> : tensor<f32>
  return
}

// -----

func.func @settings_c3() {
  // expected-error @below {{(C3) settings that say nothing are left out}}
  %0 = nn.parameter "a" <"constant"> settings <rate = 1.0> : tensor<f32>
  return
}

// -----

func.func @settings_field() {
  // expected-error @below {{expected decay, rate, max_norm or frozen, found momentum}}
  %0 = nn.parameter "a" <"constant"> settings <momentum = 1.0> : tensor<f32>
  return
}

// -----

func.func @arena(%a: tensor<16xf32>) {
  // expected-error @below {{(C1) the moments count from 0, found -1}}
  nn.store_arena moments -1, %a : tensor<16xf32>
  return
}

// -----

func.func @arena_index(%a: tensor<16xf32>) {
  // expected-error @below {{(C1) there is one arena of parameters, found index 1}}
  nn.store_arena parameters 1, %a : tensor<16xf32>
  return
}

// -----

func.func @arena_size() {
  // expected-error @below {{(C2) the size of an arena's range is known, found 'tensor<?xf32>'}}
  %0 = nn.arena gradients : tensor<?xf32>
  return
}

// -----

func.func @arena_begin() {
  // expected-error @below {{(C2) a range begins at element 0 or later, found -1}}
  %0 = nn.arena gradients at -1 : tensor<16xf32>
  return
}

// -----

func.func @arena_kind() {
  // expected-error @below {{(C3) expected parameters, gradients or moments, found activations}}
  %0 = nn.arena activations : tensor<16xf32>
  return
}

// -----

func.func @arena_unknown() {
  // expected-error @below {{failed to parse NN_ArenaKindAttr parameter}}
  // expected-error @below {{expected ::argent::nn::ArenaKind to be one of: parameters, gradients, moments, states, activations, logical}}
  %0 = nn.arena weights : tensor<16xf32>
  return
}

// -----

module attributes {nn.model = "m"} {
  func.func @a() {
    // expected-note @below {{the other declaration}}
    %0 = nn.parameter "a" <"constant"> settings <rate = 2.0> : tensor<f32>
    return
  }
  func.func @b() {
    // expected-error @below {{"a" has the settings}}
    %0 = nn.parameter "a" <"constant"> : tensor<f32>
    return
  }
}
