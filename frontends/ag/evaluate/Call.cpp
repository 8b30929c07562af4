//===- Call.cpp - arguments, layers, instances, paths -----------------------------------------------===//
#include "frontends/ag/evaluate/Evaluator.h"

#include "frontends/ag/syntax/Foreign.h"

#include "dialects/nn/Optimizer.h"

#include "llvm/Support/SaveAndRestore.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

//===- Paths -----------------------------------------------------------------------------------------===//

void Evaluator::setPath(Instance &instance, StringRef step) {
  Naming &naming = *instance.naming;
  instance.named = true;
  std::string key = step.str();
  if (step.empty()) {
    // No step: the parameters lie beside those of the body; the instance itself is known by layer and count.
    key = ("/" + instance.of.name()).str();
    key += std::to_string(++naming.counts[key]);
    instance.path = naming.prefix;
    instance.step = instance.of.name().str();
  } else {
    naming.used.insert(key);
    instance.path = naming.prefix + key + ".";
    instance.step = key;
  }
  std::shared_ptr<InstanceState> &state = naming.state->children[key];
  if (!state)
    state = std::make_shared<InstanceState>();
  instance.state = state;
}

void Evaluator::nameByCount(Instance &instance) {
  if (instance.named)
    return;
  Naming &naming = *instance.naming;
  StringRef name = instance.of.name();
  std::string step;
  do
    step = (name + "_" + Twine(++naming.counts[name.str()])).str();
  while (naming.used.count(step));
  setPath(instance, step);
}

void Evaluator::nameInstances(const Value &value, StringRef name) {
  auto unique = [&](Naming &naming, const std::string &wanted) {
    std::string step = wanted;
    for (unsigned i = 2; naming.used.count(step); ++i)
      step = wanted + "_" + std::to_string(i);
    return step;
  };
  auto nameOne = [&](const Value &one, const std::string &wanted) {
    if (!one.isInstance() || one.asInstance()->named)
      return;
    Instance &instance = *one.asInstance();
    if (name == "_")
      nameByCount(instance);
    else
      setPath(instance, unique(*instance.naming, wanted));
  };
  nameOne(value, name.str());
  if (value.isList())
    for (auto [index, element] : llvm::enumerate(value.asList()))
      nameOne(element, (name + "_" + Twine(index + 1)).str());
}

std::shared_ptr<Instance> Evaluator::makeInstance(const Definee &definee, const Value &nameArgument, Range nameRange,
                                                  Range range) {
  auto instance = std::make_shared<Instance>();
  instance->of = definee;
  instance->bound.resize(definee.definition->parameters.size());
  instance->naming = frame().naming;
  if (!instance->naming) { // of a constant: there is no body
    instance->naming = std::make_shared<Naming>();
    instance->naming->state = &modelState;
  }
  if (!nameArgument.isString())
    return instance;
  const std::string &name = nameArgument.asString();
  for (char c : name)
    if (!llvm::isAlnum(c) && c != '_') {
      error(nameRange, "the name of an instance can only have letters, digits and `_`; found \"" + name + "\"");
      return nullptr;
    }
  if (!name.empty() && instance->naming->used.count(name)) {
    error(nameRange, "the name \"" + name + "\" is used twice in this body")
        .help("give each instance a name of its own");
    return nullptr;
  }
  setPath(*instance, name);
  return instance;
}

//===- Arguments ---------------------------------------------------------------------------------------===//

bool Evaluator::isTensorParameter(const Definee &definee, const Parameter &parameter) {
  return isTensorType(parameter.type) ||
         (definee.builtin && parameter.type.kind == TypeExpr::Kind::named &&
          (parameter.type.name.text == "number" || parameter.type.name.text == "value"));
}

/// `conv2d(x, features, kernel)`
static std::string orderOf(const Definee &definee) {
  std::string names;
  for (const Parameter &parameter : definee.definition->parameters)
    names += (names.empty() ? "" : ", ") + parameter.name.text;
  return (definee.name() + "(" + names + ")").str();
}

