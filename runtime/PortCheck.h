//===- PortCheck.h - whether a caller's tensors fit ports and parameters ---===//
#ifndef ARGENT_RUNTIME_PORTCHECK_H
#define ARGENT_RUNTIME_PORTCHECK_H

#include "argent/Status.h"
#include "runtime/Table.h"

#include <span>

namespace argent {

/// Checks number, types and shapes of inputs and outputs, that no output overlaps an input or another output, and the
/// values of inputs that have a range. N is what the shapes say, the same everywhere; 1 when no port has it.
///
/// Errors: kInvalidArgument, naming the entry point, the port, what was expected and what was found.
Status checkCall(const format::EntryPoint &entry, std::span<const TensorView> inputs,
                 std::span<const TensorView> outputs, int64_t maxBatch, int64_t &n);

/// Checks that a tensor has the type and shape of a parameter or state, in a session for at most `maxBatch` rows.
///
/// Errors: kInvalidArgument, naming the parameter, its type and what was found.
Status checkValue(const format::Parameter &parameter, int64_t maxBatch, const TensorView &value);

} // namespace argent

#endif // ARGENT_RUNTIME_PORTCHECK_H
