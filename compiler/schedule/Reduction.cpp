//===- Reduction.cpp - sums, maxima, windows -------------------------------===//
#include "compiler/schedule/Rules.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent::schedule {

/// How many vectors of results a reduction walks its domain for at once: with one, each step would wait for the last
/// sum (4 cycles), and a pass over an image would touch a part of every cache line; with eight it reads whole lines,
/// and the sums still stay in registers.
static int64_t chooseVectors(Func &func, const Target &target, int64_t lanes) {
  int64_t vectors = std::min<int64_t>(8, target.vectorRegisters / 2);
  vectors /= static_cast<int64_t>(cast<hl::FuncType>(func.op.getType()).getElementTypes().size());
  while (vectors > 1 && func.box.back() % (lanes * vectors))
    --vectors;
  return std::max<int64_t>(vectors, 1);
}

void scheduleReduction(Func &func, const Target &target, ReductionPlace place) {
  int64_t lanes = getLanes(func.op, target);
  int64_t last = func.rank() - 1;
  bool vector = place != ReductionPlace::Point && last >= 0 && !ShapedType::isDynamic(func.box[last]) &&
                func.box[last] >= kLeastLanes;
  if (vector)
    lanes = std::min<int64_t>(lanes, func.box[last]);
  int64_t vectors = vector ? chooseVectors(func, target, lanes) : 1;
  bool parallel = place == ReductionPlace::Root && last >= (vector ? 1 : 0) && func.work() >= 2 * kTaskElements &&
                  typical(func.box[0]) >= 4;
  Tasks tasks = place == ReductionPlace::Root ? chooseTasks(func) : Tasks();
  // A row of features for each of N: tasks of some of its vectors.
  int64_t imageTasks = std::min(func.work() / kTypicalBatch / kTaskElements, kTasksPerImage);
  int64_t featureVectors = vector ? llvm::divideCeil(func.box[last], lanes * vectors) : 1;
  bool ofFeatures = place == ReductionPlace::Root && last == 1 && ShapedType::isDynamic(func.box[0]) &&
                    std::min(imageTasks, featureVectors) > 1;
  // Rounded up (Halide's choice for an update), the func would be computed where its operands end.
  hl::TailStrategy tail = vector && func.box[last] % lanes ? hl::TailStrategy::GuardWithIf : hl::TailStrategy::Auto;
  for (int64_t stage = -1; stage < static_cast<int64_t>(func.op.getUpdates().size()); ++stage) {
    Directives directives(func, stage);
    if (stage >= 0) {
      // The reduction runs inside a few vectors of results.
      SmallVector<std::string> order;
      if (vector) {
        directives.split(func.axes[last], func.axes[last] + "o", func.axes[last] + "l", lanes * vectors, tail);
        order.push_back(func.axes[last] + "l");
      }
      for (Attribute rvar : llvm::reverse(cast<ArrayAttr>(func.op.getRvars()[stage])))
        order.push_back(cast<StringAttr>(rvar).str());
      for (int64_t axis = last; axis >= 0; --axis)
        order.push_back(vector && axis == last ? func.axes[axis] + "o" : func.axes[axis]);
      directives.reorder(order);
      if (vector && vectors > 1)
        directives.vectorize(func.axes[last] + "l", lanes).unroll(func.axes[last] + "l");
      else if (vector)
        directives.vectorize(func.axes[last] + "l");
    } else if (vector) {
      directives.boundToBox(func, last).vectorize(func.axes[last], lanes, tail);
    }
    if (tasks.rows > 0)
      directives.parallelChunks(func, tasks);
    else if (ofFeatures && stage >= 0)
      directives
          .split(func.axes[1] + "o", func.axes[1] + "t", func.axes[1] + "o",
                 llvm::divideCeil(featureVectors, imageTasks), hl::TailStrategy::GuardWithIf)
          .fuse(func.axes[1] + "t", func.axes[0], "task")
          .parallel("task");
    else if (parallel)
      directives.parallel(func.axes[0]);
  }
}

} // namespace argent::schedule
