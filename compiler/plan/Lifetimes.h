//===- Lifetimes.h - when ops run and values are last read ------------------===//
#ifndef ARGENT_COMPILER_PLAN_LIFETIMES_H
#define ARGENT_COMPILER_PLAN_LIFETIMES_H

#include "mlir/IR/Block.h"
#include "llvm/ADT/DenseMap.h"

namespace argent {

/// Numbers the ops of a function's block. What stands in a region runs when the op of the block runs that holds it.
class Lifetimes {
public:
  explicit Lifetimes(mlir::Block &block);

  /// The op is in the block or in a region of it.
  int64_t at(mlir::Operation *op) const;
  /// When the last op runs that reads the value, through ops that only relabel it.
  int64_t lastUse(mlir::Value value) const;

private:
  mlir::Block &block_;
  llvm::DenseMap<mlir::Operation *, int64_t> positions_;
};

} // namespace argent

#endif // ARGENT_COMPILER_PLAN_LIFETIMES_H
