// One kernel for each direction and shape of a parameter in panels; a dense one needs none.
// RUN: argent-opt %s --make-pack-kernels | FileCheck %s

// CHECK: hl.pipeline @pack_3x5xf32(%{{.*}}: !hl.buffer<3x5xf32>) -> (!hl.buffer<1x3x8xf32>) {
// CHECK: hl.func "out" [%panel in 1, %d0 in 3, %lane in 8] -> f32 {
// CHECK: hl.at %{{.*}}[%d0, %{{.*}}] else %{{.*}} : !hl.buffer<3x5xf32>
// CHECK-NOT: hl.pipeline @pack
// CHECK: hl.pipeline @unpack_3x5xf32(%{{.*}}: !hl.buffer<1x3x8xf32>) -> (!hl.buffer<3x5xf32>) {
// CHECK: hl.func "out" [%d0 in 3, %k in 5] -> f32 {
// CHECK: hl.at %{{.*}}[%{{.*}}, %d0, %{{.*}}] : !hl.buffer<1x3x8xf32>
// CHECK-NOT: hl.pipeline
func.func @predict() {
  %a = nn.parameter "a" <constant, 0.0, 0.0> layout <pack = 8> : tensor<3x5xf32>
  %b = nn.parameter "b" <constant, 0.0, 0.0> layout <pack = 8> : tensor<3x5xf32>
  %c = nn.parameter "c" <constant, 0.0, 0.0> : tensor<7xf32>
  return
}
