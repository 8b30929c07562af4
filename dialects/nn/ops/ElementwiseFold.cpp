//===- ElementwiseFold.cpp - what elementwise ops fold to ------------------===//
#include "dialects/nn/Constants.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent::nn;

/// `value` where it already has the folded op's type.
static OpFoldResult asResult(Value value, Type type) {
  return value.getType() == type ? OpFoldResult(value) : OpFoldResult();
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
