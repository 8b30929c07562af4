//===- KnownNumbers.cpp - signs of sums, products and functions ------------===//
#include "dialects/nn/KnownNumbers.h"

#include "dialects/nn/Constants.h"
#include "dialects/nn/NN.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace argent::nn {
namespace {

constexpr Numbers notNegative = Numbers::zero | Numbers::positive;

bool may(Numbers numbers, Numbers what) { return (numbers & what) != Numbers::none; }
Numbers when(bool condition, Numbers what) { return condition ? what : Numbers::none; }

Numbers negate(Numbers a) {
  return (a & Numbers::zero) | when(may(a, Numbers::negative), Numbers::positive) |
         when(may(a, Numbers::positive), Numbers::negative);
}
Numbers abs(Numbers a) { return (a & notNegative) | when(may(a, Numbers::negative), Numbers::positive); }

/// A sum is 0 only of zeros or of both signs: what is added to 0 stays what it is.
Numbers add(Numbers a, Numbers b) {
  bool cancels = (may(a, Numbers::negative) && may(b, Numbers::positive)) ||
                 (may(a, Numbers::positive) && may(b, Numbers::negative));
  return ((a | b) & (Numbers::negative | Numbers::positive)) |
         when(cancels || may(a & b, Numbers::zero), Numbers::zero);
}

/// A product of small numbers is 0, too.
Numbers multiply(Numbers a, Numbers b) {
  auto meet = [&](Numbers ofA, Numbers ofB) { return may(a, ofA) && may(b, ofB); };
  return Numbers::zero |
         when(meet(Numbers::positive, Numbers::positive) || meet(Numbers::negative, Numbers::negative),
              Numbers::positive) |
         when(meet(Numbers::positive, Numbers::negative) || meet(Numbers::negative, Numbers::positive),
              Numbers::negative);
}

Numbers max(Numbers a, Numbers b) {
  auto isAtMostZero = [](Numbers n) { return may(n, Numbers::negative | Numbers::zero); };
  return ((a | b) & Numbers::positive) |
         when(may(a | b, Numbers::zero) && isAtMostZero(a) && isAtMostZero(b), Numbers::zero) |
         (a & b & Numbers::negative);
}
Numbers min(Numbers a, Numbers b) { return negate(max(negate(a), negate(b))); }

Numbers ofConstant(ConstantOp op) {
  auto value = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!value)
    return Numbers::finite;
  Numbers result = Numbers::none;
  auto include = [&](auto number) {
    result |= number < 0 ? Numbers::negative : number > 0 ? Numbers::positive : Numbers::zero;
  };
  if (isa<FloatType>(value.getElementType()))
    llvm::for_each(getFloats(value), include);
  else
    llvm::for_each(getIntegers(value), include);
  return result;
}

/// The signs of all operands with the element type of the result: what a move may put anywhere.
Numbers ofMove(Operation *op, ArrayRef<Numbers> x) {
  Numbers result = Numbers::none;
  for (auto [operand, numbers] : llvm::zip(op->getOperands(), x))
    if (getElementTypeOrSelf(operand.getType()) == getElementTypeOrSelf(op->getResult(0).getType()))
      result |= numbers;
  return result;
}

Numbers ofReduction(ReduceKind kind, Numbers x) {
  switch (kind) {
  case ReduceKind::sum:
    return add(x, x);
  case ReduceKind::prod:
    return x | multiply(x, x);
  case ReduceKind::max:
  case ReduceKind::min:
    return x;
  case ReduceKind::any:
  case ReduceKind::all:
    return notNegative;
  }
  llvm_unreachable("a kind of reduction");
}

Numbers ofCast(CastOp op, Numbers x) {
  Type from = getElementTypeOrSelf(op.getX()), to = getElementTypeOrSelf(op.getType());
  if (from.isInteger(1) || from.isUnsignedInteger())
    return notNegative;
  bool mayRoundToZero = isa<FloatType>(from) && to.getIntOrFloatBitWidth() < 64;
  return from == to ? x : x | when(mayRoundToZero, Numbers::zero);
}

Numbers inferSigns(Operation *op, ArrayRef<Numbers> x) {
  if (op->getNumResults() != 1)
    return Numbers::finite;
  return TypeSwitch<Operation *, Numbers>(op)
      .Case([](ConstantOp constant) { return ofConstant(constant); })
      .Case([](IotaOp) { return notNegative; })
      .Case([](CountOp) { return Numbers::positive; })
      .Case([&](NegOp) { return negate(x[0]); })
      .Case([&](AbsOp) { return abs(x[0]); })
      .Case([&](ReluOp) { return max(x[0], Numbers::zero); })
      .Case<ExpOp, SigmoidOp, SoftplusOp, NormalCdfOp, SoftmaxOp>([](auto) { return notNegative; })
      .Case([&](SqrtOp) { return max(x[0], Numbers::zero); })
      .Case([](RsqrtOp) { return Numbers::positive; })
      .Case([&](AddOp) { return add(x[0], x[1]); })
      .Case([&](SubOp) { return add(x[0], negate(x[1])); })
      .Case([&](MulOp product) {
        return product.getLhs() == product.getRhs() ? abs(x[0]) | Numbers::zero : multiply(x[0], x[1]);
      })
      .Case([&](DivOp) { return multiply(x[0], x[1]); })
      .Case([&](PowOp) { return may(x[0], Numbers::negative) ? Numbers::finite : notNegative; })
      .Case([&](MaxOp) { return max(x[0], x[1]); })
      .Case([&](MinOp) { return min(x[0], x[1]); })
      .Case([&](SelectOp) { return x[1] | x[2]; })
      .Case([&](CastOp cast) { return ofCast(cast, x[0]); })
      .Case([&](ReduceOp reduce) { return ofReduction(reduce.getKind(), x[0]); })
      .Case<BroadcastOp, ReshapeOp, TransposeOp, SliceOp, ReverseOp, ConcatOp>([&](auto) { return ofMove(op, x); })
      .Default(Numbers::finite);
}

bool isSquare(Value x) {
  auto product = x.getDefiningOp<MulOp>();
  return product && product.getLhs() == product.getRhs() && !matchPattern(product.getLhs(), m_Constant());
}

/// Whether the op gives numbers that are not finite for ones that are. Of what may overflow, powers are asked about (x
/// ** k is products of squares): masks are put before those. Other sums and products are not: every product would pay
/// for it.
bool makesNotFinite(Operation *op, ArrayRef<Numbers> x) {
  if (auto product = dyn_cast<MulOp>(op))
    return isSquare(product.getLhs()) || isSquare(product.getRhs());
  if (isa<DivOp>(op))
    return may(x[1], Numbers::zero);
  if (isa<PowOp>(op))
    return true;
  return false;
}

} // namespace

Numbers inferNumbers(Operation *op, ArrayRef<Numbers> operands) {
  SmallVector<Numbers> signs = llvm::map_to_vector(operands, [](Numbers x) { return x & Numbers::finite; });
  // A product of matrices gathers from all rows: no mask behind it could leave out what is not finite, so its operands
  // are taken to be.
  bool gathers = isa<ConvOp, ConvInputGradOp, ConvFilterGradOp, MatmulOp>(op);
  bool passesOn = !gathers && llvm::any_of(operands, [](Numbers x) { return may(x, Numbers::notFinite); });
  bool isFloat =
      llvm::any_of(op->getResultTypes(), [](Type type) { return isa<FloatType>(getElementTypeOrSelf(type)); });
  return inferSigns(op, signs) | when(isFloat && (passesOn || makesNotFinite(op, signs)), Numbers::notFinite);
}

} // namespace argent::nn
