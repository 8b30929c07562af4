//===- Model.cpp - the graphs of a model, its inputs and settings ---------------------------------------===//
#include "frontends/ag/evaluate/Evaluator.h"

#include "frontends/ag/syntax/Parser.h"
#include "frontends/ag/syntax/Printer.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

//===- Settings ------------------------------------------------------------------------------------------===//

static std::string textOf(const TypeExpr &type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  print(type, stream);
  return text;
}

static bool takesString(const TypeExpr &type) {
  if (type.kind == TypeExpr::Kind::alternatives)
    return llvm::any_of(type.parts, takesString);
  return type.kind == TypeExpr::Kind::named && type.name.text == "str" && !type.hasBrackets;
}

/// The value of `--set NAME=TEXT` for `parameter`; failed after an error.
Value Evaluator::readSetting(StringRef name, StringRef text, const Parameter &parameter, StringRef owner) {
  // Read as a constant of the language; a word alone is a str where one is wanted.
  const auto &buffer = diagnostics.addFile(
      llvm::MemoryBuffer::getMemBufferCopy((parameter.name.text + " = " + text).str(), ("--set " + name).str()));
  unsigned before = diagnostics.errorCount();
  settingTrees.push_back(parse(buffer, diagnostics));
  const File &tree = *settingTrees.back();
  if (diagnostics.errorCount() != before)
    return {};
  auto *constant = tree.items.size() == 1 ? llvm::dyn_cast<Constant>(tree.items[0].get()) : nullptr;
  if (!constant) {
    diagnostics.errorWithoutPlace("--set " + name + ": expected one value; found `" + text + "`");
    return {};
  }
  if (auto *word = llvm::dyn_cast<NameExpr>(constant->value.get()); word && takesString(parameter.type))
    return Value::string(word->name);
  Frame own;
  own.file = &userFile;
  if (!enter(own, Range()))
    return {};
  Value value = evaluate(*constant->value);
  leave();
  if (value.failed())
    return {};
  auto matched = match(value, parameter.type);
  if (!matched)
    error(constant->value->range, owner + " needs `" + parameter.name.text + "`, " + describeType(parameter.type) +
                                      "; found " + describe(value))
        .note(parameter.name.range, "`" + parameter.name.text + "` is declared here");
  return matched.value_or(Value());
}

/// Evaluates what `--set` gives, and finds the parameter that it is for: `T` of the model or its train block,
/// `greedy.T` of an entry.
bool Evaluator::readSettings(const Model &model, const Continuations &continuations) {
  bool good = true;
  auto report = [&](const Twine &message) {
    diagnostics.errorWithoutPlace(message);
    good = false;
  };
  for (const auto &[name, text] : options.settings) {
    auto [before, after] = StringRef(name).split('.');
    bool isEntrys = StringRef(name).contains('.');
    StringRef own = isEntrys ? after : StringRef(name);
    std::vector<const Definition *> definitions;
    if (!isEntrys) {
      definitions.push_back(&model);
      if (continuations.train)
        definitions.push_back(continuations.train);
    }
    std::vector<StringRef> names;
    for (const Entry *entry : continuations.entries) {
      names.push_back(entry->entry.text);
      if (isEntrys && before == entry->entry.text)
        definitions.push_back(entry);
    }
    std::string owner = isEntrys ? ("the entry `" + before + "`").str() : "the model `" + model.name.text + "`";
    auto suggest = [&](StringRef wrong) {
      StringRef near = nearestName(wrong, names);
      return !near.empty()    ? "; did you mean `" + near.str() + "`?"
             : !names.empty() ? "; it has " + llvm::join(names, ", ")
                              : std::string();
    };
    if (definitions.empty()) {
      report("--set " + name + ": the model `" + model.name.text + "` has no entry `" + before + "`" + suggest(before));
      continue;
    }
    const Parameter *parameter = nullptr;
    names.clear();
    for (const Definition *definition : definitions)
      for (const Parameter &candidate : definition->parameters) {
        if (candidate.name.text == own)
          parameter = &candidate;
        if (!isTensorType(candidate.type))
          names.push_back(candidate.name.text);
      }
    if (!parameter)
      report("--set " + name + ": " + owner + " has no setting `" + own + "`" + suggest(own));
    else if (isTensorType(parameter->type))
      report("--set " + name + ": `" + own + "` is an input of " + owner + ", not a setting");
    else
      settings[name] = readSetting(name, text, *parameter, isEntrys ? before : StringRef(model.name.text));
    if (settings.count(name) && settings[name].failed())
      good = false;
  }
  return good;
}

