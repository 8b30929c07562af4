// What comes before --plan: the kernels of @pack and @unpack, and what kernels say of results that are written over inputs.
// RUN: argent-opt %s --split-input-file --nn-fuse --nn-layout --lower-to-hl --plan -verify-diagnostics

func.func @decay(%x: tensor<4xf32> {nn.name = "x"}) {
  %h = nn.state "h" <constant, 0.0, 0.0> : tensor<4xf32>
  // expected-error @below {{stores result 0 over input 0, which its kernel does not say; --store-in-place comes first}}
  %next = nn.add %h, %x : tensor<4xf32>, tensor<4xf32>
  nn.assign "h", %next : tensor<4xf32>
  return
}

// -----

func.func @predict(%x: tensor<16xf32> {nn.name = "x"}) -> (tensor<16xf32> {nn.name = "y"}) {
  // expected-error @below {{no kernel packs "b"; --make-pack-kernels comes first}}
  %b = nn.parameter "b" <constant, 0.0, 0.0> layout <pack = 16> : tensor<16xf32>
  %y = nn.add %x, %b : tensor<16xf32>, tensor<16xf32>
  return %y : tensor<16xf32>
}
