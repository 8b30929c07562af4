//===- ShapeFold.cpp - what moves and counts fold to -----------------------===//
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
