// RUN: argent-opt %s | argent-opt | FileCheck %s

// Every elementwise op is printed as it is written; results have the broadcast shape.

// CHECK-LABEL: func.func @unary
func.func @unary(%x: tensor<?x4xf32>) {
  // CHECK-NEXT: nn.neg %{{.*}} : tensor<?x4xf32>
  %neg = nn.neg %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.abs %{{.*}} : tensor<?x4xf32>
  %abs = nn.abs %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.sign %{{.*}} : tensor<?x4xf32>
  %sign = nn.sign %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.exp %{{.*}} : tensor<?x4xf32>
  %exp = nn.exp %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.expm1 %{{.*}} : tensor<?x4xf32>
  %expm1 = nn.expm1 %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.log %{{.*}} : tensor<?x4xf32>
  %log = nn.log %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.log1p %{{.*}} : tensor<?x4xf32>
  %log1p = nn.log1p %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.sqrt %{{.*}} : tensor<?x4xf32>
  %sqrt = nn.sqrt %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.rsqrt %{{.*}} : tensor<?x4xf32>
  %rsqrt = nn.rsqrt %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.floor %{{.*}} : tensor<?x4xf32>
  %floor = nn.floor %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.ceil %{{.*}} : tensor<?x4xf32>
  %ceil = nn.ceil %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.round %{{.*}} : tensor<?x4xf32>
  %round = nn.round %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.sin %{{.*}} : tensor<?x4xf32>
  %sin = nn.sin %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.cos %{{.*}} : tensor<?x4xf32>
  %cos = nn.cos %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.erf %{{.*}} : tensor<?x4xf32>
  %erf = nn.erf %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.normal_cdf %{{.*}} : tensor<?x4xf32>
  %normal_cdf = nn.normal_cdf %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.tanh %{{.*}} : tensor<?x4xf32>
  %tanh = nn.tanh %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.sigmoid %{{.*}} : tensor<?x4xf32>
  %sigmoid = nn.sigmoid %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.softplus %{{.*}} : tensor<?x4xf32>
  %softplus = nn.softplus %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.softsign %{{.*}} : tensor<?x4xf32>
  %softsign = nn.softsign %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.relu %{{.*}} : tensor<?x4xf32>
  %relu = nn.relu %x : tensor<?x4xf32>
  // CHECK-NEXT: nn.stop_gradient %{{.*}} : tensor<?x4xf32>
  %stop_gradient = nn.stop_gradient %x : tensor<?x4xf32>
  return
}

// CHECK-LABEL: func.func @binary
func.func @binary(%x: tensor<?x4xf32>, %y: tensor<4xf32>) -> tensor<?x4xf32> {
  // CHECK-NEXT: nn.add %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<4xf32>
  %add = nn.add %x, %y : tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: nn.sub %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<4xf32>
  %sub = nn.sub %x, %y : tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: nn.mul %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<4xf32>
  %mul = nn.mul %x, %y : tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: nn.div %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<4xf32>
  %div = nn.div %x, %y : tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: nn.max %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<4xf32>
  %max = nn.max %x, %y : tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: nn.min %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<4xf32>
  %min = nn.min %x, %y : tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: nn.pow %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<4xf32>
  %pow = nn.pow %x, %y : tensor<?x4xf32>, tensor<4xf32>
  return %pow : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @integers
func.func @integers(%x: tensor<?x4xi32>, %y: tensor<4xi32>) -> tensor<?x4xi32> {
  // CHECK-NEXT: nn.floor_div %{{.*}}, %{{.*}} : tensor<?x4xi32>, tensor<4xi32>
  %floor_div = nn.floor_div %x, %y : tensor<?x4xi32>, tensor<4xi32>
  // CHECK-NEXT: nn.mod %{{.*}}, %{{.*}} : tensor<?x4xi32>, tensor<4xi32>
  %mod = nn.mod %x, %y : tensor<?x4xi32>, tensor<4xi32>
  return %mod : tensor<?x4xi32>
}

// CHECK-LABEL: func.func @logic
func.func @logic(%x: tensor<?x4xf32>, %y: tensor<4xf32>) -> tensor<?x4xi32> {
  // CHECK-NEXT: nn.compare eq %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<4xf32>
  %eq = nn.compare eq %x, %y : tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: nn.compare ne %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<4xf32>
  %ne = nn.compare ne %x, %y : tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: nn.compare lt %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<4xf32>
  %lt = nn.compare lt %x, %y : tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: nn.compare le %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<4xf32>
  %le = nn.compare le %x, %y : tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: nn.compare gt %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<4xf32>
  %gt = nn.compare gt %x, %y : tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: nn.compare ge %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<4xf32>
  %ge = nn.compare ge %x, %y : tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: nn.and %{{.*}}, %{{.*}} : tensor<?x4xi1>, tensor<?x4xi1>
  %a = nn.and %eq, %lt : tensor<?x4xi1>, tensor<?x4xi1>
  // CHECK-NEXT: nn.or %{{.*}}, %{{.*}} : tensor<?x4xi1>, tensor<?x4xi1>
  %o = nn.or %a, %gt : tensor<?x4xi1>, tensor<?x4xi1>
  // CHECK-NEXT: nn.not %{{.*}} : tensor<?x4xi1>
  %n = nn.not %o : tensor<?x4xi1>
  // CHECK-NEXT: nn.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x4xi1>, tensor<?x4xf32>, tensor<4xf32>
  %s = nn.select %n, %x, %y : tensor<?x4xi1>, tensor<?x4xf32>, tensor<4xf32>
  // CHECK-NEXT: nn.cast %{{.*}} : tensor<?x4xf32> to tensor<?x4xi32>
  %c = nn.cast %s : tensor<?x4xf32> to tensor<?x4xi32>
  return %c : tensor<?x4xi32>
}
