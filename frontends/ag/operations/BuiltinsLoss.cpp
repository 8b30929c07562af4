//===- BuiltinsLoss.cpp - cross-entropy and the optimizers --------------------------------------------------===//
#include "frontends/ag/operations/Builtins.h"

#include "dialects/nn/Optimizer.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

namespace {

Value crossEntropy(Tensors &t, Call &call) {
  mlir::Value logits = call["logits"].asTensor(), label = call["label"].asTensor();
  if (!isFloatTensor(call["logits"]) && isFloatTensor(call["label"]))
    return t.fail(call.at("logits"), "cross_entropy needs logits, a tensor of floats; found " + toText(call["logits"]),
                  "the order is cross_entropy(logits, label)");
  if (!needsFloats(t, call, "logits"))
    return {};
  if (mlir::Operation *op = logits.getDefiningOp(); op && llvm::isa<nn::SoftmaxOp, nn::LogSoftmaxOp>(op))
    t.warning(call.at("logits"), "cross_entropy applies softmax itself; this is a softmax already")
        .help("give it the logits: what goes into softmax");
  Dims shape = dimsOf(logits), rows = shape;
  if (shape.empty() || shape.back().isOpen) {
    Report report = t.error(call.at("logits"), "cross_entropy needs logits f32[N, K], with the classes last; found " +
                                                   toText(call["logits"]));
    if (isFloatTensor(call["label"]) && dimsOf(label).size() > shape.size())
      report.help("the order is cross_entropy(logits, label)");
    return {};
  }
  rows.pop_back();
  mlir::Type i32 = t.builder.getI32Type();
  bool isClass = elementOf(label) == i32 && dimsOf(label) == rows;
  bool isDistribution = label.getType() == logits.getType();
  if (!isClass && !isDistribution) {
    Report report = t.error(call.at("label"), "cross_entropy needs a label " + toString(rows, i32) + " for logits " +
                                                  toText(call["logits"]) + "; found " + toText(call["label"]));
    t.noteDeclaration(report, call.given("label"));
    if (shape.size() > 2 && dimsOf(label).size() == 1)
      report.help("for one label a row, logits are [N, K]: … |> flatten |> dense(K)");
    else if (dimsOf(label) == rows && elementOf(label) != i32)
      report.help("declare it as " + toString(rows, i32) + ", or cast it: i32(…)");
    return {};
  }
  if (isClass && !t.checkIndex(label, shape.back().size, call.at("label"), "class", "logits " + toText(call["logits"])))
    return {};
  return Value(t.emit<nn::CrossEntropyOp>(logits, label));
}

/// All optimizers: the rate, and the numbers of nn's table.
Value optimizer(Tensors &t, Call &call) {
  auto made = std::make_shared<Optimizer>();
  made->kind = call.name.str();
  made->rate = call["rate"];
  made->rateRange = call.at("rate");
  bool hasMomentum = true;
  for (const nn::OptimizerNumber &number : nn::findOptimizer(call.name)->numbers) {
    const Value &given = call[number.name];
    double value = given.is<bool>() ? given.get<bool>() : given.asNumber();
    if (!number.holds(value))
      return t.fail(call.at(number.name),
                    "`" + number.name + "` must be " + number.expected() + "; found " + toText(given));
    if (number.name == "momentum")
      hasMomentum = value != 0;
    if (number.name == "nesterov" && value != 0 && !hasMomentum)
      return t.fail(call.at(number.name), "nesterov=true needs a momentum above 0");
    made->numbers.push_back({number.name.str(), value});
  }
  return Value(std::shared_ptr<const Optimizer>(std::move(made)));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::lossBuiltins() {
  static const BuiltinFamily kTable[] = {
      {"cross_entropy", "logits: tensor, label: tensor", crossEntropy},
      {"sgd", "rate: number, momentum: float = 0.0, nesterov: bool = false", optimizer},
      {"adam adamw", "rate: number, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8", optimizer},
      {"rmsprop", "rate: number, rho: float = 0.9, momentum: float = 0.0, epsilon: float = 1e-8", optimizer},
      {"adagrad", "rate: number, epsilon: float = 1e-8", optimizer},
      {"adadelta", "rate: number = 1.0, rho: float = 0.95, epsilon: float = 1e-6", optimizer},
  };
  return kTable;
}
