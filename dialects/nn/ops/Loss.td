//===- Loss.td - cross-entropy, fused with the softmax ---------------------===//
#ifndef ARGENT_NN_LOSS_TD
#define ARGENT_NN_LOSS_TD

include "dialects/nn/NN.td"

def NN_CrossEntropyOp : NN_ComputeOp<"cross_entropy", [NN_Inferred, Rowwise, NN_Differentiable], ["looksOnce"]> {
  let summary = "-log softmax(logits) at the label, for each row";
  let description = [{
    logits `[*S, K]`; label `i32[*S]` (the class, clamped to 0 … K-1 in the kernel) or `f32[*S, K]` (a distribution); result `[*S]`.
    (C1) the label's shape is the logits' without the last dimension (i32), or the logits' type (a distribution).
  }];
  let arguments = (ins NN_FloatTensor:$logits, NN_Tensor:$label);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$logits `,` $label attr-dict `:` type($logits) `,` type($label)";
}
def NN_CrossEntropyGradOp : NN_ComputeOp<"cross_entropy_grad", [NotDifferentiable], ["looksOnce"]> {
  let summary = "(softmax(logits) * sum(label) - label) * gradient: cross_entropy's gradient to its logits";
  let description = [{ (C1) as cross_entropy; (C2) the gradient has cross_entropy's result type, the result the logits'. }];
  let arguments = (ins NN_FloatTensor:$logits, NN_Tensor:$label, NN_FloatTensor:$gradient);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$logits `,` $label `,` $gradient attr-dict `:` type($logits) `,` type($label) `,` type($gradient) `->` type($y)";
}

#endif // ARGENT_NN_LOSS_TD
