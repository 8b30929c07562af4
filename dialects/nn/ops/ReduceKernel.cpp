//===- ReduceKernel.cpp - reductions, argmax, softmax ----------------------===//
// The order of a sum is a function of the shape alone: the pieces of a long sum are `partial`, and their sum is `acc`.
#include "dialects/nn/ops/ReduceKernel.h"

#include <limits>

using namespace mlir;
using namespace argent;
using namespace argent::nn;

/// What does not round is cut for the sake of tasks alone.
static constexpr int64_t kMaxExact = 4096;
/// Neighbouring elements are summed in as many lanes, whatever the machine's vectors are.
static constexpr int64_t kLaneCount = 16;
static constexpr int64_t kMinLaneExtent = 64;

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

Type argent::nn::getWideType(Type type) { return type.isF32() ? Float64Type::get(type.getContext()) : type; }

Combiner argent::nn::getCombiner(ReduceKind kind, Type type) {
  bool rounds = isa<FloatType>(type);
  switch (kind) {
  case ReduceKind::sum:
    return {0, [](Expr a, Expr b) { return a + b; }, rounds};
  case ReduceKind::prod:
    return {1, [](Expr a, Expr b) { return a * b; }, rounds};
  case ReduceKind::max:
    return {getExtreme(type, false), [](Expr a, Expr b) { return max(a, b); }};
  case ReduceKind::min:
    return {getExtreme(type, true), [](Expr a, Expr b) { return min(a, b); }};
  case ReduceKind::any:
    return {0, [](Expr a, Expr b) { return a || b; }};
  case ReduceKind::all:
    return {1, [](Expr a, Expr b) { return a && b; }};
  }
  llvm_unreachable("a kind of reduction");
}

namespace {
/// How a domain is cut: whole axes from the inside, then `pieces` times `size` elements of `axis` and `rest` more. The
/// axes outside of it are a piece each. Nothing is cut if `axis` is none.
struct Cut {
  Cut(ArrayRef<Axis> domain, int64_t most) {
    int64_t inside = 1;
    unsigned whole = domain.size();
    while (whole > 0 && !domain[whole - 1].extent.isOpen && inside * domain[whole - 1].extent.size <= most)
      inside *= domain[--whole].extent.size;
    if (whole == 0)
      return;
    axis = whole - 1;
    Dim extent = domain[*axis].extent;
    size = extent.isOpen ? 1 : most / inside;
    // A divisor that is not much smaller leaves no rest.
    for (int64_t divisor = size; !extent.isOpen && 4 * divisor > size; --divisor)
      if (extent.size % divisor == 0) {
        size = divisor;
        break;
      }
    pieces = extent.isOpen ? extent : Dim{extent.size / size};
    rest = extent.isOpen ? 0 : extent.size % size;
  }
  std::optional<unsigned> axis;
  int64_t size = 1, rest = 0;
  Dim pieces;
};

/// One reduction of elements of `type`.
class Reducer {
public:
  using Load = std::function<Expr(Args, Args)>;

  Reducer(KernelBuilder &kernel, Type type, const Combiner &combiner)
      : kernel_(kernel), type_(type), wide_(combiner.rounds ? getWideType(type) : type), combiner_(combiner) {}

  KernelBuilder::Update update(const Axes &domain, Type resultType, Load load) {
    return {domain, [this, resultType, load = std::move(load)](Args i, Args r, Expr self) {
              return combiner_.combine(self, cast(load(i, r), resultType));
            }};
  }
  Type getSumType() const { return wide_; }
  /// Element after element.
  Func chain(StringRef name, const Axes &kept, const Axes &domain, Type resultType, Load load) {
    return kernel_.reduction(name, kept, resultType, combiner_.identity, update(domain, resultType, std::move(load)));
  }

