//===- Kernel.td - an op states its algorithm in hl ------------------------===//
#ifndef ARGENT_INTERFACES_KERNEL_TD
#define ARGENT_INTERFACES_KERNEL_TD

include "mlir/IR/OpBase.td"

def KernelOpInterface : OpInterface<"KernelOpInterface"> {
  let cppNamespace = "::argent";
  let description = [{
    The op's algorithm as hl funcs, without a schedule: the lowering of `nn.fused` calls it for each op of the region, in order, and
    the op asks the builder for its operands and defines its results (dialects/nn/KernelBuilder.h).
  }];
  let methods = [
    InterfaceMethod<[{Emits the hl funcs of this op and registers one for each result.}],
      "::mlir::LogicalResult", "buildKernel", (ins "::argent::nn::KernelBuilder &":$kernel)>
  ];
}

#endif // ARGENT_INTERFACES_KERNEL_TD
