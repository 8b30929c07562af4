// A result that is stored where an input lies is written over it, if the kernel may and nothing else reads the old value.
// RUN: argent-opt %s --nn-fuse --nn-layout --lower-to-hl --store-in-place | FileCheck %s

// CHECK: hl.pipeline @k0_decay(
// CHECK-SAME: inplace = array<i64: 0>
func.func @decay(%x: tensor<4xf32> {nn.name = "x"}) {
  %h = nn.state "h" <constant, 0.0, 0.0> : tensor<4xf32>
  %next = nn.add %h, %x : tensor<4xf32>, tensor<4xf32> loc("decay")
  nn.assign "h", %next : tensor<4xf32>
  return
}

// The optimizer's kernel writes the moment over the moment, and the parameters over the parameters.
// CHECK: hl.pipeline @k1_{{.*}}step(
// CHECK-SAME: inplace = array<i64: [[V:[0-9]+]], [[P:[0-9]+]]>
func.func @step() {
  %g = nn.arena gradients : tensor<1024xf32>
  %v = nn.arena moments : tensor<1024xf32>
  %p = nn.arena parameters : tensor<1024xf32>
  %next = nn.add %v, %g : tensor<1024xf32>, tensor<1024xf32> loc("velocity")
  nn.store_arena moments, %next : tensor<1024xf32>
  %moved = nn.sub %p, %next : tensor<1024xf32>, tensor<1024xf32> loc("step")
  nn.store_arena parameters, %moved : tensor<1024xf32>
  return
}

// The old value is a result, too: the new one is written beside it.
// CHECK: hl.pipeline @k2_kept(
// CHECK-NOT: inplace
// CHECK-SAME: {{\{$}}
func.func @kept(%x: tensor<4xf32> {nn.name = "x"}) -> (tensor<4xf32> {nn.name = "y"}) {
  %k = nn.state "k" <constant, 0.0, 0.0> : tensor<4xf32>
  %next = nn.add %k, %x : tensor<4xf32>, tensor<4xf32> loc("kept")
  nn.assign "k", %next : tensor<4xf32>
  return %k : tensor<4xf32>
}
