//===- SortKernel.cpp - the order of elements, by counting ------------------===//
// An element's place is its rank: how many come before it. That is a reduction, V comparisons for each of V elements,
// in vectors and without branches. Where only k places are looked for, going over the elements k times is less
// (`top_k`): one after the other, each step waits for the one before, so that it is the better way for few.
#include "dialects/nn/kernel/KernelBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

/// x, or integers that are ordered as x is if it is a float: the numbers, of which those without all their digits count
/// as 0, and then NaN. Comparisons of floats take it that there is no NaN; these make a permutation of any elements.
static Expr getOrderedKey(KernelBuilder &kernel, Expr x) {
  if (!isa<FloatType>(x.getType()))
    return x;
  x = cast(x, kernel.getSumType(x.getType()));
  const llvm::fltSemantics &format = cast<FloatType>(x.getType()).getFloatSemantics();
  unsigned width = x.getType().getIntOrFloatBitWidth();
  OpBuilder &builder = kernel.getBuilder();
  Expr bits(kernel, arith::BitcastOp::create(builder, kernel.getLoc(), builder.getIntegerType(width),
                                             x.materialize(kernel, {})));
  int64_t lowest = APInt::getSignedMinValue(width).getSExtValue(),
          largest = APInt::getSignedMaxValue(width).getSExtValue(),
          infinity = APFloat::getInf(format).bitcastToAPInt().getSExtValue(),
          normal = APFloat::getSmallestNormalized(format).bitcastToAPInt().getSExtValue();
  // The sign bit and the magnitude, as the number that they mean.
  Expr number = select(bits < 0, Expr(lowest) - bits, bits);
  Expr isNaN = number > infinity || number < -infinity, isZero = number < normal && number > -normal;
  return select(isNaN, largest, select(isZero, 0, number));
}

LogicalResult ArgsortOp::buildKernel(KernelBuilder &kernel) {
  const Tensor x = kernel.get(getX());
  unsigned axis = getAxis();
  Groups groups = kernel.groupsOf(getX(), [&](unsigned d) { return d == axis || d == axis + 1; });
  unsigned place = llvm::find_if(groups, [&](const Group &group) { return group.first == axis; }) - groups.begin();
  int64_t extent = x.getExtent(axis).size;
  Axes axes = kernel.nameAxes(groups), along = {{"j", extent}};
  Type index = kernel.getBuilder().getI32Type();
  auto at = [&](Args i, Expr j) {
    SmallVector<Expr, 4> other(i);
    other[place] = j;
    return other;
  };
  auto key = [&](Args i) {
    Point point;
    for (auto [group, coordinate] : llvm::zip(groups, i))
      point.push_back({group.extent, coordinate});
    return getOrderedKey(kernel, x.at(point));
  };

  Func rank = kernel.reduction("rank", axes, index, 0, along, [&](Args i, Args r, Expr self) {
    Expr mine = key(i), other = key(at(i, r[0]));
    Expr low = getDescending() ? mine : other, high = getDescending() ? other : mine;
    // Of equals the one that stands before.
    return self + cast(select(r[0] < i[place], low <= high, low < high), index);
  });
  // Ranks are a permutation: every place is written, once.
  Func argsort = kernel.scatter("argsort", axes, index, {},
                                KernelBuilder::Scatter{along, [&](Args i, Args r, KernelBuilder::Self) {
                                                         Expr to = clamp(rank.at(at(i, r[0])), 0, extent - 1);
                                                         return KernelBuilder::Store{{r[0]}, at(i, to)};
                                                       }});
  kernel.link(getResult(), getX());
  kernel.define(getResult(), argsort, /*tellsApart=*/false);
  return success();
}
