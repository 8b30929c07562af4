// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// The gradient reads the exponential, its sine and the product of both: the first is stored, the others are computed from it again. What a
// product makes is not, and of choices that cost the same that one is stored which leaves the least to do: the exponential, not what it is of.
// CHECK-LABEL: func.func @chain
// CHECK:         %[[TAPE:.*]]:2, %{{.*}} = nn.scan 5 ({{.*}}) carry (%[[H:.*]] = %{{.*}} : tensor<?x4xf32>)
// CHECK-NEXT:      nn.matmul
// CHECK-NEXT:      %[[B:.*]] = nn.exp
// CHECK:           nn.next carry({{.*}}) yield(%[[B]], %[[H]] : tensor<?x4xf32>, tensor<?x4xf32>)
// CHECK:         nn.scan 5 ({{.*}}) reverse over (%[[B:[^ ]*]] = %[[TAPE]]#0 : tensor<?x5x4xf32>, %{{.*}} = %[[TAPE]]#1 : tensor<?x5x4xf32>)
// CHECK-NEXT:      %[[SINE:.*]] = nn.sin %[[B]]
// CHECK-NEXT:      nn.mul %[[SINE]], %[[B]]
// CHECK-NOT:       nn.exp
// CHECK:           nn.next
func.func @chain(%h0: tensor<?x4xf32>, %U: tensor<4x4xf32>, %s: tensor<4xf32>) -> tensor<f32> {
  %last = nn.scan 5 (%t) carry (%h = %h0 : tensor<?x4xf32>) with (%u = %U : tensor<4x4xf32>, %scale = %s : tensor<4xf32>) -> (tensor<?x4xf32>) {
    %a = nn.matmul %h, %u : tensor<?x4xf32>, tensor<4x4xf32>
    %b = nn.exp %a : tensor<?x4xf32>
    %c = nn.sin %b : tensor<?x4xf32>
    %d = nn.mul %c, %b : tensor<?x4xf32>, tensor<?x4xf32>
    %e = nn.mul %d, %scale : tensor<?x4xf32>, tensor<4xf32>
    nn.next carry (%e : tensor<?x4xf32>)
  }
  %loss = nn.reduce sum %last [0, 1] : tensor<?x4xf32>
  return %loss : tensor<f32>
}

// What is computed of captured values alone is the same in all steps: it is not stored for each, whatever it is.
// CHECK-LABEL: func.func @same
// CHECK:         %[[TAPE:.*]], %{{.*}} = nn.scan 5 ({{.*}}) carry (%[[H:.*]] = %{{.*}} : tensor<?x4xf32>)
// CHECK:           nn.next carry({{.*}}) yield(%[[H]] : tensor<?x4xf32>)
// CHECK:         nn.scan 5 ({{.*}}) reverse
// CHECK:           %[[W:.*]] = nn.matmul %{{.*}}, %{{.*}} : tensor<4x2xf32>, tensor<2x4xf32>
// CHECK:           nn.matmul %{{.*}}, %[[W]] transposed_rhs
func.func @same(%h0: tensor<?x4xf32>, %A: tensor<4x2xf32>, %B: tensor<2x4xf32>) -> tensor<f32> {
  %last = nn.scan 5 (%t) carry (%h = %h0 : tensor<?x4xf32>) with (%a = %A : tensor<4x2xf32>, %b = %B : tensor<2x4xf32>) -> (tensor<?x4xf32>) {
    %w = nn.matmul %a, %b : tensor<4x2xf32>, tensor<2x4xf32>
    %next = nn.matmul %h, %w : tensor<?x4xf32>, tensor<4x4xf32>
    nn.next carry (%next : tensor<?x4xf32>)
  }
  %loss = nn.reduce sum %last [0, 1] : tensor<?x4xf32>
  return %loss : tensor<f32>
}
