//===- HalideAlgorithm.cpp - hl funcs as Halide::Funcs ---------------------===//
// Axes are reversed (Halide's first is the innermost). Integers of arith are signless: Halide's Int is used for index
// arithmetic, which never overflows and which bounds inference understands; values that may wrap (loaded integers,
// bits) are added, subtracted and multiplied as UInt. Halide and LLVM regroup ordinary sums and products of floats,
// Halide's strict ones they leave as written: one is strict unless its flags allow more (law 4). Comparisons, minima
// and maxima round nothing: they are ordinary.
#include "compiler/codegen/HalidePipeline.h"

#include "dialects/hl/Arithmetic.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
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

H::Expr argent::getExtent(hl::BufferType type, int64_t d, const H::Expr &batch) {
  if (!type.isBatch(d))
    return int(type.getShape()[d]);
  int64_t factor = type.getBatchFactor(d);
  return factor == 1 ? batch : batch * int(factor);
}

/// Dense and row-major: `dim` is Halide's, so dimension 0 is the last of the type. Bounds only where wanted (of a
/// tuple, for the first).
template <typename Param>
static void constrain(Param &param, hl::BufferType type, const H::Expr &batch, bool withBounds) {
  int64_t rank = type.getRank();
  H::Expr stride = 1;
  for (int64_t i = 0; i < rank; ++i) {
    int64_t d = rank - 1 - i;
    H::Expr extent = getExtent(type, d, batch);
    if (withBounds)
      param.dim(i).set_bounds(0, extent);
    param.dim(i).set_stride(stride);
    stride = H::Internal::simplify(stride * extent);
  }
}

/// Whether value `i` of the func is a result that is stored as unsigned integers.
static bool storesUnsigned(hl::FuncOp func, size_t i) {
  auto pipeline = func->getParentOfType<hl::PipelineOp>();
  size_t result = i;
  for (auto output : pipeline.getBody().getOps<hl::OutputOp>())
    for (Value value : output.getFuncs()) {
      if (value == func.getResult())
        return cast<hl::BufferType>(cast<TypeAttr>(pipeline.getResultTypes()[result]).getValue())
            .getElementType()
            .isUnsignedInteger();
      result += cast<hl::FuncType>(value.getType()).getElementTypes().size();
    }
  return false;
}

namespace {

/// Translates the body of one definition.
class Body {
public:
  Body(HalidePipeline &pipeline, hl::FuncOp func, HalideFunc &target)
      : pipeline(pipeline), func(func), target(target) {}

  LogicalResult runInit();
  LogicalResult runUpdate(size_t index);

private:
  LogicalResult translate(Operation &op);
  LogicalResult translateArith(Operation &op);
  LogicalResult translateMath(Operation &op);
  LogicalResult translateLoad(hl::AtOp op);
  H::Expr get(Value value);
  /// What the definition stores, in the types of memory.
  SmallVector<H::Expr> getResults(hl::YieldOp yield) {
    SmallVector<H::Expr> results;
    for (auto [i, value] : llvm::enumerate(yield.getValues()))
      results.push_back(storesUnsigned(func, i) ? getUnsigned(value) : get(value));
    return results;
  }
  H::Expr getUnsigned(Value value) { return asUnsigned(get(value)); }
  static H::Expr asUnsigned(const H::Expr &e) { return H::cast(e.type().with_code(H::Type::UInt), e); }
  /// Integers in a body are Int, whatever memory holds.
  static H::Expr asBodyType(const H::Expr &e) { return e.type().is_uint() ? asSigned(e) : e; }
  static H::Expr asSigned(const H::Expr &e) {
    return e.type().is_bool() ? e : H::cast(e.type().with_code(H::Type::Int), e);
  }
  std::vector<H::Expr> getIndices(ValueRange indices);
  /// Whether the value is any number of its bits, so that sums of it may wrap.
  bool mayWrap(Value value);

  void set(Operation &op, const H::Expr &e) { values[op.getResult(0)] = e; }

  HalidePipeline &pipeline;
  hl::FuncOp func;
  HalideFunc &target;
  llvm::DenseMap<Value, H::Expr> values;
  llvm::DenseMap<Value, bool> wraps;
  H::RDom domain;
};

} // namespace

