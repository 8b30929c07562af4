//===- Types.cpp - values against types, and the dimensions that this binds ------------------------------------===//
#include "frontends/ag/evaluate/Types.h"

#include "frontends/ag/evaluate/Arithmetic.h"
#include "frontends/ag/evaluate/Evaluator.h"
#include "frontends/ag/evaluate/Tensors.h"
#include "frontends/ag/syntax/Foreign.h"
#include "frontends/ag/syntax/Printer.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

bool Types::isTensorType(const TypeExpr &type) {
  switch (type.kind) {
  case TypeExpr::Kind::named:
    return type.name.text == "tensor" || (type.hasBrackets && elementType(&context.mlir, type.name.text)) ||
           (type.name.text == "list" && type.elements.size() == 1 && [&] {
             auto *inner = llvm::dyn_cast<IndexExpr>(type.elements[0].value.get());
             auto *name = inner ? llvm::dyn_cast<NameExpr>(inner->base.get()) : nullptr;
             return name && elementType(&context.mlir, name->name);
           }());
  case TypeExpr::Kind::alternatives:
  case TypeExpr::Kind::sequence:
    return llvm::any_of(type.parts, [&](const TypeExpr &part) { return isTensorType(part); });
  default:
    return false;
  }
}

std::string Types::describeType(const TypeExpr &type) {
  switch (type.kind) {
  case TypeExpr::Kind::layer:
    return "a layer";
  case TypeExpr::Kind::none:
    return "none";
  case TypeExpr::Kind::sequence: // one value stands for all
    return describeType(type.parts.front()) + " or " + textOf(type);
  case TypeExpr::Kind::alternatives: {
    std::string text;
    llvm::SmallVector<std::string> parts;
    for (bool isNone : {false, true}) // which reads best at the end
      for (const TypeExpr &part : type.parts)
        if ((part.kind == TypeExpr::Kind::none) == isNone)
          parts.push_back(part.kind == TypeExpr::Kind::sequence ? textOf(part) : describeType(part));
    for (auto [index, part] : llvm::enumerate(parts))
      text += (index == 0 ? "" : index + 1 == parts.size() ? " or " : ", ") + part;
    return text;
  }
  case TypeExpr::Kind::named:
    break;
  }
  if (type.hasBrackets)
    return type.name.text == "list" ? "a " + textOf(type) : textOf(type);
  return llvm::StringSwitch<std::string>(type.name.text)
      .Case("int", "an int")
      .Case("float", "a float")
      .Case("bool", "a bool")
      .Case("str", "a str")
      .Case("init", "an initializer")
      .Case("list", "a list")
      .Case("tensor", "a tensor")
      .Case("number", "a number or a tensor")
      .Case("value", "a value")
      .Default("a `" + type.name.text + "`");
}

bool Types::isTensorParameter(const Definee &definee, const Parameter &parameter) {
  return isTensorType(parameter.type) ||
         (definee.builtin && parameter.type.kind == TypeExpr::Kind::named &&
          (parameter.type.name.text == "number" || parameter.type.name.text == "value"));
}

std::optional<Value> Types::match(const Value &value, const TypeExpr &type) {
  auto fits = [&](bool condition) { return condition ? std::optional<Value>(value) : std::nullopt; };
  switch (type.kind) {
  case TypeExpr::Kind::layer:
    return fits(value.isCallable());
  case TypeExpr::Kind::none:
    return fits(value.isNone());
  case TypeExpr::Kind::alternatives:
    for (const TypeExpr &part : type.parts)
      if (auto result = match(value, part))
        return result;
    return std::nullopt;
  case TypeExpr::Kind::sequence: {
    std::vector<Value> values;
    if (value.isList()) {
      if (value.asList().size() != type.parts.size())
        return std::nullopt;
      for (auto [element, part] : llvm::zip(value.asList(), type.parts)) {
        auto result = match(element, part);
        if (!result)
          return std::nullopt;
        values.push_back(*result);
      }
      return Value::list(std::move(values));
    }
    // One number stands for all of them.
    for (const TypeExpr &part : type.parts) {
      auto result = match(value, part);
      if (!result)
        return std::nullopt;
      values.push_back(*result);
    }
    return Value::list(std::move(values));
  }
  case TypeExpr::Kind::named:
    break;
  }
  const std::string &name = type.name.text;
  if (name == "list") {
    if (!value.isList())
      return std::nullopt;
    if (type.elements.size() != 1)
      return value;
    auto *inner = llvm::dyn_cast<NameExpr>(type.elements[0].value.get());
    if (!inner)
      return value;
    TypeExpr element;
    element.name = {inner->name, inner->range};
    element.range = inner->range;
    std::vector<Value> values;
    for (const Value &part : value.asList()) {
      auto result = match(part, element);
      if (!result)
        return std::nullopt;
      values.push_back(*result);
    }
    return Value::list(std::move(values));
  }
  if (type.hasBrackets && elementType(&context.mlir, name))
    return fits(value.isTensor() && elementOf(value.asTensor()) == elementType(&context.mlir, name));
  if (name == "int") // N is one as well, but no operation or source knows what to do with it
    return fits(context.depth() && frame().file->kind == FileScope::Kind::operations ? value.isInteger()
                                                                                     : value.isDimension());
  if (name == "float")
    return value.isNumber() ? std::optional<Value>(Value::floating(value.asNumber())) : std::nullopt;
  if (name == "bool")
    return fits(value.is<bool>());
  if (name == "str")
    return fits(value.isString());
  if (name == "init")
    return fits(value.isInitializer() || value.isTensor());
  if (name == "tensor")
    return fits(value.isTensor());
  if (name == "number")
    return fits(value.isTensor() || value.isNumber());
  if (name == "value")
    return value;
  checkType(type); // says what is wrong
  return Value();
}

