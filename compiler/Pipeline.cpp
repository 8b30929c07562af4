//===- Pipeline.cpp - the ordered list of passes ---------------------------===//
#include "compiler/Pipeline.h"

#include "compiler/Passes.h"
#include "compiler/TimeReport.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

namespace argent {

namespace {

struct Step {
  Stage stage;      // the first stage that needs it
  const char *pass; // as argent-opt names it; %target% is replaced
};

/// THE order. Each constraint is stated where it binds.
constexpr Step kSteps[] = {
    // Reads the frontend's names, before ops are joined or dropped.
    {Stage::Graph, "nn-describe-layers"},
    // Constants fold before differentiation, which would copy their arithmetic.
    {Stage::Graph, "nn-simplify"},
    // Reads nn.optimize; everything below sees gradients as ordinary ops.
    {Stage::Graph, "nn-differentiate"},
    {Stage::Graph, "nn-simplify"},
    // The flat arenas' size depends on the parameters' layouts, so packing comes before the optimizer.
    {Stage::Graph, "nn-pack-parameters"},
    {Stage::Graph, "nn-insert-optimizer"},
    {Stage::Graph, "nn-simplify"},
    // Last on the graph: regions hide ops from the patterns above.
    {Stage::Graph, "nn-fuse"},
    // Looks at whole kernels: who produces what a window reads.
    {Stage::Graph, "nn-layout"},
    {Stage::Hl, "lower-to-hl"},
    // Before scheduling, because it adds the kernels of @pack and @unpack.
    {Stage::Plan, "plan"},
    {Stage::Schedule, "hl-schedule{target=%target%}"},
    // In the place of some of the rules' schedules; nothing if there is no file.
    {Stage::Schedule, "hl-replace-schedules"},
    // Behind scheduling: rules recognise a computation better before its functions are spelled out.
    {Stage::Code, "hl-expand-math"},
};

} // namespace

LogicalResult runPipeline(ModuleOp module, Stage stage, const PipelineOptions &options) {
  PassManager manager(module.getContext());
  std::string message;
  llvm::raw_string_ostream stream(message);
  for (const Step &step : kSteps) {
    if (step.stage > stage)
      continue;
    if (StringRef(step.pass) == "hl-replace-schedules") {
      // Not by text: a path may hold anything.
      if (!options.scheduleFile.empty())
        manager.addPass(createReplaceSchedules({options.scheduleFile}));
      continue;
    }
    auto [head, tail] = StringRef(step.pass).split("%target%");
    std::string pass = head.str() + (tail.empty() ? "" : options.target + tail.str());
    if (failed(parsePassPipeline(pass, manager, stream)))
      return emitError(module.getLoc()) << "the pass pipeline is wrong: " << message;
  }
  if (options.report)
    options.report->watch(manager);
  return manager.run(module);
}

} // namespace argent
