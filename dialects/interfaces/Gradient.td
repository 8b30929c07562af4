//===- Gradient.td - an op builds its operands' gradients ------------------===//
#ifndef ARGENT_INTERFACES_GRADIENT_TD
#define ARGENT_INTERFACES_GRADIENT_TD

include "mlir/IR/OpBase.td"

def GradientOpInterface : OpInterface<"GradientOpInterface"> {
  let cppNamespace = "::argent";
  let description = [{
    Reverse-mode differentiation, one op at a time: given the gradients of the results, builds `nn` ops for those of the operands.
    An op that is not differentiable has the trait NotDifferentiable instead.
  }];
  let methods = [
    InterfaceMethod<[{
      Builds the gradients of the operands. `resultGradients[i]` has the type of result i and is never null. `needed[i]` says whether
      operand i's gradient is used at all; an entry of the answer is null where it is not needed or is zero everywhere.
      Each gradient has the type of its operand. Of a Pointwise op it has the type of the result instead, one for each element that it
      gives: who asks sums what was broadcast.
      The op may replace itself by one that has further results, behind those that it had (a loop stores values for its backward):
      `rewriter.replaceOp`, with an op that stands in its place. The gradient is built where the rewriter stands.
      Fails, after an error at the op, if a needed gradient does not exist.
    }], "::mlir::LogicalResult", "buildGradient",
      (ins "::mlir::RewriterBase &":$rewriter, "::mlir::ValueRange":$resultGradients, "const ::llvm::BitVector &":$needed,
           "::llvm::SmallVectorImpl<::mlir::Value> &":$operandGradients)>
  ];
}

#endif // ARGENT_INTERFACES_GRADIENT_TD
