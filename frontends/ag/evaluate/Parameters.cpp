//===- Parameters.cpp - param, state and := --------------------------------------------------------------------===//
#include "frontends/ag/evaluate/Parameters.h"

#include "frontends/ag/evaluate/Evaluator.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

Parameters::Parameters(Evaluator &evaluator)
    : Part(evaluator.context), evaluator_(evaluator), types_(evaluator.types), tensors_(evaluator.tensors) {}

std::optional<Initializer> Parameters::readInitializer(const Value &value, Range range, StringRef what) {
  if (value.isInitializer())
    return value.asInitializer();
  if (value.failed())
    return std::nullopt;
  if (value.isTensor()) {
    error(range, "`" + what + "` needs an initializer; tensors as initial values, such as " + toText(value) +
                     ", are not supported yet")
        .help("an initializer is zeros(), ones(), full(value=0.1), …");
    return std::nullopt;
  }
  Report report = error(range, "`" + what + "` needs an initializer; found " + describe(value));
  if (value.isNumber())
    report.help("write full(value=" + toText(value.asNumber()) + ")");
  else
    report.help("an initializer is zeros(), glorot_uniform(), normal(deviation=0.1), …");
  return std::nullopt;
}

nn::InitializerAttr Parameters::attributeOf(const Initializer &initial, mlir::RankedTensorType type, Range range,
                                            StringRef name) {
  nn::WordVectorsAttr vectors;
  if (initial.vectors)
    vectors = nn::WordVectorsAttr::get(&context.mlir, initial.vectors->file, initial.vectors->vocabulary);
  auto attribute = nn::InitializerAttr::get(&context.mlir, initial.kind, llvm::APFloat(initial.a),
                                            llvm::APFloat(initial.b), vectors);
  if (!attribute.fits(type)) {
    error(range, "word_vectors fills a table of f32 or f64, a word a row; `" + name + "` is " + toString(type));
    return {};
  }
  if (vectors && type.getDimSize(0) < initial.vectors->words) {
    error(range, "word_vectors needs a row for each of the " + Twine(initial.vectors->words) + " words of `" +
                     initial.vectors->input + "`; `" + name + "` is " + toString(type));
    return {};
  }
  return attribute;
}

/// The initializer as one writes it.
static std::string writtenAs(Initializer initial) {
  if (initial.vectors) {
    const WordVectors vectors = *initial.vectors;
    initial.vectors.reset();
    return "word_vectors(\"" + vectors.file + "\", " + vectors.input + ", missing=" + writtenAs(initial) + ")";
  }
  std::string a = toText(initial.a), b = toText(initial.b);
  switch (initial.kind) {
  case nn::InitializerKind::constant:
    return initial.a == 0 ? "zeros()" : initial.a == 1 ? "ones()" : "full(value=" + a + ")";
  case nn::InitializerKind::uniform:
    return "uniform(low=" + a + ", high=" + b + ")";
  case nn::InitializerKind::normal:
    return "normal(mean=" + a + ", deviation=" + b + ")";
  default: // which have no numbers
    return (nn::stringifyInitializerKind(initial.kind) + "()").str();
  }
}

/// Reports an argument of the layer that gives the type a dimension below 1, at the call: it is wrong in each parameter
/// that has it.
bool Parameters::reportSmallDimension(const TypeExpr &type) {
  if (!frame().instance)
    return false;
  const std::vector<Parameter> &parameters = frame().definition->parameters;
  for (const Element &element : type.elements) {
    auto *name = llvm::dyn_cast<NameExpr>(element.value.get());
    auto parameter = llvm::find_if(parameters, [&](const Parameter &p) { return name && p.name.text == name->name; });
    size_t index = parameter - parameters.begin();
    if (index >= frame().bound.size() || !frame().bound[index])
      continue;
    const Value &value = frame().variables[name->name].value;
    auto isSmall = [](const Value &v) { return v.isInteger() && v.asInteger() < 1; };
    if (!isSmall(value) && !(value.isList() && llvm::any_of(value.asList(), isSmall)))
      continue;
    const Given &given = *frame().bound[index];
    StringRef layer = frame().definition->name.text;
    context.outside(
        [&] { error(given.range, layer + " needs `" + name->name + "`, at least 1; found " + describe(given.value)); });
    return true;
  }
  return false;
}

