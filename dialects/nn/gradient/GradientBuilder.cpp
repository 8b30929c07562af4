//===- GradientBuilder.cpp - sums and shapes of gradients ------------------===//
#include "dialects/nn/gradient/GradientBuilder.h"

using namespace mlir;

namespace argent::nn {

Value GradientBuilder::restoreAxes(Value x, ArrayRef<int64_t> axes, Type before) const {
  return reshape(x, makeType(reduceDims(getDims(before), axes, /*keepDims=*/true), elementType(x)));
}

Value GradientBuilder::sumTo(Value x, Type type) const {
  Dims from = getDims(x.getType()), to = getDims(type);
  int64_t missing = static_cast<int64_t>(from.size()) - static_cast<int64_t>(to.size());
  SmallVector<int64_t> axes;
  for (auto [i, dim] : llvm::enumerate(from)) {
    int64_t axis = static_cast<int64_t>(i);
    if (axis < missing || (to[axis - missing].isOne() && !dim.isOne()))
      axes.push_back(axis);
  }
  return reshape(reduce(ReduceKind::sum, x, axes, /*keepDims=*/false), type);
}

} // namespace argent::nn
