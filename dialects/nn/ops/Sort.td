//===- Sort.td - the order of elements --------------------------------------===//
#ifndef ARGENT_NN_SORT_TD
#define ARGENT_NN_SORT_TD

include "dialects/nn/NN.td"

def NN_ArgsortOp : NN_ComputeOp<"argsort", [NN_Inferred, NotDifferentiable, NN_Numbers, NN_Layer<["getAxisInResult"]>]> {
  let summary = "places (i32) of x's elements along an axis, the least element's first (`descending`: the largest's)";
  let description = [{
    Of equals the first comes first, in both directions. -0 equals 0, floats below the least normal number equal 0, and NaN is larger than
    every number. The elements in their order are `nn.gather` at the places, and so is their gradient. `nn.top_k` looks for a few of the
    places only.

    | value       | shape         |
    |-------------|---------------|
    | `x`, result | `[*L, V, *R]` |

    * (C1) the axis is one of x's.
    * (C2) the axis is not N.

    ```mlir
    func.func @example(%x: tensor<?x9x4xf32>) -> tensor<?x9x4xi32> {
      %y = nn.argsort %x axis 1 descending : tensor<?x9x4xf32>
      return %y : tensor<?x9x4xi32>
    }
    ```
  }];
  let arguments = (ins NN_NumberTensor:$x, I64Attr:$axis, UnitAttr:$descending);
  let results = (outs TensorOf<[I32]>:$y);
  let assemblyFormat = "$x `axis` $axis (`descending` $descending^)? attr-dict `:` type($x)";
}

#endif // ARGENT_NN_SORT_TD
