//===- HalideArithmetic.cpp - arith and math as Halide's expressions -------===//
// Integers of arith are signless: Halide's Int is used for index arithmetic, which never overflows and which bounds
// inference understands; values that may wrap (loaded integers, bits) are added, subtracted and multiplied as UInt.
// Halide and LLVM regroup ordinary sums and products of floats, Halide's strict ones they leave as written: one is
// strict unless its flags allow more (law 4). Comparisons, minima and maxima round nothing: they are ordinary.
#include "compiler/codegen/HalideArithmetic.h"

#include "dialects/hl/Arithmetic.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace argent;
namespace H = Halide;

H::Type argent::getHalideType(mlir::Type type) {
  if (type.isBF16())
    return H::BFloat(16);
  if (auto number = dyn_cast<mlir::FloatType>(type))
    return H::Float(number.getWidth());
  if (type.isInteger(1))
    return H::Bool();
  return type.isUnsignedInteger() ? H::UInt(type.getIntOrFloatBitWidth()) : H::Int(type.getIntOrFloatBitWidth());
}

static H::Expr asUnsigned(const H::Expr &e) { return H::cast(e.type().with_code(H::Type::UInt), e); }
H::Expr argent::asSigned(const H::Expr &e) {
  return e.type().is_bool() ? e : H::cast(e.type().with_code(H::Type::Int), e);
}

static H::Expr getConstant(TypedAttr attr) {
  H::Type type = getHalideType(attr.getType());
  if (auto number = dyn_cast<FloatAttr>(attr))
    return H::Internal::FloatImm::make(type, number.getValueAsDouble());
  APInt bits = cast<IntegerAttr>(attr).getValue();
  if (type.is_bool())
    return H::Internal::make_bool(bits.getBoolValue());
  return H::Internal::IntImm::make(type, bits.getSExtValue());
}

H::Expr HalideValues::get(Value value) {
  auto found = values_.find(value);
  if (found != values_.end())
    return found->second;
  // A constant that stands in the pipeline's block.
  auto constant = cast<arith::ConstantOp>(value.getDefiningOp());
  return values_[value] = getConstant(constant.getValue());
}

H::Expr HalideValues::getUnsigned(Value value) { return asUnsigned(get(value)); }

bool HalideValues::mayWrap(Value value) {
  auto [entry, isNew] = wraps_.insert({value, false});
  if (!isNew)
    return entry->second;
  Operation *op = value.getDefiningOp();
  bool result = false;
  if (!op) // an axis
    result = false;
  else if (isa<hl::AtOp, hl::SelfOp, arith::XOrIOp, arith::OrIOp, arith::AndIOp, arith::ShLIOp, arith::ShRUIOp,
               arith::ShRSIOp, arith::MulUIExtendedOp, arith::MulSIExtendedOp, arith::TruncIOp, arith::BitcastOp>(op))
    result = true;
  else if (isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::SelectOp, arith::ExtSIOp, arith::ExtUIOp>(op))
    result = llvm::any_of(op->getOperands(),
                          [&](Value operand) { return operand.getType() == value.getType() && mayWrap(operand); });
  wraps_[value] = result;
  return result;
}

/// Halide's own rounds so that the remainder is not negative: the same for a positive divisor.
H::Expr argent::floorDivide(const H::Expr &a, const H::Expr &b) {
  if (H::Internal::is_positive_const(b))
    return a / b;
  H::Expr quotient = H::div_round_to_zero(a, b), remainder = H::mod_round_to_zero(a, b);
  return H::select(remainder != 0 && ((remainder < 0) != (b < 0)), quotient - 1, quotient);
}

H::Expr argent::floorModulo(const H::Expr &a, const H::Expr &b) {
  if (H::Internal::is_positive_const(b))
    return a % b;
  H::Expr remainder = H::mod_round_to_zero(a, b);
  return H::select(remainder != 0 && ((remainder < 0) != (b < 0)), remainder + b, remainder);
}

