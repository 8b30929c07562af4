// A function of launches becomes a program on arenas; parameters get their places, and pack and unpack their programs.
// RUN: argent-opt %s --make-pack-kernels --plan | FileCheck %s
// RUN: argent-opt %s --make-pack-kernels --plan | argent-opt | FileCheck %s

// CHECK: plan.arena parameters 0 bytes [205312, 0]
// CHECK: plan.arena logical 0 bytes [192512, 0]
// CHECK: plan.parameter "b" : tensor<120xf32> <constant, 0.{{.*}}> layout <pack = 16> trained at 0 bytes 512 logical 0 bytes 480
// CHECK: plan.parameter "w" : tensor<400x120xf32> {{.*}} at 512 bytes 204800 logical 512 bytes 192000

// CHECK-LABEL: plan.program @predict
// CHECK-SAME: name = "x", type = tensor<?x400xf32>
// CHECK-DAG: %[[X:.*]] = plan.input 0 : <?x400xf32>
// CHECK-DAG: %[[W:.*]] = plan.view parameters 0 at [512, 0] : <8x400x16xf32>
// CHECK-DAG: %[[B:.*]] = plan.view parameters 0 at [0, 0] : <128xf32>
// CHECK-DAG: %[[Y:.*]] = plan.output 0 : <?x120xf32>
// CHECK: plan.launch [@dense] at_least [1](%[[X]], %[[W]], %[[B]], %[[Y]])

// CHECK-LABEL: plan.program @pack
// CHECK: plan.launch [@pack_120xf32]
// CHECK: plan.launch [@pack_400x120xf32]
// CHECK-LABEL: plan.program @unpack
hl.pipeline @dense(%x: !hl.buffer<?x400xf32>, %w: !hl.buffer<8x400x16xf32>, %b: !hl.buffer<128xf32>) -> (!hl.buffer<?x120xf32>) {
  %acc = hl.func "acc" [%m in ?, %k in 120] -> f32 {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%m, %k] over [%d in 400] {
    %c16 = arith.constant 16 : i32
    %co = hl.div %k, %c16 : i32
    %lane = hl.mod %k, %c16 : i32
    %xv = hl.at %x[%m, %d] : !hl.buffer<?x400xf32> -> f32
    %wv = hl.at %w[%co, %d, %lane] : !hl.buffer<8x400x16xf32> -> f32
    %old = hl.self [%m, %k] : f32
    %product = arith.mulf %xv, %wv : f32
    %sum = arith.addf %old, %product : f32
    hl.yield %sum : f32
  }
  %out = hl.func "out" [%m in ?, %k in 120] -> f32 {
    %a = hl.at %acc[%m, %k] : !hl.func<2, f32> -> f32
    %bias = hl.at %b[%k] : !hl.buffer<128xf32> -> f32
    %s = arith.addf %a, %bias : f32
    hl.yield %s : f32
  }
  hl.output %out : !hl.func<2, f32>
}

func.func @predict(%x: tensor<?x400xf32> {nn.name = "x"}) -> (tensor<?x120xf32> {nn.name = "y"}) {
  %w = nn.parameter "w" <glorot_uniform, 0.0, 0.0> layout <pack = 16> : tensor<400x120xf32>
  %b = nn.parameter "b" <constant, 0.0, 0.0> layout <pack = 16> : tensor<120xf32>
  %y = nn.launch "dense" @dense(%x, %w, %b) : (tensor<?x400xf32>, tensor<400x120xf32>, tensor<120xf32>) -> tensor<?x120xf32>
  return %y : tensor<?x120xf32>
}
