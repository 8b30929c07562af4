//===- KernelExpr.cpp - arithmetic on Expr: arith, math and hl ops ---------===//
#include "dialects/hl/Arithmetic.h"
#include "dialects/nn/kernel/KernelBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

Value Expr::materialize(KernelBuilder &kernel, Type type) const {
  if (value_)
    return value_;
  assert((integer_ || real_) && "an Expr without a value");
  Builder &builder = kernel.getBuilder();
  if (isa<FloatType>(type))
    return kernel.constant(builder.getFloatAttr(type, real_ ? *real_ : double(*integer_)));
  return kernel.constant(builder.getIntegerAttr(type, integer_ ? *integer_ : int64_t(*real_)));
}

static int64_t floorDiv(int64_t a, int64_t b) { return a / b - ((a % b != 0) && ((a < 0) != (b < 0))); }

/// `a op b`, where a number takes the other's type.
template <typename FloatOp, typename IntegerOp> static Expr arithmetic(Expr a, Expr b) {
  KernelBuilder &kernel = a.isNumber() ? *b.getKernel() : *a.getKernel();
  Type type = a.isNumber() ? b.getType() : a.getType();
  Value lhs = a.materialize(kernel, type), rhs = b.materialize(kernel, type);
  assert(lhs.getType() == rhs.getType() && "operands of two types");
  OpBuilder &builder = kernel.getBuilder();
  bool isFloat = isa<FloatType>(type);
  StringRef name = isFloat ? FloatOp::getOperationName() : IntegerOp::getOperationName();
  return {kernel, kernel.binary(name, lhs, rhs, [&]() -> Value {
            if (isFloat)
              return FloatOp::create(builder, kernel.getLoc(), lhs, rhs);
            return IntegerOp::create(builder, kernel.getLoc(), lhs, rhs);
          })};
}

Expr argent::nn::operator+(Expr a, Expr b) {
  auto x = a.getInteger(), y = b.getInteger();
  if (x && y)
    return *x + *y;
  if (x == 0)
    return b;
  if (y == 0)
    return a;
  return arithmetic<arith::AddFOp, arith::AddIOp>(a, b);
}

Expr argent::nn::operator-(Expr a, Expr b) {
  auto x = a.getInteger(), y = b.getInteger();
  if (x && y)
    return *x - *y;
  if (y == 0)
    return a;
  return arithmetic<arith::SubFOp, arith::SubIOp>(a, b);
}

Expr argent::nn::operator*(Expr a, Expr b) {
  auto x = a.getInteger(), y = b.getInteger();
  if (x && y)
    return *x * *y;
  if (x == 1)
    return b;
  if (y == 1)
    return a;
  return arithmetic<arith::MulFOp, arith::MulIOp>(a, b);
}

Expr argent::nn::operator/(Expr a, Expr b) {
  auto x = a.getInteger(), y = b.getInteger();
  if (x && y)
    return floorDiv(*x, *y);
  if (y == 1)
    return a;
  if ((a.isNumber() ? b : a).getType().isInteger(8))
    return arithmetic<arith::DivFOp, arith::DivUIOp>(a, b);
  return arithmetic<arith::DivFOp, hl::DivOp>(a, b);
}

Expr argent::nn::operator%(Expr a, Expr b) {
  auto x = a.getInteger(), y = b.getInteger();
  if (x && y)
    return *x - floorDiv(*x, *y) * *y;
  if (y == 1)
    return 0;
  if ((a.isNumber() ? b : a).getType().isInteger(8))
    return arithmetic<arith::RemFOp, arith::RemUIOp>(a, b);
  return arithmetic<arith::RemFOp, hl::ModOp>(a, b);
}

Expr argent::nn::operator-(Expr a) {
  if (auto x = a.getInteger())
    return -*x;
  if (isa<FloatType>(a.getType()))
    return {*a.getKernel(), arith::NegFOp::create(a.getKernel()->getBuilder(), a.getKernel()->getLoc(),
                                                  a.materialize(*a.getKernel(), {}))};
  return Expr(0) - a;
}

Expr argent::nn::multiplyAdd(Expr sum, Expr a, Expr b) {
  KernelBuilder &kernel = *sum.getKernel();
  OpBuilder &builder = kernel.getBuilder();
  Value x = a.materialize(kernel, sum.getType()), y = b.materialize(kernel, sum.getType());
  if (isa<FloatType>(sum.getType())) {
    Value product = arith::MulFOp::create(builder, kernel.getLoc(), x, y, hl::kRegroups);
    return {kernel,
            arith::AddFOp::create(builder, kernel.getLoc(), sum.materialize(kernel, {}), product, hl::kRegroups)};
  }
  return sum + Expr(kernel, x) * Expr(kernel, y);
}

static Expr compare(Expr a, Expr b, arith::CmpFPredicate floatPredicate, arith::CmpIPredicate signedPredicate,
                    arith::CmpIPredicate unsignedPredicate) {
  KernelBuilder &kernel = a.isNumber() ? *b.getKernel() : *a.getKernel();
  Type type = a.isNumber() ? b.getType() : a.getType();
  Value lhs = a.materialize(kernel, type), rhs = b.materialize(kernel, type);
  OpBuilder &builder = kernel.getBuilder();
  if (isa<FloatType>(type))
    return {kernel, arith::CmpFOp::create(builder, kernel.getLoc(), floatPredicate, lhs, rhs)};
  bool isUnsigned = type.isInteger(8) || type.isInteger(1);
  return {kernel,
          arith::CmpIOp::create(builder, kernel.getLoc(), isUnsigned ? unsignedPredicate : signedPredicate, lhs, rhs)};
}

