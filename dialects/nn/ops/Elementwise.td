//===- Elementwise.td - one element in, one element out --------------------===//
#ifndef ARGENT_NN_ELEMENTWISE_TD
#define ARGENT_NN_ELEMENTWISE_TD

include "dialects/nn/NN.td"

/// One operation for each element of the result.
defvar NN_OneFlop = [{
  ::argent::Linear $cppClass::getFlops() { return countElements(getType()).linear(); }
}];

class NN_UnaryOp<string mnemonic, list<Trait> traits = [NN_Differentiable]>
    : NN_ComputeOp<mnemonic, !listconcat([Elementwise, Pointwise, SameOperandsAndResultType], traits)> {
  let arguments = (ins NN_FloatTensor:$x);
  let results = (outs NN_FloatTensor:$y);
  let description = !subst("MNEMONIC", mnemonic, [{
    | value       | shape |
    |-------------|-------|
    | `x`, result | any   |

    ```mlir
    func.func @example(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
      %y = nn.MNEMONIC %x : tensor<?x4xf32>
      return %y : tensor<?x4xf32>
    }
    ```
  }]);
  let assemblyFormat = "$x attr-dict `:` type($x)";
  let extraClassDefinition = NN_OneFlop;
}

def NN_NegOp : NN_UnaryOp<"neg", [Additive, NN_Differentiable, NN_Numbers]> { let arguments = (ins NN_NumberTensor:$x); let results = (outs NN_NumberTensor:$y); let summary = "-x"; let hasFolder = 1; let hasCanonicalizer = 1; }
def NN_AbsOp : NN_UnaryOp<"abs", [NN_Differentiable, NN_Numbers]> { let arguments = (ins NN_NumberTensor:$x); let results = (outs NN_NumberTensor:$y); let summary = "|x|; gradient at 0 is 0"; }
def NN_SignOp : NN_UnaryOp<"sign"> { let summary = "-1, 0 or 1; gradient 0"; }
def NN_ExpOp : NN_UnaryOp<"exp", [NN_Differentiable, Costly, NN_Numbers]> { let summary = "e^x, at most the largest finite number"; }
def NN_Expm1Op : NN_UnaryOp<"expm1", [NN_Differentiable, Costly]> { let summary = "e^x - 1, with its relative accuracy near 0"; }
def NN_LogOp : NN_UnaryOp<"log", [NN_Differentiable, Costly]> { let summary = "natural logarithm, x > 0; below the least normal number that one's"; }
def NN_Log1pOp : NN_UnaryOp<"log1p", [NN_Differentiable, Costly]> { let summary = "log(1 + x), x > -1, with its relative accuracy near 0; from -1 down its least value"; }
def NN_SqrtOp : NN_UnaryOp<"sqrt", [NN_Differentiable, Costly, NN_Numbers]> { let summary = "square root, x >= 0; 0 below"; let hasFolder = 1; }
def NN_RsqrtOp : NN_UnaryOp<"rsqrt", [NN_Differentiable, Costly, NN_Numbers]> { let summary = "1 / sqrt(x), x > 0; below the least normal number that one's"; }
def NN_FloorOp : NN_UnaryOp<"floor"> { let summary = "toward minus infinity; gradient 0"; }
def NN_CeilOp : NN_UnaryOp<"ceil"> { let summary = "toward plus infinity; gradient 0"; }
def NN_RoundOp : NN_UnaryOp<"round"> { let summary = "to the nearest, halves to even; gradient 0"; }
def NN_SinOp : NN_UnaryOp<"sin", [NN_Differentiable, Costly]> { let summary = "sine, x in radians, |x| <= 2^28; beyond, the value there"; }
def NN_CosOp : NN_UnaryOp<"cos", [NN_Differentiable, Costly]> { let summary = "cosine, x in radians, |x| <= 2^28; beyond, the value there"; }
def NN_ErfOp : NN_UnaryOp<"erf", [NN_Differentiable, Costly]> { let summary = "error function"; }
def NN_NormalCdfOp : NN_UnaryOp<"normal_cdf", [NN_Differentiable, Costly, NN_Numbers]> { let summary = "distribution function of the standard normal, erfc(-x / sqrt(2)) / 2"; }
def NN_TanhOp : NN_UnaryOp<"tanh", [NN_Differentiable, Costly, NN_Saturating]> { let summary = "hyperbolic tangent"; }
def NN_SigmoidOp : NN_UnaryOp<"sigmoid", [NN_Differentiable, Costly, NN_Numbers, NN_Saturating]> { let summary = "1 / (1 + e^-x)"; }
def NN_SoftplusOp : NN_UnaryOp<"softplus", [NN_Differentiable, Costly, NN_Numbers]> { let summary = "log(1 + e^x)"; }
def NN_SoftsignOp : NN_UnaryOp<"softsign", [NN_Differentiable, Costly, NN_Numbers, NN_Saturating]> { let summary = "x / (1 + |x|)"; }
def NN_ReluOp : NN_UnaryOp<"relu", [NN_Differentiable, NN_Numbers]> { let summary = "max(x, 0); gradient at 0 is 0"; }
def NN_StopGradientOp : NN_UnaryOp<"stop_gradient"> {
  let arguments = (ins NN_Tensor:$x);
  let results = (outs NN_Tensor:$y);
  let summary = "x, a constant to differentiation";
  let extraClassDefinition = "::argent::Linear $cppClass::getFlops() { return {}; }";
}

