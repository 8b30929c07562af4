//===- ReduceGradient.cpp - gradients of reductions and softmax ------------===//
#include "dialects/nn/gradient/GradientBuilder.h"

using namespace mlir;
using namespace argent::nn;

LogicalResult ReduceOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                      SmallVectorImpl<Value> &result) {
  if (!needed[0]) {
    result.push_back(Value());
    return success();
  }
  GradientBuilder b(builder, getLoc());
  Value x = getX();
  ArrayRef<int64_t> axes = getAxes();
  Value g = b.restoreAxes(gradients[0], axes, x.getType());
  switch (getKind()) {
  case ReduceKind::sum:
    result.push_back(b.broadcast(g, x.getType()));
    return success();
  case ReduceKind::max:
  case ReduceKind::min: {
    // Evenly among equal extremes.
    Value extreme = b.restoreAxes(getY(), axes, x.getType());
    Value isExtreme = b.compare(Predicate::eq, x, extreme);
    Value count = b.reduce(ReduceKind::sum, b.cast(isExtreme, b.elementType(x)), axes, /*keepDims=*/true);
    result.push_back(b.where(isExtreme, b.div(g, count)));
    return success();
  }
  case ReduceKind::prod: {
    // The product of the others: without zeros the quotient; with one, that of the nonzero elements goes to it; with
    // several, 0.
    Type type = x.getType();
    Value zero = b.number(x, 0), one = b.number(x, 1), isZero = b.compare(Predicate::eq, x, zero);
    Value nonzero = b.make<SelectOp>(isZero, one, x);
    Value product = b.reduce(ReduceKind::prod, nonzero, axes, /*keepDims=*/true);
    Value zeros = b.reduce(ReduceKind::sum, b.cast(isZero, b.elementType(x)), axes, /*keepDims=*/true);
    Value others = b.sub(zeros, b.cast(isZero, b.elementType(x))); // zeros among the others
    Value quotient = b.div(b.mul(g, product), nonzero);
    result.push_back(b.broadcast(b.where(b.compare(Predicate::eq, others, zero), quotient), type));
    return success();
  }
  case ReduceKind::any:
  case ReduceKind::all:
    break;
  }
  result.push_back(Value());
  return success();
}

// y * (g - sum(g * y))
LogicalResult SoftmaxOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                       SmallVectorImpl<Value> &result) {
  GradientBuilder b(builder, getLoc());
  Value g = gradients[0], y = getY();
  int64_t axis = getAxis();
  result.push_back(needed[0] ? b.mul(y, b.sub(g, b.reduce(ReduceKind::sum, b.mul(g, y), axis, /*keepDims=*/true)))
                             : Value());
  return success();
}

// g - e^y * sum(g)
LogicalResult LogSoftmaxOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                          SmallVectorImpl<Value> &result) {
  GradientBuilder b(builder, getLoc());
  Value g = gradients[0], y = getY();
  int64_t axis = getAxis();
  result.push_back(needed[0] ? b.sub(g, b.mul(b.make<ExpOp>(y), b.reduce(ReduceKind::sum, g, axis, /*keepDims=*/true)))
                             : Value());
  return success();
}