/// Puts each argument to its parameter. An instance in the making takes no tensors.
bool Evaluator::bindArguments(const Definee &definee, Instance *instance, std::vector<Given> &arguments,
                              bool makesInstance, std::vector<std::optional<Given>> &bound, Range range,
                              Value &nameArgument) {
  const std::vector<Parameter> &parameters = definee.definition->parameters;
  if (instance)
    bound = instance->bound;
  bound.resize(parameters.size());
  size_t next = 0;
  std::vector<Value> rest;
  Range restRange;
  for (Given &argument : arguments) {
    if (!argument.name.text.empty()) {
      StringRef name = argument.name.text;
      auto *found = llvm::find_if(parameters, [&](const Parameter &p) { return p.name.text == name; }).base();
      if (found == parameters.data() + parameters.size()) {
        if (name == "name" && !definee.builtin) {
          if (!argument.value.isString()) {
            error(argument.range, "`name` must be a str; found " + describe(argument.value));
            return false;
          }
          nameArgument = argument.value;
          continue;
        }
        std::vector<StringRef> names;
        for (const Parameter &parameter : parameters)
          if (parameter.type.name.text != "rest") // which has no name outside
            names.push_back(parameter.name.text);
        if (!definee.builtin)
          names.push_back("name");
        std::string foreign =
            foreignArgument(definee.name(), name, [&](StringRef ours) { return llvm::is_contained(names, ours); });
        StringRef near = foreign.empty() ? nearestName(name, names) : "";
        Report report = error(argument.name.range, definee.name() + " has no argument `" + name + "`" +
                                                       (near.empty() ? Twine("") : "; did you mean `" + near + "`?"));
        if (!foreign.empty())
          report.help(foreign);
        else if (near.empty() && !names.empty())
          report.help(definee.name() + " takes " + llvm::join(names, ", "));
        return false;
      }
      size_t index = found - parameters.data();
      if (bound[index] &&
          (!instance || !instance->bound[index] || bound[index]->range.Start != instance->bound[index]->range.Start)) {
        Report report = error(argument.name.range, "`" + name + "` is given twice");
        if (bound[index]->name.text.empty() && bound[index]->range.isValid())
          report.note(bound[index]->range, "by its place it is this argument: the order is " + orderOf(definee));
        return false;
      }
      bound[index] = argument;
      continue;
    }
    while (next < parameters.size() && (bound[next] || (makesInstance && isTensorParameter(definee, parameters[next]))))
      ++next;
    if (next < parameters.size() && parameters[next].type.name.text == "rest") {
      bool sentinel = argument.value.isList() && argument.value.asList().empty() && !argument.expr;
      if (!sentinel)
        rest.push_back(argument.value);
      restRange = restRange.isValid() ? Range(restRange.Start, argument.range.End) : argument.range;
      continue;
    }
    if (next >= parameters.size()) {
      error(argument.range,
            "too many arguments for " + definee.name() + ": it takes at most " + Twine(parameters.size()))
          .help("its arguments are " + orderOf(definee));
      return false;
    }
    bound[next++] = argument;
  }
  if (restRange.isValid())
    for (size_t i = 0; i != parameters.size(); ++i)
      if (parameters[i].type.name.text == "rest")
        bound[i] = Given{Value::list(std::move(rest)), restRange, nullptr, {}};
  return true;
}

//===- Calls ---------------------------------------------------------------------------------------------===//

Value Evaluator::call(const Value &callee, std::vector<Given> arguments, Range range) {
  for (const Given &argument : arguments)
    if (argument.value.failed())
      return {};
  rangeStack.push_back(range);
  Value result = callee.isInstance()
                     ? callDefinee(callee.asInstance()->of, callee.asInstance(), std::move(arguments), range)
                     : callDefinee(callee.get<Definee>(), nullptr, std::move(arguments), range);
  rangeStack.pop_back();
  return result;
}

