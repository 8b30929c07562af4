//===- PoolGradient.cpp - the gradient of pooling --------------------------===//
#include "dialects/nn/gradient/GradientBuilder.h"

using namespace mlir;
using namespace argent::nn;

LogicalResult PoolOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                    SmallVectorImpl<Value> &result) {
  GradientBuilder b(builder, getLoc());
  // An average does not look at the input.
  Value input = getKind() == PoolKind::avg ? Value() : getInput();
  result.push_back(needed[0] ? b.make<PoolGradOp>(getInput().getType(), getKind(), gradients[0], input, getSize(),
                                                  getStrides(), getPadding(), getCountPadding())
                             : Value());
  return success();
}