H::Expr Body::get(Value value) {
  auto found = values.find(value);
  if (found != values.end())
    return found->second;
  // A constant that stands in the pipeline's block.
  auto constant = cast<arith::ConstantOp>(value.getDefiningOp());
  (void)translate(*constant);
  return values[value];
}

std::vector<H::Expr> Body::getIndices(ValueRange indices) {
  std::vector<H::Expr> result;
  for (Value index : llvm::reverse(indices))
    result.push_back(get(index));
  return result;
}

bool Body::mayWrap(Value value) {
  auto [entry, isNew] = wraps.insert({value, false});
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
  wraps[value] = result;
  return result;
}

//===----------------------------------------------------------------------===//
// Loads
//===----------------------------------------------------------------------===//

LogicalResult Body::translateLoad(hl::AtOp op) {
  std::vector<H::Expr> indices = getIndices(op.getIndices());
  auto buffer = dyn_cast<hl::BufferType>(op.getSource().getType());
  if (!buffer) {
    H::Func &source = pipeline.funcs.find(op.getSource())->second.func;
    if (op.getNumResults() == 1) {
      values[op.getResult(0)] = asBodyType(source(indices));
      return success();
    }
    H::FuncRef reference = source(indices);
    for (auto [i, result] : llvm::enumerate(op.getResults()))
      values[result] = asBodyType(reference[int(i)]);
    return success();
  }
  H::ImageParam &source = pipeline.inputs.find(op.getSource())->second;
  H::Expr isInside;
  if (op.getClamped() || op.getOtherwise()) {
    int64_t rank = buffer.getRank();
    for (int64_t i = 0; i < rank; ++i) {
      H::Expr extent = getExtent(buffer, rank - 1 - i, pipeline.batch);
      H::Expr index = indices[i];
      if (op.getOtherwise()) {
        H::Expr here = index >= 0 && index < extent;
        isInside = isInside.defined() ? isInside && here : here;
      }
      // As in Halide's boundary conditions: `likely` makes the loop over the interior one without the test.
      indices[i] = H::clamp(H::likely(index), 0, extent - 1);
    }
  }
  H::Expr value = source(indices);
  value = asBodyType(value);
  if (isInside.defined())
    value = H::select(isInside, value, get(op.getOtherwise()));
  values[op.getResult(0)] = value;
  return success();
}

//===----------------------------------------------------------------------===//
// arith and math
//===----------------------------------------------------------------------===//

static H::Expr getConstant(TypedAttr attr) {
  H::Type type = getHalideType(attr.getType());
  if (auto number = dyn_cast<FloatAttr>(attr))
    return H::Internal::FloatImm::make(type, number.getValueAsDouble());
  APInt bits = cast<IntegerAttr>(attr).getValue();
  if (type.is_bool())
    return H::Internal::make_bool(bits.getBoolValue());
  return H::Internal::IntImm::make(type, bits.getSExtValue());
}

/// Division that rounds down. Halide's own rounds so that the remainder is not negative: the same for a positive
/// divisor.
static H::Expr floorDivide(const H::Expr &a, const H::Expr &b) {
  if (H::Internal::is_positive_const(b))
    return a / b;
  H::Expr quotient = H::div_round_to_zero(a, b), remainder = H::mod_round_to_zero(a, b);
  return H::select(remainder != 0 && ((remainder < 0) != (b < 0)), quotient - 1, quotient);
}

