//===- Parameter.td - what outlives a call, and the optimizer --------------===//
#ifndef ARGENT_NN_PARAMETER_TD
#define ARGENT_NN_PARAMETER_TD

include "dialects/nn/NN.td"

def NN_ParameterOp : NN_Op<"parameter", [Pure, NotDifferentiable]> {
  let summary = "a trained tensor, identified by its path";
  let description = [{ Equal paths have equal types and initializers in all functions of the module. `layout` is set by --nn-pack-parameters. }];
  let arguments = (ins StrAttr:$path, NN_InitializerAttr:$init, OptionalAttr<NN_LayoutAttr>:$layout);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$path $init (`layout` $layout^)? attr-dict `:` type($y)";
}
def NN_StateOp : NN_Op<"state", [MemoryEffects<[MemRead]>, NotDifferentiable]> {
  let summary = "a tensor that is kept but not trained: its value at the beginning of the call";
  let arguments = (ins StrAttr:$path, NN_InitializerAttr:$init);
  let results = (outs NN_Tensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$path $init attr-dict `:` type($y)";
}
def NN_AssignOp : NN_Op<"assign", [MemoryEffects<[MemWrite]>, NotDifferentiable]> {
  let summary = "the state's value for the next call";
  let arguments = (ins StrAttr:$path, NN_Tensor:$value);
  let hasVerifier = 1;
  let assemblyFormat = "$path `,` $value attr-dict `:` type($value)";
}
def NN_OptimizeOp : NN_Op<"optimize", [MemoryEffects<[MemRead, MemWrite]>, NotDifferentiable]> {
  let summary = "what the train block asks for: all parameters move against the loss's gradient";
  let description = [{
    Result: the norm of all gradients together, before clipping. --nn-differentiate turns `loss` into gradients and leaves `nn.update`.
    optimizer = "sgd": v = momentum * v + g; p -= rate * v (nesterov: p -= rate * (g + momentum * v)). `clip_norm`: g is scaled by
    min(1, clip_norm / norm). (C1) the optimizer is "sgd"; (C2) 0 <= momentum < 1, and nesterov needs a momentum; (C3) clip_norm > 0.
  }];
  let arguments = (ins NN_ScalarTensor:$loss, NN_ScalarTensor:$rate, StrAttr:$optimizer, DefaultValuedAttr<F64Attr, "0.0">:$momentum,
                       UnitAttr:$nesterov, OptionalAttr<F64Attr>:$clip_norm);
  let results = (outs NN_ScalarTensor:$norm);
  let hasVerifier = 1;
  let assemblyFormat = "$loss `rate` $rate attr-dict `:` type($loss) `,` type($rate) `->` type($norm)";
}
def NN_GradientOp : NN_Op<"gradient", [MemoryEffects<[MemWrite]>, NotDifferentiable]> {
  let summary = "stores the gradient of the parameter of this path into its place in the gradients' arena";
  let arguments = (ins StrAttr:$path, NN_FloatTensor:$value);
  let hasVerifier = 1;
  let assemblyFormat = "$path `,` $value attr-dict `:` type($value)";
}
def NN_UpdateOp : NN_Op<"update", [MemoryEffects<[MemRead, MemWrite]>, NotDifferentiable]> {
  let summary = "nn.optimize after differentiation: the gradients are stored, the parameters are to move";
  let description = [{ --nn-insert-optimizer replaces it by a reduction and an update over the flat arenas. }];
  let arguments = (ins NN_ScalarTensor:$rate, StrAttr:$optimizer, DefaultValuedAttr<F64Attr, "0.0">:$momentum, UnitAttr:$nesterov,
                       OptionalAttr<F64Attr>:$clip_norm);
  let results = (outs NN_ScalarTensor:$norm);
  let hasVerifier = 1;
  let assemblyFormat = "`rate` $rate attr-dict `:` type($rate) `->` type($norm)";
}
def NN_ArenaOp : NN_Op<"arena", [MemoryEffects<[MemRead]>, NotDifferentiable]> {
  let summary = "a whole arena as one flat tensor: \"parameters\", \"gradients\", \"moment1\", \"moment2\"";
  let description = [{ In physical layout; padding holds zeros. All have one size and the same offsets. }];
  let arguments = (ins StrAttr:$name);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$name attr-dict `:` type($y)";
}
def NN_StoreArenaOp : NN_Op<"store_arena", [MemoryEffects<[MemWrite]>, NotDifferentiable]> {
  let summary = "writes a whole arena; padding must stay zero";
  let arguments = (ins StrAttr:$name, NN_FloatTensor:$value);
  let hasVerifier = 1;
  let assemblyFormat = "$name `,` $value attr-dict `:` type($value)";
}

#endif // ARGENT_NN_PARAMETER_TD
