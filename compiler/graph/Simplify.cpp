//===- Simplify.cpp - algebra on the graph ---------------------------------===//
//   1. Fold constants and apply the ops' own canonicalisations (dialects/nn/ops/*Fold.cpp, Pow.cpp,
//      gradient/SumOfProduct.cpp).
//   2. Merge equal computations; drop dead ones.
// Keeps every rounding: a rule gives the same bits, or is of a gradient's sum. Leaves to others what is computed
// together (Fuse) and where (Layout). Knows no op by name.
#include "compiler/Passes.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_SIMPLIFY
#include "compiler/Passes.h.inc"

namespace {

struct Simplify : impl::SimplifyBase<Simplify> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    for (RegisteredOperationName op : context->getRegisteredOperations())
      if (op.getDialectNamespace() == nn::NNDialect::getDialectNamespace())
        op.getCanonicalizationPatterns(patterns, context);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    IRRewriter rewriter(context);
    DominanceInfo dominance(getOperation());
    eliminateCommonSubExpressions(rewriter, dominance, getOperation());
  }
};
} // namespace
} // namespace argent
