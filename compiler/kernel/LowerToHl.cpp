//===- LowerToHl.cpp - nn.fused to hl.pipeline and nn.launch ---------------===//
//   1. Refuse compute ops that no nn.fused holds. A reshape of a dense value may stand alone: it is the same memory.
//   2. Each nn.fused, in order: its kernel is built at the end of the module (dialects/nn/kernel/KernelBuilder.h) and
//      launched in its place.
// Knows no op by name: the algorithms are in dialects/nn/ops/*Kernel.cpp. Leaves schedules to --hl-schedule.
#include "compiler/Passes.h"
#include "compiler/kernel/Roles.h"
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

/// Floating-point operations of the region.
static Linear countFlops(nn::FusedOp fused) {
  Linear flops;
  for (Operation &op : fused.getBody().front())
    if (auto cost = dyn_cast<CostOpInterface>(op))
      flops += cost.getFlops();
  return flops;
}

namespace {
struct LowerToHl : argent::impl::LowerToHlBase<LowerToHl> {
  void runOnOperation() final {
    ModuleOp module = getOperation();
    bool isComplete = true;
    SmallVector<std::pair<nn::FusedOp, hl::Role>> kernels;
    llvm::DenseMap<Operation *, Roles> roles; // of each function
    for (auto function : module.getOps<func::FuncOp>())
      if (!function.isExternal())
        roles.try_emplace(function, function);
    module.walk([&](Operation *op) {
      if (auto fused = dyn_cast<nn::FusedOp>(op))
        kernels.push_back({fused, roles.at(op->getParentOfType<func::FuncOp>()).lookup(op)});
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
    for (auto [number, kernel] : llvm::enumerate(kernels)) {
      auto [fused, role] = kernel;
      std::string symbol = "k" + std::to_string(number) + "_" + asSymbol(fused.getName());
      while (symbols.lookup(symbol))
        symbol += "x";
      builder.setInsertionPointToEnd(module.getBody());
      FailureOr<hl::PipelineOp> pipeline = nn::KernelBuilder::build(fused, builder, symbol);
      if (failed(pipeline))
        return signalPassFailure();
      describe(fused, role, *pipeline);
      symbols.insert(*pipeline);

      builder.setInsertionPoint(fused);
      auto launch = nn::LaunchOp::create(builder, fused.getLoc(), fused.getResultTypes(), pipeline->getSymNameAttr(),
                                         fused.getNameAttr(), fused.getInputs(), fused.getOperandLayoutsAttr(),
                                         fused.getResultLayoutsAttr());
      fused.replaceAllUsesWith(launch.getResults());
      fused.erase();
    }
  }

  /// What reports and schedule rules want to know of the kernel.
  void describe(nn::FusedOp fused, hl::Role role, hl::PipelineOp pipeline) {
    Builder builder(&getContext());
    SmallVector<Attribute> ops;
    for (Operation &op : fused.getBody().front().without_terminator())
      ops.push_back(builder.getStringAttr(op.getName().stripDialect()));
    Linear flops = countFlops(fused);
    pipeline.setKernelNameAttr(fused.getNameAttr());
    pipeline.setOpsAttr(builder.getArrayAttr(ops));
    pipeline.setFlopsAttr(builder.getDenseI64ArrayAttr({flops.constant, flops.perBatch}));
    if (role != hl::Role::Forward)
      pipeline.setRole(role);
  }
};
} // namespace
