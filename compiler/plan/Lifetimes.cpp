//===- Lifetimes.cpp - when ops run and values are last read ---------------===//
#include "compiler/plan/Lifetimes.h"

#include "dialects/nn/NN.h"

using namespace mlir;

namespace argent {

Lifetimes::Lifetimes(Block &block) : block_(block) {
  int64_t count = 0;
  for (Operation &op : block)
    positions_[&op] = count++;
  // States are assigned at the end, wherever the assignment is.
  for (auto assign : block.getOps<nn::AssignOp>())
    positions_[assign] = count - 1;
}

int64_t Lifetimes::at(Operation *op) const {
  Operation *own = block_.findAncestorOpInBlock(*op);
  assert(own && "the op is not in this function");
  return positions_.at(own);
}

int64_t Lifetimes::lastUse(Value value) const {
  // A function's argument is there from the beginning, one of a region when the region's op runs.
  Operation *maker = value.getDefiningOp();
  if (!maker && value.getParentBlock() != &block_)
    maker = value.getParentBlock()->getParentOp();
  int64_t last = maker ? at(maker) : 0;
  for (Operation *user : value.getUsers()) {
    last = std::max(last, at(user));
    if (user->hasTrait<Relabeling>())
      last = std::max(last, lastUse(user->getResult(0)));
  }
  return last;
}

} // namespace argent
