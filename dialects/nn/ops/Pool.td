//===- Pool.td - pooling windows -------------------------------------------===//
#ifndef ARGENT_NN_POOL_TD
#define ARGENT_NN_POOL_TD

include "dialects/nn/NN.td"

def NN_PoolMax : I32EnumAttrCase<"max", 0>;
def NN_PoolAvg : I32EnumAttrCase<"avg", 1>;
def NN_PoolMin : I32EnumAttrCase<"min", 2>;
def NN_PoolKind : I32EnumAttr<"PoolKind", "what a window gives", [NN_PoolMax, NN_PoolAvg, NN_PoolMin]> {
  let cppNamespace = "::argent::nn";
  let genSpecializedAttr = 0;
}
def NN_PoolKindAttr : EnumAttr<NN_Dialect, NN_PoolKind, "pool_kind">;

def NN_PoolOp : NN_ComputeOp<"pool", [NN_Inferred, NN_Differentiable, NN_Layer<["getConnections", "getAxisInResult", "getWindow"]>], ["looksOnce", "reducesDisjointWindows", "storesElements"]> {
  let summary = "the maximum, minimum or average of each window of each channel";
  let description = [{
    One, two or three spatial axes; size, strides: one number for each, padding: (before, after). Elements outside the image do not count;
    `count_padding`: the average divides by the whole window.

    | value   | shape          |
    |---------|----------------|
    | `input` | `[N, H, W, C]` |
    | result  | `[N, P, Q, C]` |

    * (C1) size and strides are at least 1.
    * (C2) padding is smaller than the window.
    * (C3) the window fits.
    * (C4) one, two or three spatial axes.
    * (C5) one size and stride for each spatial axis, and two numbers of padding.
    * (C6) no dimension but the batch is open.

    ```mlir
    func.func @example(%x: tensor<?x7x7x4xf32>) -> tensor<?x4x4x4xf32> {
      %y = nn.pool max %x size [3, 3] strides [2, 2] padding [1, 1, 1, 1] : tensor<?x7x7x4xf32>
      return %y : tensor<?x4x4x4xf32>
    }
    ```
  }];
  let arguments = (ins NN_PoolKindAttr:$kind, NN_FloatTensor:$input, DenseI64ArrayAttr:$size, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$padding, UnitAttr:$count_padding);
  let results = (outs NN_FloatTensor:$y);
  let assemblyFormat = "$kind $input `size` $size `strides` $strides `padding` $padding (`count_padding` $count_padding^)? attr-dict `:` type($input)";
}
def NN_PoolGradOp : NN_ComputeOp<"pool_grad", [NotDifferentiable], ["looksOnce", "storesElements"]> {
  let summary = "the gradient of pool to its input; of equal maxima (minima) the first of a window gets it";
  let description = [{
    `input` is pool's: max and min look at it; avg needs only its type, which is the result's. (C1) – (C6) are those of `pool`.

    | value           | shape          |
    |-----------------|----------------|
    | `gradient`      | `[N, P, Q, C]` |
    | `input`, result | `[N, H, W, C]` |

    * (C7) the gradient has pool's result type.
    * (C8) max and min have `of input`, which has the result's type.

    ```mlir
    func.func @example(%g: tensor<?x4x4x4xf32>, %x: tensor<?x7x7x4xf32>) -> tensor<?x7x7x4xf32> {
      %y = nn.pool_grad max %g of %x : tensor<?x7x7x4xf32> size [3, 3] strides [2, 2] padding [1, 1, 1, 1] : tensor<?x4x4x4xf32> -> tensor<?x7x7x4xf32>
      return %y : tensor<?x7x7x4xf32>
    }
    ```
  }];
  let arguments = (ins NN_PoolKindAttr:$kind, NN_FloatTensor:$gradient, Optional<NN_FloatTensor>:$input, DenseI64ArrayAttr:$size,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$padding, UnitAttr:$count_padding);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$kind $gradient (`of` $input^ `:` type($input))? `size` $size `strides` $strides `padding` $padding (`count_padding` $count_padding^)? attr-dict `:` type($gradient) `->` type($y)";
}

#endif // ARGENT_NN_POOL_TD
