//===- Numbers.td - what the elements of an op's result may be --------------===//
#ifndef ARGENT_INTERFACES_NUMBERS_TD
#define ARGENT_INTERFACES_NUMBERS_TD

include "mlir/IR/OpBase.td"

def NumbersOpInterface : OpInterface<"NumbersOpInterface"> {
  let cppNamespace = "::argent";
  let description = [{
    What the elements of the op's one result may be, given what its operands' may be (dialects/interfaces/Numbers.h). An op without
    the interface may give any finite number.
  }];
  let methods = [
    InterfaceMethod<[{The signs that the result's elements may have; `operands` holds those of each operand, all finite.}],
      "::argent::Numbers", "inferSigns", (ins "::llvm::ArrayRef<::argent::Numbers>":$operands)>,
    InterfaceMethod<[{
      Whether the op gives numbers that are not finite for ones that are. Of what may overflow, powers say so (x ** k is products of
      squares): masks are put before those. Other sums and products do not: every product would pay for it.
    }], "bool", "makesNotFinite", (ins "::llvm::ArrayRef<::argent::Numbers>":$operands), "", [{ return false; }]>
  ];
}

def SaturatingOpInterface : OpInterface<"SaturatingOpInterface"> {
  let cppNamespace = "::argent";
  let description = [{
    An elementwise op that levels off on both sides, as the gates of recurrent nets do: from where it is nearly level its gradient is nearly 0.
  }];
  let methods = [
    InterfaceMethod<[{Results below the first of the two numbers are saturated on the one side, those above the second on the other.}],
      "::argent::Saturation", "getSaturation">
  ];
}

#endif // ARGENT_INTERFACES_NUMBERS_TD
