//===- Calls.cpp - a call from its arguments to its result -----------------------------------------------------===//
#include "frontends/ag/evaluate/Calls.h"

#include "frontends/ag/evaluate/CallKind.h"
#include "frontends/ag/evaluate/Evaluator.h"
#include "frontends/ag/evaluate/Ports.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

Calls::Calls(Evaluator &evaluator)
    : Part(evaluator.context), evaluator_(evaluator), files_(evaluator.files), types_(evaluator.types),
      tensors_(evaluator.tensors), instances_(evaluator.instances) {}

Value Calls::call(const Value &callee, std::vector<Given> arguments, Range range) {
  for (const Given &argument : arguments)
    if (argument.value.failed())
      return {};
  PlaceScope place(context, range);
  return callee.isInstance() ? callDefinee(callee.asInstance()->of, callee.asInstance(), std::move(arguments), range)
                             : callDefinee(callee.get<Definee>(), nullptr, std::move(arguments), range);
}

Value Calls::callDefinee(const Definee &definee, const std::shared_ptr<Instance> &instance,
                         std::vector<Given> arguments, Range range) {
  CallKind kind = kindOfCall(types_, definee, instance.get(), arguments);
  if (kind == CallKind::self)
    return Value(instance);

  Bound bound;
  Value nameArgument;
  Range nameRange = range;
  for (const Given &argument : arguments)
    if (argument.name.text == "name")
      nameRange = argument.range;
  if (!bindArguments(definee, instance.get(), arguments, kind == CallKind::make, bound, nameArgument))
    return {};
  // An instance that is handed on without a name is counted where it was made.
  for (const Given &argument : arguments)
    if (argument.value.isInstance())
      instances_.nameByCount(*argument.value.asInstance());

  if (kind == CallKind::apply && definee.builtin)
    return applyBuiltin(definee, bound, range);
  if (kind == CallKind::apply && instance) {
    if (nameArgument.isString())
      return fail(nameRange, "the instance already has a name; it is named where it is made");
    instances_.nameByCount(*instance);
    return apply(*instance, bound, range);
  }
  if (instance)
    return fail(range,
                "`" + (instance->named ? instance->step : definee.name().str()) +
                    "` is already an instance: it only takes its tensors",
                "give the other arguments where it is made");
  std::shared_ptr<Instance> made = instances_.make(definee, nameArgument, nameRange);
  if (!made)
    return {};
  if (kind == CallKind::apply) {
    instances_.nameByCount(*made);
    return apply(*made, bound, range);
  }
  for (auto [parameter, given] : llvm::zip(definee.definition->parameters, bound))
    if (given && given->value.isInstance() && parameter.type.kind == TypeExpr::Kind::named && !definee.builtin &&
        !types_.match(given->value, parameter.type)) {
      reportArgument(definee, parameter, *given, types_.describeType(parameter.type));
      return {};
    }
  made->bound = std::move(bound);
  return Value(std::move(made));
}

//===- Layers and models --------------------------------------------------------------------------------------===//

Value Calls::apply(Instance &instance, llvm::ArrayRef<std::optional<Given>> bound, Range range) {
  const Definition &definition = *instance.of.definition;
  Frame own;
  own.file = instance.of.file;
  own.definition = &definition;
  own.instance = &instance;
  own.bound = bound;
  own.naming = Instances::beginBody(instance);
  if (!context.enter(own, range))
    return {};
  own.variables["training"].value = Value::boolean(context.graph && context.graph->training);
  Value result;
  if (bindParameters(instance.of, bound, range)) {
    if (instance.state->firstTypes.empty())
      for (const Parameter &parameter : definition.parameters) {
        const Value &value = own.variables[parameter.name.text].value;
        instance.state->firstTypes.push_back(value.isTensor() ? value.asTensor().getType() : mlir::Type());
      }
    checkOrder(instance, bound);
    evaluator_.run(definition.body);
    auto *model = llvm::dyn_cast<Model>(&definition);
    result = model ? outputsOf(*model) : resultOf(llvm::cast<Layer>(definition), range);
  }
  context.leave();
  return context.aborted ? Value() : result;
}

/// What a model that is called as a layer gives.
Value Calls::outputsOf(const Model &model) {
  std::vector<Value> outputs;
  for (const Output &output : model.outputs) {
    Variable *variable = frame().returned ? nullptr : findVariable(output.name.text); // an `assert` does not hold
    if (!variable && !frame().returned)
      reportUnbound(context, output);
    outputs.push_back(variable ? types_.checkResult(variable->value, output.type, variable->where,
                                                    "the output `" + output.name.text + "`")
                               : Value());
  }
  return outputs.size() == 1 ? outputs[0] : Value::list(outputs);
}

/// What the body of a layer returned.
Value Calls::resultOf(const Layer &layer, Range range) {
  const Frame &body = frame();
  if (!body.returned) {
    if (!context.aborted)
      error(layer.name.range, "the layer `" + layer.name.text + "` ends without `return`")
          .help("end its body with return …");
    return {};
  }
  if (llvm::any_of(body.results, [](const Value &value) { return value.failed(); }))
    return {};
  Value result = body.results.size() == 1 ? body.results[0] : Value::list(body.results);
  Range where =
      body.resultRanges.empty() ? range : Range(body.resultRanges.front().Start, body.resultRanges.back().End);
  return layer.result ? types_.checkResult(result, *layer.result, where, "the result of `" + layer.name.text + "`")
                      : result;
}

//===- Operations ---------------------------------------------------------------------------------------------===//

/// Matches the arguments to the signature of an operation or source.
std::optional<Call> Calls::matchBuiltin(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound,
                                        Range range) {
  Frame own;
  own.file = &files_.operations;
  own.definition = definee.definition;
  own.naming = frame().naming;
  if (!context.enter(own, range))
    return std::nullopt;
  bool good = bindParameters(definee, bound, range);
  context.leave();
  if (!good || context.aborted)
    return std::nullopt;
  std::vector<Given> arguments;
  for (auto [parameter, given] : llvm::zip(definee.definition->parameters, bound)) {
    arguments.push_back(given.value_or(Given()));
    arguments.back().value = own.variables[parameter.name.text].value;
  }
  return Call(definee.builtin->name, range, definee.definition->parameters, std::move(arguments));
}

std::optional<Call> Calls::matchSource(const Builtin &source, std::vector<Given> arguments, Range range) {
  Definee definee{source.signature, &source, &files_.operations};
  Bound bound;
  Value unused;
  if (!bindArguments(definee, nullptr, arguments, /*makesInstance=*/false, bound, unused))
    return std::nullopt;
  return matchBuiltin(definee, bound, range);
}

Value Calls::applyBuiltin(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range) {
  std::optional<Call> call = matchBuiltin(definee, bound, range);
  if (!call)
    return {};
  Tensors::Application application(tensors_, call->name);
  Value result = definee.builtin->function(tensors_, *call);
  if (!result.isTensor() && !result.isInitializer() && !result.isOptimizer())
    return result;
  // What was written as a number became one of the result's, or of f32.
  mlir::Type element = result.isTensor() ? elementOf(result.asTensor()) : tensors_.f32();
  for (const Parameter &parameter : call->signature()) {
    StringRef name = parameter.name.text;
    const Value &value = (*call)[name];
    if (value.is<double>() && !isFinite(value.get<double>(), isFloat(element) ? element : tensors_.f32()))
      return fail(call->at(name), toText(value) + " does not fit in " + elementName(element));
  }
  return result;
}
