//===- GatherGradient.cpp - gather and scatter_add are each other's --------===//
#include "dialects/nn/gradient/GradientBuilder.h"

using namespace mlir;
using namespace argent::nn;

LogicalResult GatherOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                      SmallVectorImpl<Value> &result) {
  GradientBuilder b(builder, getLoc());
  result.push_back(
      needed[0] ? b.make<ScatterAddOp>(getX().getType(), gradients[0], getIndex(), getAxis(), getBatch(), getTrailing())
                : Value());
  result.push_back(Value());
  return success();
}

LogicalResult ScatterAddOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                          SmallVectorImpl<Value> &result) {
  GradientBuilder b(builder, getLoc());
  result.push_back(needed[0] ? b.make<GatherOp>(gradients[0], getIndex(), getAxis(), getBatch(), getTrailing())
                             : Value());
  result.push_back(Value());
  return success();
}
