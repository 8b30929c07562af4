// Updates that store at computed indices.
// RUN: argent-opt %s --lower-to-hl --hl-schedule=target=x86-64-linux-avx2 | FileCheck %s

// Parts of a join: vectors along the part, tasks over images; nothing for the initial value.
// CHECK-LABEL: hl.pipeline @k0_join(
// CHECK-NOT: hl.schedule %out : {{.*}}
// CHECK: hl.schedule %out update(0)
// CHECK: hl.split "part" into "parto", "partl" by 8
// CHECK: hl.vectorize "partl"
// CHECK: hl.fuse "pt", "n" into "task"
// CHECK-NEXT: hl.parallel "task"
// CHECK: hl.schedule %out update(1)
// CHECK: hl.split "part" into "parto", "partl" by 8 tail guard_with_if
func.func @join(%x: tensor<?x16x16x64xf32>, %y: tensor<?x16x16x36xf32>) -> tensor<?x16x16x100xf32> {
  %j = nn.fused "join" (%a = %x : tensor<?x16x16x64xf32>, %b = %y : tensor<?x16x16x36xf32>) -> (tensor<?x16x16x100xf32>) {
    %0 = nn.concat %a, %b axis 3 : tensor<?x16x16x64xf32>, tensor<?x16x16x36xf32>
    nn.yield %0 : tensor<?x16x16x100xf32>
  }
  return %j : tensor<?x16x16x100xf32>
}

// Sums at indices from data: the index's order inside, tasks over features outside.
// CHECK-LABEL: hl.pipeline @k1_table(
// CHECK: hl.schedule %sum update(0)
// CHECK: hl.split "c" into "co", "cl" by 8
// CHECK: hl.split "co" into "ct", "cv" by 4
// CHECK: hl.reorder ["cl", "cv", "j1", "j0", "ct"]
// CHECK: hl.vectorize "cl"
// CHECK: hl.parallel "ct"
func.func @table(%g: tensor<?x20x128xf32>, %i: tensor<?x20xi32>) -> tensor<1000x128xf32> {
  %y = nn.fused "table" (%a = %g : tensor<?x20x128xf32>, %b = %i : tensor<?x20xi32>) -> (tensor<1000x128xf32>) {
    %0 = nn.scatter_add %a, %b axis 0 : tensor<?x20x128xf32>, tensor<?x20xi32> -> tensor<1000x128xf32>
    nn.yield %0 : tensor<1000x128xf32>
  }
  return %y : tensor<1000x128xf32>
}

// A permutation: element after element, tasks over rows. Ranks are counted in vectors.
// CHECK-LABEL: hl.pipeline @k2_order(
// CHECK: hl.schedule %rank update(0)
// CHECK: hl.vectorize "cl" by 8
// CHECK: hl.schedule %argsort update(0)
// CHECK-NOT: hl.vectorize
// CHECK: hl.parallel
// CHECK-NOT: hl.vectorize
func.func @order(%x: tensor<?x512xf32>) -> tensor<?x512xi32> {
  %y = nn.fused "order" (%a = %x : tensor<?x512xf32>) -> (tensor<?x512xi32>) {
    %0 = nn.argsort %a axis 1 : tensor<?x512xf32>
    nn.yield %0 : tensor<?x512xi32>
  }
  return %y : tensor<?x512xi32>
}
