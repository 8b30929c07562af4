//===- Registration.h - all dialects and passes, for tools -----------------===//
#ifndef ARGENT_COMPILER_REGISTRATION_H
#define ARGENT_COMPILER_REGISTRATION_H

#include "mlir/IR/Dialect.h"

namespace argent {

/// Every dialect that argent-opt reads.
void registerAll(mlir::DialectRegistry &registry);
/// Every pass of Passes.td, and the upstream canonicalizer and CSE.
void registerPasses();

} // namespace argent

#endif // ARGENT_COMPILER_REGISTRATION_H
