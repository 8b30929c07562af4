//===- Matmul.td - the matrix product --------------------------------------===//
#ifndef ARGENT_NN_MATMUL_TD
#define ARGENT_NN_MATMUL_TD

include "dialects/nn/NN.td"

def NN_MatmulOp : NN_ComputeOp<"matmul", [NN_Inferred, Tiled, Contracting, NN_Differentiable, NN_Layer<["getConnections", "getAxisInResult"]>], ["wantsPanels"]> {
  let summary = "batched matrix product";
  let description = [{
    lhs `[*B, M, D]` (`transpose_lhs`: `[*B, D, M]`), rhs `[*B, D, K]` or `[D, K]` (`transpose_rhs`: `[.., K, D]`), result `[*B, M, K]`.
    (C1) the reduced dimensions are equal; (C2) leading dimensions are equal, or rhs has none: it is then shared by all.
    Vectors are reshaped by the frontend. A reduction over N (the filter's gradient of a dense layer) is legal: lhs `[N, M]` transposed.
  }];
  let arguments = (ins NN_FloatTensor:$lhs, NN_FloatTensor:$rhs, UnitAttr:$transpose_lhs, UnitAttr:$transpose_rhs);
  let results = (outs NN_FloatTensor:$y);
  let assemblyFormat = "$lhs (`transposed` $transpose_lhs^)? `,` $rhs (`transposed_rhs` $transpose_rhs^)? attr-dict `:` type($lhs) `,` type($rhs)";
}

#endif // ARGENT_NN_MATMUL_TD
