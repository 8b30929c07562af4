//===- Pipeline.h - the ordered list of passes -----------------------------===//
#ifndef ARGENT_COMPILER_PIPELINE_H
#define ARGENT_COMPILER_PIPELINE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"

namespace argent {

/// How far the compiler goes: what `--emit` shows.
enum class Stage { Graph, Hl, Plan, Schedule };

/// Runs the passes up to and with `stage` for a target. Fails after diagnostics.
mlir::LogicalResult runPipeline(mlir::ModuleOp module, Stage stage, llvm::StringRef target);

} // namespace argent

#endif // ARGENT_COMPILER_PIPELINE_H
