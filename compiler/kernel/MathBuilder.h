//===- MathBuilder.h - arithmetic on floating-point values, written as such ---===//
// Builds arith operations with C++ operators, so that a formula looks like the one in its source. The operators allow
// what a polynomial gains from (law 4 of hl); an operation whose rounding matters is made `InOrder`. A sum or a product
// of more than two that may be regrouped, LLVM orders by what stands around it, otherwise on each target: all but one
// of its operations are made `InOrder`.
#ifndef ARGENT_COMPILER_KERNEL_MATHBUILDER_H
#define ARGENT_COMPILER_KERNEL_MATHBUILDER_H

#include "dialects/hl/Arithmetic.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"

namespace argent {

class MathBuilder;

/// A value of the builder's type.
struct Number {
  mlir::Value value;
  MathBuilder *builder = nullptr;
};

class MathBuilder {
public:
  MathBuilder(mlir::OpBuilder &builder, mlir::Location location, mlir::FloatType type)
      : builder_(builder), location_(location), type_(type) {}

  template <typename Op, typename... Args> mlir::Value make(Args &&...args) {
    return Op::create(builder_, location_, std::forward<Args>(args)...).getResult();
  }
  template <typename Op> Number binary(const Number &a, const Number &b) {
    return wrap(make<Op>(a.value, b.value, hl::kRegroups));
  }
  mlir::Value compare(mlir::arith::CmpFPredicate predicate, const Number &a, const Number &b) {
    return make<mlir::arith::CmpFOp>(predicate, a.value, b.value);
  }

  /// a - b, which is not reassociated with what a and b come from.
  Number subtractInOrder(const Number &a, const Number &b) { return wrap(make<mlir::arith::SubFOp>(a.value, b.value)); }

  /// a + b and a b, likewise.
  Number addInOrder(const Number &a, const Number &b) { return wrap(make<mlir::arith::AddFOp>(a.value, b.value)); }
  Number multiplyInOrder(const Number &a, const Number &b) { return wrap(make<mlir::arith::MulFOp>(a.value, b.value)); }

  Number wrap(mlir::Value value) { return {value, this}; }
  Number number(double value) { return wrap(make<mlir::arith::ConstantOp>(builder_.getFloatAttr(type_, value))); }
  bool isSingle() const { return type_.isF32(); }

  Number abs(const Number &x) { return wrap(make<mlir::math::AbsFOp>(x.value)); }
  Number floor(const Number &x) { return wrap(make<mlir::math::FloorOp>(x.value)); }
  Number round(const Number &x) { return wrap(make<mlir::math::RoundEvenOp>(x.value)); }
  Number sqrt(const Number &x) { return wrap(make<mlir::math::SqrtOp>(x.value)); }
  Number min(const Number &a, const Number &b) { return binary<mlir::arith::MinNumFOp>(a, b); }
  Number max(const Number &a, const Number &b) { return binary<mlir::arith::MaxNumFOp>(a, b); }
  Number clamp(const Number &x, double low, double high) { return min(max(x, number(low)), number(high)); }
  Number select(mlir::Value condition, const Number &a, const Number &b) {
    return wrap(make<mlir::arith::SelectOp>(condition, a.value, b.value));
  }
  mlir::Value both(mlir::Value a, mlir::Value b) { return make<mlir::arith::AndIOp>(a, b); }
  mlir::Value different(mlir::Value a, mlir::Value b) { return make<mlir::arith::XOrIOp>(a, b); }
  Number toDouble(const Number &x, MathBuilder &wide) {
    return wide.wrap(make<mlir::arith::ExtFOp>(wide.type_, x.value));
  }
  Number fromDouble(const Number &x) { return wrap(make<mlir::arith::TruncFOp>(type_, x.value)); }

  /// Horner's rule, the highest power first.
  Number polynomial(const Number &x, llvm::ArrayRef<double> coefficients);
  /// 2^n for a whole number n in the range of normal exponents; 0 for the one below.
  Number powerOfTwo(const Number &n);
  /// x 2^n for a whole number n of any type, where x and the result are normal.
  Number scale(const Number &x, const Number &n);
  /// x without the lower half of its significand: the square of what is left is exact.
  Number upperHalf(const Number &x);
  /// x = mantissa * 2^exponent with the mantissa in 0.5 … 1, for a normal positive x.
  std::pair<Number, Number> splitExponent(const Number &x);
  /// A whole number as an i32.
  mlir::Value toInteger(const Number &whole) { return make<mlir::arith::FPToSIOp>(builder_.getI32Type(), whole.value); }
  mlir::Value addInteger(mlir::Value whole, int32_t more) {
    return make<mlir::arith::AddIOp>(whole, integer(builder_.getI32Type(), more));
  }
  Number fromInteger(mlir::Value integer) { return wrap(make<mlir::arith::SIToFPOp>(type_, integer)); }
  mlir::Value hasBit(mlir::Value integer, int32_t bit);
  std::optional<double> getConstant(const Number &x);

protected:
  mlir::OpBuilder &builder_;
  mlir::Location location_;
  mlir::FloatType type_;

private:
  mlir::IntegerType getBitsType() { return builder_.getIntegerType(type_.getWidth()); }
  mlir::Value integer(mlir::Type integerType, int64_t value) {
    return make<mlir::arith::ConstantOp>(builder_.getIntegerAttr(integerType, value));
  }
  /// The whole number n where the exponent's bits are.
  mlir::Value atExponent(mlir::Value n);
};

inline Number operator+(const Number &a, const Number &b) { return a.builder->binary<mlir::arith::AddFOp>(a, b); }
inline Number operator-(const Number &a, const Number &b) { return a.builder->binary<mlir::arith::SubFOp>(a, b); }
inline Number operator*(const Number &a, const Number &b) { return a.builder->binary<mlir::arith::MulFOp>(a, b); }
inline Number operator/(const Number &a, const Number &b) { return a.builder->binary<mlir::arith::DivFOp>(a, b); }
inline Number operator-(const Number &a) { return a.builder->wrap(a.builder->make<mlir::arith::NegFOp>(a.value)); }
inline mlir::Value operator<(const Number &a, const Number &b) {
  return a.builder->compare(mlir::arith::CmpFPredicate::OLT, a, b);
}
inline mlir::Value operator<=(const Number &a, const Number &b) {
  return a.builder->compare(mlir::arith::CmpFPredicate::OLE, a, b);
}
inline mlir::Value operator==(const Number &a, const Number &b) {
  return a.builder->compare(mlir::arith::CmpFPredicate::OEQ, a, b);
}
inline mlir::Value operator>(const Number &a, const Number &b) {
  return a.builder->compare(mlir::arith::CmpFPredicate::OGT, a, b);
}

} // namespace argent

#endif // ARGENT_COMPILER_KERNEL_MATHBUILDER_H
