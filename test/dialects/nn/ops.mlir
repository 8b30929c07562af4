// RUN: argent-opt %s | argent-opt | FileCheck %s

// Every family once, printed and parsed again.
// CHECK: nn.model = "m"
module attributes {nn.model = "m", nn.training = {batch = 64 : i64, epochs = 0 : i64, metrics = ["loss"]}} {
  // CHECK-LABEL: func.func @predict
  func.func @predict(%image: tensor<?x28x28x1xf32> {nn.name = "image", nn.from = {source = "image", mean = [0.286], std = [0.353]}},
                     %label: tensor<?xi32> {nn.name = "label", nn.range = [0, 9]})
      -> (tensor<?x10xf32> {nn.name = "logits"}, tensor<f32> {nn.name = "totals", nn.total = #nn.total<sum>}) {
    // CHECK: nn.parameter "conv.W" <glorot_uniform, 0.000000e+00, 0.000000e+00> layout <pack = 16> : tensor<5x5x1x6xf32>
    %w = nn.parameter "conv.W" <glorot_uniform> layout <pack = 16> : tensor<5x5x1x6xf32>
    // CHECK: nn.conv %{{.*}}, %{{.*}} strides [1, 1] padding [2, 2, 2, 2] dilations [1, 1] : tensor<?x28x28x1xf32>, tensor<5x5x1x6xf32>
    %c = nn.conv %image, %w strides [1, 1] padding [2, 2, 2, 2] dilations [1, 1] : tensor<?x28x28x1xf32>, tensor<5x5x1x6xf32>
    // CHECK: nn.pool avg %{{.*}} size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x28x28x6xf32>
    %p = nn.pool avg %c size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x28x28x6xf32>
    %f = nn.reshape %p : tensor<?x14x14x6xf32> to tensor<?x1176xf32>
    // CHECK: nn.parameter "dense.W" <uniform, -1.000000e+00, 1.000000e+00, <"word2vec.bin", "tokens">> : tensor<10x1176xf32>
    %d = nn.parameter "dense.W" <uniform, -1.0, 1.0, <"word2vec.bin", "tokens">> : tensor<10x1176xf32>
    // CHECK: nn.matmul %{{.*}}, %{{.*}} transposed_rhs : tensor<?x1176xf32>, tensor<10x1176xf32>
    %l = nn.matmul %f, %d transposed_rhs : tensor<?x1176xf32>, tensor<10x1176xf32>
    %e = nn.cross_entropy %l, %label : tensor<?x10xf32>, tensor<?xi32>
    // CHECK: nn.reduce sum %{{.*}} [0] : tensor<?xf32>
    %s = nn.reduce sum %e [0] : tensor<?xf32>
    // CHECK: nn.count %{{.*}} [0] : tensor<?xf32> -> tensor<f32>
    %n = nn.count %e [0] : tensor<?xf32> -> tensor<f32>
    %m = nn.div %s, %n : tensor<f32>, tensor<f32>
    %a = nn.argmax %l axis 1 : tensor<?x10xf32>
    // CHECK: nn.compare eq %{{.*}}, %{{.*}} : tensor<?xi32>, tensor<?xi32>
    %q = nn.compare eq %a, %label : tensor<?xi32>, tensor<?xi32>
    return %l, %m : tensor<?x10xf32>, tensor<f32>
  }

  // CHECK-LABEL: func.func @fused
  func.func @fused(%x: tensor<?x650xf32, #nn.batch<[35, 0]>>) -> tensor<?x650xf32, #nn.batch<[35, 0]>> {
    // CHECK: nn.fused "tanh" (%{{.*}} = %{{.*}} : tensor<?x650xf32, #nn.batch<[35, 0]>>) -> (tensor<?x650xf32, #nn.batch<[35, 0]>>)
    %y = nn.fused "tanh" (%a = %x : tensor<?x650xf32, #nn.batch<[35, 0]>>) -> (tensor<?x650xf32, #nn.batch<[35, 0]>>)
        attributes {operandLayouts = [unit], resultLayouts = [#nn.layout<border = [0, 0, 0, 16]>]} {
      %t = nn.tanh %a : tensor<?x650xf32, #nn.batch<[35, 0]>>
      nn.yield %t : tensor<?x650xf32, #nn.batch<[35, 0]>>
    }
    // CHECK: nn.launch "tanh" @k1(%{{.*}})
    %z = nn.launch "tanh" @k1(%y) : (tensor<?x650xf32, #nn.batch<[35, 0]>>) -> tensor<?x650xf32, #nn.batch<[35, 0]>>
    return %z : tensor<?x650xf32, #nn.batch<[35, 0]>>
  }

  func.func @train_step(%loss: tensor<f32>, %g: tensor<4xf32>) -> tensor<f32> {
    %rate = nn.constant dense<0.1> : tensor<f32>
    // CHECK: nn.optimize %{{.*}} by <"sgd", {momentum = 9.000000e-01 : f64, nesterov = true}> rate %{{.*}} {clip_norm = 5.000000e+00 : f64} : tensor<f32>, tensor<f32> -> tensor<f32>
    %norm = nn.optimize %loss by <"sgd", {momentum = 0.9, nesterov = true}> rate %rate {clip_norm = 5.0 : f64} : tensor<f32>, tensor<f32> -> tensor<f32>
    nn.gradient "b", %g : tensor<4xf32>
    %s = nn.state "s" <constant, 1.0, 0.0> : tensor<4xf32>
    nn.assign "s", %s : tensor<4xf32>
    %arena = nn.arena moments : tensor<32xf32>
    nn.store_arena moments, %arena : tensor<32xf32>
    return %norm : tensor<f32>
  }
}
