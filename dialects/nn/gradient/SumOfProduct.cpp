//===- SumOfProduct.cpp - factors that a sum does not see ------------------===//
// Of gradients alone: what a user wrote is computed as written.
//   1. Take the summed product apart: factors, one divisor each, signs.
//   2. A factor that has one element along every axis of the sum goes outside.
//   3. Put the others in one order, so that equal sums are found to be equal.
#include "dialects/nn/gradient/GradientBuilder.h"

using namespace mlir;

namespace argent::nn {
namespace {

/// A factor of the product, or its reciprocal.
struct Factor {
  Value value;
  bool divides = false;
};

/// At most so many factors are told apart: a product of more is no formula that somebody wrote.
constexpr size_t kMaxFactors = 8;

/// Takes a product apart. `sign` is turned for each negation.
void collectFactors(Value value, bool divides, SmallVectorImpl<Factor> &factors, bool &isNegative) {
  if (factors.size() < kMaxFactors) {
    if (auto product = value.getDefiningOp<MulOp>(); product && !divides) {
      collectFactors(product.getLhs(), divides, factors, isNegative);
      return collectFactors(product.getRhs(), divides, factors, isNegative);
    }
    if (auto quotient = value.getDefiningOp<DivOp>(); quotient && !divides) {
      collectFactors(quotient.getLhs(), divides, factors, isNegative);
      factors.push_back({quotient.getRhs(), true});
      return;
    }
    if (auto negation = value.getDefiningOp<NegOp>(); negation && !divides) {
      isNegative = !isNegative;
      return collectFactors(negation.getX(), divides, factors, isNegative);
    }
  }
  factors.push_back({value, divides});
}

struct HoistFactors : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReduceOp sum, PatternRewriter &rewriter) const override {
    if (!sum.getRegroups() || sum.getKind() != ReduceKind::sum || !isa<FloatType>(sum.getType().getElementType()))
      return failure();
    SmallVector<Factor> factors, inside, outside;
    bool isNegative = false;
    collectFactors(sum.getX(), false, factors, isNegative);
    unsigned rank = sum.getX().getType().getRank();
    for (const Factor &factor : factors)
      (varies(factor.value, sum.getAxes(), rank) ? inside : outside).push_back(factor);
    if (outside.empty() && !isNegative)
      return failure();
    // Step 3. Divisors last; else by place: arguments, then ops in the order of the block.
    llvm::stable_sort(inside, [](const Factor &a, const Factor &b) {
      return a.divides != b.divides ? b.divides : isBefore(a.value, b.value);
    });
    if (inside.empty() || inside.front().divides)
      return failure();
    // What the hoisted factors repeated along an axis of the sum would be missing.
    Dims before = getDims(sum.getX().getType());
    std::optional<Dims> now = Dims();
    for (const Factor &factor : inside)
      now = broadcastDims(*now, getDims(factor.value.getType()));
    if (now->size() != before.size() ||
        llvm::any_of(sum.getAxes(), [&](int64_t axis) { return (*now)[axis] != before[axis]; }))
      return failure();
    std::optional<Dims> after = reduceDims(*now, sum.getAxes(), sum.getKeepdims());
    for (const Factor &factor : outside)
      after = broadcastDims(*after, withoutAxes(getDims(factor.value.getType()), sum, rank));
    if (!after || *after != getDims(sum.getType()))
      return failure();

    Location location = sum.getLoc();
    auto multiply = [&](Value product, const Factor &factor, Value value) -> Value {
      if (factor.divides)
        return DivOp::create(rewriter, location, product, value);
      return MulOp::create(rewriter, location, product, value);
    };
    Value product = inside.front().value;
    for (const Factor &factor : ArrayRef(inside).drop_front())
      product = multiply(product, factor, factor.value);
    Value result =
        GradientBuilder(rewriter, location).reduce(ReduceKind::sum, product, sum.getAxes(), sum.getKeepdims());
    for (const Factor &factor : outside) {
      auto type = cast<RankedTensorType>(factor.value.getType());
      RankedTensorType wanted = makeType(withoutAxes(getDims(type), sum, rank), type.getElementType());
      Value value = factor.value;
      if (wanted != type)
        value = ReshapeOp::create(rewriter, location, wanted, value);
      result = multiply(result, factor, value);
    }
    if (isNegative)
      result = NegOp::create(rewriter, location, result.getType(), result);
    rewriter.replaceOp(sum, result);
    return success();
  }

private:
  static bool varies(Value value, ArrayRef<int64_t> axes, unsigned rank) {
    Dims dims = getDims(value.getType());
    int64_t missing = rank - dims.size();
    return llvm::any_of(axes, [&](int64_t axis) { return axis >= missing && !dims[axis - missing].isOne(); });
  }

  static bool isBefore(Value a, Value b) {
    // What comes from around a region is there before what the region makes.
    Region *ofA = a.getParentRegion(), *ofB = b.getParentRegion();
    if (ofA != ofB)
      return ofA->isProperAncestor(ofB);
    auto first = dyn_cast<BlockArgument>(a), second = dyn_cast<BlockArgument>(b);
    if (first || second)
      return first && (!second || first.getArgNumber() < second.getArgNumber());
    return a.getDefiningOp() != b.getDefiningOp() && a.getDefiningOp()->isBeforeInBlock(b.getDefiningOp());
  }

  /// A factor as the sum's result wants it: without the axes of the sum, unless that keeps them.
  static Dims withoutAxes(ArrayRef<Dim> dims, ReduceOp sum, unsigned rank) {
    Dims kept;
    int64_t missing = rank - dims.size();
    for (auto [d, dim] : llvm::enumerate(dims))
      if (sum.getKeepdims() || !llvm::is_contained(sum.getAxes(), int64_t(d) + missing))
        kept.push_back(dim);
    return kept;
  }
};

} // namespace

void ReduceOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<HoistFactors>(context);
}

} // namespace argent::nn
