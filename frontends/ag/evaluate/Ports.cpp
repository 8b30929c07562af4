//===- Ports.cpp - inputs and outputs of the graph -------------------------------------------------------------===//
#include "frontends/ag/evaluate/Ports.h"

#include "frontends/ag/evaluate/Evaluator.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

Ports::Ports(Evaluator &evaluator)
    : Part(evaluator.context), names_(evaluator.names), types_(evaluator.types), tensors_(evaluator.tensors),
      sources_(evaluator) {}

//===- Inputs -------------------------------------------------------------------------------------------------===//

void Ports::reportUnknownDim(const Parameter &parameter, const NameExpr &name) {
  const TypeExpr &type = parameter.type;
  Report report = error(name.range, "inputs need known dimensions; `" + name.name + "` of `" + parameter.name.text +
                                        "` is not a parameter");
  static const StringRef kBatches[] = {"n", "B", "b", "None", "batch", "batch_size", "BATCH"};
  bool isFirst = &name == type.elements.front().value.get();
  if (isFirst && llvm::is_contained(kBatches, name.name) && !findVariable("N"))
    report.help("the batch is called N: " + type.name.text + "[N, …]");
  else
    report.help("add the parameter " + name.name + ": int = " + (name.name == "H" || name.name == "W" ? "224" : "16"));
}

/// The dimensions of an input; nothing after an error.
std::optional<Dims> Ports::readDims(const Parameter &parameter) {
  const TypeExpr &type = parameter.type;
  Dims dims;
  for (const Element &part : type.elements) {
    auto *name = llvm::dyn_cast<NameExpr>(part.value.get());
    if (part.spread) {
      error(part.value->range, "inputs need known dimensions; `" + parameter.name.text + "` leaves their number open")
          .help("write them out: " + type.name.text + "[N, 8]");
      return std::nullopt;
    }
    if (name && name->name == "N" && !findVariable("N")) {
      bind({"N", part.value->range}, Value::dimension({1, true}));
    } else if (name && !findVariable(name->name) && !names_.findGlobal(*frame().file, name->name)) {
      reportUnknownDim(parameter, *name);
      bind({name->name, part.value->range}, {});
      return std::nullopt;
    }
    auto *minus = llvm::dyn_cast<UnaryExpr>(part.value.get());
    if (llvm::isa<NoneExpr>(*part.value) || (minus && minus->op == Operator::negate)) {
      error(part.value->range, "inputs need known dimensions, or N for the batch")
          .help("write " + type.name.text + "[N, …]");
      return std::nullopt;
    }
    auto dim = types_.evaluateDim(*part.value);
    if (!dim)
      return std::nullopt;
    dims.push_back(*dim);
  }
  return dims;
}

bool Ports::addInput(const Parameter &parameter) {
  const TypeExpr &type = parameter.type;
  mlir::Type element = type.kind == TypeExpr::Kind::named ? elementType(&context.mlir, type.name.text) : mlir::Type();
  if (!element) {
    error(type.range, "an input must be one tensor; found " + types_.describeType(type));
    return false;
  }
  if (parameter.initial) {
    error(parameter.initial->range, "an input cannot have a default");
    return false;
  }
  auto dims = readDims(parameter);
  if (!dims || !tensors_.checkSize(*dims, element, type.range))
    return false;
  mlir::Value argument = tensors_.addArgument(parameter.name.text, nn::makeType(*dims, element), parameter.name.range);
  bind(parameter.name, Value(argument));
  frame().variables[parameter.name.text].isParameter = true;
  return true;
}

bool Ports::addInputs(llvm::ArrayRef<Parameter> parameters) {
  bool good = true;
  for (const Parameter &parameter : parameters)
    if (types_.isTensorType(parameter.type) && !addInput(parameter)) {
      bind(parameter.name, {});
      good = false;
    }
  // The sources last, for they may name other inputs; those that do behind those that do not.
  for (bool isDerived : {false, true})
    for (const Parameter &parameter : parameters)
      if (isDerivedSource(parameter.source.text) == isDerived && !parameter.source.text.empty() &&
          types_.isTensorType(parameter.type))
        good &= addSource(parameter);
  return good;
}

bool Ports::addSource(const Parameter &parameter) {
  Variable *variable = findVariable(parameter.name.text);
  auto argument = variable && variable->value.isTensor()
                      ? llvm::dyn_cast<mlir::BlockArgument>(variable->value.asTensor())
                      : mlir::BlockArgument();
  if (!argument)
    return false; // its type is wrong
  mlir::DictionaryAttr source = sources_.evaluate(parameter, argument);
  if (source)
    context.graph->function.setArgAttr(argument.getArgNumber(), "nn.from", source);
  return source != nullptr;
}

bool Ports::checkBatch(const Model &model) {
  auto hasBatch = [](const TypeExpr &type) {
    return llvm::any_of(type.elements, [](const Element &element) {
      auto *name = llvm::dyn_cast<NameExpr>(element.value.get());
      return name && name->name == "N";
    });
  };
  auto anyHas = [&](const auto &list) {
    return llvm::any_of(list, [&](const auto &port) { return hasBatch(port.type); });
  };
  if (anyHas(model.parameters))
    return true;
  bool isWanted = anyHas(model.outputs) || (context.train && anyHas(context.train->parameters));
  for (const Parameter &parameter : model.parameters) {
    if (!isWanted || !types_.isTensorType(parameter.type) || parameter.type.elements.empty())
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

//===- Outputs ------------------------------------------------------------------------------------------------===//

void argent::ag::reportUnbound(Context &context, const Output &output) {
  std::vector<StringRef> names;
  for (const auto &[known, other] : context.frame().variables)
    if (!other.isParameter)
      names.push_back(known);
  StringRef name = output.name.text, near = nearestName(name, names);
  context.error(output.name.range, "the body does not bind the output `" + name + "`")
      .help(near.empty() ? "write " + name.str() + " = …" : "did you mean `" + near.str() + "`, which it binds?");
}

bool Ports::bindOutputs(llvm::ArrayRef<Output> outputs) {
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
      if (!context.aborted)
        reportUnbound(context, output);
      good = false;
      bind(output.name, {});
      continue;
    }
    variable->used = true;
    Value value = variable->value;
    if (!value.failed() && !types_.isTensorType(output.type)) {
      error(output.type.range, "an output must be a tensor; found " + types_.describeType(output.type));
      value = Value();
    }
    value = types_.checkResult(value, output.type, variable->place(), "the output `" + name + "`");
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

void Ports::addOutputs(llvm::ArrayRef<Output> outputs) {
  for (const Output &output : outputs)
    context.graph->addResult(findVariable(output.name.text)->value.asTensor(), {tensors_.portName(output.name.text)});
}
