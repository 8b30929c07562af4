//===- Parameter.td - what outlives a call, and the optimizer --------------===//
#ifndef ARGENT_NN_PARAMETER_TD
#define ARGENT_NN_PARAMETER_TD

include "dialects/nn/NN.td"

def NN_ParameterOp : NN_Op<"parameter", [Pure, HasParent<"::mlir::func::FuncOp">, NotDifferentiable]> {
  let summary = "a trained tensor, identified by its path";
  let description = [{
    Equal paths have equal types, initializers, settings and layouts in all functions of the module. `settings` are what the train block's
    rules say of this parameter; `layout` is set by --nn-pack-parameters. Stands in a function; a region of another op is given its value.

    | value  | shape         |
    |--------|---------------|
    | result | any without N |

    * (C1) the path is not empty, has no blank and does not begin with '@'.
    * (C2) the shape is known.
    * (C3) the layout is one for the rank.
    * (C4) word vectors fill a table of f32 or f64, a word a row.

    ```mlir
    func.func @example() -> tensor<8x4xf32> {
      %w = nn.parameter "dense_1.weight" <glorot_uniform> settings <decay = 1.0E-4> layout <pack = 16> : tensor<8x4xf32>
      return %w : tensor<8x4xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$path, NN_InitializerAttr:$init, OptionalAttr<NN_SettingsAttr>:$settings, OptionalAttr<NN_LayoutAttr>:$layout);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$path $init (`settings` $settings^)? (`layout` $layout^)? attr-dict `:` type($y)";
  let extraClassDeclaration = [{ bool isFrozen() { return getSettings() && getSettings()->getFrozen(); } }];
}
/// MemAlloc: one that nobody reads stays, where its assignment finds it.
def NN_StateOp : NN_Op<"state", [MemoryEffects<[MemRead, MemAlloc]>, HasParent<"::mlir::func::FuncOp">, NotDifferentiable]> {
  let summary = "a tensor that is kept but not trained: its value at the beginning of the call";
  let description = [{
    | value  | shape |
    |--------|-------|
    | result | any   |

    * (C1) the path is not empty, has no blank and does not begin with '@'.
    * (C2) word vectors fill a table of f32 or f64, a word a row, without N.

    ```mlir
    func.func @example() -> tensor<4xf32> {
      %m = nn.state "batch_norm_1.mean" <constant, 0.0, 0.0> : tensor<4xf32>
      return %m : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$path, NN_InitializerAttr:$init);
  let results = (outs NN_Tensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$path $init attr-dict `:` type($y)";
}
def NN_AssignOp : NN_Op<"assign", [MemoryEffects<[MemWrite]>, NotDifferentiable]> {
  let summary = "the state's value for the next call";
  let description = [{
    | value   | shape       |
    |---------|-------------|
    | `value` | the state's |

    * (C1) the path is not empty, has no blank and does not begin with '@'.

    ```mlir
    func.func @example(%m: tensor<4xf32>) {
      nn.assign "batch_norm_1.mean", %m : tensor<4xf32>
      return
    }
    ```
  }];
  let arguments = (ins StrAttr:$path, NN_Tensor:$value);
  let hasVerifier = 1;
  let assemblyFormat = "$path `,` $value attr-dict `:` type($value)";
}
def NN_OptimizeOp : NN_Op<"optimize", [MemoryEffects<[MemRead, MemWrite]>, NotDifferentiable]> {
  let summary = "what the train block asks for: all parameters that are not frozen move against the loss's gradient";
  let description = [{
    Result: the norm of all gradients together, before clipping. --nn-differentiate turns `loss` into gradients and leaves `nn.update`.
    `update` is how many updates were made before this one. For each gradient g, in this order:
    1. `clip_norm`: g is scaled by min(1, clip_norm / norm). 2. `clip_value`: each element is clamped to -clip_value ... clip_value.
    3. decay of #nn.settings is added. 4. p -= rate * step, the optimizer's (#nn.optimizer). 5. max_norm of #nn.settings.

    | value                            | shape |
    |----------------------------------|-------|
    | `loss`, `rate`, `update`, result | `[]`  |

    * (C1) an optimizer that counts updates (adam, adamw) needs `update`.
    * (C2) clip_norm and clip_value are above 0.

    ```mlir
    func.func @example(%loss: tensor<f32>, %rate: tensor<f32>) -> tensor<f32> {
      %norm = nn.optimize %loss by <"sgd", {momentum = 0.9}> rate %rate {clip_norm = 5.0 : f64} : tensor<f32>, tensor<f32> -> tensor<f32>
      return %norm : tensor<f32>
    }
    ```
  }];
  let arguments = (ins NN_ScalarTensor:$loss, NN_ScalarTensor:$rate, Optional<NN_ScalarTensor>:$update, NN_OptimizerAttr:$optimizer,
                       OptionalAttr<F64Attr>:$clip_norm, OptionalAttr<F64Attr>:$clip_value);
  let results = (outs NN_ScalarTensor:$norm);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $loss `by` $optimizer `rate` $rate (`update` $update^)? attr-dict `:` type($loss) `,` type($rate) (`,` type($update)^)? `->` type($norm)
  }];
}
def NN_GradientOp : NN_Op<"gradient", [MemoryEffects<[MemWrite]>, NotDifferentiable]> {
  let summary = "stores the gradient of the parameter of this path into its place in the gradients' arena";
  let description = [{
    | value   | shape           |
    |---------|-----------------|
    | `value` | the parameter's |

    * (C1) the path is not empty, has no blank and does not begin with '@'.

    ```mlir
    func.func @example(%g: tensor<8x4xf32>) {
      nn.gradient "dense_1.weight", %g : tensor<8x4xf32>
      return
    }
    ```
  }];
  let arguments = (ins StrAttr:$path, NN_FloatTensor:$value);
  let hasVerifier = 1;
  let assemblyFormat = "$path `,` $value attr-dict `:` type($value)";
}
def NN_UpdateOp : NN_Op<"update", [MemoryEffects<[MemRead, MemWrite]>, NotDifferentiable]> {
  let summary = "nn.optimize after differentiation: the gradients are stored, the parameters are to move";
  let description = [{
    --nn-insert-optimizer replaces it by a reduction and updates over the flat arenas.

    | value                    | shape |
    |--------------------------|-------|
    | `rate`, `update`, result | `[]`  |

    * (C1) an optimizer that counts updates (adam, adamw) needs `update`.
    * (C2) clip_norm and clip_value are above 0.

    ```mlir
    func.func @example(%rate: tensor<f32>, %update: tensor<f32>) -> tensor<f32> {
      %norm = nn.update by <"adam"> rate %rate update %update : tensor<f32>, tensor<f32> -> tensor<f32>
      return %norm : tensor<f32>
    }
    ```
  }];
  let arguments = (ins NN_ScalarTensor:$rate, Optional<NN_ScalarTensor>:$update, NN_OptimizerAttr:$optimizer,
                       OptionalAttr<F64Attr>:$clip_norm, OptionalAttr<F64Attr>:$clip_value);
  let results = (outs NN_ScalarTensor:$norm);
  let hasVerifier = 1;
  let assemblyFormat = "`by` $optimizer `rate` $rate (`update` $update^)? attr-dict `:` type($rate) (`,` type($update)^)? `->` type($norm)";
}
def NN_ArenaOp : NN_Op<"arena", [MemoryEffects<[MemRead]>, NotDifferentiable]> {
  let summary = "a range of an arena as one flat tensor";
  let description = [{
    In physical layout, from element `at`; padding holds zeros. Parameters, gradients and each of the moments are arenas of one size and the
    same offsets.

    | value  | shape         |
    |--------|---------------|
    | result | any without N |

    * (C1) only the moments are several arenas.
    * (C2) the range has a size that is known, and begins at element 0 or later.
    * (C3) the arena is parameters, gradients or moments.

    ```mlir
    func.func @example() -> tensor<48xf32> {
      %m = nn.arena moments 1 at 16 : tensor<48xf32>
      return %m : tensor<48xf32>
    }
    ```
  }];
  let arguments = (ins NN_ArenaKindAttr:$arena, DefaultValuedAttr<I64Attr, "0">:$index, DefaultValuedAttr<I64Attr, "0">:$at);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$arena ($index^)? (`at` $at^)? attr-dict `:` type($y)";
}
def NN_StoreArenaOp : NN_Op<"store_arena", [MemoryEffects<[MemWrite]>, NotDifferentiable]> {
  let summary = "writes a range of an arena (nn.arena); padding must stay zero";
  let description = [{
    (C1) – (C3) are those of `nn.arena`.

    | value   | shape         |
    |---------|---------------|
    | `value` | any without N |

    ```mlir
    func.func @example(%p: tensor<48xf32>) {
      nn.store_arena parameters at 16, %p : tensor<48xf32>
      return
    }
    ```
  }];
  let arguments = (ins NN_ArenaKindAttr:$arena, NN_FloatTensor:$value, DefaultValuedAttr<I64Attr, "0">:$index,
                       DefaultValuedAttr<I64Attr, "0">:$at);
  let hasVerifier = 1;
  let assemblyFormat = "$arena ($index^)? (`at` $at^)? `,` $value attr-dict `:` type($value)";
}

#endif // ARGENT_NN_PARAMETER_TD