Value Evaluator::callDefinee(const Definee &definee, const std::shared_ptr<Instance> &instance,
                             std::vector<Given> arguments, Range range) {
  const std::vector<Parameter> &parameters = definee.definition->parameters;
  // Does the call give the tensors that have no default?
  bool wantsTensors = false, givesTensors = false;
  for (size_t i = 0; i != parameters.size(); ++i) {
    const Parameter &parameter = parameters[i];
    if (parameter.initial || !isTensorParameter(definee, parameter) || (instance && instance->bound[i]))
      continue;
    bool isFirst = !wantsTensors;
    wantsTensors = true;
    for (const Given &argument : arguments)
      givesTensors |= argument.name.text == parameter.name.text;
    if (isFirst && !arguments.empty() && arguments[0].name.text.empty()) {
      const Value &first = arguments[0].value;
      bool listOfTensors = first.isList() && !first.asList().empty() && first.asList()[0].isTensor();
      givesTensors |=
          first.isTensor() || listOfTensors || (definee.builtin && match(first, parameter.type).has_value());
    }
  }
  // A tensor at a later place, or a keyword, shows the wish to apply it as well.
  for (const Given &argument : arguments)
    givesTensors |= argument.value.isTensor();
  // A schedule may be a tensor, but an optimizer is no layer.
  bool isOptimizer = definee.builtin && nn::findOptimizer(definee.name());
  bool makesInstance = wantsTensors && !givesTensors && !isOptimizer;
  if (instance && arguments.empty() && makesInstance)
    return Value(instance);

  std::vector<std::optional<Given>> bound;
  Value nameArgument;
  Range nameRange = range;
  for (const Given &argument : arguments)
    if (argument.name.text == "name")
      nameRange = argument.range;
  if (!bindArguments(definee, instance.get(), arguments, makesInstance, bound, range, nameArgument))
    return {};
  // An instance that is handed on without a name is counted where it was made.
  for (const Given &argument : arguments)
    if (argument.value.isInstance())
      nameByCount(*argument.value.asInstance());

  if (makesInstance) {
    if (instance)
      return fail(range,
                  "`" + (instance->named ? instance->step : definee.name().str()) +
                      "` is already an instance: it only takes its tensors",
                  "give the other arguments where it is made");
    auto made = makeInstance(definee, nameArgument, nameRange, range);
    if (!made)
      return {};
    for (auto [parameter, given] : llvm::zip(parameters, bound))
      if (given && given->value.isInstance() && parameter.type.kind == TypeExpr::Kind::named && !definee.builtin &&
          !match(given->value, parameter.type)) {
        reportArgument(definee, parameter, *given, describeType(parameter.type));
        return {};
      }
    made->bound = std::move(bound);
    return Value(std::move(made));
  }
  if (definee.builtin)
    return applyBuiltin(definee, bound, range);
  if (instance) {
    if (nameArgument.isString())
      return fail(nameRange, "the instance already has a name; it is named where it is made");
    nameByCount(*instance);
    return apply(*instance, std::move(bound), range);
  }
  auto made = makeInstance(definee, nameArgument, nameRange, range);
  if (!made)
    return {};
  nameByCount(*made);
  return apply(*made, std::move(bound), range);
}

bool Evaluator::enter(Frame &next, Range range) {
  if (frames.size() >= kMaxCallDepth) {
    bool isRecursive = llvm::count_if(frames, [&](Frame *f) { return f->definition == next.definition; }) > 1;
    if (!aborted && isRecursive)
      error(range, "`" + next.definition->name.text + "` calls itself more than " + Twine(kMaxCallDepth) + " times")
          .help("return without a call at some depth: if depth == 0 { return x }");
    else if (!aborted)
      error(range, "calls can be nested at most " + Twine(kMaxCallDepth) + " levels deep");
    aborted = true;
    return false;
  }
  next.callRange = range;
  frames.push_back(&next);
  return true;
}

