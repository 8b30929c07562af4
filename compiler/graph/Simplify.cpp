//===- Simplify.cpp - algebra on the graph ---------------------------------===//
//   1. Fold constants and apply the ops' own canonicalisations (dialects/nn/ops/*Fold.cpp, Pow.cpp) with the rules
//   below.
//   2. Merge equal computations; drop dead ones.
// Keeps every rounding: a rule gives the same bits, or is of a gradient's sum. Leaves to others what is computed
// together (Fuse) and where (Layout).
#include "compiler/Passes.h"
#include "compiler/graph/SumOfProduct.h"
#include "dialects/nn/Constants.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_SIMPLIFY
#include "compiler/Passes.h.inc"

namespace {
using namespace nn;

/// An elementwise op broadcasts by itself: x + broadcast(b) is x + b where the result stays the same.
struct DropBroadcast : RewritePattern {
  DropBroadcast(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa<AddOp, SubOp, MulOp, DivOp, MaxOp, MinOp, PowOp, CompareOp, SelectOp>(op))
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

/// A constant of one number, of rank 0.
std::optional<double> getScalar(Value value) {
  DenseElementsAttr constant;
  if (!matchPattern(value, m_Constant(&constant)) || constant.getType().getRank() != 0 ||
      !isa<FloatType>(constant.getElementType()))
    return std::nullopt;
  return getFloats(constant).front();
}

/// The operand that is a number, and the other.
std::optional<std::pair<Value, double>> splitScale(MulOp op) {
  if (std::optional<double> number = getScalar(op.getRhs()))
    return std::pair(Value(op.getLhs()), *number);
  if (std::optional<double> number = getScalar(op.getLhs()))
    return std::pair(Value(op.getRhs()), *number);
  return std::nullopt;
}

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

struct Simplify : impl::SimplifyBase<Simplify> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    for (RegisteredOperationName op : context->getRegisteredOperations())
      if (op.getDialectNamespace() == NNDialect::getDialectNamespace())
        op.getCanonicalizationPatterns(patterns, context);
    patterns.add<DropBroadcast, MergeBroadcasts, BroadcastReshape, AbsorbNegation<AddOp, SubOp>,
                 AbsorbNegation<SubOp, AddOp>, ScaleNegation, NegateScale>(context);
    populateSumOfProductPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    IRRewriter rewriter(context);
    DominanceInfo dominance(getOperation());
    eliminateCommonSubExpressions(rewriter, dominance, getOperation());
  }
};
} // namespace
} // namespace argent
