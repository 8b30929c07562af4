//===- ReportGradients.cpp - the gradients of probes to their squares ----------------===//
//   1. Each result that is a probe's gradient becomes the sum of its squares for each step: in f64, since the square of
//      what vanishes is nothing in f32, and without the root, which of what is no number would be 0 here.
//   2. Take away what adds the probes, forward and backward, and the probes.
#include "compiler/Passes.h"
#include "dialects/nn/Probes.h"
#include "dialects/nn/gradient/GradientBuilder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "runtime/PortNames.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_REPORTGRADIENTS
#include "compiler/Passes.h.inc"

namespace {

/// `[A, T, *S]` to `[T]`, in loops of loops `[A, T0, T1, *S]` to `[T0, T1]`.
Value squaresOfSteps(OpBuilder &builder, Value gradient, unsigned loops) {
  nn::GradientBuilder b(builder, gradient.getLoc());
  SmallVector<int64_t> axes = {0};
  llvm::append_range(axes, nn::axisRange(1 + loops, nn::getDims(gradient.getType()).size()));
  Value exact = b.cast(gradient, builder.getF64Type());
  return b.reduce(nn::ReduceKind::sum, b.mul(exact, exact), axes, /*keepDims=*/false);
}

/// `value + probe` is `value`: in the loops that cut the probe, and in those of the gradient, which may compute it
/// again.
void removeAdditions(Value probe) {
  for (OpOperand &use : llvm::make_early_inc_range(probe.getUses())) {
    Operation *user = use.getOwner();
    if (auto scan = dyn_cast<nn::ScanOp>(user)) {
      removeAdditions(scan.getArgumentOf(use));
    } else if (user->hasTrait<Relabeling>()) {
      removeAdditions(user->getResult(0));
    } else {
      assert(user->hasTrait<Additive>() && "a probe is added");
      user->getResult(0).replaceAllUsesWith(user->getOperand(1 - use.getOperandNumber()));
      user->erase();
    }
  }
}

void reportSquares(func::FuncOp function) {
  Operation *terminator = function.front().getTerminator();
  OpBuilder builder(terminator);
  llvm::MapVector<StringAttr, BlockArgument> probes;
  for (BlockArgument argument : function.getArguments())
    if (auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), nn::kProbe))
      probes.insert({name, argument});
  if (probes.empty())
    return;

  SmallVector<Type> types(function.getResultTypes());
  for (unsigned i = 0; i != types.size(); ++i) {
    auto name = function.getResultAttrOfType<StringAttr>(i, nn::kProbe);
    if (!name)
      continue;
    BlockArgument probe = probes.lookup(name);
    auto loops = function.getArgAttrOfType<IntegerAttr>(probe.getArgNumber(), nn::kProbeLoops);
    const bool isReverse = bool(function.getArgAttr(probe.getArgNumber(), nn::kProbeReverse));
    Value squares = squaresOfSteps(builder, terminator->getOperand(i), static_cast<unsigned>(loops.getInt()));
    const std::string_view prefix = isReverse ? kReverseSquaresPrefix : kSquaresPrefix;
    terminator->setOperand(i, squares);
    types[i] = squares.getType();
    function.removeResultAttr(i, builder.getStringAttr(nn::kProbe));
    function.setResultAttr(i, "nn.name", builder.getStringAttr(std::string(prefix) + name.str()));
    function.setResultAttr(i, "nn.location", LocationAttr(probe.getLoc()));
  }
  function.setFunctionType(builder.getFunctionType(function.getArgumentTypes(), types));

  llvm::BitVector erased(function.getNumArguments());
  builder.setInsertionPointToStart(&function.front());
  for (auto &[name, probe] : probes) {
    removeAdditions(probe);
    // The loops still are given it, though nothing in them reads it.
    nn::GradientBuilder b(builder, probe.getLoc());
    probe.replaceAllUsesWith(b.broadcast(nn::makeSplat(builder, probe.getLoc(), probe.getType(), 0), probe.getType()));
    erased.set(probe.getArgNumber());
  }
  (void)function.eraseArguments(erased);
}

struct ReportGradients : impl::ReportGradientsBase<ReportGradients> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal())
        reportSquares(function);
  }
};

} // namespace
} // namespace argent
