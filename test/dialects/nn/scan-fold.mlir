// RUN: argent-opt %s --nn-simplify | FileCheck %s

// What nobody reads goes; a carried value that no step changes is a captured one; a constant is made in the body; two yields of one value
// are one; a yield of a source is the source.
// CHECK-LABEL: func.func @unused
// CHECK:         %[[Y:.*]] = nn.scan 5 (%{{.*}}) over (%[[X_T:.*]] = %arg0 : tensor<?x5xf32>) with (%[[H:.*]] = %arg2 : tensor<?xf32>) -> (tensor<?x5xf32>) {
// CHECK-NEXT:      %[[TWO:.*]] = nn.constant dense<2.0
// CHECK-NEXT:      %[[SUM:.*]] = nn.add %[[X_T]], %[[H]]
// CHECK-NEXT:      %[[PRODUCT:.*]] = nn.mul %[[SUM]], %[[TWO]]
// CHECK-NEXT:      nn.next yield(%[[PRODUCT]] : tensor<?xf32>)
// CHECK-NEXT:    }
// CHECK-NEXT:    return %[[Y]], %[[Y]], %arg0, %arg2
func.func @unused(%x: tensor<?x5xf32>, %z: tensor<?x5xf32>, %h0: tensor<?xf32>, %c0: tensor<?xf32>) -> (tensor<?x5xf32>, tensor<?x5xf32>, tensor<?x5xf32>, tensor<?xf32>) {
  %two = nn.constant dense<2.0> : tensor<f32>
  %a, %b, %c, %d, %h_last, %c_last = nn.scan 5 (%t) over (%x_t = %x : tensor<?x5xf32>, %z_t = %z : tensor<?x5xf32>)
      carry (%h = %h0 : tensor<?xf32>, %unread = %c0 : tensor<?xf32>) with (%k = %two : tensor<f32>, %w = %c0 : tensor<?xf32>)
      -> (tensor<?x5xf32>, tensor<?x5xf32>, tensor<?x5xf32>, tensor<?x5xf32>, tensor<?xf32>, tensor<?xf32>) {
    %0 = nn.add %x_t, %h : tensor<?xf32>, tensor<?xf32>
    %1 = nn.mul %0, %k : tensor<?xf32>, tensor<f32>
    %2 = nn.tanh %1 : tensor<?xf32>
    nn.next carry (%h, %2 : tensor<?xf32>, tensor<?xf32>) yield (%1, %1, %x_t, %2 : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>)
  }
  return %a, %b, %c, %h_last : tensor<?x5xf32>, tensor<?x5xf32>, tensor<?x5xf32>, tensor<?xf32>
}