/// Binds the parameters in the callee's frame: first what is known at compile time, then the tensors' dimensions.
bool Evaluator::bindParameters(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range) {
  const std::vector<Parameter> &parameters = definee.definition->parameters;
  bool good = true;
  auto store = [&](const Parameter &parameter, Value value) {
    good &= !value.failed();
    bind(parameter.name, std::move(value));
    frame().variables[parameter.name.text].isParameter = true;
  };
  auto missing = [&](const Parameter &parameter) {
    outside([&] {
      error(range,
            definee.name() + " is missing the argument `" + parameter.name.text + "`, " + describeType(parameter.type))
          .help("write " + definee.name() + "(" + parameter.name.text + "=…)");
    });
    store(parameter, {});
  };
  auto wrong = [&](const Parameter &parameter, const Given &given, StringRef expected) {
    outside([&] { reportArgument(definee, parameter, given, expected); });
  };
  for (auto [parameter, given] : llvm::zip(parameters, bound)) {
    if (isTensorParameter(definee, parameter) && !definee.builtin)
      continue;
    if (!good && definee.builtin)
      return false; // one argument too many or too few would be said of each that follows
    if (!given) {
      if (parameter.type.name.text == "rest")
        store(parameter, Value(None()));
      else if (!parameter.initial)
        missing(parameter);
      else {
        Value value = evaluate(*parameter.initial);
        auto matched = value.failed() || value.isNone() ? std::optional<Value>(value) : match(value, parameter.type);
        if (!matched)
          error(parameter.initial->range,
                "`" + parameter.name.text + "` must be " + describeType(parameter.type) + "; found " + describe(value));
        store(parameter, matched.value_or(Value()));
      }
      continue;
    }
    if (parameter.type.name.text == "rest") {
      store(parameter, given->value);
      continue;
    }
    auto matched = match(given->value, parameter.type);
    // `none` may be handed on where it is the default.
    if (!matched && given->value.isNone() && parameter.initial && llvm::isa<NoneExpr>(*parameter.initial))
      matched = given->value;
    if (!matched)
      wrong(parameter, *given, describeType(parameter.type));
    store(parameter, matched.value_or(Value()));
  }
  if (!good || definee.builtin)
    return good;

  // The tensors.
  for (Phase phase : {Phase::names, Phase::expressions}) {
    for (auto [parameter, given] : llvm::zip(parameters, bound)) {
      if (!isTensorParameter(definee, parameter))
        continue;
      if (!given) {
        if (phase == Phase::expressions)
          continue;
        if (!parameter.initial)
          missing(parameter);
        else
          store(parameter, evaluate(*parameter.initial));
        continue;
      }
      if (given->value.isNone() && parameter.initial && llvm::isa<NoneExpr>(*parameter.initial)) {
        store(parameter, given->value);
        continue;
      }
      if (parameter.type.kind != TypeExpr::Kind::named || parameter.type.name.text == "list") {
        if (phase == Phase::names) {
          auto matched = match(given->value, parameter.type);
          if (!matched)
            wrong(parameter, *given, describeType(parameter.type));
          store(parameter, matched.value_or(Value()));
        }
        continue;
      }
      Mismatch mismatch;
      Value value = given->value;
      if (value.isNumber() && parameter.type.elements.empty())
        if (mlir::Type element = elementType(&context, parameter.type.name.text))
          if (mlir::Value tensor = toTensor(value, element, given->range))
            value = Value(tensor);
      if (!matchTensor(value, parameter.type, phase, mismatch)) {
        if (!mismatch.failed)
          wrong(parameter, *given, mismatch.expected);
        good = false;
        value = Value();
      }
      store(parameter, value);
    }
    if (!good)
      return false;
  }
  return good;
}

