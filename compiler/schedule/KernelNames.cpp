//===- KernelNames.cpp - one name for each computation -----------------------===//
#include "compiler/schedule/ScheduleFile.h"
#include "dialects/hl/CanonicalText.h"

using namespace mlir;

namespace argent {

void nameKernels(ModuleOp module) {
  llvm::StringMap<SmallVector<std::string>> computations; // of each name
  for (auto pipeline : module.getOps<hl::PipelineOp>()) {
    std::string name = pipeline.getTitle().str(), text = hl::getAlgorithmText(pipeline);
    SmallVector<std::string> &known = computations[name];
    size_t index = llvm::find(known, text) - known.begin();
    if (index == known.size())
      known.push_back(std::move(text));
    if (index > 0)
      name += " #" + std::to_string(index + 1);
    pipeline.setKernelName(name);
  }
}

} // namespace argent