bool Types::checkType(const TypeExpr &type) {
  if (!type.parts.empty())
    return llvm::all_of(type.parts, [&](const TypeExpr &part) { return checkType(part); });
  if (type.kind != TypeExpr::Kind::named)
    return true;
  StringRef name = type.name.text;
  bool isElement = elementType(&context.mlir, name) != nullptr;
  bool isPlain = llvm::is_contained({"int", "float", "bool", "str", "init", "list"}, name);
  if (type.hasBrackets ? isElement || name == "list" : isPlain)
    return true;
  if (isElement) {
    bool isFloat = name != "i32" && name != "i64" && name != "u8";
    error(type.range, "the type of a tensor needs brackets; found `" + name + "`")
        .help("write " + name + "[N, D], " + name + "[] for a scalar, or " + (isFloat ? "float" : "int") +
              " for a number that is known at compile time");
    return false;
  }
  if (isPlain) {
    StringRef element = name == "int" ? "i32" : name == "float" ? "f32" : "";
    Report report = error(type.range, "`" + name + "` is a type of compile-time values; it takes no brackets");
    if (!element.empty())
      report.help("the type of a tensor begins with its element type: " + element + "[N, D]");
    return false;
  }
  static const StringRef kNames[] = {"int", "float", "bool", "str", "init", "list", "layer",
                                     "f32", "f16",   "bf16", "i32", "i64",  "u8"};
  StringRef ours = foreignType(name);
  StringRef near = ours.empty() ? nearestName(name, kNames) : ours;
  Report report = error(type.name.range, "there is no type `" + name + "`" +
                                             (near.empty() ? Twine("") : "; did you mean `" + near + "`?"));
  if (near.empty())
    report.help("the type of a tensor is its element type and its dimensions: f32[N, D]");
  return false;
}

std::optional<Dim> Types::evaluateDim(const Expr &expr) {
  Value value = evaluator_.evaluate(expr);
  if (value.isDimension())
    return value.asDim();
  if (!value.failed()) {
    Report report = error(expr.range, "a dimension must be an int; found " + describe(value));
    helpDivision(report, &expr);
  }
  return std::nullopt;
}

std::optional<Dims> Types::evaluateDims(const TypeExpr &type) {
  Dims shape;
  for (const Element &element : type.elements) {
    if (!element.spread) {
      auto dim = evaluateDim(*element.value);
      if (!dim)
        return std::nullopt;
      shape.push_back(*dim);
      continue;
    }
    Value list = evaluator_.evaluate(*element.value);
    if (list.failed())
      return std::nullopt;
    if (!list.isList() || !llvm::all_of(list.asList(), [](const Value &v) { return v.isDimension(); })) {
      error(element.value->range, "`*` in a type spreads a list of dimensions; found " + describe(list));
      return std::nullopt;
    }
    for (const Value &dim : list.asList())
      shape.push_back(dim.asDim());
  }
  return shape;
}

std::string Types::describeNow(const TypeExpr &type) {
  std::string text = type.name.text + "[";
  for (auto [index, element] : llvm::enumerate(type.elements)) {
    text += index ? ", " : "";
    auto *name = llvm::dyn_cast<NameExpr>(element.value.get());
    Variable *variable = name ? findVariable(name->name) : nullptr;
    if (variable && variable->value.isDimension() && !element.spread) {
      text += toString(variable->value.asDim());
    } else if (variable && variable->value.isList() && element.spread) {
      for (auto [i, dim] : llvm::enumerate(variable->value.asList()))
        text += (i ? ", " : "") + toText(dim);
    } else {
      text += (element.spread ? "*" : "") + textOf(*element.value);
    }
  }
  return text + "]";
}

/// `*dims` against the dimensions that are left for it.
bool Types::matchSpread(const Element &part, std::vector<Value> rest, Phase phase, Mismatch &mismatch) {
  auto *name = llvm::dyn_cast<NameExpr>(part.value.get());
  Variable *variable = name ? findVariable(name->name) : nullptr;
  if (phase == Phase::names && name && !variable) {
    bind({name->name, name->range}, Value::list(std::move(rest)));
    return true;
  }
  if (phase == Phase::names && !name)
    return true;
  Value list = variable ? variable->value : evaluator_.evaluate(*part.value);
  if (!list.failed() && !list.isList()) {
    Report report = error(part.value->range, "`*` in a type spreads a list of dimensions; found " + describe(list));
    if (list.isTensor())
      report.help("the dimensions of a tensor are *shape(x)");
    mismatch.failed = true;
    return false;
  }
  auto same = list.isList() ? equal(context, list, Value::list(std::move(rest)), part.value->range)
                            : std::optional<bool>(false);
  if (!same || list.failed())
    mismatch.failed = true;
  return same && *same;
}

