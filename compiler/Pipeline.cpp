//===- Pipeline.cpp - the ordered list of passes ---------------------------===//
#include "compiler/Pipeline.h"

#include "compiler/Passes.h"
#include "compiler/TimeReport.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;

namespace argent {

namespace {

using MakePass = std::unique_ptr<Pass> (*)(const PipelineOptions &);

struct Step {
  Stage stage;   // the first stage that needs it
  MakePass make; // null: the options need no such pass
};

/// A pass without options.
template <std::unique_ptr<Pass> (*create)()> std::unique_ptr<Pass> plain(const PipelineOptions &) { return create(); }

std::unique_ptr<Pass> schedule(const PipelineOptions &options) { return createScheduleKernels({options.target}); }

std::unique_ptr<Pass> replaceSchedules(const PipelineOptions &options) {
  return options.scheduleFile.empty() ? nullptr : createReplaceSchedules({options.scheduleFile});
}

template <std::unique_ptr<Pass> (*create)()> std::unique_ptr<Pass> forReport(const PipelineOptions &options) {
  return options.gradientReport ? create() : nullptr;
}

/// THE order. Each constraint is stated where it binds.
constexpr Step kSteps[] = {
    // Reads what frontends mark; everything below sees totals as ordinary results.
    {Stage::Nn, plain<createFindTotals>},
    // Reads the frontend's names, before ops are joined or dropped.
    {Stage::Graph, plain<createDescribeLayers>},
    // Constants fold before differentiation, which would copy their arithmetic.
    {Stage::Check, plain<createSimplify>},
    // What it adds is differentiated; behind simplification, so that what is simplified is the same with a report and
    // without: the training then is the same but for what its backward loops compute again.
    {Stage::Graph, forReport<createProbeLoops>},
    // Reads nn.optimize; everything below sees gradients as ordinary ops.
    {Stage::Check, plain<createDifferentiate>},
    // Before anything is made of the probes' zeros.
    {Stage::Graph, forReport<createReportGradients>},
    {Stage::Graph, plain<createSimplify>},
    // Reads the loops of gradients, too; what leaves them is merged below.
    {Stage::Graph, plain<createFission>},
    {Stage::Graph, plain<createSimplify>},
    // The flat arenas' size depends on the parameters' layouts, so packing comes before the optimizer.
    {Stage::Graph, plain<createPackParameters>},
    // For a check any layout will do.
    {Stage::Check, plain<createInsertOptimizer>},
    {Stage::Graph, plain<createSimplify>},
    // Last on the graph: regions hide ops from the patterns above.
    {Stage::Graph, plain<createFuse>},
    // Looks at whole kernels: who produces what a window reads.
    {Stage::Graph, plain<createLayout>},
    {Stage::Hl, plain<createLowerToHl>},
    // What schedules read: all kernels, and which of them write over an input.
    {Stage::Schedule, plain<createMakePackKernels>},
    {Stage::Schedule, plain<createStoreInPlace>},
    {Stage::Schedule, schedule},
    // In the place of some of the rules' schedules.
    {Stage::Schedule, replaceSchedules},
    // Launches the kernels that scheduling has made for small batches, too.
    {Stage::Plan, plain<createPlan>},
    // Behind scheduling: rules recognise a computation better before its functions are spelled out.
    {Stage::Code, plain<createExpandMath>},
};

} // namespace

LogicalResult runPipeline(ModuleOp module, Stage stage, const PipelineOptions &options) {
  for (const Step &step : kSteps) {
    if (step.stage > stage)
      continue;
    if (options.cancelled && options.cancelled())
      return failure();
    std::unique_ptr<Pass> pass = step.make(options);
    if (!pass)
      continue;
    PassManager manager(module.getContext());
    manager.addPass(std::move(pass));
    if (options.report)
      options.report->watch(manager);
    if (failed(manager.run(module)))
      return failure();
  }
  return success();
}

} // namespace argent
