//===- WindowKernel.cpp - what convolution and pooling kernels share -------===//
#include "dialects/nn/ops/WindowKernel.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

static SmallVector<std::string, 3> lastOf(ArrayRef<const char *> names, unsigned count, StringRef suffix) {
  SmallVector<std::string, 3> result;
  for (const char *name : names.take_back(count))
    result.push_back(name + suffix.str());
  return result;
}
SmallVector<std::string, 3> argent::nn::spatialNames(unsigned count, StringRef suffix) {
  return lastOf({"z", "y", "x"}, count, suffix);
}
SmallVector<std::string, 3> argent::nn::tapNames(unsigned count) { return lastOf({"t", "r", "s"}, count, ""); }

SmallVector<Expr, 6> argent::nn::unflatten(Expr p, ArrayRef<int64_t> sizes) {
  SmallVector<Expr, 6> index(sizes.size());
  for (unsigned d = sizes.size(); d-- > 1;) {
    index[d] = p % sizes[d];
    p = p / sizes[d];
  }
  index[0] = p;
  return index;
}

std::function<Expr(Expr, Args, Expr)> argent::nn::padded(KernelBuilder &kernel, const Tensor &image,
                                                         ArrayRef<int64_t> before, ArrayRef<int64_t> extents) {
  unsigned spatial = before.size();
  SmallVector<bool> mayLeave(spatial + 2, false);
  bool isCovered = true;
  for (unsigned d = 0; d < spatial; ++d) {
    int64_t size = image.getExtent(d + 1).size, after = extents[d] - before[d] - size;
    auto [borderBefore, borderAfter] = image.getBorder(d + 1);
    mayLeave[d + 1] = before[d] > 0 || after > 0;
    isCovered &= borderBefore >= before[d] && borderAfter >= after;
  }
  auto indexOf = [before = SmallVector<int64_t>(before)](Expr n, Args i, Expr c) {
    SmallVector<Expr, 6> index = {n};
    for (auto [at, offset] : llvm::zip(i, before))
      index.push_back(at - offset);
    index.push_back(c);
    return index;
  };
  if (isCovered || llvm::none_of(mayLeave, [](bool leaves) { return leaves; }))
    return [image, indexOf](Expr n, Args i, Expr c) { return image.at(indexOf(n, i, c)); };

  Axes axes = {{"n", image.getExtent(0)}};
  for (auto [name, extent] : llvm::zip(spatialNames(spatial), extents))
    axes.push_back({name, {extent}});
  axes.push_back({"c", image.getShape().back()});
  Func func = kernel.func("padded", axes, image.getType(), [&](Args i) {
    return image.atOrElse(indexOf(i.front(), i.drop_front().drop_back(), i.back()), mayLeave, 0.0);
  });
  return [func](Expr n, Args i, Expr c) {
    SmallVector<Expr, 6> index = {n};
    index.append(i.begin(), i.end());
    index.push_back(c);
    return func.at(index);
  };
}
