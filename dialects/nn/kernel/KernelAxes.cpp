//===- KernelAxes.cpp - which dimensions are one axis ----------------------===//
// A value has a set of boundaries between its dimensions. Linked values (what is computed element by element from one
// another, or is the same elements under another shape) share them. Neighbouring dimensions without a boundary are one
// axis.
#include "dialects/nn/kernel/KernelBuilder.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

static Dim times(Dim a, Dim b) { return {a.size * b.size, a.isOpen || b.isOpen}; }

void KernelBuilder::forceAll(Value value) {
  if (unsigned rank = cast<RankedTensorType>(value.getType()).getRank())
    boundaries_[value] |= (uint64_t(1) << rank) - 2;
}

void KernelBuilder::forceBatch(Value value) {
  Dims box = getDims(value.getType());
  for (unsigned d = 1; d < box.size(); ++d)
    if (box[d].isOpen || box[d - 1].isOpen)
      force(value, d);
}

void KernelBuilder::link(Value result, Value operand) {
  unsigned rank = cast<RankedTensorType>(result.getType()).getRank();
  unsigned offset = rank - cast<RankedTensorType>(operand.getType()).getRank();
  SmallVector<std::pair<unsigned, unsigned>> positions;
  for (unsigned d = offset + 1; d < rank; ++d)
    positions.push_back({d, d - offset});
  link(result, operand, positions);
}

void KernelBuilder::link(Value result, Value operand, ArrayRef<std::pair<unsigned, unsigned>> positions) {
  links_.push_back({result, operand, llvm::to_vector(positions)});
}

void KernelBuilder::solveLinks() {
  for (bool changed = true; changed;) {
    changed = false;
    for (const Link &link : links_)
      for (auto [inA, inB] : link.positions) {
        uint64_t bitA = uint64_t(1) << inA, bitB = uint64_t(1) << inB;
        bool a = boundaries_[link.a] & bitA, b = boundaries_[link.b] & bitB;
        if (a == b)
          continue;
        boundaries_[link.a] |= bitA;
        boundaries_[link.b] |= bitB;
        changed = true;
      }
  }
}

Groups KernelBuilder::groupsOf(Value value, function_ref<bool(unsigned)> apart) {
  Dims box = getDims(value.getType());
  forceBatch(value);
  for (unsigned d = 1; d < box.size(); ++d)
    if (apart(d))
      force(value, d);
  uint64_t known = learning_ ? ~uint64_t(0) : boundaries_[value];
  Groups groups;
  for (unsigned d = 0; d < box.size(); ++d) {
    if (d == 0 || (known >> d & 1))
      groups.push_back({d, d, box[d]});
    else
      groups.back() = {groups.back().first, d, times(groups.back().extent, box[d])};
  }
  return groups;
}

Axes KernelBuilder::nameAxes(const Groups &groups) {
  SmallVector<unsigned> middle;
  Axes axes;
  for (auto [i, group] : llvm::enumerate(groups)) {
    axes.push_back({"", group.extent});
    if (group.extent.isOpen)
      axes.back().name = "n";
    else if (i + 1 == groups.size())
      axes.back().name = groups.size() == 1 ? "i" : "c";
    else
      middle.push_back(i);
  }
  static const char *const kSpatial[] = {"z", "y", "x"};
  for (auto [j, i] : llvm::enumerate(middle)) {
    if (middle.size() == 1)
      axes[i].name = "p";
    else if (middle.size() <= 3)
      axes[i].name = kSpatial[3 - middle.size() + j];
    else
      axes[i].name = "d" + std::to_string(j);
  }
  return axes;
}

SmallVector<Expr, 6> KernelBuilder::convert(const Point &point, ArrayRef<Dim> to) {
  SmallVector<Expr, 6> result;
  unsigned i = 0, j = 0;
  while (j < to.size()) {
    // The shortest stretch of both that holds equally many elements.
    unsigned firstI = i, firstJ = j;
    Dim a{1}, b = to[j++];
    while (!(a == b)) {
      bool growA = a.size < b.size || (a.size == b.size && !a.isOpen);
      if (growA ? i < point.size() : j >= to.size()) {
        assert(i < point.size() && "boxes of different sizes");
        a = times(a, point[i++].extent);
      } else {
        assert(j < to.size() && "boxes of different sizes");
        b = times(b, to[j++]);
      }
    }
    if (b.isOne()) {
      result.append(j - firstJ, Expr(0));
      continue;
    }
    // Extents of 1 add nothing.
    while (firstI < i && point[firstI].extent.isOne())
      ++firstI;
    Expr flat = point[firstI].index;
    for (unsigned k = firstI + 1; k < i; ++k)
      if (!point[k].extent.isOne())
        flat = flat * extent(point[k].extent) + point[k].index;
    SmallVector<Expr, 6> parts(j - firstJ);
    unsigned outermost = firstJ;
    while (to[outermost].isOne())
      ++outermost;
    for (unsigned k = j; k-- > firstJ;) {
      if (to[k].isOne()) {
        parts[k - firstJ] = 0;
      } else if (k == outermost) {
        parts[k - firstJ] = flat;
      } else {
        parts[k - firstJ] = flat % extent(to[k]);
        flat = flat / extent(to[k]);
      }
    }
    result.append(parts);
  }
  return result;
}

void KernelBuilder::defineReshaped(Value result, Value source) {
  const Tensor &from = get(source);
  Dims shape = getDims(result.getType());
  // Boundaries with equally many elements to their right are the same.
  auto rightOf = [](const Dims &box, unsigned d) {
    Dim right{1};
    for (unsigned e = d; e < box.size(); ++e)
      right = times(right, box[e]);
    return right;
  };
  SmallVector<std::pair<unsigned, unsigned>> positions;
  for (unsigned d = 1; d < shape.size(); ++d)
    for (unsigned e = 1; e < from.getRank(); ++e)
      if (rightOf(shape, d) == rightOf(from.getShape(), e))
        positions.push_back({d, e});
  link(result, source, positions);
  forceBatch(source);
  forceBatch(result);
  Tensor view(*this, shape, from.getType(), [from](const Point &point) { return from.at(point); });
  view.told = result;
  define(result, view);
}
