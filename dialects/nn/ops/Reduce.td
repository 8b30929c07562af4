//===- Reduce.td - reductions, softmax -------------------------------------===//
#ifndef ARGENT_NN_REDUCE_TD
#define ARGENT_NN_REDUCE_TD

include "dialects/nn/NN.td"

def NN_Sum : I32EnumAttrCase<"sum", 0>;
def NN_Prod : I32EnumAttrCase<"prod", 1>;
def NN_RMax : I32EnumAttrCase<"max", 2>;
def NN_RMin : I32EnumAttrCase<"min", 3>;
def NN_Any : I32EnumAttrCase<"any", 4>;
def NN_All : I32EnumAttrCase<"all", 5>;
def NN_ReduceKind : I32EnumAttr<"ReduceKind", "how a reduction combines", [NN_Sum, NN_Prod, NN_RMax, NN_RMin, NN_Any, NN_All]> {
  let cppNamespace = "::argent::nn";
  let genSpecializedAttr = 0;
}
def NN_ReduceKindAttr : EnumAttr<NN_Dialect, NN_ReduceKind, "reduce_kind">;

def NN_ReduceOp : NN_ComputeOp<"reduce", [NN_Inferred, Rowwise, Reducing, NN_Differentiable, NN_Numbers, NN_Layer<["getAxisInResult"]>, NN_Rows<["sumsRows"]>], ["looksOnce"]> {
  let summary = "combines the elements along axes";
  let description = [{
    Of equal maxima (minima) all share the gradient evenly. The order of a long sum depends on the shape only. With `regroups` the sum is
    no formula that a user wrote (a gradient): it may be computed of the factors that vary along the axes, times the others.

    | value  | shape                                                |
    |--------|------------------------------------------------------|
    | `x`    | any                                                  |
    | result | x's without `axes`; with `keepdims` 1 in their place |

    * (C1) axes are distinct, sorted and within the rank.
    * (C2) any and all: of bools; the others: of numbers.
    * (C3) max and min reduce at least one element.

    ```mlir
    func.func @example(%x: tensor<?x4x4x8xf32>) -> tensor<?x8xf32> {
      %y = nn.reduce sum %x [1, 2] : tensor<?x4x4x8xf32>
      return %y : tensor<?x8xf32>
    }
    ```
    ```mlir
    func.func @example(%x: tensor<?x4x4x8xf32>) -> tensor<?x1x1x8xf32> {
      %y = nn.reduce max %x [1, 2] keepdims : tensor<?x4x4x8xf32>
      return %y : tensor<?x1x1x8xf32>
    }
    ```
  }];
  let arguments = (ins NN_ReduceKindAttr:$kind, NN_Tensor:$x, DenseI64ArrayAttr:$axes, UnitAttr:$keepdims, UnitAttr:$regroups);
  let results = (outs NN_Tensor:$y);
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = "$kind $x $axes (`keepdims` $keepdims^)? (`regroups` $regroups^)? attr-dict `:` type($x)";
}
def NN_ArgmaxOp : NN_ComputeOp<"argmax", [NN_Inferred, Rowwise, NotDifferentiable, NN_Layer<["getAxisInResult"]>], ["looksOnce"]> {
  let summary = "index (i32) of the largest (`smallest`: smallest) element along an axis; the first of equals";
  let description = [{
    | value  | shape         |
    |--------|---------------|
    | `x`    | `[*L, V, *R]` |
    | result | `[*L, *R]`    |

    * (C1) the axis is within the rank.
    * (C2) it has an element.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> tensor<?xi32> {
      %y = nn.argmax %x axis 1 : tensor<?x10xf32>
      return %y : tensor<?xi32>
    }
    ```
  }];
  let arguments = (ins NN_NumberTensor:$x, I64Attr:$axis, UnitAttr:$smallest);
  let results = (outs TensorOf<[I32]>:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$x `axis` $axis (`smallest` $smallest^)? attr-dict `:` type($x)";
}
def NN_SoftmaxOp : NN_ComputeOp<"softmax", [SameOperandsAndResultType, NN_Differentiable, NN_Numbers, NN_Layer<["getAxisInResult"]>]> {
  let summary = "e^x / sum e^x along an axis, shifted by the maximum";
  let description = [{
    | value       | shape                |
    |-------------|----------------------|
    | `x`, result | any with a dimension |

    * (C1) the axis is within the rank.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %y = nn.softmax %x axis 1 : tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins NN_FloatTensor:$x, I64Attr:$axis);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$x `axis` $axis attr-dict `:` type($x)";
}
def NN_LogSoftmaxOp : NN_ComputeOp<"log_softmax", [SameOperandsAndResultType, NN_Differentiable, NN_Layer<["getAxisInResult"]>]> {
  let summary = "x - log sum e^x along an axis, shifted by the maximum";
  let description = [{
    | value       | shape                |
    |-------------|----------------------|
    | `x`, result | any with a dimension |

    * (C1) the axis is within the rank.

    ```mlir
    func.func @example(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
      %y = nn.log_softmax %x axis 1 : tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins NN_FloatTensor:$x, I64Attr:$axis);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$x `axis` $axis attr-dict `:` type($x)";
}

#endif // ARGENT_NN_REDUCE_TD
