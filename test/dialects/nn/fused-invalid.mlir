// RUN: argent-opt %s --allow-unregistered-dialect --split-input-file --verify-diagnostics

func.func @fused_c1(%x: tensor<3xf32>) {
  // expected-error @below {{(C1) the region's arguments ('tensor<4xf32>') are not the inputs ('tensor<3xf32>')}}
  %0 = "nn.fused"(%x) <{name = "f"}> ({
  ^bb0(%a: tensor<4xf32>):
    nn.yield %a : tensor<4xf32>
  }) : (tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @fused_c1_results(%x: tensor<3xf32>) {
  // expected-error @below {{(C1) the region yields ('tensor<3xf32>'), the results are ('tensor<4xf32>')}}
  %0 = nn.fused "f" (%a = %x : tensor<3xf32>) -> (tensor<4xf32>) {
    nn.yield %a : tensor<3xf32>
  }
  return
}

// -----

func.func @fused_c1_yield(%x: tensor<3xf32>) {
  // expected-error @below {{(C1) the region ends with nn.yield, found other.end}}
  %0 = nn.fused "f" (%a = %x : tensor<3xf32>) -> (tensor<3xf32>) {
    "other.end"() : () -> ()
  }
  return
}

// -----

func.func @fused_c2(%x: tensor<3xf32>) {
  // expected-error @below {{(C2) the region holds nn.parameter, which is no compute op}}
  %0 = nn.fused "f" (%a = %x : tensor<3xf32>) -> (tensor<3xf32>) {
    // expected-note @below {{it stands here}}
    %p = nn.parameter "w" <constant> : tensor<3xf32>
    nn.yield %p : tensor<3xf32>
  }
  return
}

// -----

func.func @fused_c3(%x: tensor<3xf32>) {
  // expected-error @below {{(C3) 2 operand layouts for 1 values}}
  %0 = nn.fused "f" (%a = %x : tensor<3xf32>) -> (tensor<3xf32>) attributes {operandLayouts = [unit, unit]} {
    nn.yield %a : tensor<3xf32>
  }
  return
}

// -----

func.func @fused_c3_kind(%x: tensor<3xf32>) {
  // expected-error @below {{(C3) a layout is #nn.layout or unit, found 1 : i64}}
  %0 = nn.fused "f" (%a = %x : tensor<3xf32>) -> (tensor<3xf32>) attributes {resultLayouts = [1]} {
    nn.yield %a : tensor<3xf32>
  }
  return
}

// -----

func.func @launch_c3(%x: tensor<?x4xf32>) {
  // expected-error @below {{(C3) 2 result layouts for 1 values}}
  %0 = nn.launch "exp" @a(%x) {resultLayouts = [unit, unit]} : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return
}
