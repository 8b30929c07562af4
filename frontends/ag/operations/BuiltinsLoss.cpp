//===- BuiltinsLoss.cpp - cross-entropy and the optimizers --------------------------------------------------===//
#include "frontends/ag/operations/Builtins.h"

#include "dialects/nn/Optimizer.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

namespace {

Value crossEntropy(Evaluator &e, Call &call) {
  mlir::Value logits = call[0].asTensor(), label = call[1].asTensor();
  if (!isFloatTensor(call[0]) && isFloatTensor(call[1]))
    return e.fail(call.at(0), "cross_entropy needs logits, a tensor of floats; found " + toText(call[0]),
                  "the order is cross_entropy(logits, label)");
  if (!needsFloats(e, call, 0))
    return {};
  if (mlir::Operation *op = logits.getDefiningOp(); op && llvm::isa<nn::SoftmaxOp, nn::LogSoftmaxOp>(op))
    e.warning(call.at(0), "cross_entropy applies softmax itself; this is a softmax already")
        .help("give it the logits: what goes into softmax");
  Shape shape = shapeOf(logits), rows = shape;
  if (shape.empty() || shape.back().open) {
    Report report =
        e.error(call.at(0), "cross_entropy needs logits f32[N, K], with the classes last; found " + toText(call[0]));
    if (isFloatTensor(call[1]) && shapeOf(label).size() > shape.size())
      report.help("the order is cross_entropy(logits, label)");
    return {};
  }
  rows.pop_back();
  mlir::Type i32 = e.builder.getI32Type();
  bool isClass = elementOf(label) == i32 && shapeOf(label) == rows;
  bool isDistribution = label.getType() == logits.getType();
  if (!isClass && !isDistribution) {
    Report report = e.error(call.at(1), "cross_entropy needs a label " + toString(rows, i32) + " for logits " +
                                            toText(call[0]) + "; found " + toText(call[1]));
    e.noteDeclaration(report, call.arguments[1]);
    if (shape.size() > 2 && shapeOf(label).size() == 1)
      report.help("for one label a row, logits are [N, K]: … |> flatten |> dense(K)");
    else if (shapeOf(label) == rows && elementOf(label) != i32)
      report.help("declare it as " + toString(rows, i32) + ", or cast it: i32(…)");
    return {};
  }
  if (isClass && !e.limitIndex(label, shape.back().value, call.at(1), "class", "logits " + toText(call[0])))
    return {};
  return Value(e.emit<nn::CrossEntropyOp>(logits, label));
}

/// All optimizers: the rate, then the numbers of nn's table in its order.
Value optimizer(Evaluator &e, Call &call) {
  auto made = std::make_shared<Optimizer>();
  made->kind = call.name.str();
  made->rate = call[0];
  made->rateRange = call.at(0);
  bool hasMomentum = true;
  for (auto [index, number] : llvm::enumerate(nn::findOptimizer(call.name)->numbers)) {
    unsigned i = static_cast<unsigned>(index) + 1;
    double value = call[i].is<bool>() ? call[i].get<bool>() : call[i].asNumber();
    if (!number.holds(value))
      return e.fail(call.at(i), "`" + number.name + "` must be " + number.expected() + "; found " + toText(call[i]));
    if (number.name == "momentum")
      hasMomentum = value != 0;
    if (number.name == "nesterov" && value != 0 && !hasMomentum)
      return e.fail(call.at(i), "nesterov=true needs a momentum above 0");
    made->numbers.push_back({number.name.str(), value});
  }
  return Value(std::shared_ptr<const Optimizer>(std::move(made)));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::lossBuiltins() {
  static const BuiltinFamily table[] = {
      {"cross_entropy", "logits: tensor, label: tensor", crossEntropy},
      {"sgd", "rate: number, momentum: float = 0.0, nesterov: bool = false", optimizer},
      {"adam adamw", "rate: number, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8", optimizer},
      {"rmsprop", "rate: number, rho: float = 0.9, momentum: float = 0.0, epsilon: float = 1e-8", optimizer},
      {"adagrad", "rate: number, epsilon: float = 1e-8", optimizer},
      {"adadelta", "rate: number = 1.0, rho: float = 0.95, epsilon: float = 1e-6", optimizer},
  };
  return table;
}
