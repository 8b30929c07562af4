//===- Memory.h - lifetimes to offsets -------------------------------------===//
// Places temporaries of one program in one arena so that those that live at the same time do not overlap. Knows no op:
// the planner gives sizes and intervals.
#ifndef ARGENT_COMPILER_PLAN_MEMORY_H
#define ARGENT_COMPILER_PLAN_MEMORY_H

#include "dialects/interfaces/Linear.h"
#include "llvm/ADT/ArrayRef.h"

namespace argent {

/// A block that is written at step `begin` and last read at step `end` (inclusive).
struct MemoryBlock {
  Linear size; // bytes
  int64_t begin = 0, end = 0;
  Linear offset; // the answer
};

/// Fills in the offsets and returns the arena's size.
///
/// Blocks of constant size come first, those that grow with N behind them; within each group the largest is placed
/// first, at the lowest offset where it does not meet a block with a common step (greedy by size, Pisarchyk and Lee
/// 2020, section 4.1). Both parts of a size are rounded up to 64 bytes, so that every offset is aligned for any N.
Linear placeBlocks(llvm::MutableArrayRef<MemoryBlock> blocks);

} // namespace argent

#endif // ARGENT_COMPILER_PLAN_MEMORY_H
