//===- Totals.cpp - what is combined over the batches of a data set --------===//
#include "dialects/nn/metrics/Totals.h"

using namespace mlir;

namespace argent::nn {

static bool spansBatch(Value x, ArrayRef<int64_t> axes) {
  Dims dims = getDims(x.getType());
  return llvm::any_of(axes, [&](int64_t axis) { return dims[axis].isOpen; });
}

std::optional<TotalKind> getTotalKind(Operation *op) {
  if (auto count = dyn_cast<CountOp>(op))
    return spansBatch(count.getX(), count.getAxes()) ? std::optional(TotalKind::sum) : std::nullopt;
  auto reduce = dyn_cast<ReduceOp>(op);
  if (!reduce || !spansBatch(reduce.getX(), reduce.getAxes()))
    return std::nullopt;
  switch (reduce.getKind()) {
  case ReduceKind::sum:
    return TotalKind::sum;
  case ReduceKind::max:
    return TotalKind::max;
  case ReduceKind::min:
    return TotalKind::min;
  case ReduceKind::prod:
  case ReduceKind::any:
  case ReduceKind::all:
    return std::nullopt;
  }
  llvm_unreachable("there are no other kinds");
}

bool reducesBatch(Operation *op) {
  if (auto count = dyn_cast<CountOp>(op))
    return spansBatch(count.getX(), count.getAxes());
  auto hasOpenDim = [](Type type) { return !cast<ShapedType>(type).hasStaticShape(); };
  return llvm::any_of(op->getOperandTypes(), hasOpenDim) && !llvm::any_of(op->getResultTypes(), hasOpenDim);
}

std::optional<ElementCount> getCounted(Value value) {
  auto op = value.getDefiningOp<CountOp>();
  if (!op)
    return std::nullopt;
  Dims dims = getDims(op.getX().getType()), counted;
  for (int64_t axis : op.getAxes())
    counted.push_back(dims[axis]);
  return countElements(counted);
}

bool isSameTotal(Value a, Value b) {
  if (a == b)
    return true;
  std::optional<ElementCount> counted = getCounted(a);
  return counted && counted == getCounted(b);
}

} // namespace argent::nn
