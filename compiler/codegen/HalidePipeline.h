//===- HalidePipeline.h - hl operations as Halide's objects ----------------===//
// Internal to the translation: the state that its two halves share. HalideAlgorithm.cpp makes funcs, HalideSchedule.cpp
// schedules them.
#ifndef ARGENT_COMPILER_CODEGEN_HALIDEPIPELINE_H
#define ARGENT_COMPILER_CODEGEN_HALIDEPIPELINE_H

#include "dialects/hl/HL.h"

#include "Halide.h"

#include <set>

namespace argent {

/// A func and the names that its schedule may use.
struct HalideFunc {
  Halide::Func func;
  std::vector<std::string> axes;                     // outermost first, as hl names them
  std::map<std::string, std::string> renamed;        // hl's name -> Halide's, where they differ (wrappers of inputs)
  std::vector<std::set<std::string>> reductionLoops; // for each stage: names of loops over reduction variables

  std::string getHalideName(const std::string &name) const {
    auto found = renamed.find(name);
    return found == renamed.end() ? name : found->second;
  }
  Halide::VarOrRVar getLoop(size_t stage, llvm::StringRef name) const {
    return {getHalideName(name.str()), stage < reductionLoops.size() && reductionLoops[stage].count(name.str()) > 0};
  }
};

/// A pipeline while it is translated.
struct HalidePipeline {
  explicit HalidePipeline(hl::PipelineOp op) : op(op), batch("N") {}

  /// Makes inputs, funcs and outputs; a diagnostic stands at the op that has no translation.
  mlir::LogicalResult buildAlgorithm();
  /// Applies hl.schedule, hl.rfactor and hl.in in the order of the text.
  mlir::LogicalResult applySchedule();

  std::vector<Halide::Argument> getArguments();

  hl::PipelineOp op;
  Halide::Param<int> batch;
  llvm::DenseMap<mlir::Value, Halide::ImageParam> inputs;
  llvm::DenseMap<mlir::Value, HalideFunc> funcs;
  std::vector<Halide::Func> outputs;
  mlir::Operation *current = nullptr; // what an exception of Halide's is about
};

Halide::Type getHalideType(mlir::Type type);
/// The extent of dimension `d`, a number or a multiple of N.
Halide::Expr getExtent(hl::BufferType type, int64_t d, const Halide::Expr &batch);

} // namespace argent

#endif // ARGENT_COMPILER_CODEGEN_HALIDEPIPELINE_H