  /// A chain, or the wide sum of `partial` ones.
  Func inPieces(StringRef name, const Axes &kept, const Axes &domain, Load load) {
    Cut cut(domain, combiner_.rounds ? kMaxSum : kMaxExact);
    if (!cut.axis)
      return chain(name, kept, domain, type_, load);
    unsigned axis = *cut.axis;
    Axes outer(ArrayRef<Axis>(domain).take_front(axis)), inner(ArrayRef<Axis>(domain).drop_front(axis));
    bool isWhole = cut.size == 1;
    outer.push_back({isWhole ? inner.front().name : "chunk", cut.pieces});
    if (isWhole)
      inner.erase(inner.begin());
    else
      inner.front().extent.size = cut.size;
    auto elementAt = [=](Args i, Args piece, Args r) {
      SmallVector<Expr> all(piece);
      if (!isWhole) {
        all.back() = all.back() * cut.size + r.front();
        r = r.drop_front();
      }
      return load(i, join(all, r));
    };
    if (inner.empty())
      return chain(name, kept, outer, wide_, [=](Args i, Args r) { return elementAt(i, r, {}); });

    // The axis for vectors stays the last, and N is the first, for tasks.
    unsigned pieces = outer.size(), first = outer.front().extent.isOpen ? 1 : 0,
             before = kept.empty() ? 0 : kept.size() - 1;
    Axes axes(ArrayRef<Axis>(outer).take_front(first));
    axes.append(kept.begin(), kept.begin() + before);
    axes.append(outer.begin() + first, outer.end());
    axes.append(kept.begin() + before, kept.end());
    Func partial = chain("partial", axes, inner, type_, [=](Args i, Args r) {
      SmallVector<Expr> piece(i.take_front(first)), at(i.slice(first, before));
      piece.append(i.begin() + first + before, i.begin() + pieces + before);
      at.append(i.begin() + pieces + before, i.end());
      return elementAt(at, piece, r);
    });
    SmallVector<KernelBuilder::Update> updates = {update(outer, wide_, [=](Args i, Args r) {
      SmallVector<Expr> index(r.take_front(first));
      index.append(i.begin(), i.begin() + before);
      index.append(r.begin() + first, r.end());
      index.append(i.begin() + before, i.end());
      return partial.at(index);
    })};
    if (cut.rest) {
      Axes domain(outer);
      domain.pop_back();
      inner.front().extent.size = cut.rest;
      int64_t begin = cut.pieces.size * cut.size;
      updates.push_back(update(domain + inner, wide_, [=](Args i, Args r) {
        SmallVector<Expr> all(r);
        all[axis] = all[axis] + begin;
        return load(i, all);
      }));
    }
    return kernel_.reduction(name, kept, wide_, combiner_.identity, updates);
  }

  /// Neighbouring elements: rows of lanes, then the lanes, then what does not fill a row.
  Func inLanes(StringRef name, const Axes &kept, const Axes &domain, Load load) {
    int64_t last = domain.back().extent.size, rows = last / kLaneCount, rest = last % kLaneCount;
    Axes outer(ArrayRef<Axis>(domain).drop_back()), lane = {{"lane", {kLaneCount}}};
    auto at = [=](Args i, Args r, Expr index) { return load(i, join(r, {index})); };
    Func lanes = inPieces("lanes", kept + lane, outer + Axes{{"i", {rows}}}, [=](Args i, Args r) {
      return at(i.drop_back(), r.drop_back(), r.back() * kLaneCount + i.back());
    });
    Type resultType = lanes.getType();
    SmallVector<KernelBuilder::Update> updates = {
        update(lane, resultType, [=](Args i, Args r) { return lanes.at(join(i, r)); })};
    auto restAt = [=](Args i, Args r) { return at(i, r.drop_back(), r.back() + rows * kLaneCount); };
    if (rest && resultType == type_) {
      updates.push_back(update(outer + Axes{{"j", {rest}}}, resultType, restAt));
    } else if (rest) {
      Func sum = inPieces("rest", kept, outer + Axes{{"j", {rest}}}, restAt);
      updates.push_back(update({{"once", {1}}}, resultType, [=](Args i, Args) { return sum.at(i); }));
    }
    return kernel_.reduction(name, kept, resultType, combiner_.identity, updates);
  }

