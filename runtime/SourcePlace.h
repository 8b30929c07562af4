//===- SourcePlace.h - places in the source, for messages ------------------===//
#ifndef ARGENT_RUNTIME_SOURCEPLACE_H
#define ARGENT_RUNTIME_SOURCEPLACE_H

#include "runtime/Table.h"

namespace argent {

/// " (lenet5.ag:4:8: h = image |> conv2d(…)": file, line, column, and the line if the module has it; empty without a
/// location.
std::string placeText(const format::Module &module, const format::SourceLocation *location);

/// "`conv2d_1.weight` (lenet5.ag:4:8: …)".
std::string describeParameter(const format::Module &module, uint32_t index);

/// "`conv2d_1 tanh` (lenet5.ag:4:8: …)", by the first of the lines that the kernel computes.
std::string describeKernel(const format::Module &module, const format::Kernel &kernel);

} // namespace argent

#endif // ARGENT_RUNTIME_SOURCEPLACE_H
