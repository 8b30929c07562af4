//===- Pointwise.cpp - loops of funcs without updates ----------------------===//
// Memory-bound: sequential streams along the last axis, tasks along the first (kernels.md (e)).
#include "compiler/schedule/Rules.h"

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

/// One axis: vectors inside, so that every vector is whole or guarded, and tasks of whole vectors outside.
static void scheduleFlat(Func &func, int64_t lanes, hl::TailStrategy tail, Directives &directives) {
  int64_t extent = func.box[0];
  const std::string &axis = func.axes[0];
  if (ShapedType::isDynamic(extent) || extent < lanes)
    return;
  directives.boundToBox(func, 0);
  if (extent < 2 * kTaskElements) {
    directives.vectorize(axis, lanes, extent % lanes ? tail : hl::TailStrategy::Auto);
    return;
  }
  directives.split(axis, axis + "v", axis + "l", lanes, extent % lanes ? tail : hl::TailStrategy::Auto)
      .split(axis + "v", axis + "t", axis + "i", kTaskElements / lanes, hl::TailStrategy::GuardWithIf)
      .vectorize(axis + "l")
      .parallel(axis + "t");
}

/// A long axis behind N: tasks of whole vectors.
static void scheduleRows(Func &func, int64_t lanes, hl::TailStrategy tail, Directives &directives) {
  int64_t extent = func.box[1], vectors = llvm::divideCeil(extent, lanes),
          count = std::min(extent / kTaskElements, kTasksPerImage);
  const std::string &axis = func.axes[1];
  directives.boundToBox(func, 1)
      .split(axis, axis + "v", axis + "l", lanes, extent % lanes ? tail : hl::TailStrategy::Auto)
      .split(axis + "v", axis + "t", axis + "i", llvm::divideCeil(vectors, count), hl::TailStrategy::GuardWithIf)
      .vectorize(axis + "l")
      .fuse(axis + "t", func.axes[0], "task")
      .parallel("task");
}

/// Whether every update of the func has loops over its first two axes.
static bool hasRowLoops(const Func &func) {
  hl::FuncOp op = func.op;
  return llvm::all_of(op.getUpdates(), [](Region &update) {
    Block &body = update.front();
    ValueRange indices = cast<hl::YieldOp>(body.getTerminator()).getIndices();
    return indices.empty() || (indices[0] == body.getArgument(0) && indices[1] == body.getArgument(1));
  });
}

/// Whether another func is computed in this loop, which must then keep its name.
static bool isLevel(const Func &func, StringRef axis) {
  bool found = false;
  Operation *op = func.op;
  op->getParentOp()->walk(
      [&](hl::ComputeAtOp at) { found |= at.getConsumer() == op->getResult(0) && at.getVar() == axis; });
  return found;
}

Tasks chooseTasks(const Func &func) {
  Tasks tasks{0, func.rank() > 0 ? func.axes[0] : std::string()};
  // Vectors run along a later axis.
  if (func.rank() < 3 ||
      llvm::all_of(ArrayRef<int64_t>(func.box).drop_front(2), [](int64_t extent) { return extent == 1; }))
    return tasks;
  if (!ShapedType::isDynamic(func.box[0]) || ShapedType::isDynamic(func.box[1]) || !hasRowLoops(func) ||
      isLevel(func, func.axes[0]))
    return tasks;
  int64_t ofElements = func.work() / kTypicalBatch / kTaskElements,
          ofMultiplyAdds = func.inside / kTypicalBatch / kTaskMultiplyAdds;
  int64_t count = std::min({std::max(ofElements, ofMultiplyAdds), kTasksPerImage, func.box[1]});
  if (count > 1)
    tasks = {static_cast<int64_t>(llvm::divideCeil(func.box[1], count)), "task"};
  return tasks;
}

void schedulePointwise(Func &func, const Target &target, bool inplace) {
  Directives directives(func);
  int64_t axis = vectorAxis(func);
  if (axis < 0)
    return;
  int64_t lanes = getLanes(func.op, target);
  // shift_inwards computes some elements twice: wrong where the result is written over an operand (law 3).
  hl::TailStrategy tail = inplace ? hl::TailStrategy::GuardWithIf : hl::TailStrategy::ShiftInwards;
  if (func.rank() == 1)
    return scheduleFlat(func, lanes, tail, directives);

  int64_t extent = func.box[axis];
  if (func.rank() == 2 && axis == 1 && !ShapedType::isDynamic(extent) && extent >= 2 * kTaskElements &&
      !isLevel(func, func.axes[0])) {
    scheduleRows(func, lanes, tail, directives);
    return;
  }
  if (!ShapedType::isDynamic(extent) && extent >= std::min(lanes, kLeastLanes)) {
    directives.boundToBox(func, axis);
    if (extent >= lanes)
      directives.vectorize(func.axes[axis], lanes, extent % lanes ? tail : hl::TailStrategy::Auto);
    else
      directives.vectorize(func.axes[axis]); // one vector of just so many lanes: no predicate
  }
  if (Tasks tasks = chooseTasks(func); tasks.rows > 0) {
    directives.parallelChunks(func, tasks);
    return;
  }
  if (axis == 0 || func.box[0] == 1 || func.work() < 2 * kTaskElements)
    return;
  int64_t inner = func.work() / typical(func.box[0]),
          rows = llvm::divideCeil(kTaskElements, std::max<int64_t>(inner, 1));
  if (rows <= 1 || isLevel(func, func.axes[0])) {
    directives.parallel(func.axes[0]);
  } else {
    directives.split(func.axes[0], func.axes[0] + "t", func.axes[0] + "i", rows, hl::TailStrategy::GuardWithIf)
        .parallel(func.axes[0] + "t");
  }
}

} // namespace argent::schedule
