//===- Fused.td - what becomes one kernel ----------------------------------===//
#ifndef ARGENT_NN_FUSED_TD
#define ARGENT_NN_FUSED_TD

include "dialects/nn/NN.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def NN_FusedOp : NN_Op<"fused", [IsolatedFromAbove, SingleBlock, RecursiveMemoryEffects, NotDifferentiable]> {
  let summary = "a region of ops that becomes one kernel";
  let description = [{
    `operandLayouts` and `resultLayouts` hold, for each operand and result, an #nn.layout or unit (dense); they are set by the layout pass. A
    result whose only use is `nn.gradient`, `nn.store_arena` or `nn.assign` is written in place.

    | value             | shape |
    |-------------------|-------|
    | `inputs`, results | any   |

    * (C1) block arguments and `nn.yield` have the types of inputs and results.
    * (C2) the region holds compute ops.
    * (C3) layouts: one for each operand or result.

    ```mlir
    func.func @example(%x: tensor<?x28x28x1xf32>, %w: tensor<5x5x1x6xf32>) -> tensor<?x24x24x6xf32> {
      %y = nn.fused "conv2d_1 tanh" (%a = %x : tensor<?x28x28x1xf32>, %b = %w : tensor<5x5x1x6xf32>) -> (tensor<?x24x24x6xf32>) {
        %c = nn.conv %a, %b strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x28x28x1xf32>, tensor<5x5x1x6xf32>
        %t = nn.tanh %c : tensor<?x24x24x6xf32>
        nn.yield %t : tensor<?x24x24x6xf32>
      }
      return %y : tensor<?x24x24x6xf32>
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, Variadic<NN_Tensor>:$inputs, OptionalAttr<ArrayAttr>:$operandLayouts, OptionalAttr<ArrayAttr>:$resultLayouts);
  let results = (outs Variadic<NN_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}
def NN_YieldOp : NN_Op<"yield", [Pure, Terminator, HasParent<"FusedOp">, NotDifferentiable]> {
  let summary = "the results of the region";
  let description = [{
    | value    | shape                              |
    |----------|------------------------------------|
    | `values` | those of the results of `nn.fused` |

    ```mlir
    func.func @example(%x: tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
      %y, %z = nn.fused "exp" (%a = %x : tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
        %e = nn.exp %a : tensor<?x4xf32>
        %n = nn.neg %e : tensor<?x4xf32>
        nn.yield %e, %n : tensor<?x4xf32>, tensor<?x4xf32>
      }
      return %y, %z : tensor<?x4xf32>, tensor<?x4xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<NN_Tensor>:$values);
  let assemblyFormat = "$values attr-dict `:` type($values)";
}
def NN_LaunchOp : NN_Op<"launch", [NotDifferentiable]> {
  let summary = "runs a kernel: an hl.pipeline of the module";
  let description = [{
    Results have the layouts `resultLayouts`; operands have `operandLayouts` (nn.fused, whose constraint is this op's).

    | value             | shape |
    |-------------------|-------|
    | `inputs`, results | any   |

    * (C3) layouts: one for each operand or result.

    ```mlir
    func.func @example(%x: tensor<?x4xf32>, %w: tensor<4x3xf32>) -> tensor<?x3xf32> {
      %y = nn.launch "dense" @k1(%x, %w) : (tensor<?x4xf32>, tensor<4x3xf32>) -> tensor<?x3xf32>
      return %y : tensor<?x3xf32>
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, StrAttr:$name, Variadic<NN_Tensor>:$inputs,
                       OptionalAttr<ArrayAttr>:$operandLayouts, OptionalAttr<ArrayAttr>:$resultLayouts);
  let results = (outs Variadic<NN_Tensor>:$results);
  let hasVerifier = 1;
  let assemblyFormat = "$name $kernel `(` $inputs `)` attr-dict `:` functional-type($inputs, $results)";
}

#endif // ARGENT_NN_FUSED_TD
