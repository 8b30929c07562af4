// What is assigned to states: written in place only where nobody reads the old value, else copied when everything has been read.
// RUN: argent-opt %s --split-input-file --nn-fuse --nn-layout --lower-to-hl --store-in-place --plan | FileCheck %s

// One row less and one more: row i is written where row i + 1 was, so the kernel writes beside the state.
// CHECK-LABEL: plan.program @window
// CHECK: %[[OLD:.*]] = plan.view states 0 at [0, 0] : <3x4xf32>
// CHECK: %[[NEW:.*]] = plan.view activations 0 at [0, 0] : <3x4xf32>
// CHECK: plan.launch {{.*}}(%[[OLD]], %{{.*}}, %[[NEW]])
// CHECK: plan.copy {{.*}} : <3x4xf32>, <3x4xf32>
func.func @window(%x: tensor<1x4xf32> {nn.name = "x"}) {
  %h = nn.state "h" <constant, 0.0, 0.0> : tensor<3x4xf32>
  %rest = nn.slice %h offsets [1, 0] sizes [2, 4] strides [1, 1] : tensor<3x4xf32>
  %next = nn.concat %rest, %x axis 0 : tensor<2x4xf32>, tensor<1x4xf32>
  nn.assign "h", %next : tensor<3x4xf32>
  return
}

// -----

// Each point depends on its own old value only: in place, without a copy.
// CHECK-LABEL: plan.program @decay
// CHECK: %[[OLD:.*]] = plan.view states 0 at [0, 0] : <4xf32>
// CHECK: %[[NEW:.*]] = plan.view states 0 at [0, 0] : <4xf32>
// CHECK: plan.launch {{.*}}(%[[OLD]], %{{.*}}, %[[NEW]])
// CHECK-NEXT: }
func.func @decay(%x: tensor<4xf32> {nn.name = "x"}) {
  %h = nn.state "h" <constant, 0.0, 0.0> : tensor<4xf32>
  %next = nn.add %h, %x : tensor<4xf32>, tensor<4xf32>
  nn.assign "h", %next : tensor<4xf32>
  return
}

// -----

// The old value is a result: it is returned before the state changes.
// CHECK-LABEL: plan.program @late
// CHECK: %[[Y:.*]] = plan.output 0 : <4xf32>
// CHECK: %[[OLD:.*]] = plan.view states 0 at [0, 0] : <4xf32>
// CHECK: plan.copy %[[OLD]] to %[[Y]]
// CHECK: %[[STATE:.*]] = plan.view states 0 at [0, 0] : <4xf32>
// CHECK: %[[X:.*]] = plan.input 0 : <4xf32>
// CHECK: plan.copy %[[X]] to %[[STATE]]
func.func @late(%x: tensor<4xf32> {nn.name = "x"}) -> (tensor<4xf32> {nn.name = "y"}) {
  %h = nn.state "h" <constant, 0.0, 0.0> : tensor<4xf32>
  nn.assign "h", %x : tensor<4xf32>
  return %h : tensor<4xf32>
}

// -----

// Two change places: each is copied aside.
// CHECK-LABEL: plan.program @exchange
// CHECK: %[[TEMP0:.*]] = plan.view activations 0 at [0, 0]
// CHECK: %[[B:.*]] = plan.view states 0 at [64, 0]
// CHECK: plan.copy %[[B]] to %[[TEMP0]]
// CHECK: %[[TEMP1:.*]] = plan.view activations 0 at [64, 0]
// CHECK: %[[A:.*]] = plan.view states 0 at [0, 0]
// CHECK: plan.copy %[[A]] to %[[TEMP1]]
// CHECK-COUNT-2: plan.copy
func.func @exchange() {
  %a = nn.state "a" <constant, 0.0, 0.0> : tensor<4xf32>
  %b = nn.state "b" <constant, 1.0, 0.0> : tensor<4xf32>
  nn.assign "a", %b : tensor<4xf32>
  nn.assign "b", %a : tensor<4xf32>
  return
}

// -----

// A state that is named after a kernel that could write over it.
// CHECK-LABEL: plan.program @named_late
// CHECK: %[[NEW:.*]] = plan.view activations
// CHECK: plan.launch {{.*}}(%{{.*}}, %[[NEW]])
func.func @named_late(%x: tensor<4xf32> {nn.name = "x"}) -> (tensor<4xf32> {nn.name = "y"}) {
  %next = nn.exp %x : tensor<4xf32>
  %h = nn.state "h" <constant, 0.0, 0.0> : tensor<4xf32>
  nn.assign "h", %next : tensor<4xf32>
  return %h : tensor<4xf32>
}

// -----

// Rows that are kept where they belong: in place.
// CHECK-LABEL: plan.program @rows
// CHECK: %[[OLD:.*]] = plan.view rows 1 at [0, 0] : <?x4xf32>
// CHECK: %[[NEW:.*]] = plan.view rows 1 at [0, 0] : <?x4xf32>
// CHECK: plan.launch {{.*}}(%[[OLD]], %{{.*}}, %[[NEW]])
// CHECK-NEXT: }
func.func @rows(%x: tensor<?x4xf32> {nn.name = "x"}) {
  %h = nn.state "h" <constant, 0.0, 0.0> : tensor<?x4xf32>
  %next = nn.add %h, %x : tensor<?x4xf32>, tensor<?x4xf32>
  nn.assign "h", %next : tensor<?x4xf32>
  return
}

// -----

// N is not outermost: where it is kept, the parts lie as far apart as the largest batch wants, and a call of fewer rows works on a dense copy.
// The kernel's box may be another one; that of the copies is the state's.
// CHECK-LABEL: plan.program @inside
// CHECK-DAG: %[[COPY:.*]] = plan.view activations 0 at [0, 0] : <2x?x4xf32>
// CHECK-DAG: %[[KEPT:.*]] = plan.view rows 1 at [0, 0] : <2x?x4xf32>
// CHECK: plan.copy %[[KEPT]] to %[[COPY]] : <2x?x4xf32>, <2x?x4xf32>
// CHECK: plan.launch
// CHECK: %[[KEPT:.*]] = plan.view rows 1 at [0, 0] : <2x?x4xf32>
// CHECK: %[[NEXT:.*]] = plan.view activations 0 at [0, 64] : <2x?x4xf32>
// CHECK: plan.copy %[[NEXT]] to %[[KEPT]] : <2x?x4xf32>, <2x?x4xf32>
func.func @inside(%x: tensor<2x?x4xf32> {nn.name = "x"}) {
  %h = nn.state "h" <constant, 0.0, 0.0> : tensor<2x?x4xf32>
  %next = nn.add %h, %x : tensor<2x?x4xf32>, tensor<2x?x4xf32>
  nn.assign "h", %next : tensor<2x?x4xf32>
  return
}
