//===- MoveKernel.cpp - views at another index -----------------------------===//
// A move is a Tensor whose load computes an index: what reads it loads from the operand, or computes it there.
#include "dialects/nn/kernel/KernelBuilder.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

namespace {
/// The axes of a result and an operand of the same rank: the dimensions of which `isAlone` says that an index changes
/// stand alone, the others are grouped alike.
struct Alike {
  Alike(KernelBuilder &kernel, Value result, Value x, function_ref<bool(unsigned)> isAlone) : kernel(&kernel) {
    auto apart = [&](unsigned d) { return isAlone(d) || isAlone(d - 1); };
    SmallVector<std::pair<unsigned, unsigned>> positions;
    for (unsigned d = 1; d < getDims(x.getType()).size(); ++d)
      positions.push_back({d, d});
    kernel.link(result, x, positions);
    groups = kernel.groupsOf(result, apart);
    from = kernel.groupsOf(x, apart);
    for (const Group &group : groups)
      box.push_back(group.extent);
  }
  /// The index of a point of the result, one number for each group.
  SmallVector<Expr, 6> getIndex(const Point &point) const { return kernel->convert(point, box); }
  Point getPoint(Args index) const {
    Point point;
    for (auto [group, i] : llvm::zip(from, index))
      point.push_back({group.extent, i});
    return point;
  }

  KernelBuilder *kernel;
  Groups groups, from;
  Dims box;
};
} // namespace

/// Defines the result of `op` as x at `move(d, index)` for each dimension d that `isAlone` names.
static void defineMoved(KernelBuilder &kernel, Value result, Value x, function_ref<bool(unsigned)> isAlone,
                        std::function<Expr(unsigned, Expr)> move) {
  Alike alike(kernel, result, x, isAlone);
  SmallVector<bool> moves;
  for (const Group &group : alike.groups)
    moves.push_back(isAlone(group.first));
  const Tensor from = kernel.get(x);
  Tensor view(kernel, getDims(result.getType()), from.getType(), [=](const Point &point) {
    SmallVector<Expr, 6> index = alike.getIndex(point);
    for (auto [group, i, moved] : llvm::zip(alike.groups, index, moves))
      if (moved)
        i = move(group.first, i);
    return from.at(alike.getPoint(index));
  });
  view.told = result;
  kernel.define(result, view);
}

LogicalResult SliceOp::buildKernel(KernelBuilder &kernel) {
  Dims dims = getDims(getX().getType());
  SliceOp op = *this;
  defineMoved(
      kernel, getResult(), getX(), [&](unsigned d) { return getSizes()[d] != dims[d].size; },
      [op](unsigned d, Expr i) mutable { return i * op.getStrides()[d] + op.getOffsets()[d]; });
  return success();
}

LogicalResult ReverseOp::buildKernel(KernelBuilder &kernel) {
  Dims dims = getDims(getType());
  defineMoved(
      kernel, getResult(), getX(), [&](unsigned d) { return llvm::is_contained(getAxes(), int64_t(d)); },
      [dims](unsigned d, Expr i) { return (dims[d].size - 1) - i; });
  return success();
}

LogicalResult PadOp::buildKernel(KernelBuilder &kernel) {
  const Tensor from = kernel.get(getX());
  Dims dims = getDims(getX().getType());
  SmallVector<int64_t> low(getLow()), high(getHigh()), interior(dims.size(), 0);
  if (getInterior())
    interior.assign(getInterior()->begin(), getInterior()->end());
  Alike alike(kernel, getResult(), getX(), [&](unsigned d) { return low[d] || high[d] || interior[d]; });
  PadMode mode = getMode();
  bool isInteger = !isa<FloatType>(from.getType());
  double number = getValue().convertToDouble();
  Expr value = isInteger ? Expr(int64_t(number)) : Expr(number);
  // A load of a buffer knows the edges of its box: the loop over the inside has no test.
  bool isPlain = mode == PadMode::constant && from.buffer && !getInterior() && !getType().getElementType().isInteger(1);

  Tensor view(kernel, getDims(getType()), from.getType(), [=, &kernel](const Point &point) -> Expr {
    SmallVector<Expr, 6> index = alike.getIndex(point);
    Expr inside = 1;
    for (auto [group, i] : llvm::zip(alike.groups, index)) {
      unsigned d = group.first;
      int64_t last = dims[d].size - 1;
      if (group.first != group.last || !(low[d] || high[d] || interior[d]))
        continue;
      i = i - low[d];
      if (isPlain)
        continue;
      switch (mode) {
      case PadMode::constant:
        if (interior[d]) {
          inside = inside && i % (interior[d] + 1) == 0;
          i = i / (interior[d] + 1);
        }
        if (low[d])
          inside = inside && i >= 0;
        if (high[d])
          inside = inside && i <= last;
        i = clamp(i, 0, last);
        break;
      case PadMode::edge:
        i = clamp(i, 0, last);
        break;
      case PadMode::reflect:
        i = max(i, -i);
        i = clamp(min(i, 2 * last - i), 0, last); // the clamp only tells Halide's intervals
        break;
      }
    }
    if (!isPlain)
      return mode == PadMode::constant ? select(inside, from.at(alike.getPoint(index)), value)
                                       : from.at(alike.getPoint(index));
    OpBuilder &builder = kernel.getBuilder();
    SmallVector<Value> indices;
    for (Expr i : index)
      indices.push_back(i.materialize(kernel, builder.getI32Type()));
    SmallVector<Type> types = hl::getLoadTypes(from.buffer.getType());
    return {kernel, hl::AtOp::create(builder, kernel.getLoc(), types, from.buffer, indices,
                                     value.materialize(kernel, types.front()), UnitAttr())
                        ->getResult(0)};
  });
  view.told = getResult();
  kernel.define(getResult(), view);
  return success();
}

LogicalResult ConcatOp::buildKernel(KernelBuilder &kernel) {
  unsigned axis = getAxis();
  struct Part {
    Tensor tensor;
    Alike alike;
    int64_t first, extent;
  };
  SmallVector<Part, 2> parts;
  int64_t first = 0;
  for (Value input : getInputs()) {
    int64_t extent = getDims(input.getType())[axis].size;
    parts.push_back(
        {kernel.get(input), Alike(kernel, getResult(), input, [&](unsigned d) { return d == axis; }), first, extent});
    first += extent;
  }
  unsigned position =
      llvm::find_if(parts.front().alike.groups, [&](const Group &group) { return group.first == axis; }) -
      parts.front().alike.groups.begin();
  auto loadPart = [position](const Part &part, SmallVector<Expr, 6> index, bool isInside) {
    index[position] = index[position] - part.first;
    if (!isInside)
      index[position] = clamp(index[position], 0, part.extent - 1);
    return part.tensor.at(part.alike.getPoint(index));
  };
  std::optional<unsigned> piece = kernel.getPiece();
  Tensor joined(kernel, getDims(getType()), parts.front().tensor.getType(), [=](const Point &point) -> Expr {
    SmallVector<Expr, 6> index = parts.front().alike.getIndex(point);
    if (piece)
      return loadPart(parts[*piece], index, /*isInside=*/true);
    Expr value = loadPart(parts.back(), index, parts.size() == 1);
    for (const Part &part : llvm::reverse(ArrayRef(parts).drop_back()))
      value = select(index[position] < part.first + part.extent, loadPart(part, index, false), value);
    return value;
  });
  joined.told = getResult();
  kernel.define(getResult(), joined);
  return success();
}
