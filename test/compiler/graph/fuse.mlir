// RUN: argent-opt %s --nn-fuse --split-input-file | FileCheck %s
// RUN: argent-opt %s --nn-fuse --split-input-file | argent-opt --split-input-file | FileCheck %s

// R1: bias and activation are the epilogue of the product. One kernel.
// CHECK-LABEL: func @epilogue
// CHECK-COUNT-1: nn.fused "conv2d_1 tanh"
// CHECK: nn.conv
// CHECK: nn.add
// CHECK: nn.tanh
// CHECK-NOT: nn.fused
// CHECK: return
func.func @epilogue(%x: tensor<?x28x28x1xf32>, %f: tensor<5x5x1x6xf32>, %b: tensor<6xf32>) -> tensor<?x24x24x6xf32> {
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x28x28x1xf32>, tensor<5x5x1x6xf32> loc("conv2d_1")
  %1 = nn.add %0, %b : tensor<?x24x24x6xf32>, tensor<6xf32> loc("conv2d_1")
  %2 = nn.tanh %1 : tensor<?x24x24x6xf32> loc("tanh")
  return %2 : tensor<?x24x24x6xf32>
}

// -----

// R4: pooling with disjoint windows over the epilogue of a product: one kernel.
// CHECK-LABEL: func @pooling
// CHECK-COUNT-1: nn.fused
// CHECK: nn.conv
// CHECK: nn.pool
// CHECK-NOT: nn.fused
// CHECK: return
func.func @pooling(%x: tensor<?x28x28x1xf32>, %f: tensor<5x5x1x6xf32>, %b: tensor<6xf32>) -> tensor<?x12x12x6xf32> {
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x28x28x1xf32>, tensor<5x5x1x6xf32>
  %1 = nn.add %0, %b : tensor<?x24x24x6xf32>, tensor<6xf32>
  %2 = nn.tanh %1 : tensor<?x24x24x6xf32>
  %3 = nn.pool avg %2 size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x24x24x6xf32>
  return %3 : tensor<?x12x12x6xf32>
}

// -----

// Overlapping windows look at an element four times: two kernels.
// CHECK-LABEL: func @overlapping
// CHECK: nn.fused "conv tanh"
// CHECK: nn.fused "pool"
// CHECK-NOT: nn.fused
// CHECK: return
func.func @overlapping(%x: tensor<?x28x28x1xf32>, %f: tensor<5x5x1x6xf32>) -> tensor<?x11x11x6xf32> {
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x28x28x1xf32>, tensor<5x5x1x6xf32>
  %1 = nn.tanh %0 : tensor<?x24x24x6xf32>
  %2 = nn.pool max %1 size [3, 3] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x24x24x6xf32>
  return %2 : tensor<?x11x11x6xf32>
}

// -----

// The epilogue's result has another use: it is stored, and the pooling is a second kernel.
// CHECK-LABEL: func @kept
// CHECK: nn.fused "conv tanh"
// CHECK: nn.fused "pool"
// CHECK-NOT: nn.fused
// CHECK: return
func.func @kept(%x: tensor<?x28x28x1xf32>, %f: tensor<5x5x1x6xf32>) -> (tensor<?x24x24x6xf32>, tensor<?x12x12x6xf32>) {
  %0 = nn.conv %x, %f strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x28x28x1xf32>, tensor<5x5x1x6xf32>
  %1 = nn.tanh %0 : tensor<?x24x24x6xf32>
  %2 = nn.pool avg %1 size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x24x24x6xf32>
  return %1, %2 : tensor<?x24x24x6xf32>, tensor<?x12x12x6xf32>
}

// -----

// R2, R6: a chain is one kernel. The sum is cheap and computed in both; tanh is not: the first kernel stores it beside its own result.
// CHECK-LABEL: func @chains
// CHECK: %[[T:.*]]:2 = nn.fused "tanh add exp"
// CHECK: nn.fused "add neg reduce" (%{{.*}} = %[[T]]#0
// CHECK-NOT: nn.fused
// CHECK: return
func.func @chains(%x: tensor<?x8xf32>, %f: tensor<8x8xf32>) -> (tensor<?x8xf32>, tensor<?xf32>) {
  %0 = nn.tanh %x : tensor<?x8xf32>
  %1 = nn.add %0, %x : tensor<?x8xf32>, tensor<?x8xf32>
  %2 = nn.exp %1 : tensor<?x8xf32>
  %3 = nn.neg %1 : tensor<?x8xf32>
  %4 = nn.reduce sum %3 [1] : tensor<?x8xf32>
  return %2, %4 : tensor<?x8xf32>, tensor<?xf32>
}

// -----

