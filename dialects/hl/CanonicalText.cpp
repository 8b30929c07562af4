//===- CanonicalText.cpp - a pipeline as text that decides its code --------===//
#include "dialects/hl/CanonicalText.h"

using namespace mlir;

namespace argent::hl {

bool isSchedule(Operation *op) { return isa<ScheduleOp, RfactorOp, InOp>(op); }

void eraseSchedule(PipelineOp pipeline) {
  // A schedule uses what directives before it make.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(pipeline.getBody().front())))
    if (isSchedule(&op))
      op.erase();
}

/// Leaves of the pipeline what decides its code.
static void makeCanonical(PipelineOp pipeline) {
  pipeline.setSymName("k");
  pipeline.removeKernelNameAttr();
  pipeline.removeOpsAttr();
  pipeline.removeFlopsAttr();
  pipeline.removeRoleAttr();
  pipeline.removeMinBatchAttr();
  pipeline.removeSmallAttr();
  pipeline.removeByHandAttr();
  int funcs = 0;
  pipeline->walk([&](Operation *op) {
    op->setDiscardableAttrs(DictionaryAttr::get(op->getContext()));
    if (auto func = dyn_cast<FuncOp>(op)) {
      func.setName("f" + std::to_string(funcs++));
      func.removeBoxAttr();
      func.removeBatchAttr();
      func.removeStageAttr();
    }
  });
}

static std::string print(PipelineOp pipeline) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  pipeline->print(stream, OpPrintingFlags().useLocalScope());
  stream << "\n";
  return text;
}

std::string getCanonicalText(PipelineOp pipeline) {
  OwningOpRef<PipelineOp> clone = pipeline.clone();
  makeCanonical(*clone);
  return print(*clone);
}

std::string getAlgorithmText(PipelineOp pipeline) {
  OwningOpRef<PipelineOp> clone = pipeline.clone();
  eraseSchedule(*clone);
  makeCanonical(*clone);
  return print(*clone);
}

} // namespace argent::hl
