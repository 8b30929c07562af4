// Chunks of an image are tasks of their own where it is work for several threads, so that one image keeps them busy.
// RUN: argent-opt %s --lower-to-hl --hl-schedule=target=x86-64-linux-avx512 | FileCheck %s

// One panel of features: chunks of tiles; what the product loads is padded for each chunk.
// CHECK-LABEL: hl.pipeline @k0_one_panel(
// CHECK: hl.split "p" into "po", "pi" by 14 tail shift_inwards
// CHECK: hl.split "po" into "pot", "po" by [[#]] tail guard_with_if
// CHECK-NEXT: hl.reorder ["ko", "pot"]
// CHECK-NEXT: hl.fuse "pot", "n" into "task"
// CHECK-NEXT: hl.parallel "task"
// CHECK: hl.compute_at %out, "po"
// CHECK: hl.schedule %padded
// CHECK-NEXT: hl.compute_at %out, "task"
func.func @one_panel(%x: tensor<?x28x28x64xf32>, %f: tensor<3x3x64x32xf32>) -> tensor<?x28x28x32xf32> {
  %y = nn.fused "one_panel" (%a = %x : tensor<?x28x28x64xf32>, %b = %f : tensor<3x3x64x32xf32>) -> (tensor<?x28x28x32xf32>) {
    %0 = nn.conv %a, %b strides [1, 1] padding [1, 1, 1, 1] dilations [1, 1] groups 1 : tensor<?x28x28x64xf32>, tensor<3x3x64x32xf32>
    nn.yield %0 : tensor<?x28x28x32xf32>
  }
  return %y : tensor<?x28x28x32xf32>
}

// A pooling window over a convolution: chunks of either.
// CHECK-LABEL: hl.pipeline @k1_pooled(
// CHECK: hl.split "po" into "pot", "po" by [[#]] tail guard_with_if
// CHECK: hl.fuse "pot", "n" into "task"
// CHECK-NEXT: hl.parallel "task"
// CHECK: hl.schedule %pool
// CHECK: hl.split "y" into "yt", "y" by [[#]] tail guard_with_if
// CHECK-NEXT: hl.fuse "yt", "n" into "task"
// CHECK-NEXT: hl.parallel "task"
func.func @pooled(%x: tensor<?x56x56x64xf32>, %f: tensor<1x1x64x32xf32>) -> tensor<?x28x28x32xf32> {
  %y = nn.fused "pooled" (%a = %x : tensor<?x56x56x64xf32>, %b = %f : tensor<1x1x64x32xf32>) -> (tensor<?x28x28x32xf32>) {
    %0 = nn.conv %a, %b strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] groups 1 : tensor<?x56x56x64xf32>, tensor<1x1x64x32xf32>
    %1 = nn.pool avg %0 size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x56x56x32xf32>
    nn.yield %1 : tensor<?x28x28x32xf32>
  }
  return %y : tensor<?x28x28x32xf32>
}

// Pooling; the windows are computed in the tasks, which have none inside.
// CHECK-LABEL: hl.pipeline @k2_pool(
// CHECK: hl.schedule %pool update(0)
// CHECK-NOT: hl.parallel
// CHECK: hl.schedule %out
// CHECK: hl.fuse "yt", "n" into "task"
// CHECK-NEXT: hl.parallel "task"
func.func @pool(%x: tensor<?x56x56x64xf32>) -> tensor<?x28x28x64xf32> {
  %y = nn.fused "pool" (%a = %x : tensor<?x56x56x64xf32>) -> (tensor<?x28x28x64xf32>) {
    %0 = nn.pool max %a size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x56x56x64xf32>
    nn.yield %0 : tensor<?x28x28x64xf32>
  }
  return %y : tensor<?x28x28x64xf32>
}

// Elements: whole vectors of a long row.
// CHECK-LABEL: hl.pipeline @k3_exp(
// CHECK: hl.fuse "{{.*}}t", "n" into "task"
// CHECK-NEXT: hl.parallel "task"
func.func @exp(%x: tensor<?x56x56x64xf32>) -> tensor<?x56x56x64xf32> {
  %y = nn.fused "exp" (%a = %x : tensor<?x56x56x64xf32>) -> (tensor<?x56x56x64xf32>) {
    %0 = nn.exp %a : tensor<?x56x56x64xf32>
    nn.yield %0 : tensor<?x56x56x64xf32>
  }
  return %y : tensor<?x56x56x64xf32>
}
