//===- Matmul.td - the matrix product --------------------------------------===//
#ifndef ARGENT_NN_MATMUL_TD
#define ARGENT_NN_MATMUL_TD

include "dialects/nn/NN.td"

def NN_MatmulOp : NN_ComputeOp<"matmul", [NN_Inferred, Tiled, Contracting, NN_Differentiable, NN_Layer<["getConnections", "getAxisInResult"]>, NN_Rows<["sumsRows"]>], ["getWantedLayout", "separateRearrangement"]> {
  let summary = "batched matrix product";
  let description = [{
    Vectors are reshaped by the frontend. A reduction over N (the filter's gradient of a dense layer) is legal: lhs `[N, M]` transposed.

    | value  | shape                                                                |
    |--------|----------------------------------------------------------------------|
    | `lhs`  | `[*B, M, D]`; `transposed`: `[*B, D, M]`                             |
    | `rhs`  | `[*B, D, K]` or `[D, K]`; `transposed_rhs`: `[*B, K, D]` or `[K, D]` |
    | result | `[*B, M, K]`                                                         |

    * (C1) the reduced dimensions are equal.
    * (C2) leading dimensions are equal, or rhs has none: it is then shared by all.
    * (C3) operands have one element type.
    * (C4) a matrix has two dimensions or more.

    ```mlir
    func.func @example(%x: tensor<?x8xf32>, %w: tensor<4x8xf32>) -> tensor<?x4xf32> {
      %y = nn.matmul %x, %w transposed_rhs : tensor<?x8xf32>, tensor<4x8xf32>
      return %y : tensor<?x4xf32>
    }
    ```
  }];
  let arguments = (ins NN_FloatTensor:$lhs, NN_FloatTensor:$rhs, UnitAttr:$transpose_lhs, UnitAttr:$transpose_rhs);
  let results = (outs NN_FloatTensor:$y);
  let assemblyFormat = "$lhs (`transposed` $transpose_lhs^)? `,` $rhs (`transposed_rhs` $transpose_rhs^)? attr-dict `:` type($lhs) `,` type($rhs)";
}

#endif // ARGENT_NN_MATMUL_TD
