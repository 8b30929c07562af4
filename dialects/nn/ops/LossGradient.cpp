//===- LossGradient.cpp - gradients of losses ------------------------------===//
#include "dialects/nn/gradient/GradientBuilder.h"

using namespace mlir;
using namespace argent::nn;

LogicalResult CrossEntropyOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                            SmallVectorImpl<Value> &result) {
  GradientBuilder b(builder, getLoc());
  Value logits = getLogits(), label = getLabel(), g = gradients[0];
  result.push_back(needed[0] ? b.make<CrossEntropyGradOp>(logits.getType(), logits, label, g) : Value());
  if (!needed[1]) {
    result.push_back(Value());
    return success();
  }
  // A distribution p: the loss is -sum p log softmax(logits).
  int64_t classes = getLogits().getType().getRank() - 1;
  Value rows = b.restoreAxes(g, classes, logits.getType());
  result.push_back(b.neg(b.mul(rows, b.make<LogSoftmaxOp>(logits, classes))));
  return success();
}
