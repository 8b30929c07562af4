//===- Schedule.cpp - a schedule for every pipeline ------------------------===//
//   1. Analyse the funcs.
//   2. Contractions get register tiles, with the funcs that store them and those that they load.
//   3. Other reductions are computed where their consumer's loop is, or at root.
//   4. Updates that store elsewhere than at their axes are computed at root.
//   5. What is left of the outputs gets the pointwise rule; all other funcs stay inline.
//   6. Where a tile over N needs a least batch, the pipeline's attribute `min_batch`, a copy is scheduled for the
//   smaller ones, and the launches choose.
// A pipeline that has schedule operations keeps them.
#include "compiler/Passes.h"
#include "compiler/schedule/Rules.h"
#include "compiler/schedule/ScheduleFile.h"
#include "dialects/nn/NN.h"
#include "dialects/plan/Plan.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_SCHEDULEKERNELS
#include "compiler/Passes.h.inc"

using namespace schedule;

namespace {

bool isScheduled(hl::PipelineOp pipeline) { return !pipeline.getBody().getOps<hl::ScheduleOp>().empty(); }

/// A reduction for each point of a prefix of the output's axes (softmax's maximum and sum; an average's window) belongs
/// into the loop over them; any other is computed once, at root.
ReductionPlace placeReduction(Func &func) {
  Func *consumer = nullptr;
  for (Func *user : func.consumers) {
    while (!user->isOutput && user->kind == Kind::Pointwise && user->consumers.size() == 1)
      user = user->consumers.front();
    if (user->isOutput && user->kind == Kind::Pointwise)
      consumer = user;
    else {
      consumer = nullptr;
      break;
    }
  }
  Directives directives(func);
  int64_t shared = consumer ? std::min<int64_t>(func.rank(), consumer->rank() - 1) : 0;
  bool prefix = consumer && shared >= 1 && consumer->rank() <= func.rank() + 1 &&
                ArrayRef<int64_t>(func.box).take_front(shared) == ArrayRef<int64_t>(consumer->box).take_front(shared);
  // A loop that the pointwise rule splits into tasks has another name.
  if (prefix && shared == 1 && consumer->rank() == 2)
    directives.computeRoot();
  else if (prefix && shared >= 2) {
    directives.computeAt(consumer->op.getResult(), consumer->axes[shared - 1]);
    consumer->inside += func.work() * (kTaskMultiplyAdds / kTaskElements);
    return shared == func.rank() ? ReductionPlace::Point : ReductionPlace::Inside;
  } else
    directives.computeRoot();
  return ReductionPlace::Root;
}

Requirement schedulePipeline(hl::PipelineOp op, const Target &target, bool smallBatch) {
  Pipeline pipeline(op);
  Requirement requirement;
  bool inplace = op.getInplace() && llvm::any_of(*op.getInplace(), [](int64_t input) { return input >= 0; });
  for (Func &func : pipeline.funcs)
    if (func.kind == Kind::Contraction) {
      Requirement needed = scheduleContraction(func, pipeline, target, smallBatch);
      requirement.minBatch = std::max(requirement.minBatch, needed.minBatch);
    }
  for (Func &func : pipeline.funcs)
    if (func.kind == Kind::Reduction) {
      scheduleReduction(func, target, func.isOutput ? ReductionPlace::Root : placeReduction(func));
    }
  for (Func &func : pipeline.funcs)
    if (func.kind == Kind::Scatter) {
      if (!func.isOutput)
        Directives(func).boundToBox(func, func.rank() - 1).computeRoot();
      scheduleScatter(func, target);
    }
  for (Func *output : pipeline.outputs) {
    bool done = llvm::any_of(op.getBody().getOps<hl::ScheduleOp>(),
                             [&](hl::ScheduleOp schedule) { return schedule.getFunc() == output->op.getResult(); });
    if (output->kind == Kind::Pointwise && !done)
      schedulePointwise(*output, target, inplace);
  }
  // Directives that found nothing to say leave empty schedules behind.
  for (auto schedule : llvm::make_early_inc_range(op.getBody().getOps<hl::ScheduleOp>()))
    if (schedule.getBody().front().empty())
      schedule.erase();
  return requirement;
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
    // pipeline -> the copy for batches below the number
    llvm::StringMap<std::pair<FlatSymbolRefAttr, int64_t>> small;
    SymbolTable symbols(module);
    for (auto pipeline : llvm::make_early_inc_range(module.getOps<hl::PipelineOp>())) {
      if (isScheduled(pipeline))
        continue;
      hl::PipelineOp original = pipeline.clone();
      Requirement requirement = schedulePipeline(pipeline, *target, /*smallBatch=*/false);
      if (requirement.minBatch <= 1) {
        original.erase();
        continue;
      }
      pipeline->setAttr("min_batch", Builder(&getContext()).getI64IntegerAttr(requirement.minBatch));
      original->setAttr("kernel_name", StringAttr::get(&getContext(), kernelName(pipeline) + ", small batches"));
      original.setSymName((pipeline.getSymName() + "_small").str());
      symbols.insert(original, std::next(Block::iterator(pipeline)));
      schedulePipeline(original, *target, /*smallBatch=*/true);
      small[pipeline.getSymName()] = {FlatSymbolRefAttr::get(original.getSymNameAttr()), requirement.minBatch};
    }
    auto choose = [&](auto launch) {
      if (launch.getKernels().size() != 1)
        return;
      auto kernel = cast<FlatSymbolRefAttr>(launch.getKernels()[0]);
      auto found = small.find(kernel.getValue());
      if (found == small.end())
        return;
      Builder builder(&getContext());
      launch.setKernelsAttr(builder.getArrayAttr({found->second.first, kernel}));
      launch.setMinBatch(ArrayRef<int64_t>{1, found->second.second});
    };
    module.walk([&](Operation *op) {
      if (auto launch = dyn_cast<nn::LaunchOp>(op))
        choose(launch);
      else if (auto launch = dyn_cast<plan::LaunchOp>(op))
        choose(launch);
    });
  }
};

} // namespace
} // namespace argent
