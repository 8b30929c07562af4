//===- KernelNames.cpp - one name for each computation -----------------------===//
#include "compiler/codegen/Kernels.h"
#include "compiler/schedule/ScheduleFile.h"

using namespace mlir;

namespace argent {

std::string kernelName(hl::PipelineOp pipeline) {
  auto name = pipeline->getAttrOfType<StringAttr>("kernel_name");
  return name && !name.getValue().empty() ? name.str() : pipeline.getSymName().str();
}

/// The computation without its schedule.
static std::string algorithmText(hl::PipelineOp pipeline) {
  OwningOpRef<hl::PipelineOp> clone = pipeline.clone();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(clone->getBody().front())))
    if (isa<hl::ScheduleOp, hl::RfactorOp, hl::InOp>(op))
      op.erase();
  return getCanonicalText(*clone);
}

void nameKernels(ModuleOp module) {
  llvm::StringMap<SmallVector<std::string>> computations; // of each name
  for (auto pipeline : module.getOps<hl::PipelineOp>()) {
    std::string name = kernelName(pipeline), text = algorithmText(pipeline);
    SmallVector<std::string> &known = computations[name];
    size_t index = llvm::find(known, text) - known.begin();
    if (index == known.size())
      known.push_back(std::move(text));
    if (index > 0)
      name += " #" + std::to_string(index + 1);
    pipeline->setAttr("kernel_name", StringAttr::get(module.getContext(), name));
  }
}

} // namespace argent
