//===- MoveGradient.cpp - gradients of moves, in terms of each other -------===//
#include "dialects/nn/gradient/GradientBuilder.h"

using namespace mlir;
using namespace argent::nn;

/// The box of `sizes` at `offsets`.
static Value sliceBox(const GradientBuilder &b, Value x, ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes) {
  return b.make<SliceOp>(x, offsets, sizes, SmallVector<int64_t>(sizes.size(), 1));
}
static SmallVector<int64_t> sizesOf(Value x) {
  return llvm::map_to_vector(getDims(x.getType()), [](Dim dim) { return dim.size; });
}
/// Elements first … first + count - 1 along an axis.
static Value sliceAxis(const GradientBuilder &b, Value x, int64_t axis, int64_t first, int64_t count) {
  SmallVector<int64_t> sizes = sizesOf(x), offsets(sizes.size(), 0);
  offsets[axis] = first;
  sizes[axis] = count;
  return sliceBox(b, x, offsets, sizes);
}
/// Zeros around x along an axis.
static Value padAxis(const GradientBuilder &b, Value x, int64_t axis, int64_t low, int64_t high) {
  SmallVector<int64_t> before(getDims(x.getType()).size(), 0), after(before);
  before[axis] = low;
  after[axis] = high;
  return b.make<PadOp>(PadMode::constant, x, before, after);
}

// Each element goes back to its place; between the places are zeros.
LogicalResult SliceOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                     SmallVectorImpl<Value> &result) {
  GradientBuilder b(builder, getLoc());
  SmallVector<int64_t> high, interior;
  for (auto [d, dim] : llvm::enumerate(getDims(getX().getType()))) {
    interior.push_back(getStrides()[d] - 1);
    high.push_back(dim.size - 1 - getOffsets()[d] - (getSizes()[d] - 1) * getStrides()[d]);
  }
  if (llvm::all_of(interior, [](int64_t count) { return count == 0; }))
    interior.clear();
  result.push_back(needed[0] ? b.make<PadOp>(PadMode::constant, gradients[0], getOffsets(), high, interior) : Value());
  return success();
}

// Along one axis after the other, from the last to the first: the gradient of what stands outside is added to where it
// came from.
LogicalResult PadOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                   SmallVectorImpl<Value> &result) {
  if (!needed[0]) {
    result.push_back(Value());
    return success();
  }
  GradientBuilder b(builder, getLoc());
  Value g = gradients[0];
  SmallVector<int64_t> sizes = sizesOf(getX());
  if (getMode() == PadMode::constant) {
    SmallVector<int64_t> strides(sizes.size(), 1);
    if (getInterior())
      for (auto [stride, count] : llvm::zip(strides, *getInterior()))
        stride += count;
    result.push_back(b.make<SliceOp>(g, getLow(), sizes, strides));
    return success();
  }
  for (int64_t axis = 0; axis < static_cast<int64_t>(sizes.size()); ++axis) {
    int64_t low = getLow()[axis], high = getHigh()[axis], size = sizes[axis];
    if (low == 0 && high == 0)
      continue;
    Value inside = sliceAxis(b, g, axis, low, size);
    for (bool isLow : {true, false}) {
      int64_t count = isLow ? low : high;
      if (count == 0)
        continue;
      Value outside = sliceAxis(b, g, axis, isLow ? 0 : low + size, count);
      if (getMode() == PadMode::reflect) {
        // Mirrored at element 0 (size - 1): element 1 (size - 2) is the nearest.
        outside = b.make<ReverseOp>(outside, axis);
        int64_t first = isLow ? 1 : size - 1 - count;
        inside = b.add(inside, padAxis(b, outside, axis, first, size - first - count));
      } else {
        outside = b.reduce(ReduceKind::sum, outside, axis, /*keepDims=*/true);
        inside = b.add(inside, padAxis(b, outside, axis, isLow ? 0 : size - 1, isLow ? size - 1 : 0));
      }
    }
    g = inside;
  }
  result.push_back(g);
  return success();
}

LogicalResult ReverseOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                       SmallVectorImpl<Value> &result) {
  result.push_back(needed[0] ? GradientBuilder(builder, getLoc()).make<ReverseOp>(gradients[0], getAxes()) : Value());
  return success();
}

LogicalResult ConcatOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                      SmallVectorImpl<Value> &result) {
  GradientBuilder b(builder, getLoc());
  int64_t axis = getAxis(), offset = 0;
  for (auto [i, input] : llvm::enumerate(getInputs())) {
    int64_t size = getDims(input.getType())[axis].size;
    result.push_back(needed[i] ? sliceAxis(b, gradients[0], axis, offset, size) : Value());
    offset += size;
  }
  return success();
}
