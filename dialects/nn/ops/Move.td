//===- Move.td - ops that take elements to other places --------------------===//
#ifndef ARGENT_NN_MOVE_TD
#define ARGENT_NN_MOVE_TD

include "dialects/nn/NN.td"

def NN_SliceOp : NN_ComputeOp<"slice", [NN_Inferred, Moving, Rearranging, NN_Differentiable, NN_Layer<["getAxisInResult", "getWindow"]>, NN_Rows<["multiplyRows"]>], ["isView"]> {
  let summary = "every stride-th element of a box";
  let description = [{
    Result element i is element `offset + i * stride` of x, along each dimension. Gradient: `pad`.

    | value  | shape                                        |
    |--------|----------------------------------------------|
    | `x`    | any                                          |
    | result | `sizes`; of a dimension of N as many times N |

    * (C1) one offset, size and stride for each dimension.
    * (C2) offsets are at least 0, sizes and strides at least 1, and the last element is in x.
    * (C3) a dimension of N is whole: offset 0, stride 1, its size the multiple of N.

    ```mlir
    func.func @example(%x: tensor<?x9xf32>) -> tensor<?x4xf32> {
      %y = nn.slice %x offsets [0, 1] sizes [1, 4] strides [1, 2] : tensor<?x9xf32>
      return %y : tensor<?x4xf32>
    }
    ```
  }];
  let arguments = (ins NN_Tensor:$x, DenseI64ArrayAttr:$offsets, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides);
  let results = (outs NN_Tensor:$y);
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = "$x `offsets` $offsets `sizes` $sizes `strides` $strides attr-dict `:` type($x)";
}

def NN_PadConstant : I32EnumAttrCase<"constant", 0>;
def NN_PadReflect : I32EnumAttrCase<"reflect", 1>;
def NN_PadEdge : I32EnumAttrCase<"edge", 2>;
def NN_PadMode : I32EnumAttr<"PadMode", "what stands outside", [NN_PadConstant, NN_PadReflect, NN_PadEdge]> {
  let cppNamespace = "::argent::nn";
  let genSpecializedAttr = 0;
}
def NN_PadModeAttr : EnumAttr<NN_Dialect, NN_PadMode, "pad_mode">;

def NN_PadOp : NN_ComputeOp<"pad", [NN_Inferred, Moving, NN_Differentiable, NN_Layer<["getAxisInResult", "getWindow"]>], ["isAdditive"]> {
  let summary = "puts elements around x and, for a constant, between its elements";
  let description = [{
    `low` and `high` elements before and behind each dimension, `interior` ones between two neighbours. What stands there is `value`
    (constant), x mirrored at its first and last element, which do not repeat (reflect), or its first and last element (edge).
    Gradient: `slice`; of reflect and edge what was repeated is added back.

    | value  | shape                                                      |
    |--------|------------------------------------------------------------|
    | `x`    | `[D0, D1, ...]`                                            |
    | result | `low + D + (D - 1) * interior + high` along each dimension |

    * (C1) one number of each kind for each dimension, none negative.
    * (C2) a dimension of N gets nothing.
    * (C3) reflect: fewer elements on a side than the dimension has.
    * (C4) interior and value only with a constant.

    ```mlir
    func.func @example(%x: tensor<?x4xf32>) -> tensor<?x10xf32> {
      %y = nn.pad constant %x low [0, 1] high [0, 2] interior [0, 1] value 0.5 : tensor<?x4xf32>
      return %y : tensor<?x10xf32>
    }
    ```
  }];
  let arguments = (ins NN_PadModeAttr:$mode, NN_Tensor:$x, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       OptionalAttr<DenseI64ArrayAttr>:$interior, DefaultValuedAttr<F64Attr, "0.0">:$value);
  let results = (outs NN_Tensor:$y);
  let hasFolder = 1;
  let builders = [OpBuilder<(ins "PadMode":$mode, "::mlir::Value":$x, "::llvm::ArrayRef<int64_t>":$low, "::llvm::ArrayRef<int64_t>":$high,
                                 CArg<"::llvm::ArrayRef<int64_t>", "{}">:$interior, CArg<"double", "0">:$value), [{
    build($_builder, $_state, mode, x, low, high, interior.empty() ? ::mlir::DenseI64ArrayAttr() : $_builder.getDenseI64ArrayAttr(interior),
          ::llvm::APFloat(value));
  }]>];
  let assemblyFormat = "$mode $x `low` $low `high` $high (`interior` $interior^)? (`value` $value^)? attr-dict `:` type($x)";
}

def NN_ReverseOp : NN_ComputeOp<"reverse", [SameOperandsAndResultType, Moving, Rearranging, NN_Differentiable]> {
  let summary = "the elements in the opposite order along axes";
  let description = [{
    Its own gradient.

    | value       | shape |
    |-------------|-------|
    | `x`, result | any   |

    * (C1) axes are distinct, sorted and within the rank.
    * (C2) none is N.

    ```mlir
    func.func @example(%x: tensor<?x5x4xf32>) -> tensor<?x5x4xf32> {
      %y = nn.reverse %x [1] : tensor<?x5x4xf32>
      return %y : tensor<?x5x4xf32>
    }
    ```
  }];
  let arguments = (ins NN_Tensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs NN_Tensor:$y);
  let hasVerifier = 1;
  let hasFolder = 1;
  let assemblyFormat = "$x $axes attr-dict `:` type($x)";
}

def NN_ConcatOp : NN_ComputeOp<"concat", [NN_Inferred, Joining, Rearranging, NN_Differentiable, NN_Layer<["getAxisInResult"]>]> {
  let summary = "tensors one behind the other along an axis";
  let description = [{
    Gradient: a `slice` for each. In a kernel the result is computed piece by piece, a loop nest for each operand, together with the
    pointwise ops that follow.

    | value    | shape                               |
    |----------|-------------------------------------|
    | `inputs` | `[*L, A1, *R]`, `[*L, A2, *R]`, ... |
    | result   | `[*L, A1 + A2 + ..., *R]`           |

    * (C1) at least one tensor; all have one rank and element type, and the axis is one of theirs.
    * (C2) the other dimensions are equal.
    * (C3) the axis is not N.

    ```mlir
    func.func @example(%a: tensor<?x3xf32>, %b: tensor<?x5xf32>) -> tensor<?x8xf32> {
      %y = nn.concat %a, %b axis 1 : tensor<?x3xf32>, tensor<?x5xf32>
      return %y : tensor<?x8xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<NN_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs NN_Tensor:$y);
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = "$inputs `axis` $axis attr-dict `:` type($inputs)";
}

#endif // ARGENT_NN_MOVE_TD
