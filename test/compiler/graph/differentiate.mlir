// RUN: argent-opt %s --split-input-file --nn-differentiate --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// A dense layer with cross-entropy: dW = x' dh, db = the sum of dh over the rows.
// CHECK-LABEL: func.func @train_step
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>
func.func @train_step(%x: tensor<?x4xf32>, %label: tensor<?xi32>, %rate: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %w = nn.parameter "dense.W" <glorot_uniform> : tensor<4x3xf32> loc("W")
  %b = nn.parameter "dense.b" <constant> : tensor<3xf32> loc("b")
  // CHECK: %[[H:.*]] = nn.matmul %[[X]], %{{.*}} loc("h"("m.ag":3:4))
  // CHECK: %[[L:.*]] = nn.add %[[H]], %{{.*}} loc("logits"("m.ag":4:4))
  %0 = nn.matmul %x, %w : tensor<?x4xf32>, tensor<4x3xf32> loc("h"("m.ag":3:4))
  %1 = nn.add %0, %b : tensor<?x3xf32>, tensor<3xf32> loc("logits"("m.ag":4:4))
  %2 = nn.cross_entropy %1, %label : tensor<?x3xf32>, tensor<?xi32> loc("error"("m.ag":5:4))
  %loss = nn.reduce sum %2 [0] : tensor<?xf32> loc("loss"("m.ag":6:4))
  // CHECK: %[[ONE:.*]] = nn.constant dense<1.0{{.*}}> : tensor<f32> loc("d loss"("m.ag":6:4))
  // CHECK: %[[R:.*]] = nn.reshape %[[ONE]] : tensor<f32> to tensor<1xf32> loc("d loss"("m.ag":6:4))
  // CHECK: %[[DE:.*]] = nn.broadcast %[[R]] : tensor<1xf32> to tensor<?xf32> loc("d error"("m.ag":6:4))
  // CHECK: %[[DL:.*]] = nn.cross_entropy_grad %[[L]], %{{.*}}, %[[DE]] {{.*}} loc("d logits"("m.ag":5:4))
  // CHECK: %[[DB:.*]] = nn.reduce sum %[[DL]] [0] regroups : tensor<?x3xf32> loc("d b"("m.ag":4:4))
  // CHECK: %[[DW:.*]] = nn.matmul %[[X]] transposed, %[[DL]] {{.*}} loc("d W"("m.ag":3:4))
  // CHECK: nn.gradient "dense.W", %[[DW]]
  // CHECK: nn.gradient "dense.b", %[[DB]]
  // CHECK: %[[N:.*]] = nn.update by <"sgd", {momentum = 9.000000e-01 : f64}> rate %{{.*}} : tensor<f32> -> tensor<f32>
  // CHECK-NOT: nn.optimize
  // CHECK: return %{{.*}}, %[[N]]
  %norm = nn.optimize %loss by <"sgd", {momentum = 0.9}> rate %rate : tensor<f32>, tensor<f32> -> tensor<f32>
  return %loss, %norm : tensor<f32>, tensor<f32>
}

// -----

// No path from a parameter: no gradient is computed through the input's layer; a comparison carries none.
// CHECK-LABEL: func.func @input_only
func.func @input_only(%x: tensor<3xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %w = nn.parameter "w" <constant> : tensor<3xf32>
  %zero = nn.constant dense<0.0> : tensor<f32>
  %0 = nn.tanh %x : tensor<3xf32>
  %1 = nn.mul %0, %w : tensor<3xf32>, tensor<3xf32>
  %2 = nn.compare gt %1, %zero : tensor<3xf32>, tensor<f32>
  %3 = nn.select %2, %1, %zero : tensor<3xi1>, tensor<3xf32>, tensor<f32>
  %loss = nn.reduce sum %3 [0] : tensor<3xf32>
  // CHECK: %[[T:.*]] = nn.tanh
  // CHECK: %[[C:.*]] = nn.compare gt
  // CHECK: %[[G:.*]] = nn.broadcast
  // CHECK: %[[Z:.*]] = nn.constant dense<0.0
  // CHECK: %[[S:.*]] = nn.select %[[C]], %[[G]], %[[Z]]
  // CHECK: %[[D:.*]] = nn.mul %[[S]], %[[T]]
  // CHECK-NEXT: nn.gradient "w", %[[D]]
  // CHECK-NEXT: nn.update
  %norm = nn.optimize %loss by <"sgd"> rate %rate : tensor<f32>, tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}

// -----

// What is frozen gets no gradient, and nothing that only it needs is computed.
// CHECK-LABEL: func.func @frozen
func.func @frozen(%x: tensor<?x4xf32>, %rate: tensor<f32>) -> tensor<f32> {
  %w = nn.parameter "w" <constant> settings <frozen> : tensor<4x4xf32>
  %b = nn.parameter "b" <constant> : tensor<4xf32>
  %0 = nn.matmul %x, %w : tensor<?x4xf32>, tensor<4x4xf32>
  %1 = nn.add %0, %b : tensor<?x4xf32>, tensor<4xf32>
  %2 = nn.reduce sum %1 [0, 1] : tensor<?x4xf32>
  // CHECK: nn.matmul
  // CHECK-NOT: nn.matmul
  // CHECK: nn.gradient "b"
  // CHECK-NOT: nn.gradient
  // CHECK: nn.update
  %norm = nn.optimize %2 by <"sgd"> rate %rate : tensor<f32>, tensor<f32> -> tensor<f32>
  return %norm : tensor<f32>
}