/// A float as an integer. Halide makes one of a cast of a cast to integers, also where the inner one is of a float,
/// whose value may not fit the outer type: a call between the two, which computes nothing, keeps them apart.
static H::Expr fromFloat(H::Type type, const H::Expr &e) {
  using H::Internal::Call;
  H::Expr integer = H::cast(type, e);
  return Call::make(type, Call::return_second, {H::Internal::make_zero(type), integer}, Call::PureIntrinsic);
}

static H::Expr compare(arith::CmpIPredicate predicate, H::Expr a, H::Expr b) {
  using P = arith::CmpIPredicate;
  if (predicate == P::ult || predicate == P::ule || predicate == P::ugt || predicate == P::uge) {
    H::Type type = a.type().with_code(H::Type::UInt);
    a = H::cast(type, a);
    b = H::cast(type, b);
  }
  switch (predicate) {
  case P::eq:
    return a == b;
  case P::ne:
    return a != b;
  case P::slt:
  case P::ult:
    return a < b;
  case P::sle:
  case P::ule:
    return a <= b;
  case P::sgt:
  case P::ugt:
    return a > b;
  case P::sge:
  case P::uge:
    return a >= b;
  }
  return {};
}

bool argent::isStrict(Operation &op) {
  return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp>(op) &&
         !bitEnumContainsAll(cast<arith::ArithFastMathInterface>(op).getFastMathFlagsAttr().getValue(), hl::kRegroups);
}

/// Numbers are finite (law 4), so that ordered and unordered comparisons agree. Undefined for those that only ask about
/// NaN.
static H::Expr compare(arith::CmpFPredicate predicate, const H::Expr &a, const H::Expr &b) {
  using P = arith::CmpFPredicate;
  switch (predicate) {
  case P::OEQ:
  case P::UEQ:
    return a == b;
  case P::ONE:
  case P::UNE:
    return a != b;
  case P::OLT:
  case P::ULT:
    return a < b;
  case P::OLE:
  case P::ULE:
    return a <= b;
  case P::OGT:
  case P::UGT:
    return a > b;
  case P::OGE:
  case P::UGE:
    return a >= b;
  case P::AlwaysFalse:
    return H::Internal::const_false();
  case P::AlwaysTrue:
    return H::Internal::const_true();
  case P::ORD:
  case P::UNO:
    return {};
  }
  return {};
}

