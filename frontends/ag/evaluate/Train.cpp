//===- Train.cpp - the train block ---------------------------------------------------------------------===//
// It continues the model's body in the model's frame. `loss`, `optimizer`, `clip_norm`, `batch` and `epochs` are
// settings; other names are the writer's own.
#include "frontends/ag/evaluate/Evaluator.h"

#include "frontends/ag/syntax/Foreign.h"

#include "dialects/nn/Optimizer.h"

#include "llvm/ADT/SetVector.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

static const StringRef kSettings[] = {"loss", "optimizer", "clip_norm", "clip_value", "batch", "epochs"};

void Evaluator::run(const Metric &statement) {
  const std::string &name = statement.name.text;
  Value value = evaluate(*statement.value);
  bool twice = name == "loss";
  for (const MetricValue &metric : trainResult->metrics)
    twice |= metric.name == name;
  if (twice)
    error(statement.name.range, name == "loss" ? Twine("a metric cannot be called `loss`: the loss is always reported")
                                               : "the metric `" + name + "` is defined twice");
  bool isScalar = value.isTensor() && shapeOf(value.asTensor()).empty();
  if (!value.failed() && !isScalar) {
    Report report = error(statement.value->range, "a metric must be f32[]; found " + describe(value));
    if (value.isTensor())
      report.help("write mean(…) to reduce it over the data set");
  } else if (isScalar && !elementOf(value.asTensor()).isF32()) {
    error(statement.value->range, "a metric must be f32[]; found " + describe(value)).help("write f32(…)");
    isScalar = false;
  }
  trainResult->metrics.push_back({name, isScalar ? value.asTensor() : mlir::Value(), statement.value->range});
  bind(statement.name, value, statement.value.get());
  frame().variables[name].used = true;
}

bool Evaluator::runTrain(const Train &train, TrainResult &result) {
  Frame &body = frame();
  unsigned before = diagnostics.errorCount();
  for (const Parameter &parameter : train.parameters)
    if (Variable *old = findVariable(parameter.name.text); old && old->where.isValid() && parameter.name.text != "N")
      error(parameter.name.range, "the model already binds `" + parameter.name.text + "`")
          .note(old->where, "it is bound here")
          .help("the block sees what the model binds: leave it out here, or give it another name");
  bindSettings(train.parameters, "train " + train.name.text);
  addInputs(train.parameters);
  auto scalar = mlir::RankedTensorType::get({}, f32());
  auto give = [&](StringRef name) {
    bool isOfBlock =
        llvm::any_of(train.parameters, [&](const Parameter &parameter) { return parameter.name.text == name; });
    if (Variable *old = findVariable(name); old && (isOfBlock || (old->isParameter && old->value.isTensor()))) {
      Report report =
          error(old->where, "`" + name + "` is given by the language where a model is trained, and cannot be " +
                                (isOfBlock ? "a parameter of the block" : "an input of it"));
      if (name == "epochs" && isOfBlock)
        report.help("write epochs = … in the block");
      else
        report.help("give it another name");
    }
    return addArgument(name, scalar, train.name.range);
  };
  graph->epoch = give("epoch");
  graph->update = give("update");
  graph->epochs = give("epochs");
  graph->updatesPerEpoch = give("updates_per_epoch");
  if (graph->training)
    graph->rateScale = addArgument("@rate_scale", scalar, train.name.range);
  body.variables["epoch"].value = Value(graph->epoch);
  body.variables["update"].value = Value(graph->update);
  body.variables["updates_per_epoch"].value = Value(graph->updatesPerEpoch);
  std::set<std::string> bound;
  for (const auto &[name, variable] : body.variables)
    bound.insert(name);
  // Settings are the block's own: a name of the model's body does not set anything.
  for (StringRef setting : kSettings)
    if (auto found = body.variables.find(setting.str());
        found != body.variables.end() && !found->second.value.failed()) {
      bool rebound = llvm::any_of(train.body.statements, [&](const StatementPtr &s) {
        auto *binding = llvm::dyn_cast<Binding>(s.get());
        return binding && llvm::any_of(binding->targets, [&](const Target &t) { return t.name.text == setting; });
      });
      if (!rebound)
        body.variables.erase(found);
    }
  body.inTrain = true;
  run(train.body);
  bool good = readTrainSettings(train, result);
  if (graph->training)
    reportUnused(train, bound);
  noteUsages();
  return good && diagnostics.errorCount() == before;
}

/// `epochs` is bound to what the run does unless it is told otherwise, and stands for what it does.
std::optional<Value> Evaluator::runNumber(StringRef name) {
  if (name != "epochs" || !graph || !graph->epochs || !frame().inTrain)
    return std::nullopt;
  return Value(graph->epochs);
}

bool Evaluator::readCount(StringRef name, int64_t &count) {
  Variable *variable = findVariable(name);
  if (!variable || variable->value.failed())
    return !variable;
  Range range = variable->expr ? variable->expr->range : variable->where;
  if (!variable->value.isInteger() || variable->value.asInteger() < 1 || variable->value.asInteger() > INT32_MAX) {
    error(range, "`" + name + "` must be an int, at least 1; found " + describe(variable->value));
    return false;
  }
  count = variable->value.asInteger();
  return true;
}

bool Evaluator::readLimit(StringRef name, std::optional<double> &limit) {
  Variable *variable = findVariable(name);
  if (!variable || variable->value.isNone())
    return true;
  if (variable->value.isNumber() && variable->value.asNumber() > 0) {
    limit = variable->value.asNumber();
    return true;
  }
  if (!variable->value.failed())
    error(variable->expr ? variable->expr->range : variable->where,
          "`" + name + "` must be a number above 0; found " + describe(variable->value));
  return false;
}

