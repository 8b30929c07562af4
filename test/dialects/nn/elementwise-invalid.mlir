// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @add_c1(%x: tensor<?x4xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{(C1) shapes [N, 4] and [3] do not broadcast}}
  %0 = nn.add %x, %y : tensor<?x4xf32>, tensor<3xf32>
  return
}

// -----

func.func @add_c1_types(%x: tensor<?x4xf32>, %y: tensor<4xf64>) {
  // expected-error @below {{(C1) operands have the element types 'f32' and 'f64'}}
  %0 = nn.add %x, %y : tensor<?x4xf32>, tensor<4xf64>
  return
}

// -----

func.func @sub_c1(%x: tensor<?x4xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{(C1) shapes [N, 4] and [3] do not broadcast}}
  %0 = nn.sub %x, %y : tensor<?x4xf32>, tensor<3xf32>
  return
}

// -----

func.func @sub_c1_types(%x: tensor<?x4xf32>, %y: tensor<4xf64>) {
  // expected-error @below {{(C1) operands have the element types 'f32' and 'f64'}}
  %0 = nn.sub %x, %y : tensor<?x4xf32>, tensor<4xf64>
  return
}

// -----

func.func @mul_c1(%x: tensor<?x4xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{(C1) shapes [N, 4] and [3] do not broadcast}}
  %0 = nn.mul %x, %y : tensor<?x4xf32>, tensor<3xf32>
  return
}

// -----

func.func @mul_c1_types(%x: tensor<?x4xf32>, %y: tensor<4xf64>) {
  // expected-error @below {{(C1) operands have the element types 'f32' and 'f64'}}
  %0 = nn.mul %x, %y : tensor<?x4xf32>, tensor<4xf64>
  return
}

// -----

func.func @div_c1(%x: tensor<?x4xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{(C1) shapes [N, 4] and [3] do not broadcast}}
  %0 = nn.div %x, %y : tensor<?x4xf32>, tensor<3xf32>
  return
}

// -----

func.func @div_c1_types(%x: tensor<?x4xf32>, %y: tensor<4xf64>) {
  // expected-error @below {{(C1) operands have the element types 'f32' and 'f64'}}
  %0 = nn.div %x, %y : tensor<?x4xf32>, tensor<4xf64>
  return
}

// -----

func.func @max_c1(%x: tensor<?x4xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{(C1) shapes [N, 4] and [3] do not broadcast}}
  %0 = nn.max %x, %y : tensor<?x4xf32>, tensor<3xf32>
  return
}

// -----

func.func @max_c1_types(%x: tensor<?x4xf32>, %y: tensor<4xf64>) {
  // expected-error @below {{(C1) operands have the element types 'f32' and 'f64'}}
  %0 = nn.max %x, %y : tensor<?x4xf32>, tensor<4xf64>
  return
}

// -----

func.func @min_c1(%x: tensor<?x4xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{(C1) shapes [N, 4] and [3] do not broadcast}}
  %0 = nn.min %x, %y : tensor<?x4xf32>, tensor<3xf32>
  return
}

// -----

func.func @min_c1_types(%x: tensor<?x4xf32>, %y: tensor<4xf64>) {
  // expected-error @below {{(C1) operands have the element types 'f32' and 'f64'}}
  %0 = nn.min %x, %y : tensor<?x4xf32>, tensor<4xf64>
  return
}

// -----

func.func @pow_c1(%x: tensor<?x4xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{(C1) shapes [N, 4] and [3] do not broadcast}}
  %0 = nn.pow %x, %y : tensor<?x4xf32>, tensor<3xf32>
  return
}

// -----

func.func @pow_c1_types(%x: tensor<?x4xf32>, %y: tensor<4xf64>) {
  // expected-error @below {{(C1) operands have the element types 'f32' and 'f64'}}
  %0 = nn.pow %x, %y : tensor<?x4xf32>, tensor<4xf64>
  return
}

// -----

func.func @floor_div_c1(%x: tensor<?x4xi32>, %y: tensor<3xi32>) {
  // expected-error @below {{(C1) shapes [N, 4] and [3] do not broadcast}}
  %0 = nn.floor_div %x, %y : tensor<?x4xi32>, tensor<3xi32>
  return
}

// -----

func.func @floor_div_c1_types(%x: tensor<?x4xi32>, %y: tensor<4xi64>) {
  // expected-error @below {{(C1) operands have the element types 'i32' and 'i64'}}
  %0 = nn.floor_div %x, %y : tensor<?x4xi32>, tensor<4xi64>
  return
}

// -----

func.func @mod_c1(%x: tensor<?x4xi32>, %y: tensor<3xi32>) {
  // expected-error @below {{(C1) shapes [N, 4] and [3] do not broadcast}}
  %0 = nn.mod %x, %y : tensor<?x4xi32>, tensor<3xi32>
  return
}

// -----

func.func @mod_c1_types(%x: tensor<?x4xi32>, %y: tensor<4xi64>) {
  // expected-error @below {{(C1) operands have the element types 'i32' and 'i64'}}
  %0 = nn.mod %x, %y : tensor<?x4xi32>, tensor<4xi64>
  return
}

// -----

// N stretches to nothing.
func.func @add_c1_batch(%x: tensor<?x4xf32>, %y: tensor<7x4xf32>) {
  // expected-error @below {{(C1) shapes [N, 4] and [7, 4] do not broadcast}}
  %0 = nn.add %x, %y : tensor<?x4xf32>, tensor<7x4xf32>
  return
}

// -----

func.func @compare_c1(%x: tensor<?x4xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{(C1) shapes [N, 4] and [3] do not broadcast}}
  %0 = nn.compare lt %x, %y : tensor<?x4xf32>, tensor<3xf32>
  return
}

// -----

func.func @compare_c1_types(%x: tensor<?x4xf32>, %y: tensor<4xi32>) {
  // expected-error @below {{(C1) operands have the element types 'f32' and 'i32'}}
  %0 = nn.compare lt %x, %y : tensor<?x4xf32>, tensor<4xi32>
  return
}

// -----

func.func @and_c1(%x: tensor<?x4xi1>, %y: tensor<3xi1>) {
  // expected-error @below {{(C1) shapes [N, 4] and [3] do not broadcast}}
  %0 = nn.and %x, %y : tensor<?x4xi1>, tensor<3xi1>
  return
}

// -----

func.func @or_c1(%x: tensor<?x4xi1>, %y: tensor<3xi1>) {
  // expected-error @below {{(C1) shapes [N, 4] and [3] do not broadcast}}
  %0 = nn.or %x, %y : tensor<?x4xi1>, tensor<3xi1>
  return
}

// -----

func.func @select_c1(%c: tensor<?x3xi1>, %x: tensor<?x4xf32>) {
  // expected-error @below {{(C1) shapes [N, 3] and [N, 4] do not broadcast}}
  %0 = nn.select %c, %x, %x : tensor<?x3xi1>, tensor<?x4xf32>, tensor<?x4xf32>
  return
}

// -----

func.func @select_c1_types(%c: tensor<?x4xi1>, %x: tensor<?x4xf32>, %y: tensor<?x4xi32>) {
  // expected-error @below {{(C1) operands have the element types 'f32' and 'i32'}}
  %0 = nn.select %c, %x, %y : tensor<?x4xi1>, tensor<?x4xf32>, tensor<?x4xi32>
  return
}

// -----

func.func @cast_c1(%x: tensor<?x4xf32>) {
  // expected-error @below {{(C1) a cast keeps the shape: [N, 4] is not [N, 5]}}
  %0 = nn.cast %x : tensor<?x4xf32> to tensor<?x5xi32>
  return
}