/// The tensor's type that a declaration states; null after an error.
mlir::RankedTensorType Parameters::readType(const Declaration &statement) {
  StringRef word = statement.isState ? "state" : "param";
  const TypeExpr &type = statement.type;
  mlir::Type element = type.kind == TypeExpr::Kind::named && type.hasBrackets
                           ? elementType(&context.mlir, type.name.text)
                           : mlir::Type();
  if (!element) {
    error(type.range, "`" + word + "` needs the type of a tensor; found " + types_.describeType(type))
        .help("write f32[D, K]");
    return {};
  }
  if (!statement.isState && !isFloat(element)) {
    error(type.range, "a trained tensor must be of floats; found " + elementName(element))
        .help("a tensor that is not trained is a `state`");
    return {};
  }
  if (reportSmallDimension(type))
    return {};
  auto dims = types_.evaluateDims(type);
  if (!dims || !tensors_.checkSize(*dims, element, type.range))
    return {};
  if (!statement.isState && llvm::any_of(*dims, [](Dim dim) { return dim.isOpen; })) {
    error(type.range, "a parameter cannot depend on the batch; found " + toString(*dims, element));
    return {};
  }
  return nn::makeType(*dims, element);
}

/// Says that what a path means has another type here: the instance was applied before, to something else.
void Parameters::reportOtherType(const Declaration &statement, const Declared &declared, mlir::RankedTensorType type,
                                 StringRef path) {
  if (const Instance *instance = frame().instance)
    for (auto [index, parameter] : llvm::enumerate(frame().definition->parameters)) {
      const Value &now = frame().variables[parameter.name.text].value;
      mlir::Type before = instance->state->firstTypes[index];
      if (!now.isTensor() || !before || now.asTensor().getType() == before || !frame().bound[index])
        continue;
      bool needsArguments = llvm::any_of(frame().definition->parameters, [&](const Parameter &p) {
        return !p.initial && !types_.isTensorType(p.type);
      });
      Range argument = frame().bound[index]->range;
      context.outside([&] {
        error(argument, "`" + instance->step + "` has parameters for " + parameter.name.text + ": " +
                            toString(llvm::cast<mlir::RankedTensorType>(before)) + "; found " + toText(now))
            .help("for parameters of its own, make another instance: " + instance->step + "2 = " + instance->of.name() +
                  (needsArguments ? "(…)" : "()"));
      });
      return;
    }
  error(statement.type.range,
        "`" + path + "` was declared as " + toString(declared.type) + "; found " + toString(type));
}

