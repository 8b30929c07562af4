//===- MathBuilder.cpp - the parts of formulas that work on bits -----------===//
#include "compiler/codegen/MathBuilder.h"

using namespace mlir;
using namespace argent;

Number MathBuilder::polynomial(const Number &x, llvm::ArrayRef<double> coefficients) {
  Number result = number(coefficients.front());
  for (double coefficient : coefficients.drop_front())
    result = result * x + number(coefficient);
  return result;
}

Number MathBuilder::powerOfTwo(const Number &n) {
  // Through i32 for f64 too: processors without AVX-512 convert no vectors to i64.
  Value exponent = make<arith::AddIOp>(make<arith::FPToSIOp>(builder.getI32Type(), n.value), integer(builder.getI32Type(), isSingle() ? 127 : 1023));
  if (!isSingle())
    exponent = make<arith::ExtSIOp>(builder.getI64Type(), exponent);
  Value bits = make<arith::ShLIOp>(exponent, integer(getBitsType(), isSingle() ? 23 : 52));
  return wrap(make<arith::BitcastOp>(type, bits));
}

std::pair<Number, Number> MathBuilder::splitExponent(const Number &x) {
  Type bitsType = getBitsType();
  int64_t width = isSingle() ? 23 : 52;
  Value bits = make<arith::BitcastOp>(bitsType, x.value);
  Value exponent = make<arith::ShRUIOp>(bits, integer(bitsType, width));
  if (!isSingle())
    exponent = make<arith::TruncIOp>(builder.getI32Type(), exponent);
  Number e = fromInteger(exponent) - number(isSingle() ? 126 : 1022);
  Value fraction = make<arith::AndIOp>(bits, integer(bitsType, (int64_t(1) << width) - 1));
  Value half = integer(bitsType, isSingle() ? 0x3f000000 : 0x3fe0000000000000);
  return {wrap(make<arith::BitcastOp>(type, make<arith::OrIOp>(fraction, half))), e};
}

Value MathBuilder::toEvenOctant(const Number &x) {
  Type i32 = builder.getI32Type();
  Value whole = make<arith::FPToSIOp>(i32, x.value);
  return make<arith::AndIOp>(make<arith::AddIOp>(whole, integer(i32, 1)), integer(i32, -2));
}

Value MathBuilder::hasBit(Value value, int32_t bit) {
  Type i32 = builder.getI32Type();
  return make<arith::CmpIOp>(arith::CmpIPredicate::ne, make<arith::AndIOp>(value, integer(i32, bit)), integer(i32, 0));
}

std::optional<double> MathBuilder::getConstant(const Number &x) {
  FloatAttr attr;
  if (!matchPattern(x.value, m_Constant(&attr)))
    return std::nullopt;
  return attr.getValueAsDouble();
}
