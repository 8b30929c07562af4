//===- HalidePipeline.h - hl operations as Halide's objects ----------------===//
// Internal to the translation: the state that its two halves share. HalideAlgorithm.cpp makes funcs, HalideSchedule.cpp
// schedules them.
#ifndef ARGENT_COMPILER_CODEGEN_HALIDEPIPELINE_H
#define ARGENT_COMPILER_CODEGEN_HALIDEPIPELINE_H

#include "dialects/hl/HL.h"

#include "Halide.h"

#include <set>

namespace argent {

/// What Halide calls the axis, reduction variable or loop that hl calls `name`. Halide joins names with dots: a loop
/// `s` that a split of `x` makes is "x.s" to it, and so is what its simplifier makes of the value of `x`; it takes one
/// for the other. None of the suffixes that it uses begins as these names do.
std::string getLoopName(llvm::StringRef name);
/// A text of Halide's with the names of loops as hl has them.
std::string withoutLoopNames(llvm::StringRef text);

/// A func and the names that its schedule may use.
struct HalideFunc {
  Halide::Func func;
  std::vector<std::string> axes;            // outermost first, as hl names them
  std::map<std::string, std::string> given; // hl's name -> Halide's, where Halide chose it (wrappers of inputs)
  std::vector<std::set<std::string>> reductionLoops; // for each stage: names of loops over reduction variables

  Halide::Var getAxis(llvm::StringRef name) const { return Halide::Var(getHalideName(name)); }
  Halide::VarOrRVar getLoop(size_t stage, llvm::StringRef name) const {
    return {getHalideName(name), stage < reductionLoops.size() && reductionLoops[stage].count(name.str()) > 0};
  }
  std::string getHalideName(llvm::StringRef name) const {
    auto found = given.find(name.str());
    return found == given.end() ? getLoopName(name) : found->second;
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

/// The extent of dimension `d`, a number or a multiple of N.
Halide::Expr getExtent(hl::BufferType type, int64_t d, const Halide::Expr &batch);

} // namespace argent

#endif // ARGENT_COMPILER_CODEGEN_HALIDEPIPELINE_H
