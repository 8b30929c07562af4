//===- Pipeline.cpp - the ordered list of passes ---------------------------===//
#include "compiler/Pipeline.h"

#include "compiler/Passes.h"
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
    // Behind scheduling: rules recognise a computation better before its functions are spelled out.
    {Stage::Schedule, "hl-expand-math"},
};

} // namespace

LogicalResult runPipeline(ModuleOp module, Stage stage, StringRef target) {
  std::string text;
  for (const Step &step : kSteps) {
    if (step.stage > stage)
      continue;
    StringRef pass = step.pass;
    auto [head, tail] = pass.split("%target%");
    text += (text.empty() ? "" : ",") + head.str() + (tail.empty() ? "" : target.str() + tail.str());
  }
  PassManager manager(module.getContext());
  std::string message;
  llvm::raw_string_ostream stream(message);
  if (failed(parsePassPipeline(text, manager, stream)))
    return emitError(module.getLoc()) << "the pass pipeline is wrong: " << message;
  return manager.run(module);
}

} // namespace argent
