//===- LowerToHl.cpp - nn.fused to hl.pipeline and nn.launch ---------------===//
//   1. Refuse compute ops that no nn.fused holds. A reshape of a dense value may stand alone: it is the same memory.
//   2. Each nn.fused, in order: its kernel is built at the end of the module (dialects/nn/kernel/KernelBuilder.h) and
//   launched in its place.
// Knows no op by name: the algorithms are in dialects/nn/ops/*Kernel.cpp. Leaves schedules to --hl-schedule.
#include "compiler/Passes.h"
#include "dialects/nn/kernel/KernelBuilder.h"

namespace argent {
#define GEN_PASS_DEF_LOWERTOHL
#include "compiler/Passes.h.inc"
} // namespace argent

using namespace mlir;
using namespace argent;

/// Letters, digits and single underscores of `name`.
static std::string asSymbol(StringRef name) {
  std::string symbol;
  for (char c : name) {
    char next = llvm::isAlnum(c) ? c : '_';
    if (next != '_' || (!symbol.empty() && symbol.back() != '_'))
      symbol += next;
  }
  while (!symbol.empty() && symbol.back() == '_')
    symbol.pop_back();
  return symbol;
}

/// Floating-point operations of the region: what does not depend on N, and what each of the batch adds.
static std::pair<int64_t, int64_t> countFlops(nn::FusedOp fused) {
  int64_t one = 0, two = 0;
  for (Operation &op : fused.getBody().front())
    if (auto cost = dyn_cast<CostOpInterface>(op)) {
      one += cost.getFlops(1);
      two += cost.getFlops(2);
    }
  return {2 * one - two, two - one};
}

namespace {
struct LowerToHl : argent::impl::LowerToHlBase<LowerToHl> {
  void runOnOperation() final {
    ModuleOp module = getOperation();
    bool isComplete = true;
    SmallVector<nn::FusedOp> kernels;
    module.walk([&](Operation *op) {
      if (auto fused = dyn_cast<nn::FusedOp>(op))
        kernels.push_back(fused);
      else if (isa<KernelOpInterface>(op) && !op->hasTrait<OpTrait::ConstantLike>() && !op->hasTrait<Relabeling>() &&
               !op->getParentOfType<nn::FusedOp>()) {
        op->emitOpError("is in no nn.fused: run --nn-fuse first");
        isComplete = false;
      }
    });
    if (!isComplete)
      return signalPassFailure();

    SymbolTable symbols(module);
    OpBuilder builder(&getContext());
    for (auto [number, fused] : llvm::enumerate(kernels)) {
      std::string symbol = "k" + std::to_string(number) + "_" + asSymbol(fused.getName());
      while (symbols.lookup(symbol))
        symbol += "x";
      builder.setInsertionPointToEnd(module.getBody());
      FailureOr<hl::PipelineOp> pipeline = nn::KernelBuilder::build(fused, builder, symbol);
      if (failed(pipeline))
        return signalPassFailure();
      describe(fused, *pipeline);
      symbols.insert(*pipeline);

      builder.setInsertionPoint(fused);
      auto launch = nn::LaunchOp::create(builder, fused.getLoc(), fused.getResultTypes(),
                                         builder.getArrayAttr(FlatSymbolRefAttr::get(pipeline->getSymNameAttr())),
                                         builder.getDenseI64ArrayAttr(1), fused.getNameAttr(), fused.getInputs(),
                                         fused.getOperandLayoutsAttr(), fused.getResultLayoutsAttr());
      fused.replaceAllUsesWith(launch.getResults());
      fused.erase();
    }
  }

  /// What reports and schedule rules want to know of the kernel.
  void describe(nn::FusedOp fused, hl::PipelineOp pipeline) {
    Builder builder(&getContext());
    SmallVector<Attribute> ops;
    for (Operation &op : fused.getBody().front().without_terminator())
      ops.push_back(builder.getStringAttr(op.getName().stripDialect()));
    auto [constant, forEach] = countFlops(fused);
    pipeline->setAttr("kernel_name", fused.getNameAttr());
    pipeline->setAttr("ops", builder.getArrayAttr(ops));
    pipeline->setAttr("flops", builder.getDenseI64ArrayAttr({constant, forEach}));
  }
};
} // namespace
