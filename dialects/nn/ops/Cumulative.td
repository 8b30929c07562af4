//===- Cumulative.td - running sums, products, extremes --------------------===//
#ifndef ARGENT_NN_CUMULATIVE_TD
#define ARGENT_NN_CUMULATIVE_TD

include "dialects/nn/ops/Reduce.td"

def NN_CumulativeOp : NN_ComputeOp<"cumulative", [SameOperandsAndResultType, NN_Differentiable, NN_Layer<["getAxisInResult"]>], ["looksOnce"]> {
  let summary = "what the elements up to each one combine to, along an axis";
  let description = [{
    Result element t combines the elements 0 … t of x; `reverse`: t … T-1; `exclusive`: the element t itself is left out, and of no
    elements the result is 0, 1, or the lowest (largest) finite number for max (min). In order from the first (`reverse`: last) element on.
    Of equal maxima (minima) the one that comes first gets the gradient.

    | value       | shape         |
    |-------------|---------------|
    | `x`, result | `[*L, T, *R]` |

    * (C1) kind is sum, prod, max or min.
    * (C2) the axis is one of x's.
    * (C3) the axis is not N.

    ```mlir
    func.func @example(%x: tensor<?x5xf32>) -> tensor<?x5xf32> {
      %y = nn.cumulative sum %x axis 1 reverse : tensor<?x5xf32>
      return %y : tensor<?x5xf32>
    }
    ```
  }];
  let arguments = (ins NN_ReduceKindAttr:$kind, NN_NumberTensor:$x, I64Attr:$axis, UnitAttr:$reverse, UnitAttr:$exclusive);
  let results = (outs NN_NumberTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$kind $x `axis` $axis (`reverse` $reverse^)? (`exclusive` $exclusive^)? attr-dict `:` type($x)";
}

#endif // ARGENT_NN_CUMULATIVE_TD