/// `type` is the element type of the example.
class NN_BinaryOp<string mnemonic, list<Trait> traits = [], string type = "f32">
    : NN_ComputeOp<mnemonic, !listconcat([NN_Inferred, Pointwise, Broadcasting], traits)> {
  let arguments = (ins NN_NumberTensor:$lhs, NN_NumberTensor:$rhs);
  let results = (outs NN_NumberTensor:$y);
  let description = !subst("MNEMONIC", mnemonic, !subst("TYPE", type, [{
    | value        | shape                  |
    |--------------|------------------------|
    | `lhs`, `rhs` | any two that broadcast |
    | result       | the broadcast shape    |

    * (C1) operands have one element type, and their shapes broadcast.

    ```mlir
    func.func @example(%x: tensor<?x4xTYPE>, %y: tensor<4xTYPE>) -> tensor<?x4xTYPE> {
      %z = nn.MNEMONIC %x, %y : tensor<?x4xTYPE>, tensor<4xTYPE>
      return %z : tensor<?x4xTYPE>
    }
    ```
  }]));
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
  let extraClassDefinition = NN_OneFlop;
}

def NN_AddOp : NN_BinaryOp<"add", [Additive, Commutative, NN_Differentiable, NN_Numbers]> { let summary = "lhs + rhs"; let hasFolder = 1; let hasCanonicalizer = 1; }
def NN_SubOp : NN_BinaryOp<"sub", [Additive, NN_Differentiable, NN_Numbers]> { let summary = "lhs - rhs"; let hasFolder = 1; let hasCanonicalizer = 1; }
def NN_MulOp : NN_BinaryOp<"mul", [Commutative, NN_Differentiable, NN_OverflowingNumbers]> { let summary = "lhs * rhs"; let hasFolder = 1; let hasCanonicalizer = 1; }
def NN_DivOp : NN_BinaryOp<"div", [NN_Differentiable, Costly, NN_OverflowingNumbers]> { let summary = "lhs / rhs of floats, rhs != 0"; let arguments = (ins NN_FloatTensor:$lhs, NN_FloatTensor:$rhs); let hasFolder = 1; }
def NN_FloorDivOp : NN_BinaryOp<"floor_div", [NotDifferentiable, Costly], "i32"> { let summary = "integers: lhs / rhs rounded down"; let arguments = (ins NN_IntegerTensor:$lhs, NN_IntegerTensor:$rhs); }
def NN_ModOp : NN_BinaryOp<"mod", [NotDifferentiable, Costly], "i32"> { let summary = "integers: lhs - rhs * floor_div(lhs, rhs)"; let arguments = (ins NN_IntegerTensor:$lhs, NN_IntegerTensor:$rhs); }
def NN_MaxOp : NN_BinaryOp<"max", [Commutative, NN_Differentiable, NN_Numbers]> { let summary = "the larger; of equals lhs gets the gradient"; }
def NN_MinOp : NN_BinaryOp<"min", [Commutative, NN_Differentiable, NN_Numbers]> { let summary = "the smaller; of equals lhs gets the gradient"; }
def NN_PowOp : NN_BinaryOp<"pow", [NN_Differentiable, Costly, NN_OverflowingNumbers]> {
  let summary = "lhs ** rhs";
  let description = [{
    lhs > 0, or rhs whole: then a negative lhs gives the sign of its parity. Of a negative lhs any other power is 0. Anything to the power of 0
    is 1; 0 to a negative power is the least normal number to that power. The result is at most the largest finite number, except by
    a small constant whole rhs, which is multiplication. The gradient in rhs is 0 where lhs <= 0.

    | value        | shape                  |
    |--------------|------------------------|
    | `lhs`, `rhs` | any two that broadcast |
    | result       | the broadcast shape    |

    * (C1) operands have one element type, and their shapes broadcast.

    ```mlir
    func.func @example(%x: tensor<?x4xf32>, %k: tensor<4xf32>) -> tensor<?x4xf32> {
      %y = nn.pow %x, %k : tensor<?x4xf32>, tensor<4xf32>
      return %y : tensor<?x4xf32>
    }
    ```
  }];
  let arguments = (ins NN_FloatTensor:$lhs, NN_FloatTensor:$rhs);
  let hasCanonicalizer = 1;
}

