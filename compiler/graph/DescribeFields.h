//===- DescribeFields.h - how much of the input a value sees ------------------===//
#ifndef ARGENT_COMPILER_GRAPH_DESCRIBEFIELDS_H
#define ARGENT_COMPILER_GRAPH_DESCRIBEFIELDS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace argent {

/// What a value sees of one axis of the input.
struct Sight {
  int64_t axis = -1;          // of the value that goes along it; -1: none, `field` is all that it sees
  double field = 1, jump = 1; // in points of the input: seen by an element; from one element to the next along the axis
};
/// For each axis of the input; empty: the value does not depend on it.
using View = llvm::SmallVector<Sight, 3>;

/// The receptive fields of a function's values in its first input that has rows, columns or steps: the axes between the
/// batch and the channels of numbers, all axes behind the batch of indices (a text, a melody).
class Fields {
public:
  explicit Fields(mlir::func::FuncOp function);

  /// Follows one op; operands come before.
  void follow(mlir::Operation &op);
  View of(mlir::Value value) const { return views_.lookup(value); }
  /// `view` sees what `other` sees, too.
  static void join(View &view, const View &other);
  /// Points of each axis of the input; no more than there are.
  llvm::SmallVector<int64_t> points(const View &view) const;

private:
  llvm::SmallVector<int64_t> extents_;
  llvm::DenseMap<mlir::Value, View> views_;
};

} // namespace argent

#endif // ARGENT_COMPILER_GRAPH_DESCRIBEFIELDS_H
