//===- ElementwiseFold.cpp - what elementwise ops fold to ------------------===//
#include "dialects/nn/Constants.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace argent::nn;

/// `value` where it already has the folded op's type.
static OpFoldResult asResult(Value value, Type type) {
  return value.getType() == type ? OpFoldResult(value) : OpFoldResult();
}

/// A constant of one number, of rank 0.
static std::optional<double> getScalar(Value value) {
  DenseElementsAttr constant;
  if (!matchPattern(value, m_Constant(&constant)) || constant.getType().getRank() != 0 ||
      !isa<FloatType>(constant.getElementType()))
    return std::nullopt;
  return getFloats(constant).front();
}

/// The operand that is a number, and the other.
static std::optional<std::pair<Value, double>> splitScale(MulOp op) {
  if (std::optional<double> number = getScalar(op.getRhs()))
    return std::pair(Value(op.getLhs()), *number);
  if (std::optional<double> number = getScalar(op.getLhs()))
    return std::pair(Value(op.getRhs()), *number);
  return std::nullopt;
}

namespace {

/// a + (-b) is a - b; a - (-b) is a + b.
template <typename Op, typename Opposite> struct AbsorbNegation : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    Value lhs = op.getLhs(), rhs = op.getRhs();
    if (std::is_same_v<Op, AddOp> && !rhs.getDefiningOp<NegOp>() && lhs.getDefiningOp<NegOp>())
      std::swap(lhs, rhs);
    auto negation = rhs.getDefiningOp<NegOp>();
    if (!negation)
      return failure();
    rewriter.replaceOpWithNewOp<Opposite>(op, lhs, negation.getX());
    return success();
  }
};

/// (-x) * a is x * (-a).
struct ScaleNegation : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    auto scale = splitScale(op);
    auto negation = scale ? scale->first.getDefiningOp<NegOp>() : NegOp();
    if (!negation)
      return failure();
    auto scalar = RankedTensorType::get({}, op.getType().getElementType());
    rewriter.replaceOpWithNewOp<MulOp>(op, negation.getX(), makeSplat(rewriter, op.getLoc(), scalar, -scale->second));
    return success();
  }
};

/// -(x * a) is x * (-a).
struct NegateScale : OpRewritePattern<NegOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(NegOp op, PatternRewriter &rewriter) const override {
    auto product = op.getX().getDefiningOp<MulOp>();
    auto scale = product && product->hasOneUse() ? splitScale(product) : std::nullopt;
    if (!scale)
      return failure();
    auto scalar = RankedTensorType::get({}, getElementTypeOrSelf(op.getType()));
    rewriter.replaceOpWithNewOp<MulOp>(op, scale->first, makeSplat(rewriter, op.getLoc(), scalar, -scale->second));
    return success();
  }
};

} // namespace

void AddOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<AbsorbNegation<AddOp, SubOp>>(context);
}
void SubOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<AbsorbNegation<SubOp, AddOp>>(context);
}
void MulOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<ScaleNegation>(context);
}
void NegOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<NegateScale>(context);
}

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  if (isSplat(adaptor.getRhs(), 0))
    return asResult(getLhs(), getType());
  if (isSplat(adaptor.getLhs(), 0))
    return asResult(getRhs(), getType());
  return foldBinary(adaptor.getLhs(), adaptor.getRhs(), getType(), [](auto a, auto b) { return a + b; });
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  if (isSplat(adaptor.getRhs(), 0))
    return asResult(getLhs(), getType());
  if (getLhs() == getRhs())
    return splat(getType(), 0);
  return foldBinary(adaptor.getLhs(), adaptor.getRhs(), getType(), [](auto a, auto b) { return a - b; });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (isSplat(adaptor.getRhs(), 1))
    return asResult(getLhs(), getType());
  if (isSplat(adaptor.getLhs(), 1))
    return asResult(getRhs(), getType());
  // Numbers are finite, so 0 * x is 0.
  if (isSplat(adaptor.getLhs(), 0) || isSplat(adaptor.getRhs(), 0))
    if (OpFoldResult zero = splat(getType(), 0))
      return zero;
  return foldBinary(adaptor.getLhs(), adaptor.getRhs(), getType(), [](auto a, auto b) { return a * b; });
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (isSplat(adaptor.getRhs(), 1))
    return asResult(getLhs(), getType());
  // A division by 0 has no meaning and stays as it stands.
  if (auto rhs = dyn_cast_or_null<DenseElementsAttr>(adaptor.getRhs()))
    if (hasZero(rhs))
      return {};
  return foldBinary(adaptor.getLhs(), adaptor.getRhs(), getType(), [](auto a, auto b) { return a / b; });
}

OpFoldResult NegOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getX().getDefiningOp<NegOp>())
    return inner.getX();
  return foldUnary(adaptor.getX(), getType(), [](auto a) { return -a; });
}

OpFoldResult SqrtOp::fold(FoldAdaptor adaptor) {
  return foldUnary(adaptor.getX(), getType(), [](auto a) { return std::sqrt(static_cast<double>(a)); });
}

/// Whether every value of `from` is also one of `to`, so that a cast there and back is no change.
static bool isExact(Type from, Type to) {
  if (auto fromFloat = dyn_cast<FloatType>(from)) {
    auto toFloat = dyn_cast<FloatType>(to);
    return toFloat && toFloat.getFPMantissaWidth() >= fromFloat.getFPMantissaWidth() &&
           toFloat.getWidth() > fromFloat.getWidth();
  }
  if (auto toFloat = dyn_cast<FloatType>(to))
    return from.getIntOrFloatBitWidth() < toFloat.getFPMantissaWidth();
  return from.getIntOrFloatBitWidth() < to.getIntOrFloatBitWidth();
}

OpFoldResult CastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  if (auto inner = getX().getDefiningOp<CastOp>())
    if (inner.getX().getType() == getType() &&
        isExact(getElementTypeOrSelf(getType()), getElementTypeOrSelf(inner.getType())))
      return inner.getX();
  return foldCast(adaptor.getX(), getType());
}

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  if (isSplat(adaptor.getCondition(), 1))
    return asResult(getLhs(), getType());
  if (isSplat(adaptor.getCondition(), 0))
    return asResult(getRhs(), getType());
  return {};
}
