//===- Arguments.cpp - arguments to parameters, and what is wrong with them ------------------------------------===//
#include "frontends/ag/evaluate/Calls.h"
#include "frontends/ag/evaluate/Evaluator.h"

#include "frontends/ag/syntax/Foreign.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

/// `conv2d(x, features, kernel)`
static std::string orderOf(const Definee &definee) {
  std::string names;
  for (const Parameter &parameter : definee.definition->parameters)
    names += (names.empty() ? "" : ", ") + parameter.name.text;
  return (definee.name() + "(" + names + ")").str();
}

/// A parameter that takes all positional arguments that remain.
static bool takesRest(const Parameter &parameter) { return parameter.type.name.text == "rest"; }

//===- Which argument is which parameter's --------------------------------------------------------------------===//

void Calls::reportUnknownArgument(const Definee &definee, const Given &argument) {
  StringRef name = argument.name.text;
  std::vector<StringRef> names;
  for (const Parameter &parameter : definee.definition->parameters)
    if (!takesRest(parameter)) // which has no name outside
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
}

bool Calls::bindKeyword(const Definee &definee, const Instance *instance, const Given &argument, Bound &bound,
                        Value &nameArgument) {
  const std::vector<Parameter> &parameters = definee.definition->parameters;
  StringRef name = argument.name.text;
  auto found = llvm::find_if(parameters, [&](const Parameter &p) { return p.name.text == name; });
  if (found == parameters.end() && name == "name" && !definee.builtin) {
    if (!argument.value.isString()) {
      error(argument.range, "`name` must be a str; found " + describe(argument.value));
      return false;
    }
    nameArgument = argument.value;
    return true;
  }
  if (found == parameters.end()) {
    reportUnknownArgument(definee, argument);
    return false;
  }
  size_t index = found - parameters.begin();
  std::optional<Given> &old = bound[index];
  bool isInstances = instance && instance->bound[index] && old && // the call may replace it
                     old->range.Start == instance->bound[index]->range.Start;
  if (old && !isInstances) {
    Report report = error(argument.name.range, "`" + name + "` is given twice");
    if (old->name.text.empty() && old->range.isValid())
      report.note(old->range, "by its place it is this argument: the order is " + orderOf(definee));
    return false;
  }
  old = argument;
  return true;
}

bool Calls::bindArguments(const Definee &definee, const Instance *instance, llvm::ArrayRef<Given> arguments,
                          bool makesInstance, Bound &bound, Value &nameArgument) {
  const std::vector<Parameter> &parameters = definee.definition->parameters;
  if (instance)
    bound = instance->bound;
  bound.resize(parameters.size());
  size_t next = 0;
  std::vector<Value> rest;
  Range restRange;
  for (const Given &argument : arguments) {
    if (!argument.name.text.empty()) {
      if (!bindKeyword(definee, instance, argument, bound, nameArgument))
        return false;
      continue;
    }
    while (next < parameters.size() &&
           (bound[next] || (makesInstance && types_.isTensorParameter(definee, parameters[next]))))
      ++next;
    if (next >= parameters.size()) {
      error(argument.range,
            "too many arguments for " + definee.name() + ": it takes at most " + Twine(parameters.size()))
          .help("its arguments are " + orderOf(definee));
      return false;
    }
    if (!takesRest(parameters[next])) {
      bound[next++] = argument;
      continue;
    }
    // An empty list that nobody wrote is what an empty spread leaves.
    bool isEmptySpread = argument.value.isList() && argument.value.asList().empty() && !argument.expr;
    if (!isEmptySpread)
      rest.push_back(argument.value);
    restRange = restRange.isValid() ? Range(restRange.Start, argument.range.End) : argument.range;
  }
  if (restRange.isValid())
    for (auto [parameter, given] : llvm::zip(parameters, bound))
      if (takesRest(parameter))
        given = Given{Value::list(std::move(rest)), restRange, nullptr, {}};
  return true;
}

//===- Binding in the callee's body ---------------------------------------------------------------------------===//

bool Calls::bindParameter(const Parameter &parameter, Value value) {
  bool good = !value.failed();
  bind(parameter.name, std::move(value));
  frame().variables[parameter.name.text].isParameter = true;
  return good;
}

void Calls::reportMissing(const Definee &definee, const Parameter &parameter, Range range) {
  context.outside([&] {
    error(range, definee.name() + " is missing the argument `" + parameter.name.text + "`, " +
                     types_.describeType(parameter.type))
        .help("write " + definee.name() + "(" + parameter.name.text + "=…)");
  });
}

/// `none` may be handed on where it is the default.
static bool isDefaultNone(const Parameter &parameter, const Value &value) {
  return value.isNone() && parameter.initial && llvm::isa<NoneExpr>(*parameter.initial);
}

