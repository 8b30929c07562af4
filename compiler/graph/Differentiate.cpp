//===- Differentiate.cpp - gradients of functions --------------------------===//
//   1. nn.optimize: differentiate the loss with respect to the parameters (dialects/nn/gradient/Reverse.h).
//   2. Hand the parameters' gradients to the optimizer; one that the loss does not depend on is an error at its
//      declaration.
//   3. The gradients of probes (--nn-probe-loops), arguments that a seed may depend on, are results.
//   4. stop_gradient has done its work.
#include "compiler/Passes.h"
#include "dialects/nn/Probes.h"
#include "dialects/nn/gradient/GradientBuilder.h"
#include "dialects/nn/gradient/Reverse.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"
#include <map>

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_DIFFERENTIATE
#include "compiler/Passes.h.inc"

namespace {

bool isFloat(Type type) { return isa<FloatType>(getElementTypeOrSelf(type)); }

SmallVector<BlockArgument> findProbes(func::FuncOp function) {
  return llvm::filter_to_vector(function.getArguments(), [&](BlockArgument argument) {
    return bool(function.getArgAttr(argument.getArgNumber(), nn::kProbe));
  });
}

void returnGradient(func::FuncOp function, BlockArgument probe, Value gradient) {
  Operation *terminator = function.front().getTerminator();
  NamedAttribute name(StringAttr::get(function.getContext(), nn::kProbe),
                      function.getArgAttr(probe.getArgNumber(), nn::kProbe));
  (void)function.insertResult(function.getNumResults(), gradient.getType(),
                              DictionaryAttr::get(function.getContext(), name));
  terminator->insertOperands(terminator->getNumOperands(), gradient);
}

/// Replaces nn.optimize by the gradients of all parameters of the module that are not frozen, and nn.update.
LogicalResult differentiateTraining(nn::OptimizeOp optimize) {
  // By path; one path may stand several times in the function.
  std::map<std::string, SmallVector<nn::ParameterOp>> parameters;
  SmallVector<Value> sources;
  optimize->getBlock()->walk([&](nn::ParameterOp parameter) {
    if (parameter.isFrozen())
      return;
    parameters[parameter.getPath().str()].push_back(parameter);
    sources.push_back(parameter.getY());
  });
  auto function = optimize->getParentOfType<func::FuncOp>();
  SmallVector<BlockArgument> probes = findProbes(function);
  llvm::append_range(sources, probes);
  OpBuilder builder(optimize);
  nn::Reverse reverse(builder, *optimize->getBlock(), nn::seedWithOne(builder, optimize.getLoss()), sources);
  if (failed(reverse.run()))
    return failure();

  bool hasFailed = false;
  auto unused = [&](nn::ParameterOp parameter) {
    parameter.emitError() << "the loss does not depend on the parameter \"" << parameter.getPath() << "\"";
    hasFailed = true;
  };
  for (auto &[path, declarations] : parameters) {
    Value sum;
    for (nn::ParameterOp parameter : declarations)
      if (Value gradient = reverse.getGradient(parameter.getY()))
        sum = sum ? nn::GradientBuilder(builder, gradient.getLoc()).add(sum, gradient) : gradient;
    if (!sum) {
      unused(declarations.front());
      continue;
    }
    Location location = nn::gradientLocation(declarations.front().getLoc(), declarations.front().getLoc());
    nn::GradientOp::create(builder, location, path, sum);
  }
  for (BlockArgument probe : probes)
    if (Value gradient = reverse.getGradient(probe))
      returnGradient(function, probe, gradient);
  // Those of the other functions, too, lie in the arena that the optimizer moves.
  llvm::StringSet<> reported;
  optimize->getParentOfType<ModuleOp>().walk([&](nn::ParameterOp parameter) {
    if (!parameter.isFrozen() && !parameters.count(parameter.getPath().str()) &&
        reported.insert(parameter.getPath()).second)
      unused(parameter);
  });
  if (hasFailed)
    return failure();

  auto update = nn::UpdateOp::create(builder, optimize.getLoc(), optimize.getNorm().getType(), optimize.getRate(),
                                     optimize.getUpdate(), optimize.getOptimizerAttr(), optimize.getClipNormAttr(),
                                     optimize.getClipValueAttr());
  optimize.replaceAllUsesWith(update.getNorm());
  optimize.erase();
  return success();
}

/// Adds to a function that returns one scalar the gradients of its float arguments as results.
LogicalResult differentiateArguments(func::FuncOp function) {
  auto terminator = cast<func::ReturnOp>(function.getBody().front().getTerminator());
  if (terminator.getNumOperands() != 1 || !isFloat(terminator.getOperandTypes().front()) ||
      cast<RankedTensorType>(terminator.getOperandTypes().front()).getRank() != 0)
    return function.emitError() << "wrt-arguments needs a function that returns one scalar";
  SmallVector<Value> sources(
      llvm::make_filter_range(function.getArguments(), [](Value argument) { return isFloat(argument.getType()); }));
  OpBuilder builder(terminator);
  nn::Reverse reverse(builder, function.front(), nn::seedWithOne(builder, terminator.getOperand(0)), sources);
  if (failed(reverse.run()))
    return failure();
  SmallVector<Value> results(terminator.getOperands());
  for (Value source : sources) {
    Value gradient = reverse.getGradient(source);
    if (!gradient)
      gradient = nn::makeSplat(builder, source.getLoc(), source.getType(), 0);
    results.push_back(nn::GradientBuilder(builder, source.getLoc()).broadcast(gradient, source.getType()));
  }
  for (auto [i, result] : llvm::enumerate(ArrayRef(results).drop_front()))
    if (failed(function.insertResult(1 + i, result.getType(), {})))
      return failure();
  terminator->setOperands(results);
  return success();
}

struct Differentiate : impl::DifferentiateBase<Differentiate> {
  using DifferentiateBase::DifferentiateBase;

  void runOnOperation() override {
    SmallVector<nn::OptimizeOp> optimizes;
    getOperation().walk([&](nn::OptimizeOp op) { optimizes.push_back(op); });
    for (nn::OptimizeOp optimize : optimizes)
      if (failed(differentiateTraining(optimize)))
        return signalPassFailure();
    if (wrtArguments)
      for (func::FuncOp function : getOperation().getOps<func::FuncOp>())
        if (!function.isExternal() && failed(differentiateArguments(function)))
          return signalPassFailure();
    nn::dropStopGradients(getOperation());
  }
};
} // namespace
} // namespace argent