LogicalResult HalideValues::translateArith(Operation &op) {
  auto lhs = [&] { return get(op.getOperand(0)); };
  auto rhs = [&] { return get(op.getOperand(1)); };
  auto resultType = [&] { return getHalideType(op.getResult(0).getType()); };
  auto isBool = [&] { return op.getResult(0).getType().isInteger(1); };
  // The operation on integers, as UInt where they may wrap.
  auto wrapping = [&](auto compute) -> H::Expr {
    if (isBool() || (!mayWrap(op.getOperand(0)) && !mayWrap(op.getOperand(1))))
      return compute(lhs(), rhs());
    return asSigned(compute(getUnsigned(op.getOperand(0)), getUnsigned(op.getOperand(1))));
  };
  auto unsignedly = [&](auto compute) -> H::Expr {
    return asSigned(compute(getUnsigned(op.getOperand(0)), getUnsigned(op.getOperand(1))));
  };
  using Call = H::Internal::Call;
  auto rounding = [&](Call::IntrinsicOp strict, auto compute) -> H::Expr {
    return isStrict(op) ? Call::make(resultType(), strict, {lhs(), rhs()}, Call::PureIntrinsic) : compute(lhs(), rhs());
  };
  H::Expr result =
      llvm::TypeSwitch<Operation *, H::Expr>(&op)
          .Case([&](arith::ConstantOp constant) { return getConstant(constant.getValue()); })
          .Case<arith::AddFOp>([&](auto) { return rounding(Call::strict_add, [](auto a, auto b) { return a + b; }); })
          .Case<arith::SubFOp>([&](auto) { return rounding(Call::strict_sub, [](auto a, auto b) { return a - b; }); })
          .Case<arith::MulFOp>([&](auto) { return rounding(Call::strict_mul, [](auto a, auto b) { return a * b; }); })
          .Case<arith::DivFOp>([&](auto) -> H::Expr {
            // Halide refuses the constant 0 as a divisor, which a constant tensor may hold and a number that f32 has
            // not is. To multiply with infinity is the same.
            if (H::Internal::is_const_zero(rhs())) {
              auto infinity = FloatAttr::get(op.getResult(0).getType(), std::numeric_limits<double>::infinity());
              return Call::make(resultType(), Call::strict_mul, {lhs(), getConstant(infinity)}, Call::PureIntrinsic);
            }
            return rounding(Call::strict_div, [](auto a, auto b) { return a / b; });
          })
          .Case<arith::NegFOp>([&](auto) { return -lhs(); })
          .Case<arith::MaximumFOp, arith::MaxNumFOp>([&](auto) { return H::max(lhs(), rhs()); })
          .Case<arith::MinimumFOp, arith::MinNumFOp>([&](auto) { return H::min(lhs(), rhs()); })
          .Case<arith::AddIOp>(
              [&](auto) { return isBool() ? lhs() != rhs() : wrapping([](auto a, auto b) { return a + b; }); })
          .Case<arith::SubIOp>(
              [&](auto) { return isBool() ? lhs() != rhs() : wrapping([](auto a, auto b) { return a - b; }); })
          .Case<arith::MulIOp>(
              [&](auto) { return isBool() ? lhs() && rhs() : wrapping([](auto a, auto b) { return a * b; }); })
          .Case<arith::DivSIOp>([&](auto) { return H::div_round_to_zero(lhs(), rhs()); })
          .Case<arith::RemSIOp>([&](auto) { return H::mod_round_to_zero(lhs(), rhs()); })
          .Case<arith::FloorDivSIOp>([&](auto) { return floorDivide(lhs(), rhs()); })
          .Case<arith::CeilDivSIOp>([&](auto) { return -floorDivide(-lhs(), rhs()); })
          .Case<arith::DivUIOp>([&](auto) { return unsignedly([](auto a, auto b) { return a / b; }); })
          .Case<arith::RemUIOp>([&](auto) { return unsignedly([](auto a, auto b) { return a % b; }); })
          .Case<arith::MaxSIOp>([&](auto) { return H::max(lhs(), rhs()); })
          .Case<arith::MinSIOp>([&](auto) { return H::min(lhs(), rhs()); })
          .Case<arith::MaxUIOp>([&](auto) { return unsignedly([](auto a, auto b) { return H::max(a, b); }); })
          .Case<arith::MinUIOp>([&](auto) { return unsignedly([](auto a, auto b) { return H::min(a, b); }); })
          .Case<arith::AndIOp>([&](auto) { return isBool() ? lhs() && rhs() : lhs() & rhs(); })
          .Case<arith::OrIOp>([&](auto) { return isBool() ? lhs() || rhs() : lhs() | rhs(); })
          .Case<arith::XOrIOp>([&](auto) { return isBool() ? lhs() != rhs() : lhs() ^ rhs(); })
          .Case<arith::ShLIOp>([&](auto) { return unsignedly([](auto a, auto b) { return a << b; }); })
          .Case<arith::ShRUIOp>([&](auto) { return unsignedly([](auto a, auto b) { return a >> b; }); })
          .Case<arith::ShRSIOp>([&](auto) { return lhs() >> getUnsigned(op.getOperand(1)); })
          .Case<arith::SelectOp>([&](auto) { return H::select(lhs(), rhs(), get(op.getOperand(2))); })
          .Case([&](arith::CmpIOp cmp) { return compare(cmp.getPredicate(), lhs(), rhs()); })
          .Case([&](arith::CmpFOp cmp) { return compare(cmp.getPredicate(), lhs(), rhs()); })
          .Case<arith::ExtFOp, arith::TruncFOp, arith::SIToFPOp, arith::TruncIOp>([&](auto) -> H::Expr {
            // i1 is signed: true is -1.
            if (isa<arith::SIToFPOp>(op) && lhs().type().is_bool())
              return -H::cast(resultType(), lhs());
            if (isBool())
              return (lhs() & 1) != 0;
            // LLVM makes one conversion of this one and of one from f64 before it: a call of a function that no image
            // has. Adding 0 keeps them apart.
            if (isa<arith::TruncFOp>(op) && resultType() == H::Float(16) && lhs().type() == H::Float(32))
              return H::cast(resultType(),
                             Call::make(lhs().type(), Call::strict_add, {lhs(), H::Internal::make_zero(lhs().type())},
                                        Call::PureIntrinsic));
            return H::cast(resultType(), lhs());
          })
          .Case<arith::ExtSIOp>([&](auto) -> H::Expr {
            return lhs().type().is_bool() ? -H::cast(resultType(), lhs()) : H::cast(resultType(), lhs());
          })
          .Case<arith::ExtUIOp, arith::UIToFPOp>([&](auto) { return H::cast(resultType(), asUnsigned(lhs())); })
          .Case<arith::FPToSIOp>([&](auto) { return fromFloat(resultType(), lhs()); })
          .Case<arith::FPToUIOp>(
              [&](auto) { return asSigned(fromFloat(resultType().with_code(H::Type::UInt), lhs())); })
          .Case<arith::BitcastOp>([&](auto) { return H::reinterpret(resultType(), lhs()); })
          .Default([](Operation *) { return H::Expr(); });
  if (result.defined()) {
    set(op.getResult(0), result);
    return success();
  }
  if (isa<arith::MulUIExtendedOp, arith::MulSIExtendedOp>(op) && lhs().type().bits() <= 32) {
    bool isUnsigned = isa<arith::MulUIExtendedOp>(op);
    H::Type narrow = lhs().type(), wide = narrow.with_bits(2 * narrow.bits());
    if (isUnsigned)
      wide = wide.with_code(H::Type::UInt);
    auto widen = [&](Value value) { return H::cast(wide, isUnsigned ? getUnsigned(value) : get(value)); };
    H::Expr product = widen(op.getOperand(0)) * widen(op.getOperand(1));
    set(op.getResult(0), H::cast(narrow, product));
    values_[op.getResult(1)] =
        H::cast(narrow, product >> H::Internal::make_const(wide.with_code(H::Type::UInt), narrow.bits()));
    return success();
  }
  return op.emitOpError("has no translation to Halide");
}