void Parameters::run(const Declaration &statement) {
  const std::string &name = statement.name.text;
  auto failed = [&] { bind(statement.name, {}); };
  if (frame().train || frame().entry || !context.graph) {
    error(statement.range,
          Twine("`") + (statement.isState ? "state" : "param") + "` is only allowed in layers and models");
    return failed();
  }
  mlir::RankedTensorType tensor = readType(statement);
  if (!tensor)
    return failed();
  auto initial = readInitializer(evaluator_.evaluate(*statement.initial), statement.initial->range, name);
  if (!initial)
    return failed();

  const bool hasRows = llvm::any_of(nn::getDims(tensor), [](const Dim &dim) { return dim.isOpen; });
  const bool isNumber = initial->kind == nn::InitializerKind::constant && !initial->vectors;
  if (statement.isState && hasRows && !isNumber) {
    error(statement.initial->range, "a state with N in its shape begins with one number; found " + writtenAs(*initial))
        .help("write zeros()");
    return failed();
  }

  Graph &graph = *context.graph;
  const InstanceState *owner = frame().instance ? frame().instance->state.get() : nullptr;
  std::string path = (frame().naming ? frame().naming->prefix : "") + name;
  auto [found, isNew] = graph.declared.try_emplace(path);
  Declared &declared = found->second;
  if (!isNew && (declared.owner != owner || declared.declaration != &statement)) {
    error(statement.name.range, "two parameters have the path `" + path + "`")
        .note(declared.declaration->name.range, "the other is declared here");
    return failed();
  }
  if (!isNew && declared.type != tensor) {
    reportOtherType(statement, declared, tensor, path);
    return failed();
  }
  if (isNew && graph.isEntry && !known_.count(path)) {
    StringRef layer = owner ? StringRef(frame().instance->of.name()) : "";
    error(statement.name.range,
          "an entry cannot make parameters; found those of `" + StringRef(path).rsplit('.').first + "`")
        .help("apply an instance that the body of the model binds and uses: shared = " + layer + "(…)");
    return failed();
  }
  if (isNew) {
    nn::InitializerAttr attribute = attributeOf(*initial, tensor, statement.initial->range, name);
    if (!attribute)
      return failed();
    declared.owner = owner;
    declared.declaration = &statement;
    declared.type = tensor;
    declared.initial = *initial;
    if (context.options.observer)
      context.options.observer->declared(statement, path, tensor, *initial, context.callsInUserFile());
    // The same path means the same tensor in all graphs.
    auto [other, first] = known_.try_emplace(path, declared);
    if (!first && (other->second.type != tensor || other->second.initial != *initial)) {
      error(statement.name.range, "`" + path + "` must be the same everywhere; it is " + toString(other->second.type) +
                                      " = " + writtenAs(other->second.initial) + " in `predict` and " +
                                      toString(tensor) + " = " + writtenAs(*initial) + " in `" +
                                      graph.function.getName() + "`");
      return failed();
    }
    declared.value = statement.isState ? tensors_.state(name, path, tensor, attribute)
                                       : tensors_.parameter(name, path, tensor, attribute);
  }
  bind(statement.name, Value(declared.value));
  if (statement.isState) {
    Variable &variable = frame().variables[name];
    variable.state = &statement;
    variable.statePath = path;
  }
}

void Parameters::run(const Store &statement) {
  const std::string &name = statement.name.text;
  Value value = evaluator_.evaluate(*statement.value);
  Variable *variable = findVariable(name);
  if (!variable || (!variable->state && !variable->value.failed())) {
    Report report = error(statement.name.range, "`:=` gives a state its next value; `" + name + "` is " +
                                                    (variable ? Twine("not a state") : Twine("not declared")));
    report.help(variable ? "write " + name + " = … to bind a name"
                         : "declare it: state " + name + ": f32[D] = zeros()");
    return;
  }
  if (value.failed() || !variable->state)
    return;
  Declared &declared = context.graph->declared[variable->statePath];
  mlir::Value tensor = tensors_.toTensor(value, declared.type.getElementType(), statement.value->range);
  if (!tensor)
    return;
  if (value.isNumber())
    tensor = tensors_.broadcast(tensor, nn::getDims(declared.type));
  if (tensor.getType() != declared.type) {
    error(statement.value->range,
          "the state `" + name + "` must be " + toString(declared.type) + "; found " + toText(Value(tensor)))
        .note(variable->state->name.range, "`" + name + "` is declared here");
    return;
  }
  // Of several values in one call the last is kept.
  if (declared.assign)
    declared.assign->erase();
  declared.assignRange = statement.range;
  declared.assign = tensors_.create<nn::AssignOp>(name, tensors_.builder.getStringAttr(variable->statePath), tensor);
  // No gradient flows through a state.
  declared.value = isFloat(elementOf(tensor)) ? tensors_.emit<nn::StopGradientOp>(tensor) : tensor;
  variable->value = Value(declared.value);
}
