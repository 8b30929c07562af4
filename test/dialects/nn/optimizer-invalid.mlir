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

func.func @settings_c1() {
  // expected-error @below {{(C1) decay -1.000000e+00, rate 1.000000e+00, max_norm 0.000000e+00: decay and rate are at least 0, max_norm is above 0}}
  %0 = nn.parameter "a" <constant> settings <decay = -1.0> : tensor<f32>
  return
}

// -----

func.func @settings_c2() {
  // expected-error @below {{(C2) what is frozen has no other settings}}
  %0 = nn.parameter "a" <constant> settings <rate = 2.0, frozen> : tensor<f32>
  return
}

// -----

func.func @settings_c3() {
  // expected-error @below {{(C3) settings that say nothing are left out}}
  %0 = nn.parameter "a" <constant> settings <rate = 1.0> : tensor<f32>
  return
}

// -----

func.func @settings_field() {
  // expected-error @below {{expected decay, rate, max_norm or frozen, found momentum}}
  %0 = nn.parameter "a" <constant> settings <momentum = 1.0> : tensor<f32>
  return
}
