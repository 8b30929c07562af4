//===- Cost.td - what an op costs ------------------------------------------===//
#ifndef ARGENT_INTERFACES_COST_TD
#define ARGENT_INTERFACES_COST_TD

include "mlir/IR/OpBase.td"

def CostOpInterface : OpInterface<"CostOpInterface"> {
  let cppNamespace = "::argent";
  let methods = [
    InterfaceMethod<[{Floating-point operations; a multiply-add counts as two, a transcendental function as one.}],
      "::argent::Linear", "getFlops", (ins)>
  ];
}

#endif // ARGENT_INTERFACES_COST_TD
