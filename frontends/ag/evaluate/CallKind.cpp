//===- CallKind.cpp - whether a call makes an instance or applies one ------------------------------------------===//
#include "frontends/ag/evaluate/CallKind.h"

#include "frontends/ag/evaluate/Types.h"

#include "dialects/nn/Optimizer.h"

using namespace argent::ag;

CallKind argent::ag::kindOfCall(Types &types, const Definee &definee, const Instance *instance,
                                llvm::ArrayRef<Given> arguments) {
  llvm::SmallVector<const Parameter *> wanted;
  for (auto [index, parameter] : llvm::enumerate(definee.definition->parameters))
    if (!parameter.initial && types.isTensorParameter(definee, parameter) && !(instance && instance->bound[index]))
      wanted.push_back(&parameter);
  bool isOptimizer = definee.builtin && nn::findOptimizer(definee.name());
  if (wanted.empty() || isOptimizer)
    return CallKind::apply;

  auto isWantedName = [&](const Given &given) {
    return llvm::any_of(wanted, [&](const Parameter *parameter) { return parameter->name.text == given.name.text; });
  };
  // A layer takes a list of tensors there, an operation what its type says: `sqrt(2.0)`.
  auto isFirst = [&](const Given &given) {
    if (&given != &arguments.front() || !given.name.text.empty())
      return false;
    const Value &value = given.value;
    bool isListOfTensors = value.isList() && !value.asList().empty() && value.asList()[0].isTensor();
    return isListOfTensors || (definee.builtin && types.match(value, wanted.front()->type).has_value());
  };
  for (const Given &given : arguments)
    if (given.value.isTensor() || isWantedName(given) || isFirst(given))
      return CallKind::apply;
  return instance && arguments.empty() ? CallKind::self : CallKind::make;
}