static H::Expr floorModulo(const H::Expr &a, const H::Expr &b) {
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

/// Whether the operation rounds as it stands, which Halide's ordinary one need not.
static bool isStrict(Operation &op) {
  return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp>(op) &&
         !bitEnumContainsAll(cast<arith::ArithFastMathInterface>(op).getFastMathFlagsAttr().getValue(), hl::regroups);
}

/// Whether an operand of it comes from what the func has stored.
static bool readsSelf(Operation &op) {
  llvm::SetVector<Operation *> slice;
  (void)getBackwardSlice(&op, &slice);
  return llvm::any_of(slice, llvm::IsaPred<hl::SelfOp>);
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

LogicalResult Body::translateArith(Operation &op) {
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
    set(op, result);
    return success();
  }
  if (isa<arith::MulUIExtendedOp, arith::MulSIExtendedOp>(op) && lhs().type().bits() <= 32) {
    bool isUnsigned = isa<arith::MulUIExtendedOp>(op);
    H::Type narrow = lhs().type(), wide = narrow.with_bits(2 * narrow.bits());
    if (isUnsigned)
      wide = wide.with_code(H::Type::UInt);
    auto widen = [&](Value value) { return H::cast(wide, isUnsigned ? getUnsigned(value) : get(value)); };
    H::Expr product = widen(op.getOperand(0)) * widen(op.getOperand(1));
    values[op.getResult(0)] = H::cast(narrow, product);
    values[op.getResult(1)] =
        H::cast(narrow, product >> H::Internal::make_const(wide.with_code(H::Type::UInt), narrow.bits()));
    return success();
  }
  return op.emitOpError("has no translation to Halide");
}

LogicalResult Body::translateMath(Operation &op) {
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
  set(op, H::cast(getHalideType(op.getResult(0).getType()), result));
  return success();
}

LogicalResult Body::translate(Operation &op) {
  pipeline.current = &op;
  if (isa<arith::ArithDialect>(op.getDialect()))
    return translateArith(op);
  if (isa<math::MathDialect>(op.getDialect()))
    return translateMath(op);
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](hl::AtOp at) { return translateLoad(at); })
      .Case([&](hl::SelfOp self) {
        std::vector<H::Expr> indices = getIndices(self.getIndices());
        if (self.getNumResults() == 1) {
          values[self.getResult(0)] = target.func(indices);
          return success();
        }
        H::FuncRef reference = target.func(indices);
        for (auto [i, result] : llvm::enumerate(self.getResults()))
          values[result] = reference[int(i)];
        return success();
      })
      .Case([&](hl::WhereOp where) {
        domain.where(get(where.getCondition()));
        return success();
      })
      .Case([&](hl::DivOp div) {
        set(op, floorDivide(get(div.getLhs()), get(div.getRhs())));
        return success();
      })
      .Case([&](hl::ModOp mod) {
        set(op, floorModulo(get(mod.getLhs()), get(mod.getRhs())));
        return success();
      })
      .Case([&](hl::UndefOp) {
        set(op, H::undef(getHalideType(op.getResult(0).getType())));
        return success();
      })
      .Case([&](hl::BatchOp batch) {
        set(op, pipeline.batch);
        return success();
      })
      .Default([](Operation *other) { return other->emitOpError("has no translation to Halide"); });
}

/// What the definition of a func is assigned.
static H::Tuple getTuple(ArrayRef<H::Expr> values) {
  return H::Tuple(std::vector<H::Expr>(values.begin(), values.end()));
}

LogicalResult Body::runInit() {
  Block &block = func.getInit().front();
  std::vector<H::Var> vars;
  for (auto [argument, name] : llvm::zip(block.getArguments(), target.axes)) {
    H::Var var(name);
    values[argument] = var;
    vars.insert(vars.begin(), var);
  }
  for (Operation &op : block.without_terminator())
    if (failed(translate(op)))
      return failure();
  pipeline.current = func;
  SmallVector<H::Expr> results = getResults(cast<hl::YieldOp>(block.back()));
  if (results.size() == 1)
    target.func(vars) = results[0];
  else
    target.func(vars) = getTuple(results);
  target.reductionLoops.emplace_back();
  return success();
}

