//===- Shape.td - ops that look at a shape -----------------------------------===//
#ifndef ARGENT_INTERFACES_SHAPE_TD
#define ARGENT_INTERFACES_SHAPE_TD

include "mlir/IR/OpBase.td"

def ShapeOpInterface : OpInterface<"ShapeOpInterface"> {
  let cppNamespace = "::argent";
  let description = [{
    The op looks at the shape of its one operand, not at the elements: another value that has the same extent tells it as well, so
    that the operand need not exist in memory.
  }];
  let methods = [
    InterfaceMethod<[{Whether an axis of `other` has the very extent that the op gives.}],
      "bool", "isToldBy", (ins "::mlir::Value":$other)>,
    InterfaceMethod<[{
      Builds the result from the shape of `other`: an extent of it, or a multiple of one. The op's own result if it looks at
      `other` already; null if that shape does not tell it.
    }], "::mlir::Value", "buildFrom", (ins "::mlir::OpBuilder &":$builder, "::mlir::Value":$other)>
  ];
}

#endif // ARGENT_INTERFACES_SHAPE_TD
