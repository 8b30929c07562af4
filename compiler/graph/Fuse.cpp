//===- Fuse.cpp - what becomes one kernel ----------------------------------===//
// For each block of compute ops, those in regions of other ops first:
//   1. Normalize: counts over N read an argument of the block, stores move down to their readers, so that neither keeps
//      two ops apart.
//   2. Group the ops into kernels (KernelGroups.h).
//   3. Write each group as an nn.fused (WriteKernels.h).
// Knows of what an op computes only what it says itself; stores and who reads what they write are structure.
#include "compiler/Passes.h"
#include "compiler/graph/WriteKernels.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_FUSE
#include "compiler/Passes.h.inc"

namespace {

using namespace nn;

/// The number of elements along axes of any tensor is a multiple of N: counts it on an argument, so that the tensor
/// need not exist.
void normalizeCounts(Block &block) {
  for (auto count : llvm::make_early_inc_range(block.getOps<ShapeOpInterface>())) {
    OpBuilder builder(count);
    for (BlockArgument argument : block.getArguments()) {
      Value told = count.buildFrom(builder, argument);
      if (!told)
        continue;
      if (told != count->getResult(0)) {
        count->getResult(0).replaceAllUsesWith(told);
        count->erase();
      }
      break;
    }
  }
}

using Arena = std::pair<ArenaKind, uint64_t>; // and which of the moments

/// Whether the op, or one in its regions, reads what is stored in the arena.
bool reads(Operation *op, std::optional<Arena> arena) {
  WalkResult walk = op->walk([&](Operation *inner) {
    auto whole = dyn_cast<ArenaOp>(inner);
    bool isReader = whole ? arena == Arena(whole.getArena(), whole.getIndex()) : isa<UpdateOp>(inner);
    return isReader ? WalkResult::interrupt() : WalkResult::advance();
  });
  return walk.wasInterrupted();
}

/// A store moves down to the first op that reads what it writes, or to the end: its value may then be a result of a
/// later kernel.
void sinkStores(Block &block) {
  SmallVector<Operation *> stores;
  for (Operation &op : block)
    if (isa<GradientOp, AssignOp, StoreArenaOp>(op))
      stores.push_back(&op);
  for (Operation *store : stores) {
    std::optional<Arena> arena;
    if (auto whole = dyn_cast<StoreArenaOp>(store))
      arena = {whole.getArena(), whole.getIndex()};
    else if (isa<GradientOp>(store))
      arena = {ArenaKind::gradients, 0};
    Operation *reader = store->getNextNode();
    while (reader != block.getTerminator() && !reads(reader, arena))
      reader = reader->getNextNode();
    store->moveBefore(reader);
  }
}

struct Fuse : impl::FuseBase<Fuse> {
  using FuseBase::FuseBase;

  void runOnOperation() override {
    // Inner blocks come first: a reader in a region is then a kernel, and reads a value of the block around it.
    SmallVector<Block *> blocks;
    getOperation().walk([&](Block *block) {
      if (isa<func::FuncOp>(block->getParentOp()) || block->getParentOp()->getParentOfType<func::FuncOp>())
        if (!isa<FusedOp>(block->getParentOp()))
          blocks.push_back(block);
    });
    for (Block *block : blocks) {
      normalizeCounts(*block);
      sinkStores(*block);
      KernelGroups groups(*block, fusePooling);
      writeKernels(*block, groups);
    }
  }
};

} // namespace
} // namespace argent