/// Binds the compile-time parameters of a model or a train block: what `--set` gave, or the defaults.
bool Evaluator::bindSettings(llvm::ArrayRef<Parameter> parameters, StringRef owner, StringRef prefix) {
  bool good = true;
  for (const Parameter &parameter : parameters) {
    if (isTensorType(parameter.type))
      continue;
    Value value;
    const std::string &name = parameter.name.text;
    if (!parameter.source.text.empty())
      error(parameter.source.range,
            "`from` is only allowed for tensors; `" + name + "` is " + describeType(parameter.type));
    if (auto found = settings.find(prefix.str() + name); found != settings.end()) {
      value = found->second;
    } else if (!parameter.initial) {
      error(parameter.range, owner + " needs a default for `" + name + "`, " + describeType(parameter.type))
          .help("write " + name + ": " + textOf(parameter.type) + " = …; `--set " + prefix + name +
                "=…` then changes it");
    } else {
      value = evaluate(*parameter.initial);
      if (!value.failed()) {
        auto matched = match(value, parameter.type);
        if (!matched)
          error(parameter.initial->range,
                "`" + name + "` must be " + describeType(parameter.type) + "; found " + describe(value));
        value = matched.value_or(Value());
      }
    }
    good &= !value.failed();
    if (!value.failed())
      compileSettings[prefix.str() + name] = toText(value);
    bind(parameter.name, value);
    frame().variables[name].isParameter = true;
  }
  return good;
}

//===- Inputs and outputs --------------------------------------------------------------------------------===//

mlir::NamedAttribute Evaluator::portName(StringRef name) {
  return builder.getNamedAttr("nn.name", builder.getStringAttr(name));
}

mlir::Value Evaluator::addArgument(StringRef name, mlir::RankedTensorType type, Range range) {
  rangeStack.push_back(range);
  unsigned index = graph->function.getNumArguments();
  (void)graph->function.insertArgument(index, type, builder.getDictionaryAttr({portName(name)}), location(name));
  rangeStack.pop_back();
  return graph->function.getArgument(index);
}

bool Evaluator::addInputs(llvm::ArrayRef<Parameter> parameters) {
  bool good = true;
  for (const Parameter &parameter : parameters) {
    if (!isTensorType(parameter.type))
      continue;
    const TypeExpr &type = parameter.type;
    auto failed = [&] {
      bind(parameter.name, {});
      good = false;
    };
    mlir::Type element = type.kind == TypeExpr::Kind::named ? elementType(&context, type.name.text) : mlir::Type();
    if (!element) {
      error(type.range, "an input must be one tensor; found " + describeType(type));
      failed();
      continue;
    }
    if (parameter.initial) {
      error(parameter.initial->range, "an input cannot have a default");
      failed();
      continue;
    }
    Shape shape;
    bool known = true;
    for (const Element &part : type.elements) {
      auto *name = llvm::dyn_cast<NameExpr>(part.value.get());
      if (part.spread) {
        error(part.value->range, "inputs need known dimensions; `" + parameter.name.text + "` leaves their number open")
            .help("write them out: " + type.name.text + "[N, 8]");
        known = false;
      } else if (name && name->name == "N" && !findVariable("N")) {
        bind({"N", part.value->range}, Value::dimension({1, true}));
      } else if (name && !findVariable(name->name) && !findGlobal(*frame().file, name->name, name->range)) {
        Report report = error(part.value->range, "inputs need known dimensions; `" + name->name + "` of `" +
                                                     parameter.name.text + "` is not a parameter");
        static const StringRef batches[] = {"n", "B", "b", "None", "batch", "batch_size", "BATCH"};
        if (&part == &type.elements.front() && llvm::is_contained(batches, name->name) && !findVariable("N"))
          report.help("the batch is called N: " + type.name.text + "[N, …]");
        else
          report.help("add the parameter " + name->name +
                      ": int = " + (name->name == "H" || name->name == "W" ? "224" : "16"));
        bind({name->name, part.value->range}, {});
        known = false;
      }
      if (!known)
        break;
      auto *minus = llvm::dyn_cast<UnaryExpr>(part.value.get());
      if (llvm::isa<NoneExpr>(*part.value) || (minus && minus->op == Operator::negate)) {
        error(part.value->range, "inputs need known dimensions, or N for the batch")
            .help("write " + type.name.text + "[N, …]");
        known = false;
        break;
      }
      auto dim = evaluateDim(*part.value);
      if (!dim) {
        known = false;
        break;
      }
      shape.push_back(*dim);
    }
    if (!known || !checkSize(shape, element, type.range)) {
      failed();
      continue;
    }
    mlir::Value argument = addArgument(parameter.name.text, tensorType(shape, element), parameter.name.range);
    bind(parameter.name, Value(argument));
    frame().variables[parameter.name.text].isParameter = true;
  }
  // The sources last, for they may name other inputs; those that do behind those that do not.
  for (bool isDerived : {false, true})
    for (const Parameter &parameter : parameters)
      if (bool names = parameter.source.text == "lengths" || parameter.source.text == "following";
          names == isDerived && !parameter.source.text.empty() && isTensorType(parameter.type))
        good &= addSource(parameter);
  return good;
}