#define ARGENT_COMPARISON(symbol, f, i, u)                                                                             \
  Expr argent::nn::operator symbol(Expr a, Expr b) {                                                                   \
    if (a.getInteger() && b.getInteger())                                                                              \
      return int64_t(*a.getInteger() symbol * b.getInteger());                                                         \
    return compare(a, b, arith::CmpFPredicate::f, arith::CmpIPredicate::i, arith::CmpIPredicate::u);                   \
  }
ARGENT_COMPARISON(==, OEQ, eq, eq)
ARGENT_COMPARISON(!=, UNE, ne, ne)
ARGENT_COMPARISON(<, OLT, slt, ult)
ARGENT_COMPARISON(<=, OLE, sle, ule)
ARGENT_COMPARISON(>, OGT, sgt, ugt)
ARGENT_COMPARISON(>=, OGE, sge, uge)
#undef ARGENT_COMPARISON

Expr argent::nn::operator&&(Expr a, Expr b) {
  if (auto x = a.getInteger())
    return *x ? b : a;
  if (auto y = b.getInteger())
    return *y ? a : b;
  return arithmetic<arith::AddFOp, arith::AndIOp>(a, b);
}

Expr argent::nn::operator||(Expr a, Expr b) {
  if (auto x = a.getInteger())
    return *x ? a : b;
  if (auto y = b.getInteger())
    return *y ? b : a;
  return arithmetic<arith::AddFOp, arith::OrIOp>(a, b);
}

Expr argent::nn::operator!(Expr a) {
  if (auto x = a.getInteger())
    return int64_t(!*x);
  return arithmetic<arith::SubFOp, arith::XOrIOp>(a, Expr(1));
}

Expr argent::nn::max(Expr a, Expr b) {
  if (a.getInteger() && b.getInteger())
    return std::max(*a.getInteger(), *b.getInteger());
  if ((a.isNumber() ? b : a).getType().isInteger(8))
    return arithmetic<arith::MaxNumFOp, arith::MaxUIOp>(a, b);
  return arithmetic<arith::MaxNumFOp, arith::MaxSIOp>(a, b);
}

Expr argent::nn::min(Expr a, Expr b) {
  if (a.getInteger() && b.getInteger())
    return std::min(*a.getInteger(), *b.getInteger());
  if ((a.isNumber() ? b : a).getType().isInteger(8))
    return arithmetic<arith::MinNumFOp, arith::MinUIOp>(a, b);
  return arithmetic<arith::MinNumFOp, arith::MinSIOp>(a, b);
}

Expr argent::nn::clamp(Expr value, Expr low, Expr high) { return min(max(value, low), high); }

Expr argent::nn::select(Expr condition, Expr a, Expr b) {
  if (auto known = condition.getInteger())
    return *known ? a : b;
  KernelBuilder &kernel = *condition.getKernel();
  assert((!a.isNumber() || !b.isNumber()) && "select between two numbers: give one a type");
  Type type = a.isNumber() ? b.getType() : a.getType();
  return {kernel, arith::SelectOp::create(kernel.getBuilder(), kernel.getLoc(), condition.materialize(kernel, {}),
                                          a.materialize(kernel, type), b.materialize(kernel, type))};
}

template <typename MathOp> static Expr unary(Expr x) {
  KernelBuilder &kernel = *x.getKernel();
  return {kernel, MathOp::create(kernel.getBuilder(), kernel.getLoc(), x.materialize(kernel, {}))};
}
Expr argent::nn::exp(Expr x) { return unary<math::ExpOp>(x); }
Expr argent::nn::log(Expr x) { return unary<math::LogOp>(x); }

Expr argent::nn::cast(Expr x, Type type) {
  assert(!x.isNumber() && "a number has no type to cast from");
  Type from = x.getType();
  if (from == type)
    return x;
  KernelBuilder &kernel = *x.getKernel();
  OpBuilder &builder = kernel.getBuilder();
  Location loc = kernel.getLoc();
  Value value = x.materialize(kernel, {});
  auto isUnsigned = [](Type t) { return t.isInteger(1) || t.isInteger(8); };
  if (type.isInteger(1))
    return x != Expr(0);
  if (isa<FloatType>(from) && isa<FloatType>(type)) {
    unsigned fromBits = from.getIntOrFloatBitWidth(), bits = type.getIntOrFloatBitWidth();
    if (bits > fromBits)
      return {kernel, arith::ExtFOp::create(builder, loc, type, value)};
    if (bits < fromBits)
      return {kernel, arith::TruncFOp::create(builder, loc, type, value)};
    return cast(cast(x, builder.getF32Type()), type);
  }
  if (isa<FloatType>(from)) {
    if (isUnsigned(type))
      return {kernel, arith::FPToUIOp::create(builder, loc, type, value)};
    return {kernel, arith::FPToSIOp::create(builder, loc, type, value)};
  }
  if (isa<FloatType>(type)) {
    if (isUnsigned(from))
      return {kernel, arith::UIToFPOp::create(builder, loc, type, value)};
    return {kernel, arith::SIToFPOp::create(builder, loc, type, value)};
  }
  if (type.getIntOrFloatBitWidth() < from.getIntOrFloatBitWidth())
    return {kernel, arith::TruncIOp::create(builder, loc, type, value)};
  if (isUnsigned(from))
    return {kernel, arith::ExtUIOp::create(builder, loc, type, value)};
  return {kernel, arith::ExtSIOp::create(builder, loc, type, value)};
}
