// RUN: argent-opt %s --nn-simplify --nn-differentiate --nn-simplify --nn-pack-parameters --nn-insert-optimizer --nn-simplify --nn-fuse --nn-layout | FileCheck %s

// LeNet-5 as the frontend writes it, down to its kernels: what fusion saves, counted.
module attributes {nn.model = "lenet5", nn.training = {batch = 64 : i64, epochs = 5 : i64, metrics = ["loss"]}} {
  // CHECK-LABEL: func.func @predict
  // CHECK: nn.fused "conv2d_1 tanh_1 avg_pool2d_1"
  // CHECK: nn.fused "conv2d_2 tanh_2 avg_pool2d_2"
  // CHECK: nn.reshape
  // CHECK: nn.fused "dense_1 tanh_3"
  // CHECK: nn.fused "dense_2 tanh_4"
  // CHECK: nn.fused "dense_3"
  // CHECK-NOT: nn.fused
  // CHECK: return
  func.func @predict(%image: tensor<?x28x28x1xf32> {nn.name = "image"}) -> (tensor<?x10xf32> {nn.name = "logits"}) {
    %f1 = nn.parameter "conv2d_1.W" <glorot_uniform> : tensor<5x5x1x6xf32>
    %b1 = nn.parameter "conv2d_1.b" <constant> : tensor<6xf32>
    %f2 = nn.parameter "conv2d_2.W" <glorot_uniform> : tensor<5x5x6x16xf32>
    %b2 = nn.parameter "conv2d_2.b" <constant> : tensor<16xf32>
    %w1 = nn.parameter "dense_1.W" <glorot_uniform> : tensor<400x120xf32>
    %c1 = nn.parameter "dense_1.b" <constant> : tensor<120xf32>
    %w2 = nn.parameter "dense_2.W" <glorot_uniform> : tensor<120x84xf32>
    %c2 = nn.parameter "dense_2.b" <constant> : tensor<84xf32>
    %w3 = nn.parameter "dense_3.W" <glorot_uniform> : tensor<84x10xf32>
    %c3 = nn.parameter "dense_3.b" <constant> : tensor<10xf32>
    %0 = nn.conv %image, %f1 strides [1, 1] padding [2, 2, 2, 2] dilations [1, 1] : tensor<?x28x28x1xf32>, tensor<5x5x1x6xf32> loc("conv2d_1")
    %1 = nn.add %0, %b1 : tensor<?x28x28x6xf32>, tensor<6xf32> loc("conv2d_1")
    %2 = nn.tanh %1 : tensor<?x28x28x6xf32> loc("tanh_1")
    %3 = nn.pool avg %2 size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x28x28x6xf32> loc("avg_pool2d_1")
    %4 = nn.conv %3, %f2 strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x14x14x6xf32>, tensor<5x5x6x16xf32> loc("conv2d_2")
    %5 = nn.add %4, %b2 : tensor<?x10x10x16xf32>, tensor<16xf32> loc("conv2d_2")
    %6 = nn.tanh %5 : tensor<?x10x10x16xf32> loc("tanh_2")
    %7 = nn.pool avg %6 size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x10x10x16xf32> loc("avg_pool2d_2")
    %8 = nn.reshape %7 : tensor<?x5x5x16xf32> to tensor<?x400xf32>
    %9 = nn.matmul %8, %w1 : tensor<?x400xf32>, tensor<400x120xf32> loc("dense_1")
    %10 = nn.add %9, %c1 : tensor<?x120xf32>, tensor<120xf32> loc("dense_1")
    %11 = nn.tanh %10 : tensor<?x120xf32> loc("tanh_3")
    %12 = nn.matmul %11, %w2 : tensor<?x120xf32>, tensor<120x84xf32> loc("dense_2")
    %13 = nn.add %12, %c2 : tensor<?x84xf32>, tensor<84xf32> loc("dense_2")
    %14 = nn.tanh %13 : tensor<?x84xf32> loc("tanh_4")
    %15 = nn.matmul %14, %w3 : tensor<?x84xf32>, tensor<84x10xf32> loc("dense_3")
    %logits = nn.add %15, %c3 : tensor<?x10xf32>, tensor<10xf32> loc("dense_3")
    return %logits : tensor<?x10xf32>
  }
  // Forward, backward and the optimizer, 85 ops and more: 30 kernels. The gradient of the second convolution's result gets the border that the full
  // convolution with its filter wants.
  // CHECK-LABEL: func.func @train_step
  // CHECK-COUNT-30: nn.fused
  // CHECK-NOT: nn.fused
  // CHECK: return
  func.func @train_step(%image: tensor<?x28x28x1xf32> {nn.name = "image"}, %label: tensor<?xi32> {nn.name = "label", nn.range = [0, 9]},
                        %epoch: tensor<f32> {nn.name = "epoch"}, %update: tensor<f32> {nn.name = "update"})
      -> (tensor<f32> {nn.name = "loss"}, tensor<f32> {nn.name = "gradient_norm"}, tensor<f32> {nn.name = "totals", nn.total = #nn.total<sum>},
          tensor<f32> {nn.name = "totals", nn.total = #nn.total<sum>}, tensor<f32> {nn.name = "totals", nn.total = #nn.total<sum>}) {
    %f1 = nn.parameter "conv2d_1.W" <glorot_uniform> : tensor<5x5x1x6xf32>
    %b1 = nn.parameter "conv2d_1.b" <constant> : tensor<6xf32>
    %f2 = nn.parameter "conv2d_2.W" <glorot_uniform> : tensor<5x5x6x16xf32>
    %b2 = nn.parameter "conv2d_2.b" <constant> : tensor<16xf32>
    %w1 = nn.parameter "dense_1.W" <glorot_uniform> : tensor<400x120xf32>
    %c1 = nn.parameter "dense_1.b" <constant> : tensor<120xf32>
    %w2 = nn.parameter "dense_2.W" <glorot_uniform> : tensor<120x84xf32>
    %c2 = nn.parameter "dense_2.b" <constant> : tensor<84xf32>
    %w3 = nn.parameter "dense_3.W" <glorot_uniform> : tensor<84x10xf32>
    %c3 = nn.parameter "dense_3.b" <constant> : tensor<10xf32>
    %0 = nn.conv %image, %f1 strides [1, 1] padding [2, 2, 2, 2] dilations [1, 1] : tensor<?x28x28x1xf32>, tensor<5x5x1x6xf32> loc("conv2d_1")
    %1 = nn.add %0, %b1 : tensor<?x28x28x6xf32>, tensor<6xf32> loc("conv2d_1")
    %2 = nn.tanh %1 : tensor<?x28x28x6xf32> loc("tanh_1")
    %3 = nn.pool avg %2 size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x28x28x6xf32> loc("avg_pool2d_1")
    %4 = nn.conv %3, %f2 strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x14x14x6xf32>, tensor<5x5x6x16xf32> loc("conv2d_2")
    %5 = nn.add %4, %b2 : tensor<?x10x10x16xf32>, tensor<16xf32> loc("conv2d_2")
    %6 = nn.tanh %5 : tensor<?x10x10x16xf32> loc("tanh_2")
    %7 = nn.pool avg %6 size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x10x10x16xf32> loc("avg_pool2d_2")
    %8 = nn.reshape %7 : tensor<?x5x5x16xf32> to tensor<?x400xf32>
    %9 = nn.matmul %8, %w1 : tensor<?x400xf32>, tensor<400x120xf32> loc("dense_1")
    %10 = nn.add %9, %c1 : tensor<?x120xf32>, tensor<120xf32> loc("dense_1")
    %11 = nn.tanh %10 : tensor<?x120xf32> loc("tanh_3")
    %12 = nn.matmul %11, %w2 : tensor<?x120xf32>, tensor<120x84xf32> loc("dense_2")
    %13 = nn.add %12, %c2 : tensor<?x84xf32>, tensor<84xf32> loc("dense_2")
    %14 = nn.tanh %13 : tensor<?x84xf32> loc("tanh_4")
    %15 = nn.matmul %14, %w3 : tensor<?x84xf32>, tensor<84x10xf32> loc("dense_3")
    %logits = nn.add %15, %c3 : tensor<?x10xf32>, tensor<10xf32> loc("dense_3")
    %16 = nn.cross_entropy %logits, %label : tensor<?x10xf32>, tensor<?xi32> loc("loss")
    %17 = nn.reduce sum %16 [0] : tensor<?xf32> loc("loss")
    %n = nn.count %16 [0] : tensor<?xf32> -> tensor<f32>
    %loss = nn.div %17, %n : tensor<f32>, tensor<f32> loc("loss")
    %18 = nn.argmax %logits axis 1 : tensor<?x10xf32> loc("accuracy")
    %19 = nn.compare eq %18, %label : tensor<?xi32>, tensor<?xi32> loc("accuracy")
    %20 = nn.cast %19 : tensor<?xi1> to tensor<?xf32> loc("accuracy")
    %21 = nn.reduce sum %20 [0] : tensor<?xf32> loc("accuracy")
    %start = nn.constant dense<0.05> : tensor<f32>
    %base = nn.constant dense<0.6> : tensor<f32>
    %22 = nn.pow %base, %epoch : tensor<f32>, tensor<f32> loc("rate")
    %rate = nn.mul %start, %22 : tensor<f32>, tensor<f32> loc("rate")
    %norm = nn.optimize %loss by <"sgd", {momentum = 0.9}> rate %rate {clip_norm = 5.0 : f64} : tensor<f32>, tensor<f32> -> tensor<f32> loc("optimizer")
    return %loss, %norm, %17, %21, %n : tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>
  }
}