bool Evaluator::addSource(const Parameter &parameter) {
  Variable *variable = findVariable(parameter.name.text);
  auto argument = variable && variable->value.isTensor()
                      ? llvm::dyn_cast<mlir::BlockArgument>(variable->value.asTensor())
                      : mlir::BlockArgument();
  if (!argument)
    return false; // its type is wrong
  mlir::DictionaryAttr source = evaluateSource(parameter, shapeOf(argument), elementOf(argument));
  if (source)
    graph->function.setArgAttr(argument.getArgNumber(), "nn.from", source);
  return source != nullptr;
}

/// Says that a body does not bind an output, and what it binds instead.
void Evaluator::reportUnbound(const Output &output) {
  std::vector<StringRef> names;
  for (const auto &[known, other] : frame().variables)
    if (!other.isParameter)
      names.push_back(known);
  StringRef name = output.name.text, near = nearestName(name, names);
  error(output.name.range, "the body does not bind the output `" + name + "`")
      .help(near.empty() ? "write " + name.str() + " = …" : "did you mean `" + near.str() + "`, which it binds?");
}

bool Evaluator::bindOutputs(llvm::ArrayRef<Output> outputs) {
  bool good = true;
  std::set<std::string> seen;
  for (const Output &output : outputs) {
    const std::string &name = output.name.text;
    if (!seen.insert(name).second) {
      error(output.name.range, "the output `" + name + "` is declared twice");
      good = false;
      continue;
    }
    Variable *variable = findVariable(name);
    if (!variable) {
      if (!aborted)
        reportUnbound(output);
      good = false;
      bind(output.name, {});
      continue;
    }
    variable->used = true;
    Value value = variable->value;
    if (!value.failed() && !isTensorType(output.type)) {
      error(output.type.range, "an output must be a tensor; found " + describeType(output.type));
      value = Value();
    }
    Range where = variable->expr ? variable->expr->range : variable->where;
    value = checkResult(value, output.type, where, "the output `" + name + "`");
    good &= value.isTensor();
    // What the type would have bound stays silent as well.
    if (value.failed())
      for (const Element &part : output.type.elements)
        if (auto *dim = llvm::dyn_cast<NameExpr>(part.value.get()); dim && !findVariable(dim->name))
          bind({dim->name, dim->range}, {});
    frame().variables[name].value = value;
  }
  return good;
}

//===- Graphs ----------------------------------------------------------------------------------------------===//

