//===- ElementwiseNumbers.cpp - signs of what elementwise ops give ---------===//
// x holds what each operand's elements may be.
#include "dialects/nn/NN.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

// ARGENT_SIGNS(Op, expression of x)
#define ARGENT_SIGNS(Op, expression)                                                                                   \
  Numbers Op::inferSigns(ArrayRef<Numbers> x) { return expression; }

ARGENT_SIGNS(NegOp, numbers::negate(x[0]))
ARGENT_SIGNS(AbsOp, numbers::abs(x[0]))
ARGENT_SIGNS(ReluOp, numbers::max(x[0], Numbers::zero))
ARGENT_SIGNS(ExpOp, Numbers::notNegative)
ARGENT_SIGNS(SigmoidOp, Numbers::notNegative)
ARGENT_SIGNS(SoftplusOp, Numbers::notNegative)
ARGENT_SIGNS(SoftsignOp, x[0])
ARGENT_SIGNS(NormalCdfOp, Numbers::notNegative)
ARGENT_SIGNS(SqrtOp, numbers::max(x[0], Numbers::zero))
ARGENT_SIGNS(RsqrtOp, Numbers::positive)
ARGENT_SIGNS(AddOp, numbers::add(x[0], x[1]))
ARGENT_SIGNS(SubOp, numbers::add(x[0], numbers::negate(x[1])))
ARGENT_SIGNS(MulOp, getLhs() == getRhs() ? numbers::abs(x[0]) | Numbers::zero : numbers::multiply(x[0], x[1]))
ARGENT_SIGNS(DivOp, numbers::multiply(x[0], x[1]))
ARGENT_SIGNS(PowOp, numbers::may(x[0], Numbers::negative) ? Numbers::finite : Numbers::notNegative)
ARGENT_SIGNS(MaxOp, numbers::max(x[0], x[1]))
ARGENT_SIGNS(MinOp, numbers::min(x[0], x[1]))
ARGENT_SIGNS(SelectOp, x[1] | x[2])
#undef ARGENT_SIGNS

// Of the gates of an LSTM: Karpathy et al. 2015, Visualizing and Understanding Recurrent Networks, 4.2. Of functions to
// -1 … 1 the same distance from the limit.
Saturation SigmoidOp::getSaturation() { return {0.1, 0.9}; }
Saturation TanhOp::getSaturation() { return {-0.9, 0.9}; }
Saturation SoftsignOp::getSaturation() { return {-0.9, 0.9}; }

Numbers CastOp::inferSigns(ArrayRef<Numbers> x) {
  Type from = getElementTypeOrSelf(getX()), to = getElementTypeOrSelf(getType());
  if (from.isInteger(1) || from.isUnsignedInteger())
    return Numbers::notNegative;
  bool mayRoundToZero = isa<FloatType>(from) && to.getIntOrFloatBitWidth() < 64;
  return from == to ? x[0] : x[0] | numbers::when(mayRoundToZero, Numbers::zero);
}

/// A power of a power, as x ** k is written in products.
static bool isSquare(Value x) {
  auto product = x.getDefiningOp<MulOp>();
  return product && product.getLhs() == product.getRhs() && !matchPattern(product.getLhs(), m_Constant());
}

bool MulOp::makesNotFinite(ArrayRef<Numbers>) { return isSquare(getLhs()) || isSquare(getRhs()); }
bool DivOp::makesNotFinite(ArrayRef<Numbers> x) { return numbers::may(x[1], Numbers::zero); }
bool PowOp::makesNotFinite(ArrayRef<Numbers>) { return true; }
