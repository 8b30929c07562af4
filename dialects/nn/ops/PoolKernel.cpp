//===- PoolKernel.cpp - pooling and its gradient ---------------------------===//
// The gradient is gathered: each input element asks the windows that hold it.
#include "dialects/nn/ops/Pool.h"
#include "dialects/nn/ops/ReduceKernel.h"
#include "dialects/nn/ops/WindowKernel.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

namespace {
using Windows = SmallVector<Window, 3>;
} // namespace

static bool isPadded(const Window &window) { return window.before > 0 || window.after > 0; }

static Axes getImageAxes(Dim n, ArrayRef<int64_t> sizes, Dim channels) {
  Axes axes = {{"n", n}};
  for (auto [name, size] : llvm::zip(spatialNames(sizes.size()), sizes))
    axes.push_back({name, {size}});
  axes.push_back({"c", channels});
  return axes;
}
static Axes getTapAxes(ArrayRef<Window> windows) {
  Axes axes;
  for (auto [name, window] : llvm::zip(tapNames(windows.size()), windows))
    axes.push_back({name, {window.size}});
  return axes;
}

/// The index of tap `taps` of the window at `index` [n, spatial..., c].
static SmallVector<Expr, 6> getElement(ArrayRef<Window> windows, Args index, Args taps) {
  SmallVector<Expr, 6> element(index);
  for (auto [d, window] : llvm::enumerate(windows))
    element[d + 1] = index[d + 1] * window.stride + taps[d] - window.before;
  return element;
}
static SmallVector<bool> mayLeave(ArrayRef<Window> windows) {
  SmallVector<bool> leaves = {false};
  for (const Window &window : windows)
    leaves.push_back(isPadded(window));
  leaves.push_back(false);
  return leaves;
}

/// `sum` divided by the number of elements that the window at `position` counts.
static Expr average(Expr sum, ArrayRef<Window> windows, Args position, bool countPadding) {
  int64_t taps = 1;
  Expr inside = 1;
  for (auto [window, at] : llvm::zip(windows, position)) {
    if (countPadding || !isPadded(window)) {
      taps *= window.size;
      continue;
    }
    Expr first = at * window.stride - window.before;
    inside = inside * (min(first + window.size, window.input) - max(first, 0));
  }
  if (inside.isNumber())
    return sum * (1.0 / double(taps));
  return sum / cast(inside * taps, sum.getType());
}

//===----------------------------------------------------------------------===//
// pool
//===----------------------------------------------------------------------===//

LogicalResult PoolOp::buildKernel(KernelBuilder &kernel) {
  const Tensor input = kernel.get(getInput());
  Windows windows = getPoolWindows(input.getShape(), getSize(), getStrides(), getPadding());
  SmallVector<int64_t> sizes;
  for (const Window &window : windows)
    sizes.push_back(window.positions());
  Axes axes = getImageAxes(input.getExtent(0), sizes, input.getShape().back());
  Type type = input.getType();

  if (getKind() == PoolKind::avg) {
    Type sumType = kernel.getSumType(type);
    Func sum = reduceChunked(kernel, "sum", axes, getTapAxes(windows), /*innermost=*/false, sumType,
                             getCombiner(ReduceKind::sum, sumType), [&](Args i, Args r) {
                               return cast(input.atOrElse(getElement(windows, i, r), mayLeave(windows), 0.0), sumType);
                             });
    Func pool = kernel.func("pool", axes, type, [&](Args i) {
      return cast(average(sum.at(i), windows, i.drop_front().drop_back(), getCountPadding()), type);
    });
    kernel.define(getResult(), pool);
    return success();
  }

  // Outside the image the nearest element of it counts again, which changes no maximum.
  bool isMax = getKind() == PoolKind::max;
  Func pool = kernel.reduction("pool", axes, type, getExtreme(type, !isMax), getTapAxes(windows),
                               [&](Args i, Args r, Expr self) {
                                 SmallVector<Expr, 6> element = getElement(windows, i, r);
                                 for (auto [d, window] : llvm::enumerate(windows))
                                   if (isPadded(window))
                                     element[d + 1] = clamp(element[d + 1], 0, window.input - 1);
                                 Expr x = input.at(element);
                                 return isMax ? max(self, x) : min(self, x);
                               });
  kernel.define(getResult(), pool);
  return success();
}

