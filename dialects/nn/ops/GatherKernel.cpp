//===- GatherKernel.cpp - loads and stores at indices from data ------------===//
#include "dialects/nn/kernel/KernelBuilder.h"

#include "dialects/nn/ops/ReduceKernel.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

LogicalResult IotaOp::buildKernel(KernelBuilder &kernel) {
  Dims dims = getDims(getType());
  kernel.define(getResult(), Tensor(kernel, dims, kernel.getElementType(getType()), [=, &kernel](const Point &point) {
                  Expr index = kernel.convert(point, dims).front();
                  return Expr(kernel, index.materialize(kernel, kernel.getBuilder().getI32Type()));
                }));
  return success();
}

/// An axis for each dimension of `value`.
static Axes getAllAxes(KernelBuilder &kernel, Value value) {
  return kernel.nameAxes(kernel.groupsOf(value, [](unsigned) { return true; }));
}

LogicalResult GatherOp::buildKernel(KernelBuilder &kernel) {
  const Tensor x = kernel.get(getX()), index = kernel.get(getIndex());
  Dims dims = getDims(getType());
  unsigned axis = getAxis(), batch = getBatch(), trailing = getTrailing(), own = index.getRank() - batch - trailing;
  getAllAxes(kernel, getResult());
  Tensor view(kernel, dims, x.getType(), [=, &kernel](const Point &point) {
    SmallVector<Expr, 6> all = kernel.convert(point, dims);
    Args at = all;
    SmallVector<Expr, 6> where(at.take_front(batch)), from(at.take_front(axis));
    where.append(at.begin() + axis, at.begin() + axis + own);
    where.append(at.end() - trailing, at.end());
    from.push_back(clamp(index.at(where), 0, x.getExtent(axis).size - 1));
    from.append(at.begin() + axis + own, at.end());
    return x.at(from);
  });
  view.told = getResult();
  kernel.define(getResult(), view);
  return success();
}

// y[.., index[i], ..] += gradient[.., i, ..] in the order of the index: the loops over it are inside those over the
// other dimensions, which alone may be parallel.
LogicalResult ScatterAddOp::buildKernel(KernelBuilder &kernel) {
  const Tensor gradient = kernel.get(getGradient()), index = kernel.get(getIndex());
  unsigned axis = getAxis(), batch = getBatch(), trailing = getTrailing();
  int64_t extent = getDims(getType())[axis].size;
  Type type = gradient.getType(), sumType = kernel.getSumType(type);
  Axes domain;
  for (unsigned d = batch; d < index.getRank() - trailing; ++d)
    domain.push_back({"j" + std::to_string(d - batch), index.getExtent(d)});
  auto body = [&](Args i, Args r, KernelBuilder::Self self) {
    SmallVector<Expr, 6> where(i.take_front(batch)), from(i.take_front(axis));
    SmallVector<Expr, 4> to(i);
    where.append(r.begin(), r.end());
    where.append(i.end() - trailing, i.end());
    from.append(r.begin(), r.end());
    from.append(i.begin() + axis + 1, i.end());
    to[axis] = clamp(index.at(where), 0, extent - 1);
    return KernelBuilder::Store{{self(to)[0] + cast(gradient.at(from), sumType)}, to};
  };
  SmallVector<Expr, 2> initial = {0};
  Func sum =
      kernel.scatter("sum", getAllAxes(kernel, getResult()), sumType, initial, KernelBuilder::Scatter{domain, body});
  kernel.define(getResult(), sum);
  return success();
}

// The element of place t is the best of those that come after the one of place t - 1: smaller, or equal and behind it.
LogicalResult TopKOp::buildKernel(KernelBuilder &kernel) {
  const Tensor x = kernel.get(getX());
  unsigned axis = getAxis();
  Type index = kernel.getBuilder().getI32Type();
  Axes axes = getAllAxes(kernel, getResult());
  auto body = [&](Args i, Args r, KernelBuilder::Self self) {
    Expr place = r[0], at = r[1];
    SmallVector<Expr, 4> from(i), to(i), before(i);
    from[axis] = at;
    to[axis] = place;
    before[axis] = max(place - 1, 0);
    Expr value = x.at(from);
    SmallVector<Expr, 2> best = self(to), last = self(before);
    Expr remains = place == 0 || value < last[0] || (value == last[0] && at > last[1]);
    Expr better = remains && (best[1] < 0 || value > best[0]);
    return KernelBuilder::Store{{select(better, value, best[0]), select(better, at, best[1])}, to};
  };
  SmallVector<Expr, 2> initial = {getExtreme(x.getType(), false), -1};
  Func best = kernel.scatter("best", axes, {x.getType(), index}, initial,
                             KernelBuilder::Scatter{{{"place", {int64_t(getK())}}, {"j", x.getExtent(axis)}}, body});
  Func places = kernel.func("top_k", axes, index, [&](Args i) { return best.tuple(i)[1]; });
  kernel.define(getResult(), places);
  return success();
}
