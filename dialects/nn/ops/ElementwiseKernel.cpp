//===- ElementwiseKernel.cpp - one element in, one element out -------------===//
#include "dialects/nn/kernel/KernelBuilder.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

/// An elementwise op of math or hl on one value.
template <typename Op> static Expr apply(KernelBuilder &kernel, Expr x) {
  return {kernel, Op::create(kernel.getBuilder(), kernel.getLoc(), x.materialize(kernel, {}))};
}

/// The least positive number of x's type that has all its digits.
static Expr leastNormal(Expr x) {
  return APFloat::getSmallestNormalized(cast<FloatType>(x.getType()).getFloatSemantics()).convertToDouble();
}

#define ARGENT_UNARY(Op, expression)                                                                                   \
  LogicalResult Op::buildKernel(KernelBuilder &kernel) {                                                               \
    return kernel.pointwise(*this, [&](Args operands) {                                                                \
      Expr x = operands[0];                                                                                            \
      return Expr(expression);                                                                                         \
    });                                                                                                                \
  }
ARGENT_UNARY(NegOp, -x)
ARGENT_UNARY(AbsOp, isa<FloatType>(x.getType()) ? apply<math::AbsFOp>(kernel, x)
                    : x.getType().isInteger(8)  ? x
                                                : max(x, -x))
ARGENT_UNARY(SignOp, select(x > 0, 1, select(x < 0, -1, cast(x > x, x.getType()))))
ARGENT_UNARY(ExpOp, exp(x))
ARGENT_UNARY(Expm1Op, apply<math::ExpM1Op>(kernel, x))
ARGENT_UNARY(LogOp, log(x))
ARGENT_UNARY(Log1pOp, apply<math::Log1pOp>(kernel, x))
ARGENT_UNARY(SqrtOp, apply<math::SqrtOp>(kernel, max(x, 0)))
ARGENT_UNARY(RsqrtOp, Expr(1) / apply<math::SqrtOp>(kernel, max(x, leastNormal(x))))
ARGENT_UNARY(FloorOp, apply<math::FloorOp>(kernel, x))
ARGENT_UNARY(CeilOp, apply<math::CeilOp>(kernel, x))
ARGENT_UNARY(RoundOp, apply<math::RoundEvenOp>(kernel, x))
ARGENT_UNARY(SinOp, apply<math::SinOp>(kernel, x))
ARGENT_UNARY(CosOp, apply<math::CosOp>(kernel, x))
ARGENT_UNARY(ErfOp, apply<math::ErfOp>(kernel, x))
ARGENT_UNARY(NormalCdfOp, apply<hl::NormalCdfOp>(kernel, x))
ARGENT_UNARY(TanhOp, apply<math::TanhOp>(kernel, x))
ARGENT_UNARY(SigmoidOp, Expr(1) / (Expr(1) + exp(-x)))
ARGENT_UNARY(SoftplusOp, max(x, 0) + apply<math::Log1pOp>(kernel, exp(-apply<math::AbsFOp>(kernel, x))))
ARGENT_UNARY(SoftsignOp, x / (Expr(1) + apply<math::AbsFOp>(kernel, x)))
ARGENT_UNARY(ReluOp, max(x, 0))
ARGENT_UNARY(StopGradientOp, x)
ARGENT_UNARY(NotOp, !x)
ARGENT_UNARY(BroadcastOp, x)
ARGENT_UNARY(CastOp, cast(x, kernel.getElementType(getType())))
#undef ARGENT_UNARY

#define ARGENT_BINARY(Op, expression)                                                                                  \
  LogicalResult Op::buildKernel(KernelBuilder &kernel) {                                                               \
    return kernel.pointwise(*this, [&](Args operands) {                                                                \
      Expr x = operands[0], y = operands[1];                                                                           \
      return Expr(expression);                                                                                         \
    });                                                                                                                \
  }
ARGENT_BINARY(AddOp, x + y)
ARGENT_BINARY(SubOp, x - y)
ARGENT_BINARY(MulOp, x *y)
ARGENT_BINARY(DivOp, x / y)
ARGENT_BINARY(FloorDivOp, x / y)
ARGENT_BINARY(ModOp, x % y)
ARGENT_BINARY(MaxOp, max(x, y))
ARGENT_BINARY(MinOp, min(x, y))
ARGENT_BINARY(AndOp, x &&y)
ARGENT_BINARY(OrOp, x || y)
#undef ARGENT_BINARY

LogicalResult CompareOp::buildKernel(KernelBuilder &kernel) {
  return kernel.pointwise(*this, [&](Args operands) -> Expr {
    Expr x = operands[0], y = operands[1];
    switch (getPredicate()) {
    case Predicate::eq:
      return x == y;
    case Predicate::ne:
      return x != y;
    case Predicate::lt:
      return x < y;
    case Predicate::le:
      return x <= y;
    case Predicate::gt:
      return x > y;
    case Predicate::ge:
      return x >= y;
    }
    llvm_unreachable("a predicate");
  });
}

LogicalResult SelectOp::buildKernel(KernelBuilder &kernel) {
  return kernel.pointwise(*this, [&](Args operands) { return select(operands[0], operands[1], operands[2]); });
}

/// The whole number that `value` is everywhere, if it is one.
static std::optional<int64_t> getWholeNumber(Value value) {
  DenseElementsAttr elements;
  while (auto broadcast = value.getDefiningOp<BroadcastOp>())
    value = broadcast.getX();
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat() || !isa<FloatType>(elements.getElementType()))
    return std::nullopt;
  double number = elements.getSplatValue<APFloat>().convertToDouble();
  if (number != std::floor(number) || std::abs(number) > 64)
    return std::nullopt;
  return int64_t(number);
}

LogicalResult PowOp::buildKernel(KernelBuilder &kernel) {
  std::optional<int64_t> exponent = getWholeNumber(getRhs());
  return kernel.pointwise(*this, [&](Args operands) -> Expr {
    Expr x = operands[0], y = operands[1];
    if (!exponent)
      return {kernel, math::PowFOp::create(kernel.getBuilder(), kernel.getLoc(), x.materialize(kernel, {}),
                                           y.materialize(kernel, {}))};
    // By repeated squaring.
    std::optional<Expr> power;
    Expr square = x;
    for (int64_t bits = std::abs(*exponent); bits; bits >>= 1) {
      if (bits & 1)
        power = power ? *power * square : square;
      if (bits > 1)
        square = square * square;
    }
    if (!power)
      return Expr(kernel, Expr(1).materialize(kernel, x.getType()));
    return *exponent < 0 ? Expr(1) / *power : *power;
  });
}
