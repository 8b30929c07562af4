// RUN: argent-opt %s --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: @running
func.func @running(%x: tensor<?x5x3xf32>, %i: tensor<?x4xi32>) -> (tensor<?x5x3xf32>, tensor<?x5x3xf32>, tensor<?x4xi32>) {
  // CHECK: nn.cumulative sum %{{.*}} axis 1 : tensor<?x5x3xf32>
  %a = nn.cumulative sum %x axis 1 : tensor<?x5x3xf32>
  // CHECK: nn.cumulative prod %{{.*}} axis 2 reverse exclusive : tensor<?x5x3xf32>
  %b = nn.cumulative prod %x axis 2 reverse exclusive : tensor<?x5x3xf32>
  // CHECK: nn.cumulative max %{{.*}} axis 1 reverse : tensor<?x4xi32>
  %c = nn.cumulative max %i axis 1 reverse : tensor<?x4xi32>
  return %a, %b, %c : tensor<?x5x3xf32>, tensor<?x5x3xf32>, tensor<?x4xi32>
}

// -----

func.func @c1(%x: tensor<?x5xf32>) {
  // expected-error @below {{(C1) combines by sum, prod, max or min, found any}}
  %a = nn.cumulative any %x axis 1 : tensor<?x5xf32>
  return
}

// -----

func.func @c2(%x: tensor<?x5xf32>) {
  // expected-error @below {{(C2) axis 2 is not within the rank 2}}
  %a = nn.cumulative sum %x axis 2 : tensor<?x5xf32>
  return
}

// -----

func.func @c3(%x: tensor<?x5xf32>) {
  // expected-error @below {{(C3) axis 0 of [N, 5] is the batch}}
  %a = nn.cumulative sum %x axis 0 : tensor<?x5xf32>
  return
}
