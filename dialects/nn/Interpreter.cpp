//===- Interpreter.cpp - runs a function of nn ops -------------------------===//
#include "dialects/nn/Interpreter.h"
#include "dialects/nn/Dims.h"

using namespace mlir;

namespace argent::nn {

Reference::Reference(ArrayRef<int64_t> shape, double value)
    : shape(shape), values(static_cast<size_t>(llvm::product_of(shape)), value) {}

SmallVector<int64_t> Interpreter::shapeOf(Value value) const {
  return llvm::map_to_vector(getDims(value.getType()), [&](Dim dim) { return dim.at(batch); });
}

FailureOr<std::vector<Reference>> Interpreter::run(func::FuncOp function, ArrayRef<Reference> inputs) {
  if (inputs.size() != function.getNumArguments())
    return function.emitError() << "expected " << function.getNumArguments() << " inputs, found " << inputs.size();
  for (auto [argument, input] : llvm::zip(function.getArguments(), inputs)) {
    Dims dims = getDims(argument.getType());
    for (size_t i = 0; i < dims.size() && i < input.shape.size(); ++i)
      if (dims[i].isOpen)
        batch = input.shape[i] / dims[i].size;
  }
  values.clear();
  for (auto [argument, input] : llvm::zip(function.getArguments(), inputs)) {
    if (shapeOf(argument) != input.shape || llvm::product_of(input.shape) != static_cast<int64_t>(input.values.size()))
      return function.emitError() << "an input of [" << ArrayRef(input.shape) << "] is no " << argument.getType();
    values[argument] = input;
  }
  Block &body = function.getBody().front();
  if (failed(runBlock(body)))
    return failure();
  std::vector<Reference> results;
  for (Value result : body.getTerminator()->getOperands())
    results.push_back(values[result]);
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
  if (init.getKind() != "constant")
    return op->emitError() << "\"" << path << "\" has no value: the reference makes only constant initial values";
  return variables[path.str()] = Reference(shapeOf(op->getResult(0)), init.getA().convertToDouble());
}

LogicalResult Interpreter::runOp(Operation *op) {
  auto define = [&](FailureOr<Reference> result) {
    if (succeeded(result))
      values[op->getResult(0)] = *result;
    return LogicalResult(result);
  };
  if (auto parameter = dyn_cast<ParameterOp>(op))
    return define(variable(op, parameter.getPath(), parameter.getInit()));
  if (auto state = dyn_cast<StateOp>(op))
    return define(variable(op, state.getPath(), state.getInit()));
  if (auto assign = dyn_cast<AssignOp>(op)) {
    variables[assign.getPath().str()] = values[assign.getValue()];
    return success();
  }
  if (auto gradient = dyn_cast<GradientOp>(op)) {
    gradients[gradient.getPath().str()] = values[gradient.getValue()];
    return success();
  }
  if (auto optimizer = dyn_cast<UpdateOp>(op))
    return update(optimizer);
  if (auto fused = dyn_cast<FusedOp>(op)) {
    Block &body = fused.getBody().front();
    for (auto [argument, input] : llvm::zip(body.getArguments(), fused.getInputs()))
      values[argument] = Reference(values[input]);
    if (failed(runBlock(body)))
      return failure();
    for (auto [result, yielded] : llvm::zip(fused.getResults(), body.getTerminator()->getOperands()))
      values[result] = Reference(values[yielded]);
    return success();
  }
  if (op->getNumResults() == 1 && op->getDialect()->getNamespace() == NNDialect::getDialectNamespace()) {
    SmallVector<Reference> operands = llvm::map_to_vector(op->getOperands(), [&](Value v) { return values[v]; });
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

// The formulas of nn.optimize.
LogicalResult Interpreter::update(UpdateOp op) {
  double squares = 0;
  for (auto &[path, gradient] : gradients)
    for (double g : gradient.values)
      squares += g * g;
  double norm = std::sqrt(squares), scale = 1;
  if (op.getClipNorm())
    scale = std::min(1.0, op.getClipNorm()->convertToDouble() / std::max(norm, 1e-12));
  double momentum = op.getMomentum().convertToDouble(), rate = values[op.getRate()].values[0];
  for (auto &[path, gradient] : gradients) {
    Reference &parameter = variables[path];
    Reference &velocity = moments.try_emplace(path, parameter.shape).first->second;
    for (size_t i = 0; i < gradient.values.size(); ++i) {
      double g = gradient.values[i] * scale;
      velocity.values[i] = momentum * velocity.values[i] + g;
      parameter.values[i] -= rate * (op.getNesterov() ? g + momentum * velocity.values[i] : velocity.values[i]);
    }
  }
  values[op.getNorm()] = Reference({}, norm);
  return success();
}

} // namespace argent::nn
