//===- Interpreter.cpp - runs a function of nn ops -------------------------===//
#include "dialects/interpreter/Interpreter.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/Optimizer.h"
#include "llvm/ADT/StringMap.h"

#include <algorithm>
#include <limits>

using namespace mlir;

namespace argent::nn {

Reference::Reference(ArrayRef<int64_t> shape, double value)
    : shape(shape), values(static_cast<size_t>(llvm::product_of(shape)), value) {}

SmallVector<int64_t> Interpreter::shapeOf(Value value) const {
  return llvm::map_to_vector(getDims(value.getType()), [&](Dim dim) { return dim.at(batch_); });
}

FailureOr<std::vector<Reference>> Interpreter::run(func::FuncOp function, ArrayRef<Reference> inputs) {
  if (inputs.size() != function.getNumArguments())
    return function.emitError() << "expected " << function.getNumArguments() << " inputs, found " << inputs.size();
  for (auto [argument, input] : llvm::zip(function.getArguments(), inputs)) {
    Dims dims = getDims(argument.getType());
    for (size_t i = 0; i < dims.size() && i < input.shape.size(); ++i)
      if (dims[i].isOpen)
        batch_ = input.shape[i] / dims[i].size;
  }
  values_.clear();
  for (auto [argument, input] : llvm::zip(function.getArguments(), inputs)) {
    if (shapeOf(argument) != input.shape || llvm::product_of(input.shape) != static_cast<int64_t>(input.values.size()))
      return function.emitError() << "an input of [" << ArrayRef(input.shape) << "] is no " << argument.getType();
    values_[argument] = input;
  }
  Block &body = function.getBody().front();
  if (failed(runBlock(body)))
    return failure();
  std::vector<Reference> results;
  for (Value result : body.getTerminator()->getOperands())
    results.push_back(values_[result]);
  return results;
}

LogicalResult Interpreter::runBlock(Block &block) {
  for (Operation &op : block.without_terminator())
    if (failed(runOp(&op)))
      return failure();
  return success();
}

FailureOr<Reference> Interpreter::variable(Operation *op, StringRef path, InitializerAttr init) {
  auto found = variables.find(path.str());
  if (found != variables.end())
    return found->second;
  if (!init.isConstant())
    return op->emitError() << "\"" << path << "\" has no value: the reference makes only constant initial values";
  return variables[path.str()] = Reference(shapeOf(op->getResult(0)), init.getA().convertToDouble());
}

LogicalResult Interpreter::runOp(Operation *op) {
  auto define = [&](FailureOr<Reference> result) {
    if (succeeded(result))
      values_[op->getResult(0)] = *result;
    return LogicalResult(result);
  };
  if (auto parameter = dyn_cast<ParameterOp>(op))
    return define(variable(op, parameter.getPath(), parameter.getInit()));
  if (auto state = dyn_cast<StateOp>(op))
    return define(variable(op, state.getPath(), state.getInit()));
  if (auto assign = dyn_cast<AssignOp>(op)) {
    variables[assign.getPath().str()] = values_[assign.getValue()];
    return success();
  }
  if (auto gradient = dyn_cast<GradientOp>(op)) {
    gradients[gradient.getPath().str()] = values_[gradient.getValue()];
    return success();
  }
  if (auto optimizer = dyn_cast<UpdateOp>(op))
    return update(optimizer);
  if (auto scan = dyn_cast<ScanOp>(op))
    return runScan(scan);
  if (auto fused = dyn_cast<FusedOp>(op)) {
    Block &body = fused.getBody().front();
    for (auto [argument, input] : llvm::zip(body.getArguments(), fused.getInputs()))
      values_[argument] = Reference(values_[input]);
    if (failed(runBlock(body)))
      return failure();
    for (auto [result, yielded] : llvm::zip(fused.getResults(), body.getTerminator()->getOperands()))
      values_[result] = Reference(values_[yielded]);
    return success();
  }
  if (op->getNumResults() == 1 && op->getDialect()->getNamespace() == NNDialect::getDialectNamespace()) {
    SmallVector<Reference> operands = llvm::map_to_vector(op->getOperands(), [&](Value v) { return values_[v]; });
    SmallVector<int64_t> shape = shapeOf(op->getResult(0));
    std::optional<Reference> result = evaluate(op, operands, shape);
    if (!result)
      result = evaluateMove(op, operands, shape);
    if (!result)
      result = evaluateWindow(op, operands, shape);
    if (!result)
      result = evaluateRandom(op, operands, shape);
    if (result)
      return define(*result);
  }
  return op->emitError() << op->getName() << " is not interpreted";
}

/// Cuts each norm over all dimensions but the last down to `limit`.
static void limitNorms(Reference &x, double limit) {
  size_t columns = x.shape.empty() ? 1 : x.shape.back();
  for (size_t column = 0; column < columns; ++column) {
    double squares = 0;
    for (size_t i = column; i < x.values.size(); i += columns)
      squares += x.values[i] * x.values[i];
    double scale = std::min(1.0, limit / std::max(std::sqrt(squares), kSmallestNorm));
    for (size_t i = column; i < x.values.size(); i += columns)
      x.values[i] *= scale;
  }
}

// The steps of nn.optimize, in the order of its description.
LogicalResult Interpreter::update(UpdateOp op) {
  double squares = 0;
  for (auto &[path, gradient] : gradients)
    for (double g : gradient.values)
      squares += g * g;
  double norm = std::sqrt(squares), scale = 1, clipValue = std::numeric_limits<double>::max();
  if (op.getClipNorm())
    scale = std::min(1.0, op.getClipNorm()->convertToDouble() / std::max(norm, kSmallestNorm));
  if (op.getClipValue())
    clipValue = op.getClipValue()->convertToDouble();
  OptimizerAttr attribute = op.getOptimizer();
  const Optimizer &optimizer = *findOptimizer(attribute.getKind());
  double count = op.getUpdate() ? values_[op.getUpdate()].values[0] + 1 : 0;
  auto unbias = [&](double beta) { return 1 / (1 - std::pow(beta, count)); };
  llvm::StringMap<SettingsAttr> settings;
  op->getBlock()->walk([&](ParameterOp parameter) { settings[parameter.getPath()] = parameter.getSettingsAttr(); });
  for (auto &[path, gradient] : gradients) {
    Reference &parameter = variables[path];
    SmallVector<Reference> &kept = moments[path];
    kept.resize(optimizer.countMoments(attribute), Reference(parameter.shape));
    SettingsAttr own = settings.lookup(path);
    double rate = values_[op.getRate()].values[0] * (own ? own.getRate().convertToDouble() : 1);
    double decay = own ? own.getDecay().convertToDouble() : 0;
    for (size_t i = 0; i < gradient.values.size(); ++i) {
      double &p = parameter.values[i];
      double g = std::clamp(gradient.values[i] * scale, -clipValue, clipValue);
      OptimizerStep<double> element{attribute, optimizer.decaysApart ? g : g + decay * p, {}, unbias};
      for (Reference &moment : kept)
        element.moments.push_back(moment.values[i]);
      double step = optimizer.interpretStep(element);
      for (auto [moment, next] : llvm::zip(kept, element.moments))
        moment.values[i] = next;
      p -= rate * (optimizer.decaysApart ? step + decay * p : step);
    }
    if (own && own.getMaxNorm().convertToDouble() > 0)
      limitNorms(parameter, own.getMaxNorm().convertToDouble());
  }
  values_[op.getNorm()] = Reference({}, norm);
  return success();
}

} // namespace argent::nn
