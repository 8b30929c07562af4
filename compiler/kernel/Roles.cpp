//===- Roles.cpp - what of a program an op belongs to ----------------------===//
#include "compiler/kernel/Roles.h"

#include "dialects/nn/NN.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;

namespace argent {

/// The ops of the block that `isOne` says or that depend on such ones.
static llvm::DenseSet<Operation *> collectDependent(Block &block, function_ref<bool(Operation &)> isOne) {
  llvm::DenseSet<Operation *> dependent;
  for (Operation &op : block) {
    if (isOne(op))
      dependent.insert(&op);
    if (!dependent.contains(&op))
      continue;
    for (Operation *user : op.getUsers())
      dependent.insert(block.findAncestorOpInBlock(*user));
  }
  return dependent;
}

/// The ops of the block that `isOne` says or that such ones depend on.
static llvm::DenseSet<Operation *> collectWanted(Block &block, function_ref<bool(Operation &)> isOne) {
  llvm::DenseSet<Operation *> wanted;
  for (Operation &op : llvm::reverse(block))
    if (isOne(op) || llvm::any_of(op.getUsers(),
                                  [&](Operation *user) { return wanted.contains(block.findAncestorOpInBlock(*user)); }))
      wanted.insert(&op);
  return wanted;
}

Roles::Roles(func::FuncOp function) : block_(function.front()) {
  auto ofArenas = collectDependent(block_, [](Operation &op) { return isa<nn::ArenaOp>(op); });
  auto forResults = collectWanted(
      block_, [](Operation &op) { return op.hasTrait<OpTrait::IsTerminator>() || isa<nn::AssignOp>(op); });
  auto forGradients = collectWanted(block_, [](Operation &op) { return isa<nn::GradientOp>(op); });
  for (Operation &op : block_)
    roles_[&op] = ofArenas.contains(&op)       ? hl::Role::Update
                  : forResults.contains(&op)   ? hl::Role::Forward
                  : forGradients.contains(&op) ? hl::Role::Gradient
                                               : hl::Role::Update;
}

hl::Role Roles::lookup(Operation *op) const { return roles_.at(block_.findAncestorOpInBlock(*op)); }

} // namespace argent
