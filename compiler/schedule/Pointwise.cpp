//===- Pointwise.cpp - loops of funcs without updates ----------------------===//
// Memory-bound: sequential streams along the last axis, tasks along the first (README.md, memory-bound kernels).
#include "compiler/schedule/Pointwise.h"

#include "compiler/schedule/Directives.h"
#include "compiler/schedule/Tasks.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent::schedule {

/// The innermost axis that has more than one point.
static int64_t vectorAxis(const Func &func) {
  for (int64_t axis = func.rank() - 1; axis >= 0; --axis)
    if (func.box[axis] != 1)
      return axis;
  return -1;
}

/// Tasks of a func whose vectors run along its only axis, or along a long one behind N: whole vectors.
static int64_t chooseTaskVectors(const Func &func, int64_t lanes) {
  int64_t extent = func.box.back();
  if (func.rank() == 1)
    return kTaskElements / lanes;
  int64_t count = std::min(extent / kTaskElements, kTasksPerImage);
  return llvm::divideCeil(llvm::divideCeil(extent, lanes), count);
}

/// Points of the first axis that are work for a task; 0: all of them are.
static int64_t chooseTaskPoints(const Func &func, int64_t vectorAxis) {
  if (vectorAxis == 0 || func.box[0] == 1 || func.work() < 2 * kTaskElements)
    return 0;
  // The loop that others are computed in keeps its name.
  if (func.isLevel(func.axes[0]))
    return 1;
  int64_t inner = func.work() / typical(func.box[0]);
  return llvm::divideCeil(kTaskElements, std::max<int64_t>(inner, 1));
}

PointwiseDecision decidePointwise(const Func &func, const Target &target, bool inplace) {
  PointwiseDecision decision;
  decision.axis = vectorAxis(func);
  if (decision.axis < 0)
    return decision;
  int64_t lanes = func.lanes(target), rank = func.rank(), extent = func.box[decision.axis];
  int64_t least = rank == 1 ? lanes : std::min(lanes, kLeastLanes);
  if (!ShapedType::isDynamic(extent) && extent >= least) {
    decision.lanes = std::min(lanes, extent);
    decision.isOneVector = extent < lanes;
    // shift_inwards computes some elements twice: wrong where the result is written over an operand (law 3).
    if (extent % decision.lanes)
      decision.tail = inplace ? hl::TailStrategy::GuardWithIf : hl::TailStrategy::ShiftInwards;
  }
  bool isLong = decision.lanes > 0 && extent >= 2 * kTaskElements;
  if (isLong && (rank == 1 || (rank == 2 && decision.axis == 1 && !func.isLevel(func.axes[0]))))
    decision.taskVectors = chooseTaskVectors(func, lanes);
  else if (int64_t rows = chooseChunkRows(func))
    decision.taskRows = rows;
  else
    decision.taskPoints = chooseTaskPoints(func, decision.axis);
  return decision;
}

void writePointwise(Func &func, const PointwiseDecision &decision) {
  if (decision.axis < 0)
    return;
  Directives directives(func);
  const std::string &axis = func.axes[decision.axis], &first = func.axes[0];
  if (decision.lanes > 0)
    directives.boundToBox(func, decision.axis);
  if (decision.taskVectors > 0) {
    directives.split(axis, axis + "v", axis + "l", decision.lanes, decision.tail)
        .split(axis + "v", axis + "t", axis + "i", decision.taskVectors, hl::TailStrategy::GuardWithIf)
        .vectorize(axis + "l");
    if (func.rank() == 1)
      directives.parallel(axis + "t");
    else
      directives.fuse(axis + "t", first, kTaskLoop).parallel(kTaskLoop);
    return;
  }
  if (decision.lanes > 0)
    directives.vectorize(axis, decision.isOneVector ? 0 : decision.lanes, decision.tail);
  if (decision.taskRows > 0)
    directives.parallelChunks(func, decision.taskRows);
  else if (decision.taskPoints == 1)
    directives.parallel(first);
  else if (decision.taskPoints > 1)
    directives.split(first, first + "t", first + "i", decision.taskPoints, hl::TailStrategy::GuardWithIf)
        .parallel(first + "t");
}

} // namespace argent::schedule
