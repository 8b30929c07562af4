//===- Pow.cpp - powers by multiplication ----------------------------------===//
#include "dialects/nn/Constants.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace argent::nn;

/// Largest |exponent| that becomes multiplications: at most 2 * log2 of it.
static constexpr int64_t kMaxExponent = 64;

/// x ** k for a small whole constant k by repeated squaring, 1 / that if k is negative; x ** 0.5 is a square root. All
/// other powers, of a negative x too, are the kernel's.
struct ExpandPow : OpRewritePattern<PowOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PowOp op, PatternRewriter &rewriter) const override {
    DenseElementsAttr exponent;
    if (!matchPattern(op.getRhs(), m_Constant(&exponent)) || !exponent.isSplat() ||
        op.getLhs().getType() != op.getType())
      return failure();
    double number = getFloats(exponent).front();
    Location loc = op.getLoc();
    Value x = op.getLhs();
    if (number == 0.5)
      return rewriter.replaceOpWithNewOp<SqrtOp>(op, x), success();
    if (number == -0.5)
      return rewriter.replaceOpWithNewOp<RsqrtOp>(op, x), success();
    if (number != std::floor(number) || std::abs(number) > kMaxExponent)
      return failure();
    Value result;
    Value square = x;
    for (int64_t rest = std::abs(static_cast<int64_t>(number)); rest > 0; rest /= 2) {
      if (rest % 2)
        result = result ? MulOp::create(rewriter, loc, result, square).getY() : square;
      if (rest > 1)
        square = MulOp::create(rewriter, loc, square, square);
    }
    Value one = makeSplat(rewriter, loc, op.getType(), 1);
    if (!result)
      result = one.getType() == op.getType() ? one : BroadcastOp::create(rewriter, loc, op.getType(), one).getY();
    else if (number < 0)
      result = DivOp::create(rewriter, loc, one, result);
    rewriter.replaceOp(op, result);
    return success();
  }
};

void PowOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<ExpandPow>(context);
}
