//===- Memory.cpp - lifetimes to offsets -----------------------------------===//
#include "compiler/plan/Memory.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

namespace argent {

/// Places the blocks by `size`, a plain number, and returns the end.
static int64_t placeGroup(llvm::ArrayRef<MemoryBlock *> group, int64_t Linear::*component) {
  auto size = [&](const MemoryBlock *block) { return block->size.*component; };
  llvm::SmallVector<MemoryBlock *> order(group);
  llvm::stable_sort(order, [&](MemoryBlock *a, MemoryBlock *b) { return size(a) > size(b); });
  llvm::SmallVector<MemoryBlock *> placed; // sorted by offset
  int64_t end = 0;
  for (MemoryBlock *block : order) {
    int64_t offset = 0;
    for (MemoryBlock *other : placed) {
      bool together = other->begin <= block->end && block->begin <= other->end;
      if (!together || other->offset.*component + size(other) <= offset)
        continue;
      if (offset + size(block) <= other->offset.*component)
        break;
      offset = other->offset.*component + size(other);
    }
    block->offset.*component = offset;
    end = std::max(end, offset + size(block));
    placed.insert(
        llvm::upper_bound(placed, block,
                          [&](MemoryBlock *a, MemoryBlock *b) { return a->offset.*component < b->offset.*component; }),
        block);
  }
  return end;
}

Linear placeBlocks(llvm::MutableArrayRef<MemoryBlock> blocks) {
  llvm::SmallVector<MemoryBlock *> constant, growing;
  for (MemoryBlock &block : blocks) {
    block.size = {static_cast<int64_t>(llvm::alignTo(block.size.constant, 64)),
                  static_cast<int64_t>(llvm::alignTo(block.size.perBatch, 64))};
    block.offset = {};
    (block.size.perBatch ? growing : constant).push_back(&block);
  }
  Linear total;
  total.constant = placeGroup(constant, &Linear::constant);
  total.perBatch = placeGroup(growing, &Linear::perBatch);
  for (MemoryBlock *block : growing)
    block->offset.constant = total.constant;
  return total;
}

} // namespace argent
