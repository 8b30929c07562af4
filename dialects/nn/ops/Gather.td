//===- Gather.td - indices that come from data -----------------------------===//
#ifndef ARGENT_NN_GATHER_TD
#define ARGENT_NN_GATHER_TD

include "dialects/nn/NN.td"

def NN_IotaOp : NN_ComputeOp<"iota", [Known, NotDifferentiable, NN_Numbers]> {
  let summary = "0, 1, 2 ...";
  let description = [{
    | value  | shape |
    |--------|-------|
    | result | `[K]` |

    * (C1) the result has one dimension, a number.

    ```mlir
    func.func @example() -> tensor<5xi32> {
      %y = nn.iota : tensor<5xi32>
      return %y : tensor<5xi32>
    }
    ```
  }];
  let arguments = (ins);
  let results = (outs RankedTensorOf<[I32]>:$y);
  let hasVerifier = 1;
  let assemblyFormat = "attr-dict `:` type($y)";
}

def NN_GatherOp : NN_ComputeOp<"gather", [NN_Inferred, Moving, NN_Differentiable, NN_Layer<["getAxisInResult"]>]> {
  let summary = "elements of x at indices along an axis";
  let description = [{
    The first `batch` dimensions and the last `trailing` ones are shared by x and the index; the dimension `axis` of x gives way to
    the index's other dimensions. An index outside of 0 … V-1 is clamped. Gradient: `scatter_add`.

    | value   | shape                  |
    |---------|------------------------|
    | `x`     | `[*B, *L, V, *R, *T]`  |
    | `index` | `[*B, *I, *T]`         |
    | result  | `[*B, *L, *I, *R, *T]` |

    * (C1) `batch <= axis < rank(x)`, `trailing < rank(x) - axis`, and the index has at least `batch + trailing` dimensions.
    * (C2) shared dimensions are equal.
    * (C3) the axis is not N.

    ```mlir
    func.func @example(%table: tensor<1000x16xf32>, %word: tensor<?x7xi32>) -> tensor<?x7x16xf32> {
      %y = nn.gather %table, %word axis 0 : tensor<1000x16xf32>, tensor<?x7xi32>
      return %y : tensor<?x7x16xf32>
    }
    ```
  }];
  let arguments = (ins NN_Tensor:$x, TensorOf<[I32]>:$index, I64Attr:$axis, DefaultValuedAttr<I64Attr, "0">:$batch,
                       DefaultValuedAttr<I64Attr, "0">:$trailing);
  let results = (outs NN_Tensor:$y);
  let assemblyFormat = "$x `,` $index `axis` $axis (`batch` $batch^)? (`trailing` $trailing^)? attr-dict `:` type($x) `,` type($index)";
}

def NN_ScatterAddOp : NN_ComputeOp<"scatter_add", [NN_Differentiable, NN_Rows<["sumsRows"]>]> {
  let summary = "gather's gradient: adds the elements of `gradient` up where gather took them from";
  let description = [{
    Attributes are gather's. Elements are added in the order of the index, whatever the number of threads. (C1) – (C3) are those of `gather`.

    | value      | shape                  |
    |------------|------------------------|
    | `gradient` | `[*B, *L, *I, *R, *T]` |
    | `index`    | `[*B, *I, *T]`         |
    | result     | `[*B, *L, V, *R, *T]`  |

    * (C4) the gradient has gather's result type.

    ```mlir
    func.func @example(%g: tensor<?x7x16xf32>, %word: tensor<?x7xi32>) -> tensor<1000x16xf32> {
      %y = nn.scatter_add %g, %word axis 0 : tensor<?x7x16xf32>, tensor<?x7xi32> -> tensor<1000x16xf32>
      return %y : tensor<1000x16xf32>
    }
    ```
  }];
  let arguments = (ins NN_FloatTensor:$gradient, TensorOf<[I32]>:$index, I64Attr:$axis, DefaultValuedAttr<I64Attr, "0">:$batch,
                       DefaultValuedAttr<I64Attr, "0">:$trailing);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$gradient `,` $index `axis` $axis (`batch` $batch^)? (`trailing` $trailing^)? attr-dict `:` type($gradient) `,` type($index) `->` type($y)";
}

def NN_OrderedTensor : RankedTensorOf<[F16, BF16, F32, F64, I32, I64]>;
def NN_TopKOp : NN_ComputeOp<"top_k", [NN_Inferred, NotDifferentiable]> {
  let summary = "indices (i32) of the k largest elements along an axis, the largest first; of equals the first";
  let description = [{
    The values are `nn.gather` at the indices, and so is their gradient.

    | value  | shape         |
    |--------|---------------|
    | `x`    | `[*L, V, *R]` |
    | result | `[*L, k, *R]` |

    * (C1) the axis is one of x's and not N.
    * (C2) k is at least 1 and at most its extent.

    ```mlir
    func.func @example(%x: tensor<?x9xf32>) -> tensor<?x3xi32> {
      %y = nn.top_k %x k 3 axis 1 : tensor<?x9xf32>
      return %y : tensor<?x3xi32>
    }
    ```
  }];
  let arguments = (ins NN_OrderedTensor:$x, I64Attr:$k, I64Attr:$axis);
  let results = (outs TensorOf<[I32]>:$y);
  let assemblyFormat = "$x `k` $k `axis` $axis attr-dict `:` type($x)";
}

#endif // ARGENT_NN_GATHER_TD
