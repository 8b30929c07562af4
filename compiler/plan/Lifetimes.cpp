//===- Lifetimes.cpp - when ops run and values are last read ---------------===//
#include "compiler/plan/Lifetimes.h"

#include "dialects/nn/NN.h"

using namespace mlir;

namespace argent {

Lifetimes::Lifetimes(Block &block) {
  number(block);
  // States are assigned at the end, wherever the assignment is.
  for (auto assign : block.getOps<nn::AssignOp>())
    numbers_[assign] = {count_ - 1, count_ - 1};
}

void Lifetimes::number(Block &block) {
  for (Operation &op : block) {
    int64_t begin = count_++;
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        number(inner);
    numbers_[&op] = {begin, op.getNumRegions() ? count_++ : begin};
  }
}

int64_t Lifetimes::lastUse(Value value) const {
  // A function's argument is there from the beginning, one of a region when the region's op runs.
  Block *block = value.getParentBlock();
  Operation *maker = value.getDefiningOp();
  int64_t last = maker ? end(maker) : 0;
  if (auto outer = numbers_.find(block->getParentOp()); !maker && outer != numbers_.end())
    last = outer->second.first;
  for (Operation *user : value.getUsers()) {
    Operation *own = block->findAncestorOpInBlock(*user);
    assert(own && "a use is in the value's block or a region of it");
    last = std::max(last, end(own));
    if (user->hasTrait<Relabeling>())
      last = std::max(last, lastUse(user->getResult(0)));
  }
  return last;
}

} // namespace argent
