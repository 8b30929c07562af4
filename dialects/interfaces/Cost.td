//===- Cost.td - what an op costs ------------------------------------------===//
#ifndef ARGENT_INTERFACES_COST_TD
#define ARGENT_INTERFACES_COST_TD

include "mlir/IR/OpBase.td"

def CostOpInterface : OpInterface<"CostOpInterface"> {
  let cppNamespace = "::argent";
  let methods = [
    InterfaceMethod<[{Floating-point operations at N = `batch`; a multiply-add counts as two, a transcendental function as one.}],
      "int64_t", "getFlops", (ins "int64_t":$batch)>
  ];
}

#endif // ARGENT_INTERFACES_COST_TD
