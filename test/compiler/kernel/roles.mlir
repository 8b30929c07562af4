// What of a program a kernel belongs to, by who wants its results, whatever its name.
// RUN: argent-opt %s --lower-to-hl | FileCheck %s

// CHECK: hl.pipeline @k0_forward({{.*}} ops = ["mul"]} {
// CHECK: hl.pipeline @k1_loss({{.*}} ops = ["reduce"]} {
// CHECK: hl.pipeline @k2_d_state({{.*}} ops = ["exp"]} {
// CHECK: hl.pipeline @k3_h({{.*}} role gradient attributes {{.*}} ops = ["mul"]} {
// CHECK: hl.pipeline @k4_d_w({{.*}} role gradient attributes {{.*}} ops = ["mul"]} {
// CHECK: hl.pipeline @k5_norm({{.*}} role update attributes {{.*}} ops = ["reduce"]} {
// CHECK: hl.pipeline @k6_scale({{.*}} role update attributes {{.*}} ops = ["exp"]} {
// CHECK: hl.pipeline @k7_d_step({{.*}} role update attributes {{.*}} ops = ["mul", "sub"]} {
func.func @train_step(%x: tensor<4xf32> {nn.name = "x"}, %t: tensor<f32> {nn.name = "t"}) -> (tensor<f32> {nn.name = "loss"}, tensor<f32> {nn.name = "norm"}) {
  %w = nn.parameter "w" <constant, 0.0, 0.0> : tensor<4xf32>
  // The gradient wants it, too.
  %y = nn.fused "forward" (%a = %w : tensor<4xf32>, %b = %x : tensor<4xf32>) -> (tensor<4xf32>) {
    %0 = nn.mul %a, %b : tensor<4xf32>, tensor<4xf32>
    nn.yield %0 : tensor<4xf32>
  }
  %loss = nn.fused "loss" (%a = %y : tensor<4xf32>) -> (tensor<f32>) {
    %0 = nn.reduce sum %a [0] : tensor<4xf32>
    nn.yield %0 : tensor<f32>
  }
  %state = nn.fused "d state" (%a = %x : tensor<4xf32>) -> (tensor<4xf32>) {
    %0 = nn.exp %a : tensor<4xf32>
    nn.yield %0 : tensor<4xf32>
  }
  nn.assign "s", %state : tensor<4xf32>
  %dy = nn.fused "h" (%a = %y : tensor<4xf32>, %b = %x : tensor<4xf32>) -> (tensor<4xf32>) {
    %0 = nn.mul %a, %b : tensor<4xf32>, tensor<4xf32>
    nn.yield %0 : tensor<4xf32>
  }
  %dw = nn.fused "d w" (%a = %dy : tensor<4xf32>, %b = %x : tensor<4xf32>) -> (tensor<4xf32>) {
    %0 = nn.mul %a, %b : tensor<4xf32>, tensor<4xf32>
    nn.yield %0 : tensor<4xf32>
  }
  nn.gradient "w", %dw : tensor<4xf32>
  // A result, but of the gradients' arena.
  %g = nn.arena gradients : tensor<16xf32>
  %norm = nn.fused "norm" (%a = %g : tensor<16xf32>) -> (tensor<f32>) {
    %0 = nn.reduce sum %a [0] : tensor<16xf32>
    nn.yield %0 : tensor<f32>
  }
  // Reads no arena, and only the update reads it.
  %scale = nn.fused "scale" (%a = %t : tensor<f32>) -> (tensor<f32>) {
    %0 = nn.exp %a : tensor<f32>
    nn.yield %0 : tensor<f32>
  }
  %p = nn.arena parameters : tensor<16xf32>
  %next = nn.fused "d step" (%a = %p : tensor<16xf32>, %b = %g : tensor<16xf32>, %c = %scale : tensor<f32>) -> (tensor<16xf32>) {
    %0 = nn.mul %b, %c : tensor<16xf32>, tensor<f32>
    %1 = nn.sub %a, %0 : tensor<16xf32>, tensor<16xf32>
    nn.yield %1 : tensor<16xf32>
  }
  nn.store_arena parameters, %next : tensor<16xf32>
  return %loss, %norm : tensor<f32>, tensor<f32>
}
