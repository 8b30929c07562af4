// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @parameter_c1() {
  // expected-error @below {{(C1) "a b" is no path: it is empty, has blanks or begins with '@'}}
  %0 = nn.parameter "a b" <constant> : tensor<f32>
  return
}

// -----

func.func @state_c1() {
  // expected-error @below {{(C1) "a b" is no path: it is empty, has blanks or begins with '@'}}
  %0 = nn.state "a b" <constant, 0.0, 0.0> : tensor<f32>
  return
}

// -----

func.func @parameter_c2() {
  // expected-error @below {{(C2) "w": a parameter's shape is known, found 'tensor<?x4xf32>'}}
  %0 = nn.parameter "w" <constant> : tensor<?x4xf32>
  return
}

// -----

func.func @parameter_c3() {
  // expected-error @below {{(C3) layout #nn.layout<pack = 16> does not fit 'tensor<f32>'}}
  %0 = nn.parameter "w" <constant> layout <pack = 16> : tensor<f32>
  return
}

// -----

func.func @parameter_c3_border() {
  // expected-error @below {{(C3) layout #nn.layout<border = [1, 1]> does not fit 'tensor<4x4xf32>'}}
  %0 = nn.parameter "w" <constant> layout <border = [1, 1]> : tensor<4x4xf32>
  return
}

// -----

func.func @assign_c1(%a: tensor<f32>) {
  // expected-error @below {{(C1) "" is no path: it is empty, has blanks or begins with '@'}}
  nn.assign "", %a : tensor<f32>
  return
}

// -----

func.func @gradient_c1(%a: tensor<f32>) {
  // expected-error @below {{(C1) "@a" is no path: it is empty, has blanks or begins with '@'}}
  nn.gradient "@a", %a : tensor<f32>
  return
}

// -----

func.func @optimize_c1(%loss: tensor<f32>) {
  // expected-error @below {{(C1) adam counts the updates: it needs `update`}}
  %0 = nn.optimize %loss by <"adam"> rate %loss : tensor<f32>, tensor<f32> -> tensor<f32>
  return
}

// -----

func.func @optimize_c2(%loss: tensor<f32>) {
  // expected-error @below {{(C2) clip_norm and clip_value are above 0, found -1.000000e+00 : f64}}
  %0 = nn.optimize %loss by <"sgd"> rate %loss {clip_norm = -1.0 : f64} : tensor<f32>, tensor<f32> -> tensor<f32>
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

func.func @arena_c1(%a: tensor<16xf32>) {
  // expected-error @below {{(C1) the moments count from 0, found -1}}
  nn.store_arena moments -1, %a : tensor<16xf32>
  return
}

// -----

func.func @arena_c1_index(%a: tensor<16xf32>) {
  // expected-error @below {{(C1) there is one arena of parameters, found index 1}}
  nn.store_arena parameters 1, %a : tensor<16xf32>
  return
}

// -----

func.func @arena_c2() {
  // expected-error @below {{(C2) the size of an arena's range is known, found 'tensor<?xf32>'}}
  %0 = nn.arena gradients : tensor<?xf32>
  return
}

// -----

func.func @arena_c2_begin() {
  // expected-error @below {{(C2) a range begins at element 0 or later, found -1}}
  %0 = nn.arena gradients at -1 : tensor<16xf32>
  return
}

// -----

func.func @arena_c3() {
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

func.func @parameter_c4() {
  // expected-error @below {{(C4) word vectors fill a table of f32 or f64, a word a row, found 'tensor<4xf32>'}}
  %0 = nn.parameter "w" <constant, 0.0, 0.0, <"a.txt", "tokens">> : tensor<4xf32>
  return
}

// -----

func.func @state_c2() {
  // expected-error @below {{(C2) word vectors fill a table of f32 or f64, a word a row, without N, found 'tensor<?x4xf32>'}}
  %0 = nn.state "w" <constant, 0.0, 0.0, <"a.txt", "tokens">> : tensor<?x4xf32>
  return
}
