//===- VariantTables.h - a target's programs, arenas and kernels -----------===//
#ifndef ARGENT_COMPILER_EMIT_VARIANTTABLES_H
#define ARGENT_COMPILER_EMIT_VARIANTTABLES_H

#include "compiler/emit/ModuleWriter.h"
#include "runtime/module_generated.h"

namespace argent {

/// Everything of a variant but the place of its image in the file.
mlir::FailureOr<std::unique_ptr<format::VariantT>> makeVariant(const VariantSource &source);

} // namespace argent

#endif // ARGENT_COMPILER_EMIT_VARIANTTABLES_H
