// RUN: argent-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{argument 0: nn.range is [low, high], both inclusive}}
func.func private @range(tensor<?xi32> {nn.range = [3, 1]})

// -----

// expected-error @below {{result 0: a total is a scalar}}
func.func private @total() -> (tensor<3xf32> {nn.total = #nn.total<sum>})

// -----

// expected-error @below {{result 0: nn.total is #nn.total<sum>, <max> or <min>, found "sum"}}
func.func private @total_kind() -> (tensor<f32> {nn.total = "sum"})

// -----

// expected-error @below {{result 1: totals say how they are combined, by nn.total}}
func.func private @totals() -> (tensor<f32> {nn.name = "totals", nn.total = #nn.total<max>}, tensor<f32> {nn.name = "totals"})

// -----

// expected-error @below {{result 0: nn.metric has no value, found "loss"}}
func.func private @metric_value() -> (tensor<f32> {nn.name = "loss", nn.metric = "loss"})

// -----

// expected-error @below {{result 0: a metric is tensor<f32>, found 'tensor<?xf32>'}}
func.func private @metric_rows() -> (tensor<?xf32> {nn.name = "loss", nn.metric})

// -----

// expected-error @below {{result 0: a metric is tensor<f32>, found 'tensor<i32>'}}
func.func private @metric_type() -> (tensor<i32> {nn.name = "loss", nn.metric})

// -----

// expected-error @below {{result 0: a metric has a name, nn.name}}
func.func private @metric_name() -> (tensor<f32> {nn.metric})

// -----

// expected-error @below {{argument 0: unknown input attribute nn.metric}}
func.func private @metric_input(tensor<f32> {nn.name = "loss", nn.metric})

// -----

// expected-error @below {{argument 0: the seed "@random" is tensor<4xi32>, found 'tensor<4xf32>'}}
func.func @port_type(%seed: tensor<4xf32> {nn.name = "@random"}) {
  return
}

// -----

// expected-error @below {{argument 0: the seed "@random" is the last argument}}
func.func @port_place(%seed: tensor<4xi32> {nn.name = "@random"}, %x: tensor<?xf32> {nn.name = "x"}) {
  return
}

// -----

module attributes {nn.model = "m"} {
  func.func @a() {
    // expected-note @below {{the other declaration}}
    %0 = nn.parameter "w" <constant> : tensor<3xf32>
    return
  }
  func.func @b() {
    // expected-error @below {{"w" has the type 'tensor<4xf32>' here and 'tensor<3xf32>' elsewhere}}
    %0 = nn.parameter "w" <constant> : tensor<4xf32>
    return
  }
}

// -----

module attributes {nn.model = "m"} {
  func.func @a() {
    // expected-note @below {{the other declaration}}
    %0 = nn.parameter "a" <constant> settings <rate = 2.0> : tensor<f32>
    return
  }
  func.func @b() {
    // expected-error @below {{"a" has the settings}}
    %0 = nn.parameter "a" <constant> : tensor<f32>
    return
  }
}

// -----

// expected-error @below {{nn.gradient_report stands alone, found 1}}
module attributes {nn.gradient_report = 1 : i64} {}

// -----

// expected-error @below {{argument 0: nn.probe is the name of what is probed, found ""}}
func.func private @probe_empty(tensor<?x3x4xf32> {nn.probe = "", nn.probe_loops = 1 : i64})

// -----

// expected-error @below {{argument 0: nn.probe is the name of what is probed, found 1}}
func.func private @probe_number(tensor<?x3x4xf32> {nn.probe = 1 : i64, nn.probe_loops = 1 : i64})

// -----

// expected-error @below {{result 0: nn.probe is the name of what is probed, found unit}}
func.func private @probe_result() -> (tensor<?x3x4xf32> {nn.probe})

// -----

// expected-error @below {{argument 0: a probe says how many loops cut it, nn.probe_loops}}
func.func private @probe_alone(tensor<?x3x4xf32> {nn.probe = "h"})

// -----

// expected-error @below {{argument 0: nn.probe_loops is how many of the dimensions behind the first are steps, found 0}}
func.func private @probe_no_loop(tensor<?x3x4xf32> {nn.probe = "h", nn.probe_loops = 0 : i64})

// -----

// expected-error @below {{argument 0: nn.probe_loops is how many of the dimensions behind the first are steps, found 3}}
func.func private @probe_loops(tensor<?x3x4xf32> {nn.probe = "h", nn.probe_loops = 3 : i64})

// -----

// expected-error @below {{argument 0: nn.probe_reverse has no value, found true}}
func.func private @probe_reverse(tensor<?x3x4xf32> {nn.probe = "h", nn.probe_loops = 1 : i64, nn.probe_reverse = true})
