//===- Gather.td - indices that come from data -----------------------------===//
#ifndef ARGENT_NN_GATHER_TD
#define ARGENT_NN_GATHER_TD

include "dialects/nn/NN.td"

def NN_IotaOp : NN_ComputeOp<"iota", [Known, NotDifferentiable, NN_Numbers]> {
  let summary = "0, 1, 2 ...";
  let description = [{ (C1) the result has one dimension, a number. }];
  let arguments = (ins);
  let results = (outs RankedTensorOf<[I32]>:$y);
  let hasVerifier = 1;
  let assemblyFormat = "attr-dict `:` type($y)";
}

def NN_GatherOp : NN_ComputeOp<"gather", [NN_Inferred, Moving, NN_Differentiable, NN_Layer<["getAxisInResult"]>]> {
  let summary = "elements of x at indices along an axis";
  let description = [{
    The first `batch` dimensions and the last `trailing` ones are shared by x and the index; the dimension `axis` of x gives way to
    the index's other dimensions:

    | value  | shape                               |
    |--------|-------------------------------------|
    | x      | `[*B, *L, V, *R, *T]`               |
    | index  | `[*B, *I, *T]`                      |
    | result | `[*B, *L, *I, *R, *T]`              |

    An index outside of 0 … V-1 is clamped. Gradient: `scatter_add`.
    * (C1) `batch <= axis < rank(x)`, `trailing < rank(x) - axis`, and the index has at least `batch + trailing` dimensions.
    * (C2) shared dimensions are equal.
    * (C3) the axis is not N.
  }];
  let arguments = (ins NN_Tensor:$x, TensorOf<[I32]>:$index, I64Attr:$axis, DefaultValuedAttr<I64Attr, "0">:$batch,
                       DefaultValuedAttr<I64Attr, "0">:$trailing);
  let results = (outs NN_Tensor:$y);
  let assemblyFormat = "$x `,` $index `axis` $axis (`batch` $batch^)? (`trailing` $trailing^)? attr-dict `:` type($x) `,` type($index)";
}

def NN_ScatterAddOp : NN_ComputeOp<"scatter_add", [NN_Differentiable]> {
  let summary = "gather's gradient: adds the elements of `gradient` up where gather took them from";
  let description = [{
    Attributes are gather's, the result's type is its x's. Elements are added in the order of the index, whatever the number of threads.
    (C1) – (C3) as gather; (C4) the gradient has gather's result type.
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
    (C1) the axis is one of x's and not N; (C2) k is at least 1 and at most its extent.
  }];
  let arguments = (ins NN_OrderedTensor:$x, I64Attr:$k, I64Attr:$axis);
  let results = (outs TensorOf<[I32]>:$y);
  let assemblyFormat = "$x `k` $k `axis` $axis attr-dict `:` type($x)";
}

#endif // ARGENT_NN_GATHER_TD
