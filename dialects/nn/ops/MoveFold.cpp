//===- MoveFold.cpp - moves that meet --------------------------------------===//
// A slice of a join is a slice of a part; pads that complement each other, as the gradients of split do, are one join;
// joins in joins are one. So that a list that was split, changed and joined again costs no pass over memory, neither
// forward nor backward.
#include "dialects/nn/Constants.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace argent::nn;

/// The one axis along which `get` differs from `neutral`; std::nullopt if there is none or several.
template <typename F> static std::optional<int64_t> onlyAxis(int64_t rank, F isTouched) {
  std::optional<int64_t> axis;
  for (int64_t d = 0; d < rank; ++d)
    if (isTouched(d)) {
      if (axis)
        return std::nullopt;
      axis = d;
    }
  return axis;
}

//===--- slice -------------------------------------------------------------===//

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  if (auto elements = dyn_cast_or_null<DenseElementsAttr>(adaptor.getX()); elements && elements.isSplat())
    return elements.resizeSplat(getType());
  return {};
}

/// slice(slice(x)) is one slice.
struct MergeSlices : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<SliceOp>();
    if (!inner)
      return failure();
    SmallVector<int64_t> offsets, strides;
    for (size_t d = 0; d < op.getSizes().size(); ++d) {
      offsets.push_back(inner.getOffsets()[d] + op.getOffsets()[d] * inner.getStrides()[d]);
      strides.push_back(inner.getStrides()[d] * op.getStrides()[d]);
    }
    rewriter.replaceOpWithNewOp<SliceOp>(op, inner.getX(), offsets, op.getSizes(), strides);
    return success();
  }
};

/// A slice that takes elements of few parts of a join leaves the others out.
struct SliceOfConcat : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto concat = op.getX().getDefiningOp<ConcatOp>();
    if (!concat)
      return failure();
    int64_t axis = concat.getAxis(), first = op.getOffsets()[axis];
    int64_t last = first + (op.getSizes()[axis] - 1) * op.getStrides()[axis], begin = 0;
    SmallVector<Value> parts;
    int64_t offset = 0;
    for (Value input : concat.getInputs()) {
      int64_t end = begin + getDims(input.getType())[axis].size;
      if (begin <= last && first < end) {
        if (parts.empty())
          offset = first - begin;
        parts.push_back(input);
      }
      begin = end;
    }
    if (parts.size() == concat.getInputs().size())
      return failure();
    // A new join would be one more tensor in memory.
    if (parts.size() > 1 && !concat->hasOneUse())
      return failure();
    Value x = parts.size() == 1 ? parts.front() : ConcatOp::create(rewriter, concat.getLoc(), parts, axis).getY();
    SmallVector<int64_t> offsets(op.getOffsets());
    offsets[axis] = offset;
    rewriter.replaceOpWithNewOp<SliceOp>(op, x, offsets, op.getSizes(), op.getStrides());
    return success();
  }
};

/// A slice of what a pad left as it was is a slice of the padded.
struct SliceOfPad : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto pad = op.getX().getDefiningOp<PadOp>();
    if (!pad || pad.getInterior())
      return failure();
    SmallVector<int64_t> offsets;
    for (auto [d, dim] : llvm::enumerate(getDims(pad.getX().getType()))) {
      int64_t offset = op.getOffsets()[d] - pad.getLow()[d];
      if (offset < 0 || offset + (op.getSizes()[d] - 1) * op.getStrides()[d] >= dim.size)
        return failure();
      offsets.push_back(offset);
    }
    rewriter.replaceOpWithNewOp<SliceOp>(op, pad.getX(), offsets, op.getSizes(), op.getStrides());
    return success();
  }
};

void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<MergeSlices, SliceOfConcat, SliceOfPad>(context);
}

//===--- pad, reverse ------------------------------------------------------===//

OpFoldResult PadOp::fold(FoldAdaptor) { return getX().getType() == getType() ? OpFoldResult(getX()) : OpFoldResult(); }

OpFoldResult ReverseOp::fold(FoldAdaptor adaptor) {
  Dims dims = getDims(getType());
  if (llvm::all_of(getAxes(), [&](int64_t axis) { return dims[axis].isOne(); }))
    return getX();
  if (auto inner = getX().getDefiningOp<ReverseOp>(); inner && inner.getAxes() == getAxes())
    return inner.getX();
  if (auto elements = dyn_cast_or_null<DenseElementsAttr>(adaptor.getX()); elements && elements.isSplat())
    return elements;
  return {};
}

//===--- concat ------------------------------------------------------------===//

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? OpFoldResult(getInputs().front()) : OpFoldResult();
}

