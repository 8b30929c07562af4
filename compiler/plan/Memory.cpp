//===- Memory.cpp - lifetimes to offsets -----------------------------------===//
#include "compiler/plan/Memory.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace argent {

/// Places the blocks by `size`, a plain number, and returns the end.
static int64_t placeGroup(ArrayRef<Block *> group, int64_t Linear::*component) {
  auto size = [&](const Block *block) { return block->size.*component; };
  SmallVector<Block *> order(group);
  stable_sort(order, [&](Block *a, Block *b) { return size(a) > size(b); });
  SmallVector<Block *> placed; // sorted by offset
  int64_t end = 0;
  for (Block *block : order) {
    int64_t offset = 0;
    for (Block *other : placed) {
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
        upper_bound(placed, block, [&](Block *a, Block *b) { return a->offset.*component < b->offset.*component; }),
        block);
  }
  return end;
}

Linear placeBlocks(MutableArrayRef<Block> blocks) {
  SmallVector<Block *> constant, growing;
  for (Block &block : blocks) {
    block.size = {static_cast<int64_t>(alignTo(block.size.constant, 64)),
                  static_cast<int64_t>(alignTo(block.size.perBatch, 64))};
    block.offset = {};
    (block.size.perBatch ? growing : constant).push_back(&block);
  }
  Linear total;
  total.constant = placeGroup(constant, &Linear::constant);
  total.perBatch = placeGroup(growing, &Linear::perBatch);
  for (Block *block : growing)
    block->offset.constant = total.constant;
  return total;
}

} // namespace argent