//===----------------------------------------------------------------------===//
// pool_grad
//===----------------------------------------------------------------------===//

LogicalResult PoolGradOp::buildKernel(KernelBuilder &kernel) {
  const Tensor gradient = kernel.get(getGradient());
  Dims image = getDims(getType());
  Windows windows = getPoolWindows(image, getSize(), getStrides(), getPadding());
  unsigned spatial = windows.size();
  Type type = gradient.getType();
  SmallVector<int64_t> inputSizes, positions;
  for (const Window &window : windows) {
    inputSizes.push_back(window.input);
    positions.push_back(window.positions());
  }
  Axes axes = getImageAxes(image.front(), inputSizes, image.back());

  // max, min: which tap of each window is the first extreme one.
  Func first;
  bool isMax = getKind() == PoolKind::max;
  if (getKind() != PoolKind::avg) {
    if (!getInput())
      return emitOpError("of max and min needs the input");
    const Tensor input = kernel.get(getInput());
    Expr worst = getExtreme(type, !isMax);
    KernelBuilder::TupleBody body = [&](Args i, Args r, Args best) -> SmallVector<Expr, 2> {
      Expr x = input.atOrElse(getElement(windows, i, r), mayLeave(windows), worst), tap = 0;
      for (auto [window, at] : llvm::zip(windows, r))
        tap = tap * window.size + at;
      Expr better = isMax ? x > best[0] : x < best[0];
      return {select(better, x, best[0]), select(better, tap, best[1])};
    };
    SmallVector<Expr, 2> initial = {worst, 0};
    first = kernel.tupleReduction("first", getImageAxes(image.front(), positions, image.back()),
                                  {input.getType(), kernel.getBuilder().getI32Type()}, initial,
                                  {{getTapAxes(windows), body}});
  }

  // What the element at `i` gets from the `back`-th last window that begins at or before it, along each axis.
  auto share = [&](Args i, Args back) {
    SmallVector<Expr, 6> at(i);
    Expr holds = 1, tap = 0;
    for (auto [d, window] : llvm::enumerate(windows)) {
      Expr y = i[d + 1] + window.before, position = y / window.stride - back[d];
      // The last windows may not exist, and an earlier one may end before the element.
      bool isTiled = window.size == window.stride && !isPadded(window) && positions[d] * window.stride == window.input;
      if (!isTiled) {
        holds = holds && position >= 0 && position < positions[d] && y - position * window.stride < window.size;
        position = clamp(position, 0, positions[d] - 1);
      }
      at[d + 1] = position;
      tap = tap * window.size + (y - position * window.stride);
    }
    Expr g = gradient.at(at);
    if (first)
      return select(holds && first.tuple(at)[1] == tap, g, 0);
    Expr part =
        average(cast(g, kernel.getSumType(type)), windows, Args(at).drop_front().drop_back(), getCountPadding());
    return select(holds, cast(part, type), 0);
  };

  SmallVector<int64_t> counts;
  Axes backs;
  for (auto [name, window] : llvm::zip(tapNames(spatial), windows)) {
    counts.push_back(llvm::divideCeil(window.size, window.stride));
    backs.push_back({name, {counts.back()}});
  }
  Func result;
  if (llvm::all_of(counts, [](int64_t count) { return count == 1; })) {
    result =
        kernel.func("pool_grad", axes, type, [&](Args i) { return share(i, SmallVector<Expr>(spatial, Expr(0))); });
  } else {
    Type sumType = kernel.getSumType(type);
    result =
        reduceChunked(kernel, "acc", axes, backs, /*innermost=*/false, sumType, getCombiner(ReduceKind::sum, sumType),
                      [&](Args i, Args r) { return cast(share(i, r), sumType); });
  }
  kernel.define(getResult(), result);
  return success();
}