/// A function of the module, which takes what is built from here on.
void Evaluator::beginGraph(Graph &own, StringRef name, Range range) {
  graph = &own;
  steps = ops = operationCount = 0;
  constants.clear();
  places.clear();
  rangeStack = {range};
  builder.setInsertionPointToEnd(module->getBody());
  own.function = mlir::func::FuncOp::create(builder, location(), name, builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(own.function.addEntryBlock());
}

/// Evaluates the model's body in the frame that its graph begins with.
bool Evaluator::runBody(Frame &body, const Model &model) {
  modelState = InstanceState();
  body.file = &userFile;
  body.definition = &model;
  body.naming = std::make_shared<Naming>();
  body.naming->state = &modelState;
  frames = {&body};
  body.variables["training"].value = Value::boolean(graph->training);
  bool good = bindSettings(model.parameters, model.name.text);
  good &= addInputs(model.parameters);
  if (!findVariable("N"))
    bind({"N", model.name.range}, Value::dimension({1, true}));
  body.returned = !checkBatch(model);
  run(model.body);
  // Where an `assert` does not hold, what follows would only complain about the same.
  return !body.returned && bindOutputs(model.outputs) && good;
}

/// Reports a number in place of the batch: no input has N, but an output or the `train` block does.
bool Evaluator::checkBatch(const Model &model) {
  auto hasBatch = [](const TypeExpr &type) {
    return llvm::any_of(type.elements, [](const Element &element) {
      auto *name = llvm::dyn_cast<NameExpr>(element.value.get());
      return name && name->name == "N";
    });
  };
  if (llvm::any_of(model.parameters, [&](const Parameter &p) { return hasBatch(p.type); }))
    return true;
  bool isWanted =
      llvm::any_of(model.outputs, [&](const Output &output) { return hasBatch(output.type); }) ||
      (trainBlock && llvm::any_of(trainBlock->parameters, [&](const Parameter &p) { return hasBatch(p.type); }));
  for (const Parameter &parameter : model.parameters) {
    if (!isWanted || !isTensorType(parameter.type) || parameter.type.elements.empty())
      continue;
    const Expr &first = *parameter.type.elements.front().value;
    if (!llvm::isa<IntegerExpr>(first))
      continue;
    error(first.range, "no input has the batch, N; the first dimension of `" + parameter.name.text + "` is a number")
        .help("the batch is called N: its size is given where the model runs");
    return false;
  }
  return true;
}

//===- What nothing reads ------------------------------------------------------------------------------------===//

void Evaluator::noteUsages() {
  for (const auto &[name, variable] : frame().variables) {
    bool isInput = variable.isParameter && variable.value.isTensor();
    if (!variable.where.isValid() || !(isInput || variable.value.isInstance() || holdsInstance(variable.value)))
      continue;
    Usage &usage = usages.try_emplace(variable.where.Start.getPointer(), Usage{name, variable.where, isInput, false})
                       .first->second;
    usage.used |= variable.used;
  }
}

void Evaluator::reportUsages() {
  std::vector<const Usage *> unused;
  for (const auto &[place, usage] : usages)
    if (!usage.used)
      unused.push_back(&usage);
  for (const Usage *usage : unused)
    diagnostics.warning(usage->where, usage->isInput ? "the input `" + Twine(usage->name) + "` is never used"
                                                     : "`" + Twine(usage->name) + "` is never applied");
}

void Evaluator::buildGraph(GraphKind kind, const Model &model, const Train *train) {
  static const StringRef names[] = {"predict", "evaluate", "train_step"};
  Graph own;
  own.training = kind == GraphKind::trainStep;
  beginGraph(own, names[static_cast<int>(kind)], model.name.range);
  Frame body;
  bool good = runBody(body, model);
  if (body.returned) {
    // The body ends here.
  } else if (kind == GraphKind::predict) {
    noteUsages();
    for (const Output &output : model.outputs)
      if (good)
        own.addResult(findVariable(output.name.text)->value.asTensor(), {portName(output.name.text)});
  } else {
    TrainResult result;
    trainResult = &result;
    good &= runTrain(*train, result);
    trainResult = nullptr;
    bool isStep = kind == GraphKind::trainStep;
    mlir::Value rate;
    if (good && !diagnostics.errorCount()) {
      if (isStep) {
        nn::OptimizeOp optimize = emitOptimize(result);
        own.addResult(result.loss, {portName("loss")});
        own.addResult(optimize.getNorm(), {portName("gradient_norm")});
        rate = optimize.getRate();
      }
      if (auto totals = isStep ? matchTotals(result.metrics, evaluatedTotals) : findTotals(result.metrics)) {
        for (auto [value, totalKind] : llvm::zip(totals->values, totals->kinds))
          own.addResult(value,
                        {portName("totals"), builder.getNamedAttr("nn.total", builder.getStringAttr(totalKind))});
        if (isStep) {
          rangeStack.push_back(result.optimizer->rateRange);
          mlir::LocationAttr place = location();
          rangeStack.pop_back();
          own.addResult(rate, {portName("rate"), builder.getNamedAttr("nn.location", place)});
        } else {
          evaluatedTotals = *totals;
          buildMetrics(result.metrics, *totals); // before what only they need is removed
          llvm::SmallVector<StringRef> metricNames;
          for (const MetricValue &metric : result.metrics)
            metricNames.push_back(metric.name);
          (*module)->setAttr("nn.training",
                             builder.getDictionaryAttr({
                                 builder.getNamedAttr("batch", builder.getI64IntegerAttr(result.batch)),
                                 builder.getNamedAttr("epochs", builder.getI64IntegerAttr(result.epochs)),
                                 builder.getNamedAttr("metrics", builder.getStrArrayAttr(metricNames)),
                             }));
        }
      }
    }
  }
  finishGraph();
  graph = nullptr;
  frames.clear();
  rangeStack.clear();
}

/// Reports a state that depends on `epoch` or `update` in evaluation.
void Evaluator::reportTimeInState(mlir::Value time) {
  llvm::SetVector<mlir::Operation *> reached(time.user_begin(), time.user_end());
  for (size_t i = 0; i != reached.size(); ++i)
    for (mlir::Operation *user : reached[i]->getUsers())
      reached.insert(user);
  Range at = rangeStack.front();
  for (const auto &[path, declared] : graph->declared)
    if (declared.assign && reached.contains(declared.assign))
      at = declared.assignRange;
  error(at, "a state cannot depend on `epoch`, `update` or the length of the run, which are only known in training")
      .help("write it under `if training { … }`");
}

/// Ends the function with its results, and removes what nothing uses.
void Evaluator::finishGraph() {
  mlir::func::FuncOp function = graph->function;
  builder.setInsertionPointToEnd(&function.getBody().front());
  mlir::func::ReturnOp::create(builder, location(), graph->results);
  llvm::SmallVector<mlir::Type> results;
  for (mlir::Value value : graph->results)
    results.push_back(value.getType());
  function.setType(builder.getFunctionType(function.getArgumentTypes(), results));
  for (auto [index, attributes] : llvm::enumerate(graph->resultAttributes))
    function.setResultAttrs(index, attributes);
  if (diagnostics.errorCount())
    return;
  for (mlir::Operation &op : llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (mlir::isOpTriviallyDead(&op))
      op.erase();
  if (graph->random) {
    // The last argument, where the callers' numbers of the others stay what they are.
    unsigned index = llvm::cast<mlir::BlockArgument>(graph->random).getArgNumber();
    if (!graph->random.use_empty()) {
      unsigned last = function.getNumArguments();
      (void)function.insertArgument(last, graph->random.getType(), function.getArgAttrDict(index),
                                    graph->random.getLoc());
      graph->random.replaceAllUsesWith(function.getArgument(last));
    }
    (void)function.eraseArgument(index);
  }
  if (graph->training) {
    for (mlir::Value number : {graph->updatesPerEpoch, graph->epochs})
      if (number && number.use_empty())
        (void)function.eraseArgument(llvm::cast<mlir::BlockArgument>(number).getArgNumber());
    return;
  }
  // In evaluation there is no time: what depends on it must not matter.
  auto times = graph->times();
  for (mlir::Value time : llvm::reverse(times))
    if (time) {
      if (!time.use_empty()) {
        reportTimeInState(time);
        return;
      }
      (void)function.eraseArgument(llvm::cast<mlir::BlockArgument>(time).getArgNumber());
    }
}
