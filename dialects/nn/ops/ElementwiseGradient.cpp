//===- ElementwiseGradient.cpp - gradients of elementwise ops --------------===//
// In each rule g is the gradient of the result y. Where an operand was broadcast, its gradient is summed to its type by
// who asked for it.
#include "dialects/nn/gradient/GradientBuilder.h"

using namespace mlir;
using namespace argent::nn;

//===--- one operand -------------------------------------------------------===//

static Value onePlusAbs(GradientBuilder &b, Value x) { return b.add(b.number(x, 1), b.make<AbsOp>(x)); }

// ARGENT_UNARY(Op, expression of x, y, g and the builder b)
#define ARGENT_UNARY(Op, expression)                                                                                   \
  LogicalResult Op::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,          \
                                  SmallVectorImpl<Value> &result) {                                                    \
    GradientBuilder b(builder, getLoc());                                                                              \
    [[maybe_unused]] Value x = getX(), y = getY(), g = gradients[0];                                                   \
    result.push_back(needed[0] ? Value(expression) : Value());                                                         \
    return success();                                                                                                  \
  }

ARGENT_UNARY(NegOp, b.neg(g))
ARGENT_UNARY(AbsOp, b.mul(g, b.make<SignOp>(x)))
ARGENT_UNARY(ExpOp, b.mul(g, y))
ARGENT_UNARY(Expm1Op, b.mul(g, b.make<ExpOp>(x)))
// Below 0 these are constant, and at 0 their derivative is that of there: the length of a vector has none at 0, but
// trains.
ARGENT_UNARY(LogOp, b.where(b.compare(Predicate::gt, x, b.number(x, 0)), b.div(g, x)))
ARGENT_UNARY(SqrtOp, b.where(b.compare(Predicate::gt, x, b.number(x, 0)), b.div(b.scale(g, 0.5), y)))
ARGENT_UNARY(Log1pOp, b.where(b.compare(Predicate::gt, x, b.number(x, -1)), b.div(g, b.add(b.number(x, 1), x))))
// -1/2 x^(-3/2): the square of y is finite, its cube need not be.
ARGENT_UNARY(RsqrtOp,
             b.where(b.compare(Predicate::gt, x, b.number(x, 0)), b.mul(b.mul(b.scale(g, -0.5), y), b.mul(y, y))))
ARGENT_UNARY(SinOp, b.mul(g, b.make<CosOp>(x)))
ARGENT_UNARY(CosOp, b.neg(b.mul(g, b.make<SinOp>(x))))
// 2 / sqrt(pi) e^(-x^2)
ARGENT_UNARY(ErfOp, b.mul(b.scale(g, 1.1283791670955126), b.make<ExpOp>(b.neg(b.mul(x, x)))))
// 1 / sqrt(2 pi) e^(-x^2 / 2)
ARGENT_UNARY(NormalCdfOp, b.mul(b.scale(g, 0.3989422804014327), b.make<ExpOp>(b.scale(b.mul(x, x), -0.5))))
// 1 - y^2, of which little is left where y is almost 1.
ARGENT_UNARY(TanhOp, b.mul(g, b.mul(b.sub(b.number(y, 1), y), b.add(b.number(y, 1), y))))
ARGENT_UNARY(SigmoidOp, b.mul(g, b.mul(y, b.sub(b.number(y, 1), y))))
ARGENT_UNARY(SoftplusOp, b.mul(g, b.make<SigmoidOp>(x)))
// g / (1 + |x|)^2, whose square need not be finite.
ARGENT_UNARY(SoftsignOp, b.div(b.div(g, onePlusAbs(b, x)), onePlusAbs(b, x)))
// By the result, so that the operand is not kept for it.
ARGENT_UNARY(ReluOp, b.where(b.compare(Predicate::gt, y, b.number(y, 0)), g))

// Steps: 0 wherever there is a derivative.
ARGENT_UNARY(SignOp, Value())
ARGENT_UNARY(FloorOp, Value())
ARGENT_UNARY(CeilOp, Value())
ARGENT_UNARY(RoundOp, Value())
ARGENT_UNARY(StopGradientOp, Value())
#undef ARGENT_UNARY

LogicalResult CastOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                    SmallVectorImpl<Value> &result) {
  GradientBuilder b(builder, getLoc());
  bool isSmooth = isa<FloatType>(b.elementType(getX())) && isa<FloatType>(b.elementType(getY()));
  result.push_back(needed[0] && isSmooth ? b.cast(gradients[0], b.elementType(getX())) : Value());
  return success();
}

//===--- two operands ------------------------------------------------------===//

// ARGENT_BINARY(Op, gradient of lhs, gradient of rhs): expressions of lhs, rhs, y, g and the builder b
#define ARGENT_BINARY(Op, ofLhs, ofRhs)                                                                                \
  LogicalResult Op::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,          \
                                  SmallVectorImpl<Value> &result) {                                                    \
    GradientBuilder b(builder, getLoc());                                                                              \
    [[maybe_unused]] Value lhs = getLhs(), rhs = getRhs(), y = getY(), g = gradients[0];                               \
    result.push_back(needed[0] ? Value(ofLhs) : Value());                                                              \
    result.push_back(needed[1] ? Value(ofRhs) : Value());                                                              \
    return success();                                                                                                  \
  }

ARGENT_BINARY(AddOp, g, g)
ARGENT_BINARY(SubOp, g, b.neg(g))
ARGENT_BINARY(MulOp, b.mul(g, rhs), b.mul(g, lhs))
ARGENT_BINARY(DivOp, b.div(g, rhs), b.neg(b.div(b.mul(g, y), rhs)))
ARGENT_BINARY(MaxOp, b.where(b.compare(Predicate::ge, lhs, rhs), g), b.where(b.compare(Predicate::lt, lhs, rhs), g))
ARGENT_BINARY(MinOp, b.where(b.compare(Predicate::le, lhs, rhs), g), b.where(b.compare(Predicate::gt, lhs, rhs), g))
// g first: where it is 0, a power times its exponent that overflows is 0, too.
ARGENT_BINARY(PowOp, b.mul(b.mul(g, rhs), b.make<PowOp>(lhs, b.sub(rhs, b.number(rhs, 1)))),
              b.where(b.compare(Predicate::gt, lhs, b.number(lhs, 0)), b.mul(b.mul(g, y), b.make<LogOp>(lhs))))
#undef ARGENT_BINARY

LogicalResult SelectOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                      SmallVectorImpl<Value> &result) {
  GradientBuilder b(builder, getLoc());
  Value g = gradients[0];
  result.push_back(Value());
  result.push_back(needed[1] ? b.where(getCondition(), g) : Value());
  result.push_back(needed[2] ? b.make<SelectOp>(getCondition(), b.number(g, 0), g) : Value());
  return success();
}
