//===- Pipeline.h - the ordered list of passes -----------------------------===//
#ifndef ARGENT_COMPILER_PIPELINE_H
#define ARGENT_COMPILER_PIPELINE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <string>

namespace argent {

struct TimeReport;

/// How far the compiler goes: what `--emit` shows, and with Code what code generation reads. Check runs the passes that
/// a model may fail in, and none that only they do not need: what an editor is told, which has no target.
enum class Stage { Nn, Check, Graph, Hl, Schedule, Plan, Code };

struct PipelineOptions {
  std::string target = "host";
  std::string scheduleFile;                       // --schedule; empty: the rules'
  bool gradientReport = false;                    // --gradient-report: train_step says what one shows
  TimeReport *report = nullptr;                   // receives the passes' times
  llvm::function_ref<bool()> cancelled = nullptr; // asked between passes: whether to give up, without a diagnostic
};

/// Runs the passes up to and with `stage` for a target. Fails after diagnostics, or when it is cancelled.
mlir::LogicalResult runPipeline(mlir::ModuleOp module, Stage stage, const PipelineOptions &options);

} // namespace argent

#endif // ARGENT_COMPILER_PIPELINE_H
