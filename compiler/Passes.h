//===- Passes.h - the passes' constructors and registration ----------------===//
#ifndef ARGENT_COMPILER_PASSES_H
#define ARGENT_COMPILER_PASSES_H

#include "dialects/plan/Plan.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace argent {

#define GEN_PASS_DECL
#include "compiler/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/Passes.h.inc"

} // namespace argent

#endif // ARGENT_COMPILER_PASSES_H
