//===- TrainBlock.cpp - the train block ------------------------------------------------------------------------===//
#include "frontends/ag/evaluate/TrainBlock.h"

#include "frontends/ag/evaluate/Evaluator.h"
#include "frontends/ag/evaluate/Ports.h"
#include "frontends/ag/evaluate/Settings.h"
#include "frontends/ag/syntax/Foreign.h"
#include "runtime/PortNames.h"

#include "dialects/nn/Optimizer.h"

#include "llvm/ADT/SetVector.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

static const StringRef kSettings[] = {"loss", "optimizer", "clip_norm", "clip_value", "batch", "epochs"};

static bool isScalar(const Value &value) { return value.isTensor() && dimsOf(value.asTensor()).empty(); }
static bool isScalarF32(const Value &value) { return isScalar(value) && elementOf(value.asTensor()).isF32(); }

TrainBlock::TrainBlock(Evaluator &evaluator, Ports &ports, Settings &settings, const Train &train)
    : Part(evaluator.context), evaluator_(evaluator), tensors_(evaluator.tensors), ports_(ports), settings_(settings),
      train_(train), rules_(evaluator) {}

//===- The body -----------------------------------------------------------------------------------------------===//

bool TrainBlock::run() {
  Frame &body = frame();
  unsigned before = context.diagnostics.errorCount();
  for (const Parameter &parameter : train_.parameters)
    if (Variable *old = findVariable(parameter.name.text); old && old->where.isValid() && parameter.name.text != "N")
      error(parameter.name.range, "the model already binds `" + parameter.name.text + "`")
          .note(old->where, "it is bound here")
          .help("the block sees what the model binds: leave it out here, or give it another name");
  settings_.bindAll(train_.parameters, "train " + train_.name.text);
  ports_.addInputs(train_.parameters);
  addRunNumbers();
  std::set<std::string> bound;
  for (const auto &[name, variable] : body.variables)
    bound.insert(name);
  dropSettings();
  body.train = this;
  evaluator_.run(train_.body);
  bool good = readSettings();
  if (context.graph->training)
    reportUnused(bound);
  return good && context.diagnostics.errorCount() == before;
}

/// Inputs that tell of the run, and their names: `epochs` has none, since it is a setting as well.
void TrainBlock::addRunNumbers() {
  Graph &graph = *context.graph;
  auto scalar = mlir::RankedTensorType::get({}, tensors_.f32());
  auto give = [&](StringRef name) {
    bool isOfBlock =
        llvm::any_of(train_.parameters, [&](const Parameter &parameter) { return parameter.name.text == name; });
    if (Variable *old = findVariable(name); old && (isOfBlock || (old->isParameter && old->value.isTensor()))) {
      Report report =
          error(old->where, "`" + name + "` is given by the language where a model is trained, and cannot be " +
                                (isOfBlock ? "a parameter of the block" : "an input of it"));
      if (name == StringRef(kEpochsPort) && isOfBlock)
        report.help("write epochs = … in the block");
      else
        report.help("give it another name");
    }
    mlir::Value number = tensors_.addArgument(name, scalar, train_.name.range);
    if (name != StringRef(kEpochsPort))
      frame().variables[name.str()].value = Value(number);
    return number;
  };
  graph.epoch = give(kEpochPort);
  graph.update = give(kUpdatePort);
  graph.epochs = give(kEpochsPort);
  graph.updatesPerEpoch = give(kUpdatesPerEpochPort);
  if (graph.training)
    graph.rateScale = tensors_.addArgument(kRateScalePort, scalar, train_.name.range);
}

/// Settings are the block's own: a name of the model's body does not set anything.
void TrainBlock::dropSettings() {
  for (StringRef setting : kSettings) {
    auto found = frame().variables.find(setting.str());
    if (found == frame().variables.end() || found->second.value.failed())
      continue;
    bool rebound = llvm::any_of(train_.body.statements, [&](const StatementPtr &statement) {
      auto *binding = llvm::dyn_cast<Binding>(statement.get());
      return binding && llvm::any_of(binding->targets, [&](const Target &t) { return t.name.text == setting; });
    });
    if (!rebound)
      frame().variables.erase(found);
  }
}

