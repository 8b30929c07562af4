//===- ShapeFold.cpp - what shapes and counts fold to ----------------------===//
#include "dialects/nn/Constants.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"
#include "dialects/nn/Rows.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace argent::nn;

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  auto elements = dyn_cast_or_null<DenseElementsAttr>(adaptor.getX());
  if (elements && elements.isSplat() && getType().hasStaticShape())
    return elements.resizeSplat(getType());
  return {};
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  if (auto elements = dyn_cast_or_null<DenseElementsAttr>(adaptor.getX()))
    return elements.reshape(getType());
  return {};
}

namespace {

/// An op that broadcasts by itself: x + broadcast(b) is x + b where the result stays the same.
struct DropBroadcast : RewritePattern {
  DropBroadcast(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!op->hasTrait<argent::Broadcasting>())
      return failure();
    for (OpOperand &operand : op->getOpOperands()) {
      auto broadcast = operand.get().getDefiningOp<BroadcastOp>();
      if (!broadcast)
        continue;
      SmallVector<Value> operands(op->getOperands());
      operands[operand.getOperandNumber()] = broadcast.getX();
      auto type = cast<RankedTensorType>(op->getResult(0).getType());
      FailureOr<RankedTensorType> without = inferBroadcast(std::nullopt, operands, type.getElementType());
      if (failed(without) || *without != type)
        continue;
      rewriter.modifyOpInPlace(op, [&] { operand.set(broadcast.getX()); });
      return success();
    }
    return failure();
  }
};

/// broadcast(broadcast(x)) is one broadcast.
struct MergeBroadcasts : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<BroadcastOp>();
    if (!inner)
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getXMutable().assign(inner.getX()); });
    return success();
  }
};

/// A reshape that only puts 1s in front is part of the broadcast behind it.
struct BroadcastReshape : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getX().getDefiningOp<ReshapeOp>();
    if (!reshape)
      return failure();
    Dims from = getDims(reshape.getX().getType()), to = getDims(reshape.getType());
    if (from.size() > to.size() || ArrayRef(to).take_back(from.size()) != ArrayRef(from))
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getXMutable().assign(reshape.getX()); });
    return success();
  }
};

/// reshape(reshape(x)) is one reshape.
struct MergeReshapes : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<ReshapeOp>();
    if (!inner)
      return failure();
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), inner.getX());
    return success();
  }
};

} // namespace

void BroadcastOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<DropBroadcast, MergeBroadcasts, BroadcastReshape>(context);
}

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<MergeReshapes>(context);
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  ArrayRef<int64_t> permutation = getPermutation();
  if (llvm::is_sorted(permutation))
    return getX();
  auto inner = getX().getDefiningOp<TransposeOp>();
  if (inner && llvm::all_of(llvm::enumerate(permutation), [&](auto axis) {
        return inner.getPermutation()[axis.value()] == static_cast<int64_t>(axis.index());
      }))
    return inner.getX();
  if (auto elements = dyn_cast_or_null<DenseElementsAttr>(adaptor.getX()); elements && elements.isSplat())
    return elements.resizeSplat(getType());
  return {};
}

OpFoldResult CountOp::fold(FoldAdaptor) {
  Dims dims = getDims(getX().getType());
  int64_t count = 1;
  for (int64_t axis : getAxes()) {
    if (dims[axis].isOpen)
      return {};
    count *= dims[axis].size;
  }
  return splat(getType(), static_cast<double>(count));
}

OpFoldResult ReduceOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  auto elements = dyn_cast_or_null<DenseElementsAttr>(adaptor.getX());
  if (!elements || !elements.isSplat())
    return {};
  bool isExtreme = getKind() != ReduceKind::sum && getKind() != ReduceKind::prod;
  if (isExtreme)
    return elements.resizeSplat(getType());
  // The sum of equal numbers; of integers exactly.
  int64_t count = getX().getType().getNumElements() / std::max<int64_t>(getType().getNumElements(), 1);
  if (getKind() != ReduceKind::sum)
    return {};
  if (isa<FloatType>(elements.getElementType()))
    return splat(getType(), getFloats(elements).front() * static_cast<double>(count));
  return splat(getType(), static_cast<double>(getIntegers(elements).front() * count));
}
