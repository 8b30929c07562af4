//===- Schedule.cpp - a schedule for every pipeline ------------------------===//
//   1. Analyse the funcs.
//   2. Contractions get register tiles, with the funcs that store them and those that they load.
//   3. Other reductions are computed where their consumer's loop is, or at root.
//   4. Updates that store elsewhere than at their axes are computed at root.
//   5. What is left of the outputs gets the pointwise rule; all other funcs stay inline.
//   6. Where a tile over N needs a least batch, the pipeline's `min_batch`, a copy is scheduled for the smaller ones,
//      its `small`.
// Each rule decides first (X.h: a value) and writes its directives after.
// A pipeline that has schedule operations keeps them.
#include "compiler/Passes.h"
#include "compiler/schedule/Contraction.h"
#include "compiler/schedule/Pointwise.h"
#include "compiler/schedule/Reduction.h"
#include "compiler/schedule/Scatter.h"
#include "compiler/schedule/ScheduleFile.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_SCHEDULEKERNELS
#include "compiler/Passes.h.inc"

using namespace schedule;

namespace {

bool isScheduled(hl::PipelineOp pipeline) { return !pipeline.getBody().getOps<hl::ScheduleOp>().empty(); }

LogicalResult checkExtents(hl::PipelineOp pipeline) {
  for (auto func : pipeline.getBody().getOps<hl::FuncOp>())
    if (!func.getBox())
      return func.emitOpError("has no extents, which schedule rules need: `[%n in ?, %c in 16]`");
  return success();
}

/// Returns the least batch that the schedule holds for.
int64_t schedulePipeline(hl::PipelineOp op, const Target &target, bool smallBatch) {
  Pipeline pipeline(op);
  int64_t minBatch = 1;
  bool inplace = op.getInplace() && llvm::any_of(*op.getInplace(), [](int64_t input) { return input >= 0; });
  // Each decision sees what the earlier ones compute in the loops of its func.
  for (Func &func : pipeline.funcs)
    if (func.kind == Kind::Contraction) {
      ContractionDecision decision = decideContraction(func, target, smallBatch);
      minBatch = std::max(minBatch, decision.minBatch);
      writeContraction(func, decision, target);
    }
  for (Func &func : pipeline.funcs)
    if (func.kind == Kind::Reduction)
      writeReduction(func, decideReduction(func, target));
  for (Func &func : pipeline.funcs)
    if (func.kind == Kind::Scatter)
      writeScatter(func, decideScatter(func, target));
  for (Func *output : pipeline.outputs) {
    bool done = llvm::any_of(op.getBody().getOps<hl::ScheduleOp>(),
                             [&](hl::ScheduleOp schedule) { return schedule.getFunc() == output->op.getResult(); });
    if (output->kind == Kind::Pointwise && !done)
      writePointwise(*output, decidePointwise(*output, target, inplace));
  }
  // Directives that found nothing to say leave empty schedules behind.
  for (auto schedule : llvm::make_early_inc_range(op.getBody().getOps<hl::ScheduleOp>()))
    if (schedule.getBody().front().empty())
      schedule.erase();
  return minBatch;
}

class ScheduleKernelsPass : public impl::ScheduleKernelsBase<ScheduleKernelsPass> {
  using ScheduleKernelsBase::ScheduleKernelsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::Expected<Target> target = Target::parse(targetName);
    if (!target) {
      emitError(module.getLoc()) << llvm::toString(target.takeError());
      return signalPassFailure();
    }
    nameKernels(module);
    SymbolTable symbols(module);
    for (auto pipeline : llvm::make_early_inc_range(module.getOps<hl::PipelineOp>())) {
      if (isScheduled(pipeline))
        continue;
      if (failed(checkExtents(pipeline)))
        return signalPassFailure();
      hl::PipelineOp original = pipeline.clone();
      int64_t minBatch = schedulePipeline(pipeline, *target, /*smallBatch=*/false);
      if (minBatch <= 1) {
        original.erase();
        continue;
      }
      original.setKernelName((pipeline.getTitle() + ", small batches").str());
      original.setSymName((pipeline.getSymName() + "_small").str());
      symbols.insert(original, std::next(Block::iterator(pipeline)));
      schedulePipeline(original, *target, /*smallBatch=*/true);
      pipeline.setMinBatch(minBatch);
      pipeline.setSmall(original.getSymName());
    }
  }
};

} // namespace
} // namespace argent
