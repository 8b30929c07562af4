//===- Arithmetic.h - the language's operators on values -------------------------------------------------------===//
//   Arithmetic.cpp        numbers, dimensions, bools, lists; which of them an operator works on
//   TensorArithmetic.cpp  tensors
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_ARITHMETIC_H
#define ARGENT_FRONTENDS_AG_EVALUATE_ARITHMETIC_H

#include "frontends/ag/evaluate/Tensors.h"

namespace argent::ag {

/// An operator on two values; `range` is what to mark. Left and right may carry what was written.
Value binary(Tensors &t, Operator op, const Given &left, const Given &right, Range range);
Value unary(Tensors &t, Operator op, const Given &operand, Range range);
/// Whether values are equal at compile time; nothing after an error.
std::optional<bool> equal(Context &context, const Value &a, const Value &b, Range range);

/// The same as `binary`, where a side is a tensor.
Value binaryOfTensors(Tensors &t, Operator op, const Given &left, const Given &right, Range range);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_ARITHMETIC_H