def NN_Eq : I32EnumAttrCase<"eq", 0>;
def NN_Ne : I32EnumAttrCase<"ne", 1>;
def NN_Lt : I32EnumAttrCase<"lt", 2>;
def NN_Le : I32EnumAttrCase<"le", 3>;
def NN_Gt : I32EnumAttrCase<"gt", 4>;
def NN_Ge : I32EnumAttrCase<"ge", 5>;
def NN_Predicate : I32EnumAttr<"Predicate", "comparison", [NN_Eq, NN_Ne, NN_Lt, NN_Le, NN_Gt, NN_Ge]> {
  let cppNamespace = "::argent::nn";
  let genSpecializedAttr = 0;
}
def NN_PredicateAttr : EnumAttr<NN_Dialect, NN_Predicate, "predicate">;

def NN_CompareOp : NN_ComputeOp<"compare", [NN_Inferred, Pointwise, Broadcasting, NotDifferentiable]> {
  let summary = "elementwise comparison, broadcast";
  let description = [{
    | value        | shape                  |
    |--------------|------------------------|
    | `lhs`, `rhs` | any two that broadcast |
    | result       | the broadcast shape    |

    * (C1) operands have one element type, and their shapes broadcast.

    ```mlir
    func.func @example(%x: tensor<?x4xf32>, %y: tensor<f32>) -> tensor<?x4xi1> {
      %z = nn.compare lt %x, %y : tensor<?x4xf32>, tensor<f32>
      return %z : tensor<?x4xi1>
    }
    ```
  }];
  let arguments = (ins NN_PredicateAttr:$predicate, NN_Tensor:$lhs, NN_Tensor:$rhs);
  let results = (outs NN_BoolTensor:$y);
  let assemblyFormat = "$predicate $lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
}
def NN_AndOp : NN_ComputeOp<"and", [NN_Inferred, Pointwise, Broadcasting, Commutative, NotDifferentiable]> {
  let summary = "both, broadcast";
  let description = [{
    | value        | shape                  |
    |--------------|------------------------|
    | `lhs`, `rhs` | any two that broadcast |
    | result       | the broadcast shape    |

    * (C1) operands have one element type, and their shapes broadcast.

    ```mlir
    func.func @example(%a: tensor<?x4xi1>, %b: tensor<4xi1>) -> tensor<?x4xi1> {
      %c = nn.and %a, %b : tensor<?x4xi1>, tensor<4xi1>
      return %c : tensor<?x4xi1>
    }
    ```
  }];
  let arguments = (ins NN_BoolTensor:$lhs, NN_BoolTensor:$rhs);
  let results = (outs NN_BoolTensor:$y);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
}
def NN_OrOp : NN_ComputeOp<"or", [NN_Inferred, Pointwise, Broadcasting, Commutative, NotDifferentiable]> {
  let summary = "either, broadcast";
  let description = [{
    | value        | shape                  |
    |--------------|------------------------|
    | `lhs`, `rhs` | any two that broadcast |
    | result       | the broadcast shape    |

    * (C1) operands have one element type, and their shapes broadcast.

    ```mlir
    func.func @example(%a: tensor<?x4xi1>, %b: tensor<4xi1>) -> tensor<?x4xi1> {
      %c = nn.or %a, %b : tensor<?x4xi1>, tensor<4xi1>
      return %c : tensor<?x4xi1>
    }
    ```
  }];
  let arguments = (ins NN_BoolTensor:$lhs, NN_BoolTensor:$rhs);
  let results = (outs NN_BoolTensor:$y);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
}
def NN_NotOp : NN_ComputeOp<"not", [Elementwise, Pointwise, SameOperandsAndResultType, NotDifferentiable]> {
  let summary = "not";
  let description = [{
    | value       | shape |
    |-------------|-------|
    | `x`, result | any   |

    ```mlir
    func.func @example(%a: tensor<?x4xi1>) -> tensor<?x4xi1> {
      %b = nn.not %a : tensor<?x4xi1>
      return %b : tensor<?x4xi1>
    }
    ```
  }];
  let arguments = (ins NN_BoolTensor:$x);
  let results = (outs NN_BoolTensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x)";
}
def NN_SelectOp : NN_ComputeOp<"select", [NN_Inferred, Pointwise, Broadcasting, NN_Differentiable, NN_Numbers]> {
  let summary = "lhs where the condition is true, else rhs; all three broadcast";
  let description = [{
    | value                     | shape                    |
    |---------------------------|--------------------------|
    | `condition`, `lhs`, `rhs` | any three that broadcast |
    | result                    | the broadcast shape      |

    * (C1) lhs and rhs have one element type, and the three shapes broadcast.

    ```mlir
    func.func @example(%c: tensor<?x1xi1>, %x: tensor<?x4xf32>, %zero: tensor<f32>) -> tensor<?x4xf32> {
      %y = nn.select %c, %x, %zero : tensor<?x1xi1>, tensor<?x4xf32>, tensor<f32>
      return %y : tensor<?x4xf32>
    }
    ```
  }];
  let arguments = (ins NN_BoolTensor:$condition, NN_Tensor:$lhs, NN_Tensor:$rhs);
  let results = (outs NN_Tensor:$y);
  let hasFolder = 1;
  let assemblyFormat = "$condition `,` $lhs `,` $rhs attr-dict `:` type($condition) `,` type($lhs) `,` type($rhs)";
}
def NN_CastOp : NN_ComputeOp<"cast", [NN_Differentiable, Pointwise, NN_Numbers]> {
  let summary = "another element type; a float becomes an integer toward zero, a bool 0 or 1";
  let description = [{
    | value       | shape |
    |-------------|-------|
    | `x`, result | any   |

    * (C1) the shape stays.

    ```mlir
    func.func @example(%x: tensor<?x4xi32>) -> tensor<?x4xf32> {
      %y = nn.cast %x : tensor<?x4xi32> to tensor<?x4xf32>
      return %y : tensor<?x4xf32>
    }
    ```
  }];
  let arguments = (ins NN_Tensor:$x);
  let results = (outs NN_Tensor:$y);
  let hasVerifier = 1;
  let hasFolder = 1;
  let assemblyFormat = "$x attr-dict `:` type($x) `to` type($y)";
}

#endif // ARGENT_NN_ELEMENTWISE_TD
