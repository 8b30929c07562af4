// RUN: argent-opt %s | argent-opt | FileCheck %s

// Elements 1, 3, 5 of 7.
// CHECK-LABEL: func.func @slice
func.func @slice(%x: tensor<?x7xf32>) -> tensor<?x3xf32> {
  // CHECK: nn.slice %{{.*}} offsets [0, 1] sizes [1, 3] strides [1, 2] : tensor<?x7xf32>
  %0 = nn.slice %x offsets [0, 1] sizes [1, 3] strides [1, 2] : tensor<?x7xf32>
  return %0 : tensor<?x3xf32>
}

// 2 + (3 + 2 * 1) + 1 = 8.
// CHECK-LABEL: func.func @pad
func.func @pad(%x: tensor<?x3xf32>) -> (tensor<?x8xf32>, tensor<?x6xf32>) {
  // CHECK: nn.pad constant %{{.*}} low [0, 2] high [0, 1] interior [0, 1] value 1.500000e+00 : tensor<?x3xf32>
  %0 = nn.pad constant %x low [0, 2] high [0, 1] interior [0, 1] value 1.5 : tensor<?x3xf32>
  // CHECK: nn.pad reflect %{{.*}} low [0, 2] high [0, 1] : tensor<?x3xf32>
  %1 = nn.pad reflect %x low [0, 2] high [0, 1] : tensor<?x3xf32>
  return %0, %1 : tensor<?x8xf32>, tensor<?x6xf32>
}

// CHECK-LABEL: func.func @reverse
func.func @reverse(%x: tensor<?x3x4xi32>) -> tensor<?x3x4xi32> {
  // CHECK: nn.reverse %{{.*}} [1, 2] : tensor<?x3x4xi32>
  %0 = nn.reverse %x [1, 2] : tensor<?x3x4xi32>
  return %0 : tensor<?x3x4xi32>
}

// CHECK-LABEL: func.func @concat
func.func @concat(%x: tensor<?x3x4xf32>, %y: tensor<?x2x4xf32>) -> tensor<?x5x4xf32> {
  // CHECK: nn.concat %{{.*}}, %{{.*}} axis 1 : tensor<?x3x4xf32>, tensor<?x2x4xf32>
  %0 = nn.concat %x, %y axis 1 : tensor<?x3x4xf32>, tensor<?x2x4xf32>
  return %0 : tensor<?x5x4xf32>
}

// Rows of a table; along an axis with leading and trailing dimensions shared.
// CHECK-LABEL: func.func @gather
func.func @gather(%t: tensor<16x8xf32>, %i: tensor<?x5xi32>, %x: tensor<?x9x4xf32>, %j: tensor<?x2x4xi32>)
    -> (tensor<?x5x8xf32>, tensor<?x2x4xf32>) {
  // CHECK: nn.gather %{{.*}}, %{{.*}} axis 0 : tensor<16x8xf32>, tensor<?x5xi32>
  %0 = nn.gather %t, %i axis 0 : tensor<16x8xf32>, tensor<?x5xi32>
  // CHECK: nn.gather %{{.*}}, %{{.*}} axis 1 batch 1 trailing 1 : tensor<?x9x4xf32>, tensor<?x2x4xi32>
  %1 = nn.gather %x, %j axis 1 batch 1 trailing 1 : tensor<?x9x4xf32>, tensor<?x2x4xi32>
  return %0, %1 : tensor<?x5x8xf32>, tensor<?x2x4xf32>
}

// CHECK-LABEL: func.func @scatter
func.func @scatter(%g: tensor<?x5x8xf32>, %i: tensor<?x5xi32>) -> tensor<16x8xf32> {
  // CHECK: nn.scatter_add %{{.*}}, %{{.*}} axis 0 : tensor<?x5x8xf32>, tensor<?x5xi32> -> tensor<16x8xf32>
  %0 = nn.scatter_add %g, %i axis 0 : tensor<?x5x8xf32>, tensor<?x5xi32> -> tensor<16x8xf32>
  return %0 : tensor<16x8xf32>
}

// CHECK-LABEL: func.func @places
func.func @places(%x: tensor<?x9xf32>) -> (tensor<?x3xi32>, tensor<4xi32>) {
  // CHECK: nn.top_k %{{.*}} k 3 axis 1 : tensor<?x9xf32>
  %0 = nn.top_k %x k 3 axis 1 : tensor<?x9xf32>
  // CHECK: nn.iota : tensor<4xi32>
  %1 = nn.iota : tensor<4xi32>
  return %0, %1 : tensor<?x3xi32>, tensor<4xi32>
}
