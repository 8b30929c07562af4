//===- ShapeGradient.cpp - gradients of moves ------------------------------===//
#include "dialects/nn/gradient/GradientBuilder.h"

using namespace mlir;
using namespace argent::nn;

LogicalResult BroadcastOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                         SmallVectorImpl<Value> &result) {
  result.push_back(needed[0] ? GradientBuilder(builder, getLoc()).sumTo(gradients[0], getX().getType()) : Value());
  return success();
}

LogicalResult ReshapeOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                       SmallVectorImpl<Value> &result) {
  result.push_back(needed[0] ? GradientBuilder(builder, getLoc()).reshape(gradients[0], getX().getType()) : Value());
  return success();
}

LogicalResult TransposeOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                         SmallVectorImpl<Value> &result) {
  SmallVector<int64_t> inverse(getPermutation().size());
  for (auto [i, axis] : llvm::enumerate(getPermutation()))
    inverse[axis] = static_cast<int64_t>(i);
  result.push_back(needed[0] ? GradientBuilder(builder, getLoc()).make<TransposeOp>(gradients[0], inverse) : Value());
  return success();
}

LogicalResult CountOp::buildGradient(RewriterBase &, ValueRange, const llvm::BitVector &,
                                     SmallVectorImpl<Value> &result) {
  result.push_back(Value());
  return success();
}
