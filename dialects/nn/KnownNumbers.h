//===- KnownNumbers.h - what the elements of a value may be ----------------===//
// Functions are finite wherever they are given finite numbers; a quotient is not, where the divisor may be 0.
// Differentiation asks which values that concerns: an element that no loss depends on may then be infinite or no number
// at all, and so may what is computed from it.
#ifndef ARGENT_DIALECTS_NN_KNOWNNUMBERS_H
#define ARGENT_DIALECTS_NN_KNOWNNUMBERS_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/BitmaskEnum.h"

namespace argent::nn {

LLVM_ENABLE_BITMASK_ENUMS_IN_NAMESPACE();

enum class Numbers : unsigned {
  none = 0,
  negative = 1,
  zero = 2,
  positive = 4,
  finite = 7, // any of these
  notFinite = 8,
  LLVM_MARK_AS_BITMASK_ENUM(notFinite)
};

/// What the results of `op` may hold, if its operands hold `operands`. An op that is not told apart may give any finite
/// number.
Numbers inferNumbers(mlir::Operation *op, llvm::ArrayRef<Numbers> operands);

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_KNOWNNUMBERS_H
