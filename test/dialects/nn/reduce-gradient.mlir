// Gradients of reductions and softmax. %k is the gradient of %y.
// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// g, stretched.
// CHECK-LABEL: func.func @sum(
// CHECK-SAME: %[[X:.*]]: tensor<?x5x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[V0:.*]] = nn.reshape %[[G]] : tensor<?x4xf32> to tensor<?x1x4xf32>
// CHECK-DAG: %[[DX:.*]] = nn.broadcast %[[V0]] : tensor<?x1x4xf32> to tensor<?x5x4xf32>
// CHECK: return %{{.*}}, %[[DX]]
func.func @sum(%x: tensor<?x5x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.reduce sum %x [1] : tensor<?x5x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// All equal maxima share g evenly.
// CHECK-LABEL: func.func @max(
// CHECK-SAME: %[[X:.*]]: tensor<?x5x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[Y:.*]] = nn.reduce max %[[X]] [1]
// CHECK-DAG: %[[V2:.*]] = nn.reshape %[[G]] : tensor<?x4xf32> to tensor<?x1x4xf32>
// CHECK-DAG: %[[V3:.*]] = nn.reshape %[[Y]] : tensor<?x4xf32> to tensor<?x1x4xf32>
// CHECK-DAG: %[[V4:.*]] = nn.compare eq %[[X]], %[[V3]]
// CHECK-DAG: %[[V5:.*]] = nn.cast %[[V4]] : tensor<?x5x4xi1> to tensor<?x5x4xf32>
// CHECK-DAG: %[[V6:.*]] = nn.reduce sum %[[V5]] [1] keepdims
// CHECK-DAG: %[[V7:.*]] = nn.div %[[V2]], %[[V6]]
// CHECK-DAG: %[[DX:.*]] = nn.select %[[V4]], %[[V7]], %[[C0]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @max(%x: tensor<?x5x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.reduce max %x [1] : tensor<?x5x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// The product of the others.
// CHECK-LABEL: func.func @prod(
// CHECK-SAME: %[[X:.*]]: tensor<?x5x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[C1:.*]] = nn.constant dense<1.000000e+00> : tensor<f32>
// CHECK-DAG: %[[V2:.*]] = nn.reshape %[[G]] : tensor<?x4xf32> to tensor<?x1x4xf32>
// CHECK-DAG: %[[V3:.*]] = nn.compare eq %[[X]], %[[C0]]
// CHECK-DAG: %[[V4:.*]] = nn.select %[[V3]], %[[C1]], %[[X]]
// CHECK-DAG: %[[V5:.*]] = nn.reduce prod %[[V4]] [1] keepdims
// CHECK-DAG: %[[V6:.*]] = nn.cast %[[V3]] : tensor<?x5x4xi1> to tensor<?x5x4xf32>
// CHECK-DAG: %[[V7:.*]] = nn.reduce sum %[[V6]] [1] keepdims
// CHECK-DAG: %[[V8:.*]] = nn.sub %[[V7]], %[[V6]]
// CHECK-DAG: %[[V9:.*]] = nn.mul %[[V2]], %[[V5]]
// CHECK-DAG: %[[V10:.*]] = nn.div %[[V9]], %[[V4]]
// CHECK-DAG: %[[V11:.*]] = nn.compare eq %[[V8]], %[[C0]]
// CHECK-DAG: %[[DX:.*]] = nn.select %[[V11]], %[[V10]], %[[C0]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @prod(%x: tensor<?x5x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.reduce prod %x [1] : tensor<?x5x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// y (g - sum g y)
// CHECK-LABEL: func.func @softmax(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[Y:.*]] = nn.softmax %[[X]] axis 1
// CHECK-DAG: %[[V1:.*]] = nn.mul %[[Y]], %[[G]]
// CHECK-DAG: %[[V2:.*]] = nn.reduce sum %[[V1]] [1] keepdims
// CHECK-DAG: %[[V3:.*]] = nn.sub %[[G]], %[[V2]]
// CHECK-DAG: %[[DX:.*]] = nn.mul %[[Y]], %[[V3]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @softmax(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.softmax %x axis 1 : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g - e^y sum g
// CHECK-LABEL: func.func @log_softmax(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[Y:.*]] = nn.log_softmax %[[X]] axis 1
// CHECK-DAG: %[[V1:.*]] = nn.reduce sum %[[G]] [1] keepdims
// CHECK-DAG: %[[V2:.*]] = nn.exp %[[Y]]
// CHECK-DAG: %[[V3:.*]] = nn.mul %[[V2]], %[[V1]]
// CHECK-DAG: %[[DX:.*]] = nn.sub %[[G]], %[[V3]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @log_softmax(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.log_softmax %x axis 1 : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}
