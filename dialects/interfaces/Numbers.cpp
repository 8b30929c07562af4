//===- Numbers.cpp - signs of sums and products ----------------------------===//
#include "dialects/interfaces/Numbers.h"

#include "dialects/interfaces/Interfaces.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace argent {
namespace numbers {

Numbers negate(Numbers a) {
  return (a & Numbers::zero) | when(may(a, Numbers::negative), Numbers::positive) |
         when(may(a, Numbers::positive), Numbers::negative);
}

Numbers abs(Numbers a) { return (a & Numbers::notNegative) | when(may(a, Numbers::negative), Numbers::positive); }

Numbers add(Numbers a, Numbers b) {
  bool cancels = (may(a, Numbers::negative) && may(b, Numbers::positive)) ||
                 (may(a, Numbers::positive) && may(b, Numbers::negative));
  return ((a | b) & (Numbers::negative | Numbers::positive)) |
         when(cancels || may(a & b, Numbers::zero), Numbers::zero);
}

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

} // namespace numbers

/// Those of all operands with the element type of the result: what a rearrangement may put anywhere.
static Numbers ofElements(Operation *op, ArrayRef<Numbers> operands) {
  Numbers result = Numbers::none;
  for (auto [operand, numbers] : llvm::zip(op->getOperands(), operands))
    if (getElementTypeOrSelf(operand) == getElementTypeOrSelf(op->getResult(0)))
      result |= numbers;
  return result;
}

static Numbers inferSigns(Operation *op, ArrayRef<Numbers> operands) {
  if (auto known = dyn_cast<NumbersOpInterface>(op))
    return known.inferSigns(operands);
  return op->hasTrait<Rearranging>() ? ofElements(op, operands) : Numbers::finite;
}

Numbers inferNumbers(Operation *op, ArrayRef<Numbers> operands) {
  SmallVector<Numbers> signs = llvm::map_to_vector(operands, [](Numbers x) { return x & Numbers::finite; });
  // A product of matrices gathers from all rows: no mask behind it could leave out what is not finite, so its operands
  // are taken to be.
  bool passesOn = !op->hasTrait<Contracting>() &&
                  llvm::any_of(operands, [](Numbers x) { return numbers::may(x, Numbers::notFinite); });
  auto known = dyn_cast<NumbersOpInterface>(op);
  bool makes = known && known.makesNotFinite(signs);
  bool isFloat =
      llvm::any_of(op->getResultTypes(), [](Type type) { return isa<FloatType>(getElementTypeOrSelf(type)); });
  return inferSigns(op, signs) | numbers::when(isFloat && (passesOn || makes), Numbers::notFinite);
}

} // namespace argent
