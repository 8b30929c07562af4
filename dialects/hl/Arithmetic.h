//===- Arithmetic.h - what is not computed as written ----------------------===//
#ifndef ARGENT_DIALECTS_HL_ARITHMETIC_H
#define ARGENT_DIALECTS_HL_ARITHMETIC_H

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace argent::hl {

/// The flags of an operation of arith that may be regrouped with its neighbours that have them, too, and whose product
/// may be fused into the sum that it is added to (law 4): the multiply-adds of reductions and the polynomials of our
/// own functions. Every other sum, product or quotient rounds as it stands.
inline constexpr mlir::arith::FastMathFlags kRegroups =
    mlir::arith::FastMathFlags::reassoc | mlir::arith::FastMathFlags::contract;

} // namespace argent::hl

#endif // ARGENT_DIALECTS_HL_ARITHMETIC_H
