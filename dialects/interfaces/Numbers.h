//===- Numbers.h - what the elements of a value may be ----------------------===//
// Functions are finite wherever they are given finite numbers; a quotient is not, where the divisor may be 0.
// Differentiation asks which values that concerns: an element that no loss depends on may then be infinite or no number
// at all, and so may what is computed from it.
#ifndef ARGENT_DIALECTS_INTERFACES_NUMBERS_H
#define ARGENT_DIALECTS_INTERFACES_NUMBERS_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/BitmaskEnum.h"

namespace argent {

LLVM_ENABLE_BITMASK_ENUMS_IN_NAMESPACE();

enum class Numbers : unsigned {
  none = 0,
  negative = 1,
  zero = 2,
  positive = 4,
  notNegative = 6, // any of the two before
  finite = 7,      // any of the three
  notFinite = 8,
  LLVM_MARK_AS_BITMASK_ENUM(notFinite)
};

/// Where a function that levels off on both sides is nearly level: at results below and above these.
struct Saturation {
  double below, above;
};

/// What the results of `op` may hold, if its operands hold `operands`.
Numbers inferNumbers(mlir::Operation *op, llvm::ArrayRef<Numbers> operands);

// Arithmetic on finite numbers of which only the signs are known: what NumbersOpInterface is answered with.
namespace numbers {

inline bool may(Numbers numbers, Numbers what) { return (numbers & what) != Numbers::none; }
inline Numbers when(bool condition, Numbers what) { return condition ? what : Numbers::none; }

Numbers negate(Numbers a);
Numbers abs(Numbers a);
/// A sum is 0 only of zeros or of both signs: what is added to 0 stays what it is.
Numbers add(Numbers a, Numbers b);
/// A product of small numbers is 0, too.
Numbers multiply(Numbers a, Numbers b);
Numbers max(Numbers a, Numbers b);
Numbers min(Numbers a, Numbers b);

} // namespace numbers
} // namespace argent

#endif // ARGENT_DIALECTS_INTERFACES_NUMBERS_H
