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

/// Whether another func is computed in this loop, which must then keep its name.
static bool isLevel(Func &func, StringRef axis) {
  bool found = false;
  func.op->getParentOp()->walk([&](hl::ComputeAtOp at) {
    found |= at.getConsumer() == func.op.getResult() && at.getVar() == axis;
  });
  return found;
}

void schedulePointwise(Func &func, const Machine &machine, bool inplace) {
  Directives directives(func);
  int64_t axis = vectorAxis(func);
  if (axis < 0)
    return;
  int64_t lanes = machine.lanes(cast<hl::FuncType>(func.op.getType()).getElementTypes()[0]);
  // shift_inwards computes some elements twice: wrong where the result is written over an operand (law 3).
  hl::TailStrategy tail = inplace ? hl::TailStrategy::GuardWithIf : hl::TailStrategy::ShiftInwards;
  if (func.rank() == 1)
    return scheduleFlat(func, lanes, tail, directives);

  int64_t extent = func.box[axis];
  if (!ShapedType::isDynamic(extent) && extent >= std::min(lanes, kLeastLanes)) {
    directives.boundToBox(func, axis);
    if (extent >= lanes)
      directives.vectorize(func.axes[axis], lanes, extent % lanes ? tail : hl::TailStrategy::Auto);
    else
      directives.vectorize(func.axes[axis]); // one vector of just so many lanes: no predicate
  }
  if (axis == 0 || func.work() < 2 * kTaskElements)
    return;
  int64_t inner = func.work() / typical(func.box[0]), rows = llvm::divideCeil(kTaskElements, std::max<int64_t>(inner, 1));
  if (rows <= 1 || isLevel(func, func.axes[0])) {
    directives.parallel(func.axes[0]);
  } else {
    directives.split(func.axes[0], func.axes[0] + "t", func.axes[0] + "i", rows, hl::TailStrategy::GuardWithIf)
        .parallel(func.axes[0] + "t");
  }
}

} // namespace argent::schedule
