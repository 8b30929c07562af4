// A mask (row stride N * 13 with its own index) and a uniform number between bounds, on AArch64 and AVX2. Inputs/random.c has the same bits.
// RUN: argent-opt %s --lower-to-hl --hl-schedule=target=aarch64-linux --hl-expand-math | sed -n '/hl.pipeline @k0/,/^  }/p' > %t.arm.mlir
// RUN: argent-opt %s --lower-to-hl --hl-schedule=target=x86-64-linux-avx2 --hl-expand-math | sed -n '/hl.pipeline @k0/,/^  }/p' > %t.mlir
// Ten rounds in vectors: no element leaves its vector.
// RUN: argent-codegen --target x86-64-linux-avx2 --emit=asm --symbol random %t.mlir | FileCheck %s --check-prefix=AVX2 --implicit-check-not=vpextrd
// AVX2: vpmuludq {{.*}}%ymm
// RUN: argent-codegen --target aarch64-linux --emit=asm --symbol random %t.arm.mlir | FileCheck %s --check-prefix=ARM
// ARM: umull{{2?}} v{{[0-9]+}}.2d
func.func @f(%x: tensor<?x13xf32>, %seed: tensor<4xi32>) -> tensor<?x13xf32> {
  %y = nn.fused "random" (%a = %x : tensor<?x13xf32>, %s = %seed : tensor<4xi32>) -> (tensor<?x13xf32>) {
    %mask = nn.random bernoulli 0.7, 0.0 stream 81985529216486895 seed %s : tensor<4xi32> -> tensor<?x13xf32>
    %noise = nn.random uniform -0.3, 1.1 stream -2 seed %s : tensor<4xi32> -> tensor<?x13xf32>
    %0 = nn.mul %a, %mask : tensor<?x13xf32>, tensor<?x13xf32>
    %1 = nn.max %0, %noise : tensor<?x13xf32>, tensor<?x13xf32>
    nn.yield %1 : tensor<?x13xf32>
  }
  return %y : tensor<?x13xf32>
}