std::optional<Value> TrainBlock::runNumber(StringRef name) {
  if (name != StringRef(kEpochsPort))
    return std::nullopt;
  return Value(context.graph->epochs);
}

void TrainBlock::checkTarget(const Name &target) {
  if (target.text != kEpochsPort && llvm::is_contained(kRunPorts, std::string_view(target.text)))
    error(target.range, "`" + target.text + "` is given by the language and cannot be bound")
        .help("the number of epochs is `epochs`");
}

void TrainBlock::run(const Metric &statement) {
  const std::string &name = statement.name.text;
  Value value = evaluator_.evaluate(*statement.value);
  if (name == "loss")
    error(statement.name.range, "a metric cannot be called `loss`: the loss is always reported");
  else if (name == "totals" || name == "rows")
    error(statement.name.range, "a metric cannot be called `" + name + "`: reports have a number of this name");
  else if (llvm::any_of(metricValues_, [&](const MetricValue &metric) { return metric.name == name; }))
    error(statement.name.range, "the metric `" + name + "` is defined twice");
  if (!value.failed() && !isScalarF32(value)) {
    Report report = error(statement.value->range, "a metric must be f32[]; found " + describe(value));
    if (isScalar(value))
      report.help("write f32(…)");
    else if (value.isTensor())
      report.help("write mean(…) to reduce it over the data set");
  }
  metricValues_.push_back({name, isScalarF32(value) ? value.asTensor() : mlir::Value(), statement.value->range});
  bind(statement.name, value, statement.value.get());
  frame().variables[name].used = true;
}

//===- Settings -----------------------------------------------------------------------------------------------===//

bool TrainBlock::readCount(StringRef name, int64_t &count) {
  Variable *variable = findVariable(name);
  if (!variable || variable->value.failed())
    return !variable;
  const Value &value = variable->value;
  if (!value.isInteger() || value.asInteger() < 1 || value.asInteger() > INT32_MAX) {
    error(variable->place(), "`" + name + "` must be an int, at least 1; found " + describe(value));
    return false;
  }
  count = value.asInteger();
  return true;
}

bool TrainBlock::readLimit(StringRef name, std::optional<double> &limit) {
  Variable *variable = findVariable(name);
  if (!variable || variable->value.isNone())
    return true;
  if (variable->value.isNumber() && variable->value.asNumber() > 0) {
    limit = variable->value.asNumber();
    return true;
  }
  if (!variable->value.failed())
    error(variable->place(), "`" + name + "` must be a number above 0; found " + describe(variable->value));
  return false;
}

bool TrainBlock::readSettings() {
  if (context.aborted)
    return false;
  bool good = readCount("batch", batchRows_);
  good &= readCount("epochs", epochCount_);
  good &= readLoss();
  good &= readLimit("clip_norm", clipNorm_);
  good &= readLimit("clip_value", clipValue_);
  // Which parameters there are is known when the step's graph is complete.
  if (context.graph->training)
    good &= rules_.apply();
  return readOptimizer() && good;
}

bool TrainBlock::readLoss() {
  Variable *loss = findVariable("loss");
  if (!loss) {
    error(train_.name.range, "the `train` block does not bind `loss`")
        .help("write loss = mean(cross_entropy(logits, label))");
    return false;
  }
  const Value &value = loss->value;
  if (isScalarF32(value)) {
    lossValue_ = value.asTensor();
    metricValues_.insert(metricValues_.begin(), {"loss", lossValue_, loss->place()});
    return true;
  }
  if (!value.failed()) {
    Report report = error(loss->place(), "`loss` must be f32[]; found " + describe(value));
    if (value.isTensor() && !isScalar(value))
      report.help("write loss = mean(…)");
    else
      report.help("write loss = mean(cross_entropy(logits, label))");
  }
  return false;
}

bool TrainBlock::readOptimizer() {
  Variable *variable = findVariable("optimizer");
  if (!variable) {
    error(train_.name.range, "the `train` block does not bind `optimizer`").help("write optimizer = sgd(rate=0.1)");
    return false;
  }
  const Value &value = variable->value;
  if (!value.isOptimizer()) {
    if (!value.failed()) {
      std::string name = value.isString() ? StringRef(value.asString()).lower() : toText(value);
      name = (value.isString() || value.is<Definee>()) && nn::findOptimizer(name) ? name : "sgd";
      error(variable->place(), "`optimizer` must be an optimizer; found " + describe(value))
          .help("write optimizer = " + name + "(rate=" + (name == "sgd" ? "0.1" : "0.001") + ")");
    }
    return false;
  }
  optimizer_ = value.get<std::shared_ptr<const Optimizer>>();
  return readRate();
}