// R3: squares are computed inside the reduction, and the root is its epilogue: the gradients' norm is one kernel.
// CHECK-LABEL: func @norm
// CHECK-COUNT-1: nn.fused "mul reduce sqrt"
// CHECK-NOT: nn.fused
// CHECK: return
func.func @norm() -> tensor<f32> {
  %g = nn.arena gradients : tensor<1024xf32>
  %0 = nn.mul %g, %g : tensor<1024xf32>, tensor<1024xf32>
  %1 = nn.reduce sum %0 [0] : tensor<1024xf32>
  %2 = nn.sqrt %1 : tensor<f32>
  return %2 : tensor<f32>
}

// -----

// A product looks at its operand once for each tile: what is computed for it is stored first.
// CHECK-LABEL: func @operand
// CHECK: nn.fused "exp"
// CHECK: nn.fused "matmul"
// CHECK-NOT: nn.fused
// CHECK: return
func.func @operand(%x: tensor<?x8xf32>, %w: tensor<8x4xf32>) -> tensor<?x4xf32> {
  %0 = nn.exp %x : tensor<?x8xf32>
  %1 = nn.matmul %0, %w : tensor<?x8xf32>, tensor<8x4xf32>
  return %1 : tensor<?x4xf32>
}

// -----

// A root and its broadcast: computed once for each channel, not for each element.
// CHECK-LABEL: func @broadcast
// CHECK: nn.fused "rsqrt"
// CHECK: nn.fused "mul mul"
// CHECK-NOT: nn.fused
// CHECK: return
func.func @broadcast(%x: tensor<?x8xf32>, %variance: tensor<8xf32>, %scale: tensor<8xf32>) -> tensor<?x8xf32> {
  %0 = nn.rsqrt %variance : tensor<8xf32> loc("rsqrt")
  %1 = nn.mul %0, %scale : tensor<8xf32>, tensor<8xf32> loc("mul mul")
  %2 = nn.mul %x, %1 : tensor<?x8xf32>, tensor<8xf32> loc("mul mul")
  return %2 : tensor<?x8xf32>
}

// -----

// R4: the loss and the accuracy are one kernel each; the count is on the label, which the kernel has.
// CHECK-LABEL: func @loss
// CHECK: nn.fused "cross_entropy reduce{{.*}}"
// CHECK: nn.count %{{.*}} [0]
// CHECK: nn.fused "argmax compare cast reduce"
// CHECK-NOT: nn.fused
// CHECK: return
func.func @loss(%logits: tensor<?x10xf32>, %label: tensor<?xi32>) -> (tensor<f32>, tensor<f32>) {
  %0 = nn.cross_entropy %logits, %label : tensor<?x10xf32>, tensor<?xi32>
  %1 = nn.reduce sum %0 [0] : tensor<?xf32>
  %n = nn.count %0 [0] : tensor<?xf32> -> tensor<f32>
  %2 = nn.div %1, %n : tensor<f32>, tensor<f32>
  %3 = nn.argmax %logits axis 1 : tensor<?x10xf32>
  %4 = nn.compare eq %3, %label : tensor<?xi32>, tensor<?xi32>
  %5 = nn.cast %4 : tensor<?xi1> to tensor<?xf32>
  %6 = nn.reduce sum %5 [0] : tensor<?xf32>
  return %2, %6 : tensor<f32>, tensor<f32>
}

// -----

// The loss's gradient: 1 / N is known without a load and computed inside.
// CHECK-LABEL: func @loss_gradient
// CHECK-COUNT-1: nn.fused "{{.*}}cross_entropy_grad"
// CHECK: nn.count
// CHECK-NOT: nn.fused
// CHECK: return
func.func @loss_gradient(%logits: tensor<?x10xf32>, %label: tensor<?xi32>) -> tensor<?x10xf32> {
  %one = nn.constant dense<1.0> : tensor<f32>
  %n = nn.count %logits [0] : tensor<?x10xf32> -> tensor<f32>
  %0 = nn.div %one, %n : tensor<f32>, tensor<f32>
  %1 = nn.broadcast %0 : tensor<f32> to tensor<?xf32>
  %2 = nn.cross_entropy_grad %logits, %label, %1 : tensor<?x10xf32>, tensor<?xi32>, tensor<?xf32> -> tensor<?x10xf32>
  return %2 : tensor<?x10xf32>
}

// -----

