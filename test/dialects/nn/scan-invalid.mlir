// RUN: argent-opt %s --split-input-file --verify-diagnostics

func.func @scan_c1(%x: tensor<?x0xf32>) {
  // expected-error @below {{(C1) there is a step; found 0}}
  nn.scan 0 (%t) {
    nn.next
  }
  return
}

// -----

func.func @scan_c2(%x: tensor<?x4xf32>) {
  // expected-error @below {{(C2) a source has 5 steps at dimension 1; found 'tensor<?x4xf32>'}}
  nn.scan 5 (%t) over (%x_t = %x : tensor<?x4xf32>) {
    nn.next
  }
  return
}

// -----

func.func @scan_c2_rank(%x: tensor<?xf32>) {
  // expected-error @below {{a source has 2 dimensions at least; found 'tensor<?xf32>'}}
  nn.scan 5 (%t) over (%x_t = %x : tensor<?xf32>) {
    nn.next
  }
  return
}

// -----

func.func @scan_c3(%x: tensor<?x4xf32>) {
  // expected-error @below {{(C3) the body takes ('tensor<i32>', 'tensor<?xf32>'); found ('tensor<i32>')}}
  "nn.scan"(%x) <{steps = 4 : i64, operandSegmentSizes = array<i32: 1, 0, 0>, resultSegmentSizes = array<i32: 0, 0>}> ({
  ^bb0(%t: tensor<i32>):
    nn.next
  }) : (tensor<?x4xf32>) -> ()
  return
}

// -----

func.func @scan_c4(%h0: tensor<?x4xf32>) {
  // expected-error @below {{(C4) it carries ('tensor<?x4xf32>'); the next step is given ()}}
  %last = nn.scan 4 (%t) carry (%h = %h0 : tensor<?x4xf32>) -> (tensor<?x4xf32>) {
    nn.next
  }
  return
}

// -----

func.func @scan_c4_type(%h0: tensor<?x4xf32>) {
  // expected-error @below {{(C4) it carries ('tensor<?x4xf32>'); the next step is given ('tensor<4x?xf32>')}}
  %last = nn.scan 4 (%t) carry (%h = %h0 : tensor<?x4xf32>) -> (tensor<?x4xf32>) {
    %0 = nn.transpose %h [1, 0] : tensor<?x4xf32>
    nn.next carry (%0 : tensor<4x?xf32>)
  }
  return
}

// -----

func.func @scan_c5(%x: tensor<?x4xf32>) {
  // expected-error @below {{(C5) the results are ('tensor<?x4xf32>') and (); found ('tensor<?xf32>') and ()}}
  %y = nn.scan 4 (%t) over (%x_t = %x : tensor<?x4xf32>) -> (tensor<?xf32>) {
    nn.next yield (%x_t : tensor<?xf32>)
  }
  return
}

// -----

func.func @scan_c5_scalar() {
  // expected-error @below {{(C5) a scalar cannot be stacked; found the yield 'tensor<i32>'}}
  %y = nn.scan 4 (%t) -> (tensor<4xi32>) {
    nn.next yield (%t : tensor<i32>)
  }
  return
}

// -----

func.func @fewer_results(%h0: tensor<?x4xf32>) {
  // expected-error @below {{has a result for each carried value, behind those that are stacked}}
  nn.scan 4 (%t) carry (%h = %h0 : tensor<?x4xf32>) {
    nn.next carry (%h : tensor<?x4xf32>)
  }
  return
}

// -----

func.func @isolated(%x: tensor<?x4xf32>, %y: tensor<?xf32>) {
  // expected-note @below {{required by region isolation constraints}}
  nn.scan 4 (%t) over (%x_t = %x : tensor<?x4xf32>) {
    // expected-error @below {{using value defined outside the region}}
    %0 = nn.add %x_t, %y : tensor<?xf32>, tensor<?xf32>
    nn.next
  }
  return
}