/// A rate is a number, or computed from what training gives alone.
bool TrainBlock::readRate() {
  const Value &value = optimizer_->rate;
  Range range = optimizer_->rateRange;
  if (value.isNumber()) {
    if (value.asNumber() < 0) {
      error(range, "the rate must be at least 0; found " + toText(value));
      return false;
    }
    rate_ = tensors_.constant(value.asNumber(), tensors_.f32());
    return true;
  }
  if (!isScalarF32(value)) {
    error(range, "the rate must be a number or f32[]; found " + describe(value));
    return false;
  }
  llvm::SetVector<mlir::Value> reached;
  reached.insert(value.asTensor());
  for (size_t i = 0; i != reached.size(); ++i) {
    if (context.graph->isTime(reached[i]))
      continue;
    mlir::Operation *op = reached[i].getDefiningOp();
    if (!op || llvm::isa<nn::ParameterOp, nn::StateOp>(op)) {
      error(range, "the rate can only depend on `epoch`, `update`, `epochs` and `updates_per_epoch`");
      return false;
    }
    reached.insert(op->operand_begin(), op->operand_end());
  }
  rate_ = value.asTensor();
  return true;
}

/// A name that the block binds and nobody reads is a mistake, most likely a misspelt setting.
void TrainBlock::reportUnused(const std::set<std::string> &before) {
  std::vector<std::pair<StringRef, Variable *>> unused; // in the order of the source
  for (auto &[name, variable] : frame().variables)
    if (!variable.used && !before.count(name) && !llvm::is_contained(kSettings, name) && !variable.value.failed())
      unused.emplace_back(name, &variable);
  llvm::sort(unused, [](const auto &a, const auto &b) {
    return a.second->where.Start.getPointer() < b.second->where.Start.getPointer();
  });
  for (auto [name, variable] : unused) {
    variable->used = true; // it is said here
    if (StringRef help = foreignSetting(name); !help.empty()) {
      error(variable->where, "`" + name + "` is never used").help(help);
      continue;
    }
    StringRef near = nearestName(name, kSettings);
    bool isNumber = isScalar(variable->value);
    if (near.empty() || isNumber) {
      Report report = context.diagnostics.warning(variable->where, "`" + name + "` is never used");
      if (isNumber)
        report.help("to report it, write metric " + name + " = …");
    } else
      error(variable->where, "`" + name + "` is never used; did you mean `" + near + "`?");
  }
}

//===- The optimizer ------------------------------------------------------------------------------------------===//

nn::OptimizeOp TrainBlock::emitOptimize() {
  mlir::OpBuilder &builder = tensors_.builder;
  const nn::Optimizer &known = *nn::findOptimizer(optimizer_->kind);
  llvm::SmallVector<mlir::NamedAttribute> numbers;
  for (auto [number, given] : llvm::zip(known.numbers, optimizer_->numbers))
    if (given.second != number.initial)
      numbers.push_back(builder.getNamedAttr(given.first, number.range == nn::OptimizerNumber::Range::flag
                                                              ? mlir::Attribute(builder.getBoolAttr(given.second != 0))
                                                              : builder.getF64FloatAttr(given.second)));
  auto attribute = nn::OptimizerAttr::get(
      &context.mlir, known.name, numbers.empty() ? mlir::DictionaryAttr() : builder.getDictionaryAttr(numbers));
  mlir::Value scaled = tensors_.emitNamed<nn::MulOp>("rate", rate_, context.graph->rateScale);
  auto limit = [&](std::optional<double> value) { return value ? builder.getF64FloatAttr(*value) : mlir::FloatAttr(); };
  return tensors_.create<nn::OptimizeOp>("optimize", mlir::RankedTensorType::get({}, tensors_.f32()), lossValue_,
                                         scaled, known.countsUpdates ? context.graph->update : mlir::Value(), attribute,
                                         limit(clipNorm_), limit(clipValue_));
}
