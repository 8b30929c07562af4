//===- Reduction.cpp - sums, maxima, windows -------------------------------===//
#include "compiler/schedule/Rules.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent::schedule {

void scheduleReduction(Func &func, const Machine &machine, bool pointByPoint) {
  int64_t lanes = machine.lanes(cast<hl::FuncType>(func.op.getType()).getElementTypes()[0]);
  int64_t last = func.rank() - 1;
  bool vector = !pointByPoint && last >= 0 && !ShapedType::isDynamic(func.box[last]) && func.box[last] >= kLeastLanes;
  if (vector)
    lanes = std::min<int64_t>(lanes, func.box[last]);
  bool parallel = !pointByPoint && last >= (vector ? 1 : 0) && func.work() >= 2 * kTaskElements && typical(func.box[0]) >= 4;
  // Rounded up (Halide's choice for an update), the func would be computed where its operands end.
  hl::TailStrategy tail = vector && func.box[last] % lanes ? hl::TailStrategy::GuardWithIf : hl::TailStrategy::Auto;
  for (int64_t stage = -1; stage < static_cast<int64_t>(func.op.getUpdates().size()); ++stage) {
    Directives directives(func, stage);
    if (stage >= 0) {
      // The reduction runs inside one vector of results.
      SmallVector<std::string> order;
      if (vector) {
        directives.split(func.axes[last], func.axes[last] + "o", func.axes[last] + "l", lanes, tail);
        order.push_back(func.axes[last] + "l");
      }
      for (Attribute rvar : llvm::reverse(cast<ArrayAttr>(func.op.getRvars()[stage])))
        order.push_back(cast<StringAttr>(rvar).str());
      for (int64_t axis = last; axis >= 0; --axis)
        order.push_back(vector && axis == last ? func.axes[axis] + "o" : func.axes[axis]);
      directives.reorder(order);
      if (vector)
        directives.vectorize(func.axes[last] + "l");
    } else if (vector) {
      directives.vectorize(func.axes[last], lanes, tail);
    }
    if (parallel)
      directives.parallel(func.axes[0]);
  }
}

} // namespace argent::schedule
