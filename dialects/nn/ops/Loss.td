//===- Loss.td - cross-entropy, fused with the softmax ---------------------===//
#ifndef ARGENT_NN_LOSS_TD
#define ARGENT_NN_LOSS_TD

include "dialects/nn/NN.td"

def NN_CrossEntropyOp : NN_ComputeOp<"cross_entropy", [NN_Inferred, Rowwise, NN_Differentiable], ["looksOnce"]> {
  let summary = "-log softmax(logits) at the label, for each row";
  let description = [{
    The label is the class (i32, clamped to 0 … K-1 in the kernel) or a distribution.

    | value    | shape                                      |
    |----------|--------------------------------------------|
    | `logits` | `[*S, K]`                                  |
    | `label`  | `i32[*S]` or `[*S, K]` of the logits' type |
    | result   | `[*S]`                                     |

    * (C1) the label's shape is the logits' without the last dimension (i32), or the logits' type (a distribution).
    * (C2) the logits' last dimension is one of classes: it is there and not N.

    ```mlir
    func.func @example(%logits: tensor<?x10xf32>, %label: tensor<?xi32>) -> tensor<?xf32> {
      %y = nn.cross_entropy %logits, %label : tensor<?x10xf32>, tensor<?xi32>
      return %y : tensor<?xf32>
    }
    ```
  }];
  let arguments = (ins NN_FloatTensor:$logits, NN_Tensor:$label);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$logits `,` $label attr-dict `:` type($logits) `,` type($label)";
}
def NN_CrossEntropyGradOp : NN_ComputeOp<"cross_entropy_grad", [NotDifferentiable], ["looksOnce"]> {
  let summary = "(softmax(logits) * sum(label) - label) * gradient: cross_entropy's gradient to its logits";
  let description = [{
    (C1), (C2) are those of `cross_entropy`.

    | value            | shape                                      |
    |------------------|--------------------------------------------|
    | `logits`, result | `[*S, K]`                                  |
    | `label`          | `i32[*S]` or `[*S, K]` of the logits' type |
    | `gradient`       | `[*S]`                                     |

    * (C3) the gradient has cross_entropy's result type, the result the logits'.

    ```mlir
    func.func @example(%logits: tensor<?x10xf32>, %label: tensor<?xi32>, %g: tensor<?xf32>) -> tensor<?x10xf32> {
      %y = nn.cross_entropy_grad %logits, %label, %g : tensor<?x10xf32>, tensor<?xi32>, tensor<?xf32> -> tensor<?x10xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins NN_FloatTensor:$logits, NN_Tensor:$label, NN_FloatTensor:$gradient);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$logits `,` $label `,` $gradient attr-dict `:` type($logits) `,` type($label) `,` type($gradient) `->` type($y)";
}

#endif // ARGENT_NN_LOSS_TD