bool Types::matchTensor(const Value &value, const TypeExpr &type, Phase phase, Mismatch &mismatch) {
  mlir::Type element = elementType(&context.mlir, type.name.text);
  if (!element) {
    match(value, type); // says that there is no such type
    mismatch.failed = true;
    return false;
  }
  mismatch.expected = describeNow(type);
  if (!value.isTensor() || elementOf(value.asTensor()) != element)
    return false;
  Dims shape = dimsOf(value.asTensor());
  bool hasSpread = llvm::any_of(type.elements, [](const Element &e) { return e.spread; });
  size_t fixed = type.elements.size() - hasSpread;
  if (hasSpread ? shape.size() < fixed : shape.size() != fixed)
    return false;
  size_t dim = 0;
  for (const Element &part : type.elements) {
    auto *name = llvm::dyn_cast<NameExpr>(part.value.get());
    Variable *variable = name ? findVariable(name->name) : nullptr;
    if (part.spread) {
      std::vector<Value> rest;
      for (size_t i = fixed; i != shape.size(); ++i)
        rest.push_back(Value::dimension(shape[dim++]));
      if (!matchSpread(part, std::move(rest), phase, mismatch))
        return false;
      continue;
    }
    Dim found = shape[dim++];
    if (phase == Phase::names) {
      if (!name)
        continue;
      if (!variable) {
        bind({name->name, name->range}, Value::dimension(found));
        continue;
      }
      if (variable->value.failed()) {
        mismatch.failed = true;
        return false;
      }
      if (variable->value.isDimension() && variable->value.asDim() == found)
        continue;
      mismatch.expected = describeNow(type);
      return false;
    }
    if (name)
      continue;
    auto expected = evaluateDim(*part.value);
    if (!expected) {
      mismatch.failed = true;
      return false;
    }
    if (*expected != found) {
      // Put the computed dimensions in: all names are bound now.
      if (auto all = evaluateDims(type))
        mismatch.expected = toString(*all, element);
      return false;
    }
  }
  mismatch.expected = describeNow(type);
  return true;
}

void argent::ag::helpDivision(Report &report, const Expr *expr) {
  if (auto *division = llvm::dyn_cast_or_null<BinaryExpr>(expr); division && division->op == Operator::divide)
    report.help("`/` gives a float; ints are divided by `//`: " + textOf(*division->left) + " // " +
                textOf(*division->right));
}

Value Types::checkResult(const Value &value, const TypeExpr &type, Range range, const Twine &owner) {
  if (value.failed())
    return value;
  if (type.kind == TypeExpr::Kind::sequence) {
    if (!value.isList() || value.asList().size() != type.parts.size())
      return fail(range, owner + " must be " + Twine(type.parts.size()) + " values, " + textOf(type) + "; found " +
                             describe(value));
    std::vector<Value> parts;
    for (auto [part, partType] : llvm::zip(value.asList(), type.parts)) {
      parts.push_back(checkResult(part, partType, range, owner));
      if (parts.back().failed())
        return {};
    }
    return Value::list(std::move(parts));
  }
  if (type.kind != TypeExpr::Kind::named || !type.hasBrackets || type.name.text == "list") {
    auto result = match(value, type);
    if (!result)
      return fail(range, owner + " must be " + describeType(type) + "; found " + describe(value));
    return *result;
  }
  Mismatch mismatch;
  Value tensor = value;
  if (mlir::Type element = elementType(&context.mlir, type.name.text);
      element && value.isNumber() && type.elements.empty()) {
    mlir::Value converted = tensors_.toTensor(value, element, range);
    if (!converted)
      return {};
    tensor = Value(converted);
  }
  if (matchTensor(tensor, type, Phase::names, mismatch) && matchTensor(tensor, type, Phase::expressions, mismatch))
    return tensor;
  if (mismatch.failed)
    return {};
  Report report = error(range, owner + " must be " + mismatch.expected + "; found " + describe(value));
  if (value.isInstance()) {
    report.help("apply it to a tensor: x |> " + value.asInstance()->of.name() + "(…)");
  } else if (value.isTensor()) {
    // The image went on to the classes: `dense` works on the last dimension.
    Dims shape = dimsOf(value.asTensor());
    if (shape.size() > 1 && shape.back().isOne() && type.elements.size() + 1 == shape.size())
      report.help("leave the last dimension out: (…)[..., 0]");
    else if (type.elements.size() == 2 && shape.size() > 2 && shape[0].isOpen && !type.elements[1].spread)
      report.help("flatten joins all dimensions but the first: … |> flatten |> dense(…)");
  }
  return {};
}