LogicalResult Body::runUpdate(size_t index) {
  Block &block = func.getUpdates()[index].front();
  size_t rank = target.axes.size();
  for (auto [argument, name] : llvm::zip(block.getArguments(), target.axes))
    values[argument] = H::Var(name);

  // Outermost first in hl; Halide's domain begins with the innermost.
  auto names = llvm::to_vector(cast<ArrayAttr>(func.getRvars()[index]).getAsValueRange<StringAttr>());
  ArrayRef<int64_t> extents = cast<DenseI64ArrayAttr>(func.getExtents()[index]).asArrayRef();
  std::set<std::string> loops;
  if (!names.empty()) {
    std::vector<H::Internal::ReductionVariable> variables;
    for (size_t i = names.size(); i-- > 0;) {
      H::Expr extent = ShapedType::isDynamic(extents[i]) ? H::Expr(pipeline.batch) : H::Expr(int(extents[i]));
      variables.push_back({names[i].str(), 0, extent});
      loops.insert(names[i].str());
    }
    domain = H::RDom(H::Internal::ReductionDomain(variables));
    for (size_t i = 0; i < names.size(); ++i)
      values[block.getArgument(rank + i)] = H::RVar(domain.domain(), int(names.size() - 1 - i));
  }
  for (Operation &op : block.without_terminator()) {
    if (isa<hl::WhereOp>(op) && names.empty())
      return op.emitOpError("the update has no reduction variables to restrict");
    // Halide splits such an update into stores, and sees the loads that come before them only outside of its strict
    // operations.
    if (cast<hl::YieldOp>(block.back()).getValues().size() > 1 && isStrict(op) && readsSelf(op))
      return op.emitOpError(
                 "rounds what an update of several values has stored, which has no translation to Halide without ")
             << stringifyFastMathFlags(hl::regroups);
    if (failed(translate(op)))
      return failure();
  }
  pipeline.current = func;
  auto yield = cast<hl::YieldOp>(block.back());
  std::vector<H::Expr> indices = getIndices(
      yield.getIndices().empty() ? ValueRange(block.getArguments().take_front(rank)) : ValueRange(yield.getIndices()));
  SmallVector<H::Expr> results = getResults(yield);
  // Halide walks a domain whose variables it finds in the definition: a sum that is the same at every step counts them
  // all the same.
  auto findsDomain = [&](const H::Expr &e) { return !H::Internal::gather_rvariables(e).empty(); };
  if (!names.empty() && llvm::none_of(results, findsDomain) && llvm::none_of(indices, findsDomain))
    results[0] = H::select(H::RVar(domain.domain(), 0) >= 0, results[0], results[0]);
  if (results.size() == 1)
    target.func(indices) = results[0];
  else
    target.func(indices) = getTuple(results);
  target.reductionLoops.push_back(std::move(loops));
  return success();
}

//===----------------------------------------------------------------------===//
// The pipeline
//===----------------------------------------------------------------------===//

LogicalResult HalidePipeline::buildAlgorithm() {
  current = op;
  batch.set_min_value(1);
  Block &body = op.getBody().front();
  for (BlockArgument argument : body.getArguments()) {
    auto type = cast<hl::BufferType>(argument.getType());
    H::ImageParam param(getHalideType(type.getElementType()), int(type.getRank()),
                        "in" + std::to_string(argument.getArgNumber()));
    constrain(param, type, batch, /*withBounds=*/true);
    inputs[argument] = param;
  }
  hl::OutputOp output;
  for (Operation &child : body) {
    if (auto func = dyn_cast<hl::FuncOp>(child)) {
      HalideFunc result;
      result.func = H::Func(func.getName().str());
      for (StringRef axis : func.getVars().getAsValueRange<StringAttr>())
        result.axes.push_back(axis.str());
      HalideFunc &stored = funcs[func.getResult()] = std::move(result);
      if (failed(Body(*this, func, stored).runInit()))
        return failure();
      for (size_t i = 0; i < func.getUpdates().size(); ++i)
        if (failed(Body(*this, func, stored).runUpdate(i)))
          return failure();
    }
    if (auto found = dyn_cast<hl::OutputOp>(child))
      output = found;
  }

  current = output;
  size_t result = 0;
  for (Value value : output.getFuncs()) {
    if (!funcs.count(value))
      return output.emitOpError("names a func that a directive made: outputs are hl.func");
    HalideFunc &func = funcs.find(value)->second;
    auto elementTypes = cast<hl::FuncType>(value.getType()).getElementTypes();
    auto bufferOf = [&](size_t i) {
      return cast<hl::BufferType>(cast<TypeAttr>(op.getResultTypes()[result + i]).getValue());
    };
    std::vector<H::OutputImageParam> buffers = func.func.output_buffers();
    for (size_t i = 0; i < elementTypes.size(); ++i) {
      hl::BufferType type = bufferOf(i);
      constrain(buffers[i], type, batch, /*withBounds=*/i == 0);
      if (i > 0)
        continue;
      for (auto [d, axis] : llvm::enumerate(func.axes))
        func.func.bound(H::Var(axis), 0, getExtent(type, d, batch));
    }
    outputs.push_back(func.func);
    result += elementTypes.size();
  }
  return success();
}

std::vector<H::Argument> HalidePipeline::getArguments() {
  std::vector<H::Argument> arguments = {batch};
  for (BlockArgument argument : op.getBody().front().getArguments())
    arguments.push_back(inputs.find(argument)->second);
  return arguments;
}
