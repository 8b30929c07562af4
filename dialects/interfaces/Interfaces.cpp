//===- Interfaces.cpp - the interfaces' generated definitions --------------===//
#include "dialects/interfaces/Interfaces.h"

#include "dialects/interfaces/Cost.cpp.inc"
#include "dialects/interfaces/Gradient.cpp.inc"
#include "dialects/interfaces/Kernel.cpp.inc"
#include "dialects/interfaces/Layer.cpp.inc"
#include "dialects/interfaces/Numbers.cpp.inc"
#include "dialects/interfaces/Rows.cpp.inc"
#include "dialects/interfaces/Shape.cpp.inc"

std::optional<int64_t> argent::findKeptAxis(mlir::OpOperand &operand, int64_t axis) {
  auto from = llvm::cast<mlir::RankedTensorType>(operand.get().getType());
  auto to = llvm::cast<mlir::RankedTensorType>(operand.getOwner()->getResult(0).getType());
  if (from.getRank() != to.getRank() || from.getShape()[axis] != to.getShape()[axis])
    return std::nullopt;
  return axis;
}
