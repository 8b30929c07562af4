//===- Shape.td - constants, and ops that move elements --------------------===//
#ifndef ARGENT_NN_SHAPE_TD
#define ARGENT_NN_SHAPE_TD

include "dialects/nn/NN.td"

def NN_ConstantOp : NN_ComputeOp<"constant", [ConstantLike, Known, NN_Inferred, NotDifferentiable, NN_Numbers]> {
  let summary = "a tensor known at compile time";
  let description = [{
    | value  | shape         |
    |--------|---------------|
    | result | any without N |

    * (C1) the value is a tensor of a known shape.

    ```mlir
    func.func @example() -> tensor<2xf32> {
      %y = nn.constant dense<[0.5, 0.25]> : tensor<2xf32>
      return %y : tensor<2xf32>
    }
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs NN_Tensor:$y);
  let hasFolder = 1;
  let assemblyFormat = "$value attr-dict";
}
def NN_BroadcastOp : NN_ComputeOp<"broadcast", [Free, Rearranging, NN_Differentiable]> {
  let summary = "stretches to the result's shape, aligned at the right";
  let description = [{
    | value  | shape                                                     |
    |--------|-----------------------------------------------------------|
    | `x`    | `[*S]`, where a dimension may be 1 or missing at the left |
    | result | `[*R]`                                                    |

    * (C1) a dimension of x is the result's or 1; the result has at least x's rank.
    * (C2) the element type stays.

    ```mlir
    func.func @example(%x: tensor<4xf32>) -> tensor<?x3x4xf32> {
      %y = nn.broadcast %x : tensor<4xf32> to tensor<?x3x4xf32>
      return %y : tensor<?x3x4xf32>
    }
    ```
  }];
  let arguments = (ins NN_Tensor:$x);
  let results = (outs NN_Tensor:$y);
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = "$x attr-dict `:` type($x) `to` type($y)";
}
def NN_ReshapeOp : NN_ComputeOp<"reshape", [Free, Relabeling, Rearranging, NN_Differentiable, NN_Layer<["getAxisInResult"]>]> {
  let summary = "the same elements in row-major order, another shape";
  let description = [{
    | value  | shape                   |
    |--------|-------------------------|
    | `x`    | any                     |
    | result | any of as many elements |

    * (C1) both shapes hold equally many elements, as multiples of N too.
    * (C2) the element type stays.

    ```mlir
    func.func @example(%x: tensor<?x5x5x16xf32>) -> tensor<?x400xf32> {
      %y = nn.reshape %x : tensor<?x5x5x16xf32> to tensor<?x400xf32>
      return %y : tensor<?x400xf32>
    }
    ```
  }];
  let arguments = (ins NN_Tensor:$x);
  let results = (outs NN_Tensor:$y);
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = "$x attr-dict `:` type($x) `to` type($y)";
}
def NN_TransposeOp : NN_ComputeOp<"transpose", [NN_Inferred, Rearranging, NN_Differentiable, NN_Layer<["getAxisInResult"]>], ["looksOnce", "storesElements"]> {
  let summary = "result dimension i is dimension permutation[i] of x";
  let description = [{
    | value  | shape                                         |
    |--------|-----------------------------------------------|
    | `x`    | `[D0, D1, ...]`                               |
    | result | `[D(permutation[0]), D(permutation[1]), ...]` |

    * (C1) the permutation names every dimension of x once.

    ```mlir
    func.func @example(%x: tensor<?x3x4xf32>) -> tensor<4x?x3xf32> {
      %y = nn.transpose %x [2, 0, 1] : tensor<?x3x4xf32>
      return %y : tensor<4x?x3xf32>
    }
    ```
  }];
  let arguments = (ins NN_Tensor:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs NN_Tensor:$y);
  let hasFolder = 1;
  let assemblyFormat = "$x $permutation attr-dict `:` type($x)";
}
def NN_CountOp : NN_ComputeOp<"count", [Known, NN_Differentiable, NN_Numbers, DeclareOpInterfaceMethods<ShapeOpInterface>]> {
  let summary = "how many elements x has along the axes (N included), as a float";
  let description = [{
    Folds when N is not among the axes. Does not look at the elements: gradient 0.

    | value  | shape |
    |--------|-------|
    | `x`    | any   |
    | result | `[]`  |

    * (C1) axes are distinct, sorted and within the rank.

    ```mlir
    func.func @example(%x: tensor<?x4xf32>) -> tensor<f32> {
      %n = nn.count %x [0, 1] : tensor<?x4xf32> -> tensor<f32>
      return %n : tensor<f32>
    }
    ```
  }];
  let arguments = (ins NN_Tensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs NN_ScalarTensor:$y);
  let hasFolder = 1;
  let hasVerifier = 1;
  let assemblyFormat = "$x $axes attr-dict `:` type($x) `->` type($y)";
}

#endif // ARGENT_NN_SHAPE_TD
