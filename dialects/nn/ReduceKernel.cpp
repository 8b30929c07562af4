//===- ReduceKernel.cpp - reductions, argmax, softmax ----------------------===//
// The order of a sum is a function of the shape alone: the pieces of a long sum are `partial`, and their sum is `acc`.
#include "dialects/nn/ReduceKernel.h"

#include <limits>

using namespace mlir;
using namespace argent;
using namespace argent::nn;

/// A chain of more elements than this is cut in chunks.
static constexpr int64_t maxChain = 4096;
/// Neighbouring elements are summed in as many lanes, whatever the machine's vectors are.
static constexpr int64_t laneCount = 16;
static constexpr int64_t minLaneExtent = 64;

Expr argent::nn::getExtreme(Type type, bool largest) {
  if (auto real = dyn_cast<FloatType>(type)) {
    APFloat value = APFloat::getLargest(real.getFloatSemantics(), /*Negative=*/!largest);
    bool losesInfo;
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
    return value.convertToDouble();
  }
  if (type.isInteger(1))
    return largest;
  if (type.isInteger(8))
    return largest ? 255 : 0;
  if (type.isInteger(32))
    return int64_t(largest ? std::numeric_limits<int32_t>::max() : std::numeric_limits<int32_t>::min());
  return largest ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
}

Combiner argent::nn::getCombiner(ReduceKind kind, Type type) {
  switch (kind) {
  case ReduceKind::sum: return {0, [](Expr a, Expr b) { return a + b; }};
  case ReduceKind::prod: return {1, [](Expr a, Expr b) { return a * b; }};
  case ReduceKind::max: return {getExtreme(type, false), [](Expr a, Expr b) { return max(a, b); }};
  case ReduceKind::min: return {getExtreme(type, true), [](Expr a, Expr b) { return min(a, b); }};
  case ReduceKind::any: return {0, [](Expr a, Expr b) { return a || b; }};
  case ReduceKind::all: return {1, [](Expr a, Expr b) { return a && b; }};
  }
  llvm_unreachable("a kind of reduction");
}