// R5, R6: the update is one kernel with two results, and computes the rate itself.
// CHECK-LABEL: func @update
// CHECK-COUNT-1: %{{.*}}:2 = nn.fused
// CHECK-NOT: nn.fused
// CHECK: nn.store_arena moments, %[[R:.*]]#0
// CHECK: nn.store_arena parameters, %[[R]]#1
func.func @update(%epoch: tensor<f32>) {
  %base = nn.constant dense<0.6> : tensor<f32>
  %start = nn.constant dense<0.05> : tensor<f32>
  %momentum = nn.constant dense<0.9> : tensor<f32>
  %0 = nn.pow %base, %epoch : tensor<f32>, tensor<f32>
  %rate = nn.mul %start, %0 : tensor<f32>, tensor<f32>
  %g = nn.arena gradients : tensor<1024xf32>
  %v = nn.arena moments : tensor<1024xf32>
  %1 = nn.mul %v, %momentum : tensor<1024xf32>, tensor<f32>
  %2 = nn.add %1, %g : tensor<1024xf32>, tensor<1024xf32>
  nn.store_arena moments, %2 : tensor<1024xf32>
  %p = nn.arena parameters : tensor<1024xf32>
  %3 = nn.mul %2, %rate : tensor<1024xf32>, tensor<f32>
  %4 = nn.sub %p, %3 : tensor<1024xf32>, tensor<1024xf32>
  nn.store_arena parameters, %4 : tensor<1024xf32>
  return
}

// -----

// A reshape of a dense tensor is a view between kernels; between pointwise ops it is part of theirs.
// CHECK-LABEL: func @reshapes
// CHECK: nn.fused "pool"
// CHECK: nn.yield
// CHECK: nn.reshape
// CHECK-NEXT: nn.fused "matmul reshape tanh"
// CHECK-NOT: nn.fused
// CHECK: return
func.func @reshapes(%x: tensor<?x4x4x16xf32>, %w: tensor<64x10xf32>) -> tensor<?x2x5xf32> {
  %0 = nn.pool avg %x size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x4x4x16xf32>
  %1 = nn.reshape %0 : tensor<?x2x2x16xf32> to tensor<?x64xf32>
  %2 = nn.matmul %1, %w : tensor<?x64xf32>, tensor<64x10xf32>
  %3 = nn.reshape %2 : tensor<?x10xf32> to tensor<?x2x5xf32>
  %4 = nn.tanh %3 : tensor<?x2x5xf32>
  return %4 : tensor<?x2x5xf32>
}

// -----

// Two products cannot share a tile of registers: the second takes the sum.
// CHECK-LABEL: func @two_products
// CHECK: nn.fused "matmul"
// CHECK: nn.fused "matmul add"
// CHECK-NOT: nn.fused
// CHECK: return
func.func @two_products(%x: tensor<?x8xf32>, %h: tensor<?x4xf32>, %w: tensor<8x4xf32>, %u: tensor<4x4xf32>) -> tensor<?x4xf32> {
  %0 = nn.matmul %x, %w : tensor<?x8xf32>, tensor<8x4xf32>
  %1 = nn.matmul %h, %u : tensor<?x4xf32>, tensor<4x4xf32>
  %2 = nn.add %0, %1 : tensor<?x4xf32>, tensor<?x4xf32>
  return %2 : tensor<?x4xf32>
}

// A centred tensor costs no more to load than the tensor itself: every kernel subtracts the mean, none is stored.
// CHECK-LABEL: func.func @centred
// CHECK-NOT: nn.fused "sub"
// CHECK-COUNT-5: nn.sub
// CHECK: return
func.func @centred(%x: tensor<?x8xf32>, %m: tensor<8xf32>, %a: tensor<?x8xf32>, %b: tensor<?x8xf32>, %c: tensor<?x8xf32>, %e: tensor<?x8xf32>)
    -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %d = nn.sub %x, %m : tensor<?x8xf32>, tensor<8xf32>
  %d0 = nn.mul %d, %d : tensor<?x8xf32>, tensor<?x8xf32>
  %0 = nn.reduce sum %d0 [0] : tensor<?x8xf32>
  %d1 = nn.mul %d, %a : tensor<?x8xf32>, tensor<?x8xf32>
  %1 = nn.reduce sum %d1 [0] : tensor<?x8xf32>
  %d2 = nn.mul %d, %b : tensor<?x8xf32>, tensor<?x8xf32>
  %2 = nn.reduce sum %d2 [0] : tensor<?x8xf32>
  %d3 = nn.mul %d, %c : tensor<?x8xf32>, tensor<?x8xf32>
  %3 = nn.reduce sum %d3 [0] : tensor<?x8xf32>
  %d4 = nn.mul %d, %e : tensor<?x8xf32>, tensor<?x8xf32>
  %4 = nn.reduce sum %d4 [0] : tensor<?x8xf32>
  return %0, %1, %2, %3, %4 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}

