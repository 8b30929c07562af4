// Gradients of elementwise ops. %k is the gradient of %y.
// RUN: argent-opt %s --nn-differentiate=wrt-arguments --nn-simplify | FileCheck %s

// -g
// CHECK-LABEL: func.func @neg(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.neg %[[G]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @neg(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.neg %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g sign(x)
// CHECK-LABEL: func.func @abs(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[V0:.*]] = nn.sign %[[X]]
// CHECK-DAG: %[[DX:.*]] = nn.mul %[[G]], %[[V0]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @abs(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.abs %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g y
// CHECK-LABEL: func.func @exp(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[Y:.*]] = nn.exp %[[X]]
// CHECK-DAG: %[[DX:.*]] = nn.mul %[[Y]], %[[G]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @exp(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.exp %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g e^x
// CHECK-LABEL: func.func @expm1(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[V0:.*]] = nn.exp %[[X]]
// CHECK-DAG: %[[DX:.*]] = nn.mul %[[G]], %[[V0]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @expm1(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.expm1 %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g / x where x > 0
// CHECK-LABEL: func.func @log(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[V1:.*]] = nn.div %[[G]], %[[X]]
// CHECK-DAG: %[[V2:.*]] = nn.compare gt %[[X]], %[[C0]]
// CHECK-DAG: %[[DX:.*]] = nn.select %[[V2]], %[[V1]], %[[C0]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @log(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.log %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g / (1 + x) where x > -1
// CHECK-LABEL: func.func @log1p(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[C1:.*]] = nn.constant dense<-1.000000e+00> : tensor<f32>
// CHECK-DAG: %[[C2:.*]] = nn.constant dense<1.000000e+00> : tensor<f32>
// CHECK-DAG: %[[V3:.*]] = nn.add %[[X]], %[[C2]]
// CHECK-DAG: %[[V4:.*]] = nn.div %[[G]], %[[V3]]
// CHECK-DAG: %[[V5:.*]] = nn.compare gt %[[X]], %[[C1]]
// CHECK-DAG: %[[DX:.*]] = nn.select %[[V5]], %[[V4]], %[[C0]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @log1p(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.log1p %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g / (2 y) where x > 0
// CHECK-LABEL: func.func @sqrt(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[C1:.*]] = nn.constant dense<5.000000e-01> : tensor<f32>
// CHECK-DAG: %[[Y:.*]] = nn.sqrt %[[X]]
// CHECK-DAG: %[[V3:.*]] = nn.mul %[[G]], %[[C1]]
// CHECK-DAG: %[[V4:.*]] = nn.div %[[V3]], %[[Y]]
// CHECK-DAG: %[[V5:.*]] = nn.compare gt %[[X]], %[[C0]]
// CHECK-DAG: %[[DX:.*]] = nn.select %[[V5]], %[[V4]], %[[C0]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @sqrt(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.sqrt %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// -g y^3 / 2 where x > 0
// CHECK-LABEL: func.func @rsqrt(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[C1:.*]] = nn.constant dense<-5.000000e-01> : tensor<f32>
// CHECK-DAG: %[[Y:.*]] = nn.rsqrt %[[X]]
// CHECK-DAG: %[[V3:.*]] = nn.mul %[[Y]], %[[Y]]
// CHECK-DAG: %[[V4:.*]] = nn.mul %[[G]], %[[C1]]
// CHECK-DAG: %[[V5:.*]] = nn.mul %[[V4]], %[[Y]]
// CHECK-DAG: %[[V6:.*]] = nn.mul %[[V5]], %[[V3]]
// CHECK-DAG: %[[V7:.*]] = nn.compare gt %[[X]], %[[C0]]
// CHECK-DAG: %[[DX:.*]] = nn.select %[[V7]], %[[V6]], %[[C0]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @rsqrt(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.rsqrt %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g cos x
// CHECK-LABEL: func.func @sin(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[V0:.*]] = nn.cos %[[X]]
// CHECK-DAG: %[[DX:.*]] = nn.mul %[[G]], %[[V0]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @sin(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.sin %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// -g sin x
// CHECK-LABEL: func.func @cos(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[V0:.*]] = nn.sin %[[X]]
// CHECK-DAG: %[[V1:.*]] = nn.mul %[[G]], %[[V0]]
// CHECK-DAG: %[[DX:.*]] = nn.neg %[[V1]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @cos(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.cos %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g 2 / sqrt(pi) e^(-x^2)
// CHECK-LABEL: func.func @erf(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<1.12837923> : tensor<f32>
// CHECK-DAG: %[[V1:.*]] = nn.mul %[[X]], %[[X]]
// CHECK-DAG: %[[V2:.*]] = nn.neg %[[V1]]
// CHECK-DAG: %[[V3:.*]] = nn.exp %[[V2]]
// CHECK-DAG: %[[V4:.*]] = nn.mul %[[G]], %[[C0]]
// CHECK-DAG: %[[DX:.*]] = nn.mul %[[V4]], %[[V3]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @erf(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.erf %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g / sqrt(2 pi) e^(-x^2 / 2)
// CHECK-LABEL: func.func @normal_cdf(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.398942292> : tensor<f32>
// CHECK-DAG: %[[C1:.*]] = nn.constant dense<-5.000000e-01> : tensor<f32>
// CHECK-DAG: %[[V2:.*]] = nn.mul %[[X]], %[[X]]
// CHECK-DAG: %[[V3:.*]] = nn.mul %[[V2]], %[[C1]]
// CHECK-DAG: %[[V4:.*]] = nn.exp %[[V3]]
// CHECK-DAG: %[[V5:.*]] = nn.mul %[[G]], %[[C0]]
// CHECK-DAG: %[[DX:.*]] = nn.mul %[[V5]], %[[V4]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @normal_cdf(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.normal_cdf %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g (1 - y) (1 + y)
// CHECK-LABEL: func.func @tanh(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<1.000000e+00> : tensor<f32>
// CHECK-DAG: %[[Y:.*]] = nn.tanh %[[X]]
// CHECK-DAG: %[[V2:.*]] = nn.add %[[Y]], %[[C0]]
// CHECK-DAG: %[[V3:.*]] = nn.sub %[[C0]], %[[Y]]
// CHECK-DAG: %[[V4:.*]] = nn.mul %[[V3]], %[[V2]]
// CHECK-DAG: %[[DX:.*]] = nn.mul %[[G]], %[[V4]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @tanh(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.tanh %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g y (1 - y)
// CHECK-LABEL: func.func @sigmoid(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<1.000000e+00> : tensor<f32>
// CHECK-DAG: %[[Y:.*]] = nn.sigmoid %[[X]]
// CHECK-DAG: %[[V2:.*]] = nn.sub %[[C0]], %[[Y]]
// CHECK-DAG: %[[V3:.*]] = nn.mul %[[Y]], %[[V2]]
// CHECK-DAG: %[[DX:.*]] = nn.mul %[[G]], %[[V3]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @sigmoid(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.sigmoid %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g sigmoid(x)
// CHECK-LABEL: func.func @softplus(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[V0:.*]] = nn.sigmoid %[[X]]
// CHECK-DAG: %[[DX:.*]] = nn.mul %[[G]], %[[V0]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @softplus(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.softplus %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g / (1 + |x|) / (1 + |x|)
// CHECK-LABEL: func.func @softsign(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[ONE:.*]] = nn.constant dense<1.000000e+00> : tensor<f32>
// CHECK-DAG: %[[V0:.*]] = nn.abs %[[X]]
// CHECK-DAG: %[[V1:.*]] = nn.add %[[V0]], %[[ONE]]
// CHECK-DAG: %[[V2:.*]] = nn.div %[[G]], %[[V1]]
// CHECK-DAG: %[[DX:.*]] = nn.div %[[V2]], %[[V1]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @softsign(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.softsign %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g where y > 0
// CHECK-LABEL: func.func @relu(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[Y:.*]] = nn.relu %[[X]]
// CHECK-DAG: %[[V2:.*]] = nn.compare gt %[[Y]], %[[C0]]
// CHECK-DAG: %[[DX:.*]] = nn.select %[[V2]], %[[G]], %[[C0]]
// CHECK: return %{{.*}}, %[[DX]]
func.func @relu(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.relu %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// A step: nothing.
// CHECK-LABEL: func.func @floor(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[DX:.*]] = nn.broadcast %[[C0]] : tensor<f32> to tensor<?x4xf32>
// CHECK: return %{{.*}}, %[[DX]]
func.func @floor(%x: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.floor %x : tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g, g
// CHECK-LABEL: func.func @add(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[Z:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK: return %{{.*}}, %[[G]], %[[G]]
func.func @add(%x: tensor<?x4xf32>, %z: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.add %x, %z : tensor<?x4xf32>, tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g, -g
// CHECK-LABEL: func.func @sub(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[Z:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[DZ:.*]] = nn.neg %[[G]]
// CHECK: return %{{.*}}, %[[G]], %[[DZ]]
func.func @sub(%x: tensor<?x4xf32>, %z: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.sub %x, %z : tensor<?x4xf32>, tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g z, g x
// CHECK-LABEL: func.func @mul(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[Z:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.mul %[[G]], %[[Z]]
// CHECK-DAG: %[[DZ:.*]] = nn.mul %[[G]], %[[X]]
// CHECK: return %{{.*}}, %[[DX]], %[[DZ]]
func.func @mul(%x: tensor<?x4xf32>, %z: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.mul %x, %z : tensor<?x4xf32>, tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g / z, -g y / z
// CHECK-LABEL: func.func @div(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[Z:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[Y:.*]] = nn.div %[[X]], %[[Z]]
// CHECK-DAG: %[[V2:.*]] = nn.mul %[[Y]], %[[G]]
// CHECK-DAG: %[[V3:.*]] = nn.div %[[G]], %[[Z]]
// CHECK-DAG: %[[V4:.*]] = nn.div %[[V2]], %[[Z]]
// CHECK-DAG: %[[V5:.*]] = nn.neg %[[V4]]
// CHECK-DAG: %[[V6:.*]] = nn.compare ne %[[G]], %[[C0]]
// CHECK-DAG: %[[DX:.*]] = nn.select %[[V6]], %[[V3]], %[[C0]]
// CHECK-DAG: %[[DZ:.*]] = nn.select %[[V6]], %[[V5]], %[[C0]]
// CHECK: return %{{.*}}, %[[DX]], %[[DZ]]
func.func @div(%x: tensor<?x4xf32>, %z: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.div %x, %z : tensor<?x4xf32>, tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// Of equals x gets it.
// CHECK-LABEL: func.func @max(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[Z:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[V1:.*]] = nn.compare ge %[[X]], %[[Z]]
// CHECK-DAG: %[[DX:.*]] = nn.select %[[V1]], %[[G]], %[[C0]]
// CHECK-DAG: %[[V2:.*]] = nn.compare lt %[[X]], %[[Z]]
// CHECK-DAG: %[[DZ:.*]] = nn.select %[[V2]], %[[G]], %[[C0]]
// CHECK: return %{{.*}}, %[[DX]], %[[DZ]]
func.func @max(%x: tensor<?x4xf32>, %z: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.max %x, %z : tensor<?x4xf32>, tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// Of equals x gets it.
// CHECK-LABEL: func.func @min(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[Z:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[V1:.*]] = nn.compare le %[[X]], %[[Z]]
// CHECK-DAG: %[[DX:.*]] = nn.select %[[V1]], %[[G]], %[[C0]]
// CHECK-DAG: %[[V2:.*]] = nn.compare gt %[[X]], %[[Z]]
// CHECK-DAG: %[[DZ:.*]] = nn.select %[[V2]], %[[G]], %[[C0]]
// CHECK: return %{{.*}}, %[[DX]], %[[DZ]]
func.func @min(%x: tensor<?x4xf32>, %z: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.min %x, %z : tensor<?x4xf32>, tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g z x^(z - 1), g y log x where x > 0
// CHECK-LABEL: func.func @pow(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[Z:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[C1:.*]] = nn.constant dense<1.000000e+00> : tensor<f32>
// CHECK-DAG: %[[Y:.*]] = nn.pow %[[X]], %[[Z]]
// CHECK-DAG: %[[V3:.*]] = nn.mul %[[Y]], %[[G]]
// CHECK-DAG: %[[V4:.*]] = nn.sub %[[Z]], %[[C1]]
// CHECK-DAG: %[[V5:.*]] = nn.pow %[[X]], %[[V4]]
// CHECK-DAG: %[[V6:.*]] = nn.mul %[[G]], %[[Z]]
// CHECK-DAG: %[[V7:.*]] = nn.mul %[[V6]], %[[V5]]
// CHECK-DAG: %[[V8:.*]] = nn.log %[[X]]
// CHECK-DAG: %[[V9:.*]] = nn.mul %[[V3]], %[[V8]]
// CHECK-DAG: %[[V10:.*]] = nn.compare gt %[[X]], %[[C0]]
// CHECK-DAG: %[[V11:.*]] = nn.select %[[V10]], %[[V9]], %[[C0]]
// CHECK-DAG: %[[V12:.*]] = nn.compare ne %[[G]], %[[C0]]
// CHECK-DAG: %[[DX:.*]] = nn.select %[[V12]], %[[V7]], %[[C0]]
// CHECK-DAG: %[[DZ:.*]] = nn.select %[[V12]], %[[V11]], %[[C0]]
// CHECK: return %{{.*}}, %[[DX]], %[[DZ]]
func.func @pow(%x: tensor<?x4xf32>, %z: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.pow %x, %z : tensor<?x4xf32>, tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// What was stretched gets the sum over where it went.
// CHECK-LABEL: func.func @stretched(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[Z:.*]]: tensor<4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[DZ:.*]] = nn.reduce sum %[[G]] [0]
// CHECK: return %{{.*}}, %[[G]], %[[DZ]]
func.func @stretched(%x: tensor<?x4xf32>, %z: tensor<4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.add %x, %z : tensor<?x4xf32>, tensor<4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// Each gets g where it was taken.
// CHECK-LABEL: func.func @select(
// CHECK-SAME: %[[C:.*]]: tensor<?x4xi1>, %[[X:.*]]: tensor<?x4xf32>, %[[Z:.*]]: tensor<?x4xf32>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[C0:.*]] = nn.constant dense<0.000000e+00> : tensor<f32>
// CHECK-DAG: %[[DX:.*]] = nn.select %[[C]], %[[G]], %[[C0]]
// CHECK-DAG: %[[DZ:.*]] = nn.select %[[C]], %[[C0]], %[[G]]
// CHECK: return %{{.*}}, %[[DX]], %[[DZ]]
func.func @select(%c: tensor<?x4xi1>, %x: tensor<?x4xf32>, %z: tensor<?x4xf32>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.select %c, %x, %z : tensor<?x4xi1>, tensor<?x4xf32>, tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}

// g, cast back.
// CHECK-LABEL: func.func @cast(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf64>, %[[G:.*]]: tensor<?x4xf32>)
// CHECK-DAG: %[[DX:.*]] = nn.cast %[[G]] : tensor<?x4xf32> to tensor<?x4xf64>
// CHECK: return %{{.*}}, %[[DX]]
func.func @cast(%x: tensor<?x4xf64>, %k: tensor<?x4xf32>) -> tensor<f32> {
  %y = nn.cast %x : tensor<?x4xf64> to tensor<?x4xf32>
  %p = nn.mul %y, %k : tensor<?x4xf32>, tensor<?x4xf32>
  %s = nn.reduce sum %p [0, 1] : tensor<?x4xf32>
  return %s : tensor<f32>
}
