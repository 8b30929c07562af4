//===- Tasks.cpp - work for threads ----------------------------------------===//
#include "compiler/schedule/Tasks.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent::schedule {

/// Whether every update of the func has loops over its first two axes.
static bool hasRowLoops(const Func &func) {
  hl::FuncOp op = func.op;
  return llvm::all_of(op.getUpdates(), [](Region &update) {
    Block &body = update.front();
    ValueRange indices = cast<hl::YieldOp>(body.getTerminator()).getIndices();
    return indices.empty() || (indices[0] == body.getArgument(0) && indices[1] == body.getArgument(1));
  });
}

int64_t chooseChunkRows(const Func &func, int64_t inside) {
  // Vectors run along a later axis.
  if (func.rank() < 3 ||
      llvm::all_of(ArrayRef<int64_t>(func.box).drop_front(2), [](int64_t extent) { return extent == 1; }))
    return 0;
  if (!ShapedType::isDynamic(func.box[0]) || ShapedType::isDynamic(func.box[1]) || !hasRowLoops(func) ||
      func.isLevel(func.axes[0]))
    return 0;
  int64_t ofElements = func.work() / kTypicalBatch / kTaskElements,
          ofMultiplyAdds = (func.inside + inside) / kTypicalBatch / kTaskMultiplyAdds;
  int64_t count = std::min({std::max(ofElements, ofMultiplyAdds), kTasksPerImage, func.box[1]});
  return count > 1 ? static_cast<int64_t>(llvm::divideCeil(func.box[1], count)) : 0;
}

std::string taskLoop(const Func &func, int64_t chunkRows) {
  return chunkRows > 0 ? std::string(kTaskLoop) : func.axes[0];
}

} // namespace argent::schedule
