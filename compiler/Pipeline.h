//===- Pipeline.h - the ordered list of passes -----------------------------===//
#ifndef ARGENT_COMPILER_PIPELINE_H
#define ARGENT_COMPILER_PIPELINE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"

#include <string>

namespace argent {

struct TimeReport;

/// How far the compiler goes: what `--emit` shows, and with Code what code generation reads.
enum class Stage { Graph, Hl, Schedule, Plan, Code };

struct PipelineOptions {
  std::string target = "host";
  std::string scheduleFile;     // --schedule; empty: the rules'
  TimeReport *report = nullptr; // receives the passes' times
};

/// Runs the passes up to and with `stage` for a target. Fails after diagnostics.
mlir::LogicalResult runPipeline(mlir::ModuleOp module, Stage stage, const PipelineOptions &options);

} // namespace argent

#endif // ARGENT_COMPILER_PIPELINE_H
