//===- CumulativeKernel.cpp - running reductions ---------------------------===//
// y[first] = x[first], y[t] = y[t - 1] + x[t]: a chain along the axis, inside the loops over the others, which alone
// may be parallel.
#include "dialects/nn/ops/ReduceKernel.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

LogicalResult CumulativeOp::buildKernel(KernelBuilder &kernel) {
  const Tensor x = kernel.get(getX());
  unsigned axis = getAxis();
  Groups groups = kernel.groupsOf(getX(), [&](unsigned d) { return d == axis || d == axis + 1; });
  unsigned place = llvm::find_if(groups, [&](const Group &group) { return group.first == axis; }) - groups.begin();
  int64_t extent = x.getExtent(axis).size;
  Type type =
      getKind() == ReduceKind::sum || getKind() == ReduceKind::prod ? kernel.getSumType(x.getType()) : x.getType();
  Combiner combiner = getCombiner(getKind(), type);
  if (combiner.rounds && extent > kMaxSum)
    type = getWideType(type);
  auto load = [&](Args i) {
    Point point;
    for (auto [group, index] : llvm::zip(groups, i))
      point.push_back({group.extent, index});
    return cast(x.at(point), type);
  };
  // The index of step t in the direction of the op.
  auto at = [&](Args i, Expr step) {
    SmallVector<Expr, 4> index(i);
    index[place] = getReverse() ? Expr(extent - 1) - step : step;
    return index;
  };

  std::vector<KernelBuilder::Scatter> updates;
  updates.push_back({{{"first", {1}}}, [&](Args i, Args r, KernelBuilder::Self) {
                       SmallVector<Expr, 4> first = at(i, r[0]);
                       return KernelBuilder::Store{{getExclusive() ? combiner.identity : load(first)}, first};
                     }});
  if (extent > 1)
    updates.push_back({{{"step", {extent - 1}}}, [&](Args i, Args r, KernelBuilder::Self self) {
                         SmallVector<Expr, 4> here = at(i, r[0] + 1), before = at(i, r[0]);
                         return KernelBuilder::Store{
                             {combiner.combine(self(before)[0], load(getExclusive() ? before : here))}, here};
                       }});
  Func running = kernel.scatter("running", kernel.nameAxes(groups), type, {}, updates);
  kernel.link(getResult(), getX());
  kernel.define(getResult(), running, /*tellsApart=*/false);
  return success();
}