LogicalResult HalideValues::translateMath(Operation &op) {
  auto operand = [&](unsigned i) { return get(op.getOperand(i)); };
  H::Expr result = llvm::TypeSwitch<Operation *, H::Expr>(&op)
                       .Case<math::FmaOp>([&](auto) { return operand(0) * operand(1) + operand(2); })
                       .Case<math::SqrtOp>([&](auto) { return H::sqrt(operand(0)); })
                       .Case<math::FloorOp>([&](auto) { return H::floor(operand(0)); })
                       .Case<math::CeilOp>([&](auto) { return H::ceil(operand(0)); })
                       .Case<math::TruncOp>([&](auto) { return H::trunc(operand(0)); })
                       .Case<math::RoundEvenOp>([&](auto) { return H::round(operand(0)); })
                       .Case<math::AbsFOp>([&](auto) { return H::abs(operand(0)); })
                       .Case<math::AbsIOp>([&](auto) { return H::cast(operand(0).type(), H::abs(operand(0))); })
                       .Default([](Operation *) { return H::Expr(); });
  if (!result.defined())
    return op.emitOpError("has no translation to Halide: --hl-expand-math writes it as arithmetic");
  // Of bf16 Halide's functions give f32.
  set(op.getResult(0), H::cast(getHalideType(op.getResult(0).getType()), result));
  return success();
}

LogicalResult HalideValues::translate(Operation &op) {
  return isa<arith::ArithDialect>(op.getDialect()) ? translateArith(op) : translateMath(op);
}
