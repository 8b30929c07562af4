// Law 4 of hl: what a user wrote has no flags, a sum of products has them, a plain sum is a chain as it stands.
// RUN: argent-opt %s --lower-to-hl | FileCheck %s
// CHECK-LABEL: hl.pipeline @k0_product
// CHECK: %[[P:.*]] = arith.mulf %{{.*}}, %{{.*}} fastmath<reassoc,contract> : f32
// CHECK: arith.addf %{{.*}}, %[[P]] fastmath<reassoc,contract> : f32
// CHECK: arith.mulf %{{.*}}, %{{.*}} : f32
// CHECK: arith.addf %{{.*}}, %{{.*}} : f32
func.func @product(%x: tensor<?x8xf32>, %w: tensor<8x16xf32>, %s: tensor<16xf32>) -> tensor<?x16xf32> {
  %y = nn.fused "product" (%a = %x : tensor<?x8xf32>, %b = %w : tensor<8x16xf32>, %c = %s : tensor<16xf32>) -> (tensor<?x16xf32>) {
    %0 = nn.matmul %a, %b : tensor<?x8xf32>, tensor<8x16xf32>
    %1 = nn.mul %0, %c : tensor<?x16xf32>, tensor<16xf32>
    %2 = nn.add %1, %c : tensor<?x16xf32>, tensor<16xf32>
    nn.yield %2 : tensor<?x16xf32>
  }
  return %y : tensor<?x16xf32>
}

// CHECK-LABEL: hl.pipeline @k1_sum
// CHECK: arith.mulf %{{.*}}, %{{.*}} : f32
// CHECK: hl.self
// CHECK: arith.addf %{{.*}}, %{{.*}} : f32
func.func @sum(%x: tensor<?x8xf32>) -> tensor<?xf32> {
  %y = nn.fused "sum" (%a = %x : tensor<?x8xf32>) -> (tensor<?xf32>) {
    %0 = nn.mul %a, %a : tensor<?x8xf32>, tensor<?x8xf32>
    %1 = nn.reduce sum %0 [1] : tensor<?x8xf32>
    nn.yield %1 : tensor<?xf32>
  }
  return %y : tensor<?xf32>
}
