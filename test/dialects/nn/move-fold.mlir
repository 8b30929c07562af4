// Moves that meet cost nothing.
// RUN: argent-opt %s --nn-simplify | FileCheck %s

// CHECK-LABEL: func @parts
// CHECK-NOT: nn.concat
// CHECK: nn.slice %arg1 offsets [0, 1] sizes [1, 2]
func.func @parts(%x: tensor<?x3xf32>, %y: tensor<?x5xf32>) -> (tensor<?x2xf32>, tensor<?x3xf32>) {
  %j = nn.concat %x, %y axis 1 : tensor<?x3xf32>, tensor<?x5xf32>
  %0 = nn.slice %j offsets [0, 4] sizes [1, 2] strides [1, 1] : tensor<?x8xf32>
  %1 = nn.slice %j offsets [0, 0] sizes [1, 3] strides [1, 1] : tensor<?x8xf32>
  // CHECK: return %{{.*}}, %arg0
  return %0, %1 : tensor<?x2xf32>, tensor<?x3xf32>
}

// 1 + 2 * (1 + i): elements 3, 5.
// CHECK-LABEL: func @slices
// CHECK: nn.slice %arg0 offsets [0, 3] sizes [1, 2] strides [1, 2]
func.func @slices(%x: tensor<?x9xf32>) -> tensor<?x2xf32> {
  %0 = nn.slice %x offsets [0, 1] sizes [1, 4] strides [1, 2] : tensor<?x9xf32>
  %1 = nn.slice %0 offsets [0, 1] sizes [1, 2] strides [1, 1] : tensor<?x4xf32>
  return %1 : tensor<?x2xf32>
}

// Split and joined again: nothing.
// CHECK-LABEL: func @together
// CHECK-NEXT: return %arg0
func.func @together(%x: tensor<?x6xf32>) -> tensor<?x6xf32> {
  %0 = nn.slice %x offsets [0, 0] sizes [1, 2] strides [1, 1] : tensor<?x6xf32>
  %1 = nn.slice %x offsets [0, 2] sizes [1, 4] strides [1, 1] : tensor<?x6xf32>
  %2 = nn.concat %0, %1 axis 1 : tensor<?x2xf32>, tensor<?x4xf32>
  return %2 : tensor<?x6xf32>
}

// What the gradients of the parts of a split add up to.
// CHECK-LABEL: func @gates
// CHECK-NEXT: %[[Y:.*]] = nn.concat %arg0, %arg1, %arg2 axis 1
// CHECK-NEXT: return %[[Y]]
func.func @gates(%a: tensor<?x2xf32>, %b: tensor<?x2xf32>, %c: tensor<?x2xf32>) -> tensor<?x6xf32> {
  %0 = nn.pad constant %a low [0, 0] high [0, 4] : tensor<?x2xf32>
  %1 = nn.pad constant %b low [0, 2] high [0, 2] : tensor<?x2xf32>
  %2 = nn.pad constant %c low [0, 4] high [0, 0] : tensor<?x2xf32>
  %3 = nn.add %2, %1 : tensor<?x6xf32>, tensor<?x6xf32>
  %4 = nn.add %3, %0 : tensor<?x6xf32>, tensor<?x6xf32>
  return %4 : tensor<?x6xf32>
}

// A growing list: each join is the one before and one part more.
// CHECK-LABEL: func @growing
// CHECK: %[[A:.*]] = nn.concat %arg0, %arg1 axis 1 : tensor<?x2xf32>, tensor<?x3xf32>
// CHECK: nn.concat %[[A]], %arg2 axis 1 : tensor<?x5xf32>, tensor<?x4xf32>
func.func @growing(%x: tensor<?x2xf32>, %y: tensor<?x3xf32>, %z: tensor<?x4xf32>) -> (tensor<?x5xf32>, tensor<?x9xf32>) {
  %0 = nn.concat %x, %y axis 1 : tensor<?x2xf32>, tensor<?x3xf32>
  %1 = nn.concat %x, %y, %z axis 1 : tensor<?x2xf32>, tensor<?x3xf32>, tensor<?x4xf32>
  return %0, %1 : tensor<?x5xf32>, tensor<?x9xf32>
}

// CHECK-LABEL: func @twice
// CHECK-NEXT: return %arg0
func.func @twice(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %0 = nn.reverse %x [1] : tensor<?x2xf32>
  %1 = nn.reverse %0 [1] : tensor<?x2xf32>
  return %1 : tensor<?x2xf32>
}

// A join in a join, and a slice of the whole besides: the inner one has no reader when it is taken apart, and is not
// made again.
// CHECK-LABEL: func @nested
// CHECK-NEXT: %[[Y:.*]] = nn.concat %arg0, %arg1, %arg2, %arg3 axis 1
// CHECK-NEXT: return %[[Y]]
func.func @nested(%a: tensor<?x2xf32>, %b: tensor<?x4xf32>, %c: tensor<?x3xf32>, %d: tensor<?x4xf32>) -> tensor<?x13xf32> {
  %0 = nn.concat %a, %b axis 1 : tensor<?x2xf32>, tensor<?x4xf32>
  %1 = nn.concat %0, %c, %d axis 1 : tensor<?x6xf32>, tensor<?x3xf32>, tensor<?x4xf32>
  return %1 : tensor<?x13xf32>
}