Value Evaluator::apply(Instance &instance, std::vector<std::optional<Given>> bound, Range range) {
  const Definition &definition = *instance.of.definition;
  Frame own;
  own.file = instance.of.file;
  own.definition = &definition;
  own.instance = &instance;
  own.bound = bound;
  own.naming = std::make_shared<Naming>();
  own.naming->prefix = instance.path;
  own.naming->state = instance.state.get();
  if (!enter(own, range))
    return {};
  own.variables["training"].value = Value::boolean(graph && graph->training);

  Value result;
  if (bindParameters(instance.of, bound, range)) {
    std::vector<mlir::Type> types;
    for (const Parameter &parameter : definition.parameters) {
      const Value &value = own.variables[parameter.name.text].value;
      types.push_back(value.isTensor() ? value.asTensor().getType() : mlir::Type());
    }
    if (instance.state->firstTypes.empty())
      instance.state->firstTypes = types;
    checkOrder(instance, bound);
    run(definition.body);
    if (auto *model = llvm::dyn_cast<Model>(&definition)) {
      std::vector<Value> outputs;
      for (const Output &output : model->outputs) {
        if (own.returned) { // an `assert` does not hold
          outputs.push_back({});
          continue;
        }
        Variable *variable = findVariable(output.name.text);
        if (!variable) {
          reportUnbound(output);
          outputs.push_back({});
        } else {
          outputs.push_back(
              checkResult(variable->value, output.type, variable->where, "the output `" + output.name.text + "`"));
        }
      }
      result = outputs.size() == 1 ? outputs[0] : Value::list(outputs);
    } else if (!own.returned) {
      if (!aborted)
        error(definition.name.range, "the layer `" + definition.name.text + "` ends without `return`")
            .help("end its body with return …");
    } else {
      Range where =
          own.resultRanges.empty() ? range : Range(own.resultRanges.front().Start, own.resultRanges.back().End);
      bool anyFailed = llvm::any_of(own.results, [](const Value &v) { return v.failed(); });
      if (!anyFailed) {
        result = own.results.size() == 1 ? own.results[0] : Value::list(own.results);
        const auto &type = llvm::cast<Layer>(definition).result;
        if (type)
          result = checkResult(result, *type, where, "the result of `" + definition.name.text + "`");
      }
    }
  }
  leave();
  return aborted ? Value() : result;
}

/// Matches the arguments to the signature of an operation or source.
bool Evaluator::bindBuiltin(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range,
                            Call &call) {
  Frame own;
  own.file = &operations;
  own.definition = definee.definition;
  own.naming = frame().naming;
  if (!enter(own, range))
    return false;
  bool good = bindParameters(definee, bound, range);
  leave();
  if (!good || aborted)
    return false;
  call.name = definee.builtin->name;
  call.range = range;
  for (auto [parameter, given] : llvm::zip(definee.definition->parameters, bound)) {
    Given argument = given.value_or(Given());
    argument.value = own.variables[parameter.name.text].value;
    call.arguments.push_back(std::move(argument));
  }
  return true;
}

Value Evaluator::applyBuiltin(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range) {
  Call call;
  if (!bindBuiltin(definee, bound, range, call))
    return {};
  llvm::SaveAndRestore applying(operation, StringRef(definee.builtin->name));
  ++operationCount;
  Value result = definee.builtin->function(*this, call);
  if (result.isTensor() || result.isInitializer() || result.isOptimizer()) {
    mlir::Type element = result.isTensor() ? elementOf(result.asTensor()) : f32();
    for (unsigned i = 0; i != call.arguments.size(); ++i)
      if (call[i].is<double>() &&
          !isFinite(call[i].get<double>(), llvm::isa<mlir::FloatType>(element) ? element : f32()))
        return fail(call.at(i), toText(call[i]) + " does not fit in " + elementName(element));
  }
  return result;
}