bool Evaluator::readTrainSettings(const Train &train, TrainResult &result) {
  if (aborted)
    return false;
  bool good = readCount("batch", result.batch);
  good &= readCount("epochs", result.epochs);
  auto placeOf = [](const Variable &variable) { return variable.expr ? variable.expr->range : variable.where; };

  if (Variable *loss = findVariable("loss"); !loss) {
    error(train.name.range, "the `train` block does not bind `loss`")
        .help("write loss = mean(cross_entropy(logits, label))");
    good = false;
  } else if (loss->value.isTensor() && shapeOf(loss->value.asTensor()).empty() &&
             elementOf(loss->value.asTensor()).isF32()) {
    result.loss = loss->value.asTensor();
    result.metrics.insert(result.metrics.begin(), {"loss", result.loss, placeOf(*loss)});
  } else {
    if (!loss->value.failed()) {
      Report report = error(placeOf(*loss), "`loss` must be f32[]; found " + describe(loss->value));
      if (loss->value.isTensor() && !shapeOf(loss->value.asTensor()).empty())
        report.help("write loss = mean(…)");
      else
        report.help("write loss = mean(cross_entropy(logits, label))");
    }
    good = false;
  }

  good &= readLimit("clip_norm", result.clipNorm);
  good &= readLimit("clip_value", result.clipValue);
  // Which parameters there are is known when the step's graph is complete.
  if (graph->training)
    good &= applyRules(result);

  Variable *optimizer = findVariable("optimizer");
  if (!optimizer) {
    error(train.name.range, "the `train` block does not bind `optimizer`").help("write optimizer = sgd(rate=0.1)");
    return false;
  }
  if (!optimizer->value.isOptimizer()) {
    if (!optimizer->value.failed()) {
      const Value &value = optimizer->value;
      std::string name = value.isString() ? StringRef(value.asString()).lower() : toText(value);
      name = (value.isString() || value.is<Definee>()) && nn::findOptimizer(name) ? name : "sgd";
      error(placeOf(*optimizer), "`optimizer` must be an optimizer; found " + describe(value))
          .help("write optimizer = " + name + "(rate=" + (name == "sgd" ? "0.1" : "0.001") + ")");
    }
    return false;
  }
  result.optimizer = optimizer->value.get<std::shared_ptr<const Optimizer>>();
  return readRate(result) && good;
}

/// A rate is a number, or computed from what training gives alone.
bool Evaluator::readRate(TrainResult &result) {
  const Value &rate = result.optimizer->rate;
  Range range = result.optimizer->rateRange;
  if (rate.isNumber()) {
    if (rate.asNumber() < 0) {
      error(range, "the rate must be at least 0; found " + toText(rate));
      return false;
    }
    result.rate = constant(rate.asNumber(), f32());
    return true;
  }
  mlir::Value tensor = rate.asTensor();
  if (!shapeOf(tensor).empty() || !elementOf(tensor).isF32()) {
    error(range, "the rate must be a number or f32[]; found " + describe(rate));
    return false;
  }
  llvm::SetVector<mlir::Value> reached;
  reached.insert(tensor);
  for (size_t i = 0; i != reached.size(); ++i) {
    mlir::Value value = reached[i];
    if (graph->isTime(value))
      continue;
    mlir::Operation *op = value.getDefiningOp();
    if (!op || llvm::isa<nn::ParameterOp, nn::StateOp>(op)) {
      error(range, "the rate can only depend on `epoch`, `update`, `epochs` and `updates_per_epoch`");
      return false;
    }
    reached.insert(op->operand_begin(), op->operand_end());
  }
  result.rate = tensor;
  return true;
}

argent::nn::OptimizeOp Evaluator::emitOptimize(const TrainResult &result) {
  const nn::Optimizer &known = *nn::findOptimizer(result.optimizer->kind);
  llvm::SmallVector<mlir::NamedAttribute> numbers;
  for (auto [number, given] : llvm::zip(known.numbers, result.optimizer->numbers))
    if (given.second != number.initial)
      numbers.push_back(builder.getNamedAttr(given.first, number.range == nn::OptimizerNumber::Range::flag
                                                              ? mlir::Attribute(builder.getBoolAttr(given.second != 0))
                                                              : builder.getF64FloatAttr(given.second)));
  auto optimizer = nn::OptimizerAttr::get(
      &context, known.name, numbers.empty() ? mlir::DictionaryAttr() : builder.getDictionaryAttr(numbers));
  mlir::Value rate = emitNamed<nn::MulOp>("rate", result.rate, graph->rateScale);
  auto limit = [&](std::optional<double> value) { return value ? builder.getF64FloatAttr(*value) : mlir::FloatAttr(); };
  return nn::OptimizeOp::create(builder, location("optimize"), mlir::RankedTensorType::get({}, f32()), result.loss,
                                rate, known.countsUpdates ? graph->update : mlir::Value(), optimizer,
                                limit(result.clipNorm), limit(result.clipValue));
}

/// A name that the block binds and nobody reads is a mistake, most likely a misspelt setting.
void Evaluator::reportUnused(const Train &train, const std::set<std::string> &before) {
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
    bool isNumber = variable->value.isTensor() && shapeOf(variable->value.asTensor()).empty();
    if (near.empty() || isNumber) {
      Report report = diagnostics.warning(variable->where, "`" + name + "` is never used");
      if (isNumber)
        report.help("to report it, write metric " + name + " = …");
    } else
      error(variable->where, "`" + name + "` is never used; did you mean `" + near + "`?");
  }
}
