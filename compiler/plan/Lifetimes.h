//===- Lifetimes.h - when ops run and values are last read ------------------===//
#ifndef ARGENT_COMPILER_PLAN_LIFETIMES_H
#define ARGENT_COMPILER_PLAN_LIFETIMES_H

#include "mlir/IR/Block.h"
#include "llvm/ADT/DenseMap.h"

namespace argent {

/// Numbers the ops of a function's block and of the regions in it, in the order of the text. An op with a region runs
/// from its own number to one behind all of the region.
class Lifetimes {
public:
  explicit Lifetimes(mlir::Block &block);

  int64_t begin(mlir::Operation *op) const { return numbersOf(op).first; }
  int64_t end(mlir::Operation *op) const { return numbersOf(op).second; }
  /// When the last op has run that reads the value, through ops that only relabel it. What reads it in a region reads
  /// it until the region's op ends: a loop comes back to it.
  int64_t lastUse(mlir::Value value) const;

private:
  void number(mlir::Block &block);
  std::pair<int64_t, int64_t> numbersOf(mlir::Operation *op) const {
    assert(numbers_.contains(op) && "the op is not in this function");
    return numbers_.lookup(op);
  }

  int64_t count_ = 0;
  llvm::DenseMap<mlir::Operation *, std::pair<int64_t, int64_t>> numbers_;
};

} // namespace argent

#endif // ARGENT_COMPILER_PLAN_LIFETIMES_H