bool Calls::bindCompileTime(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range) {
  bool good = true;
  for (auto [parameter, given] : llvm::zip(definee.definition->parameters, bound)) {
    if (types_.isTensorParameter(definee, parameter) && !definee.builtin)
      continue;
    if (!good && definee.builtin)
      return false; // one argument too many or too few would be said of each that follows
    Value value;
    if (takesRest(parameter)) {
      value = given ? given->value : Value(None());
    } else if (given) {
      auto matched = types_.match(given->value, parameter.type);
      if (!matched && isDefaultNone(parameter, given->value))
        matched = given->value;
      if (!matched)
        context.outside([&] { reportArgument(definee, parameter, *given, types_.describeType(parameter.type)); });
      value = matched.value_or(Value());
    } else if (!parameter.initial) {
      reportMissing(definee, parameter, range);
    } else {
      Value initial = evaluator_.evaluate(*parameter.initial);
      auto matched =
          initial.failed() || initial.isNone() ? std::optional<Value>(initial) : types_.match(initial, parameter.type);
      if (!matched)
        error(parameter.initial->range, "`" + parameter.name.text + "` must be " + types_.describeType(parameter.type) +
                                            "; found " + describe(initial));
      value = matched.value_or(Value());
    }
    good &= bindParameter(parameter, std::move(value));
  }
  return good;
}

bool Calls::bindTensors(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range) {
  bool good = true;
  auto wrong = [&](const Parameter &parameter, const Given &given, StringRef expected) {
    context.outside([&] { reportArgument(definee, parameter, given, expected); });
  };
  for (Types::Phase phase : {Types::Phase::names, Types::Phase::expressions}) {
    for (auto [parameter, given] : llvm::zip(definee.definition->parameters, bound)) {
      if (!types_.isTensorParameter(definee, parameter))
        continue;
      if (!given) {
        if (phase == Types::Phase::expressions)
          continue;
        if (!parameter.initial)
          reportMissing(definee, parameter, range);
        good &= bindParameter(parameter, parameter.initial ? evaluator_.evaluate(*parameter.initial) : Value());
        continue;
      }
      if (isDefaultNone(parameter, given->value)) {
        good &= bindParameter(parameter, given->value);
        continue;
      }
      if (parameter.type.kind != TypeExpr::Kind::named || parameter.type.name.text == "list") {
        if (phase == Types::Phase::names) {
          auto matched = types_.match(given->value, parameter.type);
          if (!matched)
            wrong(parameter, *given, types_.describeType(parameter.type));
          good &= bindParameter(parameter, matched.value_or(Value()));
        }
        continue;
      }
      Types::Mismatch mismatch;
      Value value = given->value;
      if (value.isNumber() && parameter.type.elements.empty())
        if (mlir::Type element = elementType(&context.mlir, parameter.type.name.text))
          if (mlir::Value tensor = tensors_.toTensor(value, element, given->range))
            value = Value(tensor);
      if (!types_.matchTensor(value, parameter.type, phase, mismatch)) {
        if (!mismatch.failed)
          wrong(parameter, *given, mismatch.expected);
        value = Value();
      }
      good &= bindParameter(parameter, value);
    }
    if (!good)
      return false;
  }
  return true;
}

bool Calls::bindParameters(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range) {
  if (!bindCompileTime(definee, bound, range))
    return false;
  return definee.builtin || bindTensors(definee, bound, range);
}

//===- Arguments of another type ------------------------------------------------------------------------------===//

void Calls::helpArgument(Report &report, const Definee &definee, const Parameter &parameter, const Given &given) {
  if (definee.name() == "dense" && parameter.name.text == "bias" && given.value.isInteger() &&
      given.name.text.empty()) {
    report.help("dense takes the size of its output only: x |> dense(" + toText(given.value) + ")");
    return;
  }
  if (definee.name() == "range")
    report.help("range(a) counts 0 … a - 1, range(a, b) counts a … b - 1");
  const TypeExpr &type = parameter.type;
  if (given.value.is<double>())
    helpDivision(report, given.expr);
  if (given.value.isTensor() && type.name.text == "list")
    report.help("write the tensors as a list: " + definee.name() + "([a, b])");
  else if (given.value.isTensor() && !types_.isTensorParameter(definee, parameter) && given.name.text.empty() &&
           !definee.definition->parameters.empty() &&
           types_.isTensorParameter(definee, definee.definition->parameters[0]))
    report.help("tensors come first: x |> " + definee.name() + "(…)");
  mlir::Type element = type.hasBrackets ? elementType(&context.mlir, type.name.text) : mlir::Type();
  if (given.value.isInstance() && type.kind != TypeExpr::Kind::layer)
    report.help("apply it to a tensor first: x |> " + given.value.asInstance()->of.name() + "(…)");
  if (!element)
    return;
  if (given.value.isTensor()) {
    Dims shape = dimsOf(given.value.asTensor());
    bool hasSpread = llvm::any_of(type.elements, [](const Element &e) { return e.spread; });
    if (!hasSpread && type.elements.size() == 4 && shape.size() == 3 && shape[0].isOpen) {
      shape.push_back({1, false});
      report.help("images have their channels last; with one channel x[..., none] is " + toString(shape, element));
    } else if (elementOf(given.value.asTensor()) != element) {
      report.help("cast it: " + type.name.text + "(…)");
    }
  }
}

void Calls::reportArgument(const Definee &definee, const Parameter &parameter, const Given &given, StringRef expected) {
  Report report = error(given.range, definee.name() + " needs `" + parameter.name.text + "`, " + expected + "; found " +
                                         describe(given.value));
  noteDeclaration(report, given);
  helpArgument(report, definee, parameter, given);
}
