//===- BuiltinsLoss.cpp - cross-entropy and the optimizers --------------------------------------------------===//
#include "frontends/ag/Builtins.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

namespace {

Value crossEntropy(Evaluator &e, Call &call) {
  if (!needsFloats(e, call, 0))
    return {};
  mlir::Value logits = call[0].asTensor(), label = call[1].asTensor();
  Shape shape = shapeOf(logits), rows = shape;
  if (shape.empty() || shape.back().open)
    return e.fail(call.at(0), "cross_entropy needs logits f32[N, K], the classes last; found " + toText(call[0]));
  rows.pop_back();
  mlir::Type i32 = e.builder.getI32Type();
  bool isClass = elementOf(label) == i32 && shapeOf(label) == rows;
  bool isDistribution = label.getType() == logits.getType();
  if (!isClass && !isDistribution) {
    Report report = e.error(call.at(1), "cross_entropy needs a label " + toString(rows, i32) + " for logits " +
                                            toText(call[0]) + "; found " + toText(call[1]));
    e.noteDeclaration(report, call.arguments[1]);
    return {};
  }
  if (isClass)
    e.limitIndex(label, shape.back().value);
  return Value(e.emit<nn::CrossEntropyOp>(logits, label));
}

Value sgd(Evaluator &e, Call &call) {
  if (!call[0].isNumber() && !call[0].isTensor())
    return e.fail(call.at(0), "sgd needs `rate`, a number or f32[]; found " + describe(call[0]));
  auto optimizer = std::make_shared<Optimizer>();
  optimizer->kind = "sgd";
  optimizer->rate = call[0];
  optimizer->rateRange = call.at(0);
  optimizer->momentum = call[1].asNumber();
  optimizer->nesterov = call[2].get<bool>();
  if (optimizer->momentum < 0 || optimizer->momentum >= 1)
    return e.fail(call.at(1), "`momentum` is in [0, 1); found " + toText(call[1]));
  if (optimizer->nesterov && optimizer->momentum == 0)
    return e.fail(call.at(2), "nesterov=true needs a momentum above 0");
  return Value(std::shared_ptr<const Optimizer>(std::move(optimizer)));
}

Value later(Evaluator &e, Call &call) { return e.notEvaluatedYet(call.range, "the optimizer `" + call.name + "`"); }

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::lossBuiltins() {
  static const BuiltinFamily table[] = {
      {"cross_entropy", "logits: tensor, label: tensor", crossEntropy},
      {"sgd", "rate: value, momentum: float = 0.0, nesterov: bool = false", sgd},
      {"adam adamw", "rate: value, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8", later},
      {"rmsprop", "rate: value, rho: float = 0.9, momentum: float = 0.0, epsilon: float = 1e-8", later},
      {"adagrad", "rate: value, epsilon: float = 1e-8", later},
      {"adadelta", "rate: value = 1.0, rho: float = 0.95, epsilon: float = 1e-6", later},
  };
  return table;
}