Func argent::nn::reduceChunked(KernelBuilder &kernel, StringRef name, const Axes &kept, const Axes &reduced, bool innermost, Type type,
                               const Combiner &combiner, ReduceLoad load) {
  auto chain = [&](StringRef chainName, const Axes &axes, const Axes &domain, KernelBuilder::UpdateBody body) {
    return kernel.reduction(chainName, axes, type, combiner.identity, domain,
                            [&](Args i, Args r, Expr self) { return combiner.combine(self, body(i, r, self)); });
  };

  // An axis of one element has no loop.
  if (llvm::any_of(reduced, [](const Axis &axis) { return axis.extent.isOne(); })) {
    Axes walked;
    for (const Axis &axis : reduced)
      if (!axis.extent.isOne())
        walked.push_back(axis);
    return reduceChunked(kernel, name, kept, walked, innermost && !reduced.back().extent.isOne(), type, combiner, [&](Args i, Args r) {
      SmallVector<Expr> all;
      for (const Axis &axis : reduced)
        all.push_back(axis.extent.isOne() ? Expr(0) : r.consume_front());
      return load(i, all);
    });
  }

  // N together with other axes: one partial result for each image.
  auto batch = llvm::find_if(reduced, [](const Axis &axis) { return axis.extent.isOpen; });
  if (batch != reduced.end() && reduced.size() > 1) {
    unsigned position = batch - reduced.begin();
    Axes inner(reduced);
    inner.erase(inner.begin() + position);
    Func partial = reduceChunked(kernel, "partial", Axes{*batch} + kept, inner, innermost && position + 1 != reduced.size(), type, combiner,
                                 [&](Args i, Args r) {
                                   SmallVector<Expr> all(r);
                                   all.insert(all.begin() + position, i.front());
                                   return load(i.drop_front(), all);
                                 });
    return chain(name, kept, {*batch}, [&](Args i, Args r, Expr) { return partial.at(join(r, i)); });
  }

  int64_t count = 1;
  for (const Axis &axis : reduced)
    count *= axis.extent.isOpen ? 1 : axis.extent.size;
  bool hasBatch = batch != reduced.end();
  int64_t last = reduced.empty() ? 1 : reduced.back().extent.size;

  // Neighbouring elements: lanes, and chunks of 256 rows of lanes. What does not fill a row of lanes or a chunk comes last.
  if (innermost && !hasBatch && last >= minLaneExtent) {
    Axes outer(ArrayRef<Axis>(reduced).drop_back());
    Axis lane{"lane", {laneCount}};
    int64_t rows = last / laneCount, rest = last % laneCount;
    int64_t chunkRows = last > maxChain ? maxChain / laneCount : rows, chunks = rows / chunkRows, restRows = rows % chunkRows;
    auto at = [&](Args i, Args outerIndex, Expr row, Expr laneIndex) {
      SmallVector<Expr> all(outerIndex);
      all.push_back(row * laneCount + laneIndex);
      return load(i, all);
    };
    Func lanes;
    if (chunks == 1 && restRows == 0) {
      lanes = chain("partial", kept + Axes{lane}, outer + Axes{{"i", {rows}}}, [&](Args i, Args r, Expr) {
        return at(i.drop_back(), r.drop_back(), r.back(), i.back());
      });
    } else {
      Func partial = chain("partial", kept + Axes{{"chunk", {chunks}}, lane}, outer + Axes{{"i", {chunkRows}}}, [&](Args i, Args r, Expr) {
        return at(i.drop_back(2), r.drop_back(), i[i.size() - 2] * chunkRows + r.back(), i.back());
      });
      SmallVector<KernelBuilder::Update> updates;
      updates.push_back({{{"chunk_r", {chunks}}}, [&](Args i, Args r, Expr self) {
                           return combiner.combine(self, partial.at(join(join(i.drop_back(), r), {i.back()})));
                         }});
      if (restRows)
        updates.push_back({outer + Axes{{"i", {restRows}}}, [&](Args i, Args r, Expr self) {
                             return combiner.combine(self, at(i.drop_back(), r.drop_back(), r.back() + chunks * chunkRows, i.back()));
                           }});
      lanes = kernel.reduction("lanes", kept + Axes{lane}, type, combiner.identity, updates);
    }
    SmallVector<KernelBuilder::Update> updates;
    updates.push_back({{{"lane", {laneCount}}}, [&](Args i, Args r, Expr self) { return combiner.combine(self, lanes.at(join(i, r))); }});
    if (rest)
      updates.push_back({outer + Axes{{"j", {rest}}}, [&](Args i, Args r, Expr self) {
                           return combiner.combine(self, at(i, r.drop_back(), rows, r.back()));
                         }});
    return kernel.reduction(name, kept, type, combiner.identity, updates);
  }

  // A long chain over outer axes: chunks of the outermost.
  if (!hasBatch && count > maxChain) {
    int64_t size = reduced.front().extent.size, others = count / size, rows = std::max<int64_t>(1, maxChain / others);
    while (size % rows)
      --rows;
    if (rows < size) {
      Axis chunk{"chunk", {size / rows}};
      Axes inner(reduced);
      inner.front().extent.size = rows;
      Func partial = chain("partial", Axes{chunk} + kept, inner, [&](Args i, Args r, Expr) {
        SmallVector<Expr> all(r);
        all.front() = i.front() * rows + all.front();
        return load(i.drop_front(), all);
      });
      return chain(name, kept, {chunk}, [&](Args i, Args r, Expr) { return partial.at(join(r, i)); });
    }
  }
  return chain(name, kept, reduced, [&](Args i, Args r, Expr) { return load(i, r); });
}

//===----------------------------------------------------------------------===//
// reduce, argmax
//===----------------------------------------------------------------------===//

namespace {
/// The groups of an operand, told apart into those that a reduction keeps and those that it walks over.
struct Split {
  Split(KernelBuilder &kernel, Value x, ArrayRef<int64_t> axes) {
    auto isReduced = [&](unsigned d) { return llvm::is_contained(axes, int64_t(d)); };
    groups = kernel.groupsOf(x, [&](unsigned d) { return isReduced(d) != isReduced(d - 1); });
    Axes named = kernel.nameAxes(groups);
    for (auto [group, axis] : llvm::zip(groups, named)) {
      reduces.push_back(isReduced(group.first));
      (reduces.back() ? reduced : kept).push_back(axis);
    }
  }
  bool isInnermost() const { return !reduces.empty() && reduces.back(); }
  /// The element of x at a kept and a reduced index.
  Point at(Args i, Args r) const {
    Point point;
    for (auto [group, isReduced] : llvm::zip(groups, reduces))
      point.push_back({group.extent, (isReduced ? r : i).consume_front()});
    return point;
  }

  Groups groups;
  SmallVector<bool> reduces;
  Axes kept, reduced;
};
} // namespace

/// The dimensions that a reduction keeps are grouped alike before and after it.
static void linkKept(KernelBuilder &kernel, Value result, Value x, ArrayRef<int64_t> axes, bool keepDims) {
  SmallVector<std::pair<unsigned, unsigned>> positions;
  unsigned kept = 0, rank = cast<RankedTensorType>(x.getType()).getRank();
  for (unsigned d = 0; d < rank; ++d) {
    if (!keepDims && llvm::is_contained(axes, int64_t(d)))
      continue;
    if (d > 0 && (keepDims || !llvm::is_contained(axes, int64_t(d) - 1)))
      positions.push_back({kept, d});
    ++kept;
  }
  kernel.link(result, x, positions);
}

