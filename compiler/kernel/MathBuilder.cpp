//===- MathBuilder.cpp - the parts of formulas that work on bits -----------===//
#include "compiler/kernel/MathBuilder.h"

using namespace mlir;
using namespace argent;

Number MathBuilder::polynomial(const Number &x, llvm::ArrayRef<double> coefficients) {
  Number result = number(coefficients.front());
  for (double coefficient : coefficients.drop_front())
    result = result * x + number(coefficient);
  return result;
}

Value MathBuilder::atExponent(Value n) {
  // Through i32 for f64 too: processors without AVX-512 convert no vectors to i64.
  if (!isSingle())
    n = make<arith::ExtSIOp>(builder_.getI64Type(), n);
  return make<arith::ShLIOp>(n, integer(getBitsType(), isSingle() ? 23 : 52));
}

Number MathBuilder::powerOfTwo(const Number &n) {
  return wrap(make<arith::BitcastOp>(type_, atExponent(addInteger(toInteger(n), isSingle() ? 127 : 1023))));
}

Number MathBuilder::scale(const Number &x, const Number &n) {
  Value bits = make<arith::BitcastOp>(getBitsType(), x.value);
  return wrap(make<arith::BitcastOp>(type_, make<arith::AddIOp>(bits, atExponent(toInteger(n)))));
}

Number MathBuilder::upperHalf(const Number &x) {
  Value bits = make<arith::BitcastOp>(getBitsType(), x.value);
  Value mask = integer(getBitsType(), -(int64_t(1) << (isSingle() ? 12 : 27)));
  return wrap(make<arith::BitcastOp>(type_, make<arith::AndIOp>(bits, mask)));
}

std::pair<Number, Number> MathBuilder::splitExponent(const Number &x) {
  Type bitsType = getBitsType();
  int64_t width = isSingle() ? 23 : 52;
  Value bits = make<arith::BitcastOp>(bitsType, x.value);
  Value exponent = make<arith::ShRUIOp>(bits, integer(bitsType, width));
  if (!isSingle())
    exponent = make<arith::TruncIOp>(builder_.getI32Type(), exponent);
  Number e = fromInteger(exponent) - number(isSingle() ? 126 : 1022);
  Value fraction = make<arith::AndIOp>(bits, integer(bitsType, (int64_t(1) << width) - 1));
  Value half = integer(bitsType, isSingle() ? 0x3f000000 : 0x3fe0000000000000);
  return {wrap(make<arith::BitcastOp>(type_, make<arith::OrIOp>(fraction, half))), e};
}

Value MathBuilder::hasBit(Value value, int32_t bit) {
  Type i32 = builder_.getI32Type();
  return make<arith::CmpIOp>(arith::CmpIPredicate::ne, make<arith::AndIOp>(value, integer(i32, bit)), integer(i32, 0));
}

std::optional<double> MathBuilder::getConstant(const Number &x) {
  FloatAttr attr;
  if (!matchPattern(x.value, m_Constant(&attr)))
    return std::nullopt;
  return attr.getValueAsDouble();
}