/// A join of which only another join along the same axis takes its elements.
struct MergeConcats : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    SmallVector<Value> inputs;
    for (Value input : op.getInputs()) {
      auto inner = input.getDefiningOp<ConcatOp>();
      if (inner && inner.getAxis() == op.getAxis() && inner->hasOneUse())
        llvm::append_range(inputs, inner.getInputs());
      else
        inputs.push_back(input);
    }
    if (inputs.size() == op.getInputs().size())
      return failure();
    rewriter.replaceOpWithNewOp<ConcatOp>(op, inputs, op.getAxis());
    return success();
  }
};

/// Slices of one tensor that lie beside each other are one slice.
struct ConcatOfSlices : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    int64_t axis = op.getAxis();
    SmallVector<Value> inputs;
    for (Value input : op.getInputs()) {
      auto next = input.getDefiningOp<SliceOp>();
      auto last = inputs.empty() ? SliceOp() : inputs.back().getDefiningOp<SliceOp>();
      if (!next || !last || !continues(last, next, axis)) {
        inputs.push_back(input);
        continue;
      }
      SmallVector<int64_t> sizes(last.getSizes());
      sizes[axis] += next.getSizes()[axis];
      inputs.back() = SliceOp::create(rewriter, op.getLoc(), last.getX(), last.getOffsets(), sizes, last.getStrides());
    }
    if (inputs.size() == op.getInputs().size())
      return failure();
    rewriter.replaceOpWithNewOp<ConcatOp>(op, inputs, axis);
    return success();
  }

  static bool continues(SliceOp a, SliceOp b, int64_t axis) {
    if (a.getX() != b.getX() || a.getStrides() != b.getStrides())
      return false;
    for (auto [d, offset] : llvm::enumerate(a.getOffsets())) {
      bool isAxis = static_cast<int64_t>(d) == axis;
      int64_t wanted = isAxis ? offset + a.getSizes()[d] * a.getStrides()[d] : offset;
      if (b.getOffsets()[d] != wanted || (!isAxis && a.getSizes()[d] != b.getSizes()[d]))
        return false;
    }
    return true;
  }
};

/// A growing list that is joined again and again (DenseNet): where another join of the first operands stands before
/// this one, it is one operand. Each join then has few pieces, and their gradients are few sums. The other has a reader
/// of its own: without one, MergeConcats would take it apart again.
struct ShareConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    ConcatOp longest;
    for (Operation *user : op.getInputs().front().getUsers()) {
      auto other = dyn_cast<ConcatOp>(user);
      if (!other || other == op || other->use_empty() || other.getAxis() != op.getAxis() ||
          other->getBlock() != op->getBlock() || !other->isBeforeInBlock(op))
        continue;
      size_t count = other.getInputs().size();
      if (count < 2 || count >= op.getInputs().size() || count <= (longest ? longest.getInputs().size() : 0))
        continue;
      if (ValueRange(op.getInputs()).take_front(count) == ValueRange(other.getInputs()))
        longest = other;
    }
    if (!longest)
      return failure();
    SmallVector<Value> inputs = {longest.getY()};
    llvm::append_range(inputs, op.getInputs().drop_front(longest.getInputs().size()));
    rewriter.replaceOpWithNewOp<ConcatOp>(op, inputs, op.getAxis());
    return success();
  }
};

/// A pad of zeros along one axis.
static std::optional<int64_t> zeroPadAxis(PadOp pad) {
  if (!pad || pad.getMode() != PadMode::constant || pad.getInterior() || !pad.getValue().isZero() || !pad->hasOneUse())
    return std::nullopt;
  return onlyAxis(pad.getLow().size(), [&](int64_t d) { return pad.getLow()[d] || pad.getHigh()[d]; });
}

/// Two tensors side by side, each with zeros where the other is: their sum is a join, with zeros around it.
struct AddOfPads : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    auto a = op.getLhs().getDefiningOp<PadOp>(), b = op.getRhs().getDefiningOp<PadOp>();
    std::optional<int64_t> axis = zeroPadAxis(a);
    if (!axis || zeroPadAxis(b) != axis || a.getType() != b.getType())
      return failure();
    if (b.getLow()[*axis] < a.getLow()[*axis])
      std::swap(a, b);
    int64_t end = a.getLow()[*axis] + getDims(a.getX().getType())[*axis].size;
    if (end != b.getLow()[*axis])
      return failure();
    Value joined = ConcatOp::create(rewriter, op.getLoc(), ValueRange{a.getX(), b.getX()}, *axis);
    rewriter.replaceOpWithNewOp<PadOp>(op, PadMode::constant, joined, a.getLow(), b.getHigh());
    return success();
  }
};

void ConcatOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<MergeConcats, ConcatOfSlices, ShareConcat, AddOfPads>(context);
}