LogicalResult ReduceOp::buildKernel(KernelBuilder &kernel) {
  const Tensor x = kernel.get(getX());
  Split split(kernel, getX(), getAxes());
  Type sumType = getKind() == ReduceKind::sum || getKind() == ReduceKind::prod ? kernel.getSumType(x.getType()) : x.getType();
  Func acc = reduceChunked(kernel, "acc", split.kept, split.reduced, split.isInnermost(), sumType, getCombiner(getKind(), sumType),
                           [&](Args i, Args r) { return cast(x.at(split.at(i, r)), sumType); });
  linkKept(kernel, getResult(), getX(), getAxes(), getKeepdims());
  kernel.define(getResult(), acc, /*tellsApart=*/false);
  return success();
}

LogicalResult ArgmaxOp::buildKernel(KernelBuilder &kernel) {
  const Tensor x = kernel.get(getX());
  Split split(kernel, getX(), getAxis());
  Type index = kernel.getBuilder().getI32Type();
  SmallVector<Expr, 2> initial = {getExtreme(x.getType(), getSmallest()), 0};
  KernelBuilder::TupleBody body = [&](Args i, Args r, Args best) -> SmallVector<Expr, 2> {
    Expr value = x.at(split.at(i, r));
    Expr better = getSmallest() ? value < best[0] : value > best[0];
    return {select(better, value, best[0]), select(better, r.front(), best[1])};
  };
  Func best = kernel.tupleReduction("best", split.kept, {x.getType(), index}, initial, {{split.reduced, body}});
  Func argmax = kernel.func("argmax", split.kept, index, [&](Args i) { return best.tuple(i)[1]; });
  linkKept(kernel, getResult(), getX(), getAxis(), false);
  kernel.define(getResult(), argmax, /*tellsApart=*/false);
  return success();
}

//===----------------------------------------------------------------------===//
// softmax
//===----------------------------------------------------------------------===//

RowStatistics argent::nn::getRowStatistics(KernelBuilder &kernel, Value x, int64_t axis) {
  Split split(kernel, x, axis);
  const Tensor tensor = kernel.get(x);
  Type type = kernel.getSumType(tensor.getType());
  auto load = [&](Args i, Args r) { return cast(tensor.at(split.at(i, r)), type); };
  SmallVector<Func> funcs = kernel.once("softmax along " + std::to_string(axis), x, [&]() -> SmallVector<Func> {
    Func largest = reduceChunked(kernel, "max", split.kept, split.reduced, split.isInnermost(), type, getCombiner(ReduceKind::max, type), load);
    Func power = kernel.func("exp", split.kept + split.reduced, type, [&](Args i) {
      Args kept = i.take_front(split.kept.size());
      return exp(load(kept, i.drop_front(kept.size())) - largest.at(kept));
    });
    Func sum = reduceChunked(kernel, "sum", split.kept, split.reduced, split.isInnermost(), type, getCombiner(ReduceKind::sum, type),
                             [&](Args i, Args r) { return power.at(join(i, r)); });
    return {largest, power, sum};
  });
  return {split.groups, split.reduces, funcs[0], funcs[1], funcs[2], type};
}

/// softmax and log_softmax: a pointwise func over the statistics of its row.
static LogicalResult buildSoftmax(KernelBuilder &kernel, Operation *op, int64_t axis, bool logarithm) {
  const Tensor x = kernel.get(op->getOperand(0));
  RowStatistics row = getRowStatistics(kernel, op->getOperand(0), axis);
  Type type = x.getType();
  Func y = kernel.func(logarithm ? "log_softmax" : "softmax", kernel.nameAxes(row.groups), type, [&](Args i) {
    SmallVector<Expr> kept, all;
    Point point;
    for (auto [group, isReduced, index] : llvm::zip(row.groups, row.reduces, i)) {
      point.push_back({group.extent, index});
      if (!isReduced)
        kept.push_back(index);
    }
    all = kept;
    all.push_back(i[std::find(row.reduces.begin(), row.reduces.end(), true) - row.reduces.begin()]);
    if (logarithm)
      return cast(cast(x.at(point), row.type) - row.max.at(kept) - log(row.sum.at(kept)), type);
    return cast(row.exp.at(all) / row.sum.at(kept), type);
  });
  kernel.link(op->getResult(0), op->getOperand(0));
  kernel.define(op->getResult(0), y, /*tellsApart=*/false);
  return success();
}

LogicalResult SoftmaxOp::buildKernel(KernelBuilder &kernel) { return buildSoftmax(kernel, *this, getAxis(), false); }
LogicalResult LogSoftmaxOp::buildKernel(KernelBuilder &kernel) { return buildSoftmax(kernel, *this, getAxis(), true); }
