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

#endif // ARGENT_INTERFACES_NUMBERS_TD
