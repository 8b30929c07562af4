//===- Axes.h - where an op takes the axes of its operand -------------------===//
// What LayerOpInterface::getAxisInResult is answered with. Null: the elements along the axis are combined.
#ifndef ARGENT_DIALECTS_NN_AXES_H
#define ARGENT_DIALECTS_NN_AXES_H

#include "mlir/IR/BuiltinTypes.h"
#include <optional>

namespace argent::nn {

/// Of an op that combines the elements along `axes`, which its result keeps as dimensions or not.
inline std::optional<int64_t> findAxisBeside(llvm::ArrayRef<int64_t> axes, bool keepsDims, int64_t axis) {
  if (llvm::is_contained(axes, axis))
    return std::nullopt;
  return keepsDims ? axis : axis - llvm::count_if(axes, [&](int64_t other) { return other < axis; });
}

/// Of an op whose result has the operand's dimensions up to some axis.
inline std::optional<int64_t> findAxisInPrefix(mlir::Type from, mlir::Type to, int64_t axis) {
  llvm::ArrayRef<int64_t> before = llvm::cast<mlir::RankedTensorType>(from).getShape(),
                          after = llvm::cast<mlir::RankedTensorType>(to).getShape();
  bool isThere = axis < static_cast<int64_t>(after.size()) && before.take_front(axis + 1) == after.take_front(axis + 1);
  return isThere ? std::optional(axis) : std::nullopt;
}

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_AXES_H