  /// `sum` as the caller wants it.
  Func narrow(StringRef name, Func sum) {
    if (sum.getType() == type_)
      return sum;
    return kernel_.func(name, sum.getAxes(), type_, [&](Args i) { return cast(sum.at(i), type_); });
  }

private:
  KernelBuilder &kernel_;
  Type type_, wide_;
  const Combiner &combiner_;
};
} // namespace

Func argent::nn::reduceChunked(KernelBuilder &kernel, StringRef name, const Axes &kept, const Axes &reduced,
                               bool innermost, Type type, const Combiner &combiner, ReduceLoad load) {
  // The domain: N first, and an axis of one element has no loop.
  SmallVector<unsigned> walked;
  for (auto [d, axis] : llvm::enumerate(reduced))
    if (!axis.extent.isOne())
      walked.push_back(d);
  llvm::stable_sort(walked,
                    [&](unsigned a, unsigned b) { return reduced[a].extent.isOpen && !reduced[b].extent.isOpen; });
  Axes domain;
  for (unsigned d : walked)
    domain.push_back(reduced[d]);
  auto element = [=](Args i, Args r) {
    SmallVector<Expr> all(reduced.size(), Expr(0));
    for (auto [d, index] : llvm::zip(walked, r))
      all[d] = index;
    return load(i, all);
  };
  Reducer reducer(kernel, type, combiner);
  bool hasNeighbours = innermost && !domain.empty() && walked.back() + 1 == reduced.size() &&
                       !domain.back().extent.isOpen && domain.back().extent.size >= kMinLaneExtent;
  return reducer.narrow(name, hasNeighbours ? reducer.inLanes(name, kept, domain, element)
                                            : reducer.inPieces(name, kept, domain, element));
}

Func argent::nn::addPartialSums(KernelBuilder &kernel, StringRef name, const Axes &kept, const Axes &reduced, Type type,
                                ReduceLoad load) {
  Combiner sum = getCombiner(ReduceKind::sum, type);
  Reducer reducer(kernel, type, sum);
  return reducer.narrow(name, reducer.chain(name, kept, reduced, reducer.getSumType(), load));
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
  Type sumType =
      getKind() == ReduceKind::sum || getKind() == ReduceKind::prod ? kernel.getSumType(x.getType()) : x.getType();
  Func acc = reduceChunked(kernel, "acc", split.kept, split.reduced, split.isInnermost(), sumType,
                           getCombiner(getKind(), sumType),
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
    Func largest = reduceChunked(kernel, "max", split.kept, split.reduced, split.isInnermost(), type,
                                 getCombiner(ReduceKind::max, type), load);
    Func power = kernel.func("exp", split.kept + split.reduced, type, [&](Args i) {
      Args kept = i.take_front(split.kept.size());
      return exp(load(kept, i.drop_front(kept.size())) - largest.at(kept));
    });
    Func sum = reduceChunked(kernel, "sum", split.kept, split.reduced, split.isInnermost(), type,
                             getCombiner(ReduceKind::sum, type), [&](Args i, Args r) { return power.at(join(i, r)); });
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
      return cast((cast(x.at(point), row.type) - row.max.at(kept)) - log(row.sum.at(kept)), type);
    return cast(row.exp.at(all) / row.sum.at(kept), type);
  });
  kernel.link(op->getResult(0), op->getOperand(0));
  kernel.define(op->getResult(0), y, /*tellsApart=*/false);
  return success();
}

LogicalResult SoftmaxOp::buildKernel(KernelBuilder &kernel) { return buildSoftmax(kernel, *this, getAxis(), false); }
LogicalResult LogSoftmaxOp::buildKernel(KernelBuilder &kernel) { return buildSoftmax(kernel, *this, getAxis(), true); }