// Each scaled %d is in the kernel of its sum and in that of %y. %d, which four kernels want, is no result of %y's: the sums come before it.
// CHECK-LABEL: func.func @result_in_time
// CHECK: %[[D:.*]] = nn.fused "sub"
// CHECK: nn.fused {{.*}}= %[[D]]
// CHECK-NOT: {{^  }}  %{{[0-9]+}} = nn.sub
// CHECK: return
func.func @result_in_time(%x: tensor<?x8xf32>, %z: tensor<?x8xf32>, %u: tensor<8xf32>, %v: tensor<8xf32>, %w: tensor<8xf32>)
    -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<?x8xf32>) {
  %d = nn.sub %x, %z : tensor<?x8xf32>, tensor<?x8xf32>
  %s0 = nn.mul %d, %u : tensor<?x8xf32>, tensor<8xf32>
  %s1 = nn.mul %d, %v : tensor<?x8xf32>, tensor<8xf32>
  %s2 = nn.mul %d, %w : tensor<?x8xf32>, tensor<8xf32>
  %0 = nn.reduce sum %s0 [0] : tensor<?x8xf32>
  %1 = nn.reduce sum %s1 [0] : tensor<?x8xf32>
  %2 = nn.reduce sum %s2 [0] : tensor<?x8xf32>
  %a = nn.add %s0, %0 : tensor<?x8xf32>, tensor<8xf32>
  %b = nn.add %s1, %1 : tensor<?x8xf32>, tensor<8xf32>
  %c = nn.add %s2, %2 : tensor<?x8xf32>, tensor<8xf32>
  %e = nn.add %a, %b : tensor<?x8xf32>, tensor<?x8xf32>
  %y = nn.add %c, %e : tensor<?x8xf32>, tensor<?x8xf32>
  return %0, %1, %2, %y : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<?x8xf32>
}

// A reshape stands between an op and the kernel that the op becomes a result of: it follows the kernel.
// CHECK-LABEL: func @reshape_of_result
// CHECK: %[[SUM:.*]]:2 = nn.fused
// CHECK: %[[VIEW:.*]] = nn.reshape %[[SUM]]#0
// CHECK: nn.fused "mul reduce" (%{{.*}} = %[[VIEW]] :
func.func @reshape_of_result(%x: tensor<?x5x3xf32>, %a: tensor<?x1x5x3xf32>, %b: tensor<?x5x3xf32>) -> (tensor<f32>, tensor<?x5x3xf32>) {
  %sum = nn.exp %x : tensor<?x5x3xf32>
  %view = nn.reshape %sum : tensor<?x5x3xf32> to tensor<?x1x5x3xf32>
  %quotient = nn.div %sum, %b : tensor<?x5x3xf32>, tensor<?x5x3xf32>
  %product = nn.mul %view, %a : tensor<?x1x5x3xf32>, tensor<?x1x5x3xf32>
  %total = nn.reduce sum %product [0, 1, 2, 3] : tensor<?x1x5x3xf32>
  return %total, %quotient : tensor<f32>, tensor<?x5x3xf32>
}

// -----

// R9: twelve functions are a kernel's most, so 30 are three kernels.
// CHECK-LABEL: func @bounded
// CHECK-COUNT-3: nn.fused
// CHECK-NOT: nn.fused
// CHECK: return
func.func @bounded(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = nn.sin %x : tensor<?x8xf32>
  %1 = nn.tanh %0 : tensor<?x8xf32>
  %2 = nn.sin %1 : tensor<?x8xf32>
  %3 = nn.tanh %2 : tensor<?x8xf32>
  %4 = nn.sin %3 : tensor<?x8xf32>
  %5 = nn.tanh %4 : tensor<?x8xf32>
  %6 = nn.sin %5 : tensor<?x8xf32>
  %7 = nn.tanh %6 : tensor<?x8xf32>
  %8 = nn.sin %7 : tensor<?x8xf32>
  %9 = nn.tanh %8 : tensor<?x8xf32>
  %10 = nn.sin %9 : tensor<?x8xf32>
  %11 = nn.tanh %10 : tensor<?x8xf32>
  %12 = nn.sin %11 : tensor<?x8xf32>
  %13 = nn.tanh %12 : tensor<?x8xf32>
  %14 = nn.sin %13 : tensor<?x8xf32>
  %15 = nn.tanh %14 : tensor<?x8xf32>
  %16 = nn.sin %15 : tensor<?x8xf32>
  %17 = nn.tanh %16 : tensor<?x8xf32>
  %18 = nn.sin %17 : tensor<?x8xf32>
  %19 = nn.tanh %18 : tensor<?x8xf32>
  %20 = nn.sin %19 : tensor<?x8xf32>
  %21 = nn.tanh %20 : tensor<?x8xf32>
  %22 = nn.sin %21 : tensor<?x8xf32>
  %23 = nn.tanh %22 : tensor<?x8xf32>
  %24 = nn.sin %23 : tensor<?x8xf32>
  %25 = nn.tanh %24 : tensor<?x8xf32>
  %26 = nn.sin %25 : tensor<?x8xf32>
  %27 = nn.tanh %26 : tensor<?x8xf32>
  %28 = nn.sin %27 : tensor<?x8xf32>
  %29 = nn.tanh %28 : tensor<?x8xf32>
  return %29 : tensor<?x8xf32>
}
