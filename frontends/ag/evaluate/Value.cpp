//===- Value.cpp - what an expression evaluates to ----------------------------------===//
#include "frontends/ag/evaluate/Value.h"

#include "dialects/nn/NN.h"
#include "llvm/Support/FormatVariadic.h"

using namespace argent::ag;

namespace nn = argent::nn;

Value Value::list(std::vector<Value> values) {
  auto list = std::make_shared<List>();
  for (const Value &value : values)
    list->depth = std::max(list->depth, value.listDepth() + 1);
  list->values = std::move(values);
  return Value(std::shared_ptr<const List>(std::move(list)));
}

bool argent::ag::holdsInstance(const Value &value) {
  return value.isList() ? llvm::any_of(value.asList(), holdsInstance)
                        : value.isInstance() && !value.asInstance()->of.builtin;
}

bool argent::ag::holdsTensor(const Value &value) {
  if (value.isList())
    return llvm::any_of(value.asList(), holdsTensor);
  if (value.isInstance())
    return llvm::any_of(value.asInstance()->bound,
                        [](const std::optional<Given> &given) { return given && holdsTensor(given->value); });
  return value.isTensor();
}

std::vector<std::string> argent::ag::charactersOf(llvm::StringRef text) {
  std::vector<std::string> result;
  for (char c : text)
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80 && !result.empty())
      result.back() += c; // the lexer has seen to it that the text is UTF-8
    else
      result.push_back(std::string(1, c));
  return result;
}

std::string argent::ag::toText(double value) {
  for (int digits : {6, 9, 15, 17}) {
    char buffer[40];
    snprintf(buffer, sizeof buffer, "%.*g", digits, value);
    if (digits < 17 && strtod(buffer, nullptr) != value)
      continue;
    std::string text = buffer;
    if (text.find_first_of(".en") == std::string::npos)
      text += ".0";
    return text;
  }
  return "";
}

static void write(const Value &value, std::string &text, unsigned &budget) {
  if (budget == 0)
    return;
  --budget;
  if (value.is<bool>())
    text += value.get<bool>() ? "true" : "false";
  else if (value.isInteger())
    text += std::to_string(value.asInteger());
  else if (value.is<double>())
    text += toText(value.get<double>());
  else if (value.is<OpenDim>())
    text += toString(value.asDim());
  else if (value.isString())
    text += value.asString();
  else if (value.isNone())
    text += "none";
  else if (value.isTensor())
    text += toString(llvm::cast<mlir::RankedTensorType>(value.asTensor().getType()));
  else if (value.isInitializer())
    text += value.asInitializer().vectors ? "word_vectors" : nn::stringifyInitializerKind(value.asInitializer().kind);
  else if (value.is<Definee>())
    text += value.get<Definee>().name();
  else if (value.isInstance())
    text += value.asInstance()->of.name();
  else if (value.isOptimizer())
    text += value.asOptimizer().kind;
  else if (value.isList()) {
    text += '[';
    for (const auto &[index, element] : llvm::enumerate(value.asList())) {
      text += index ? ", " : "";
      if (budget == 0) {
        text += "…";
        break;
      }
      write(element, text, budget);
    }
    text += ']';
  }
}

std::string argent::ag::toText(const Value &value) {
  std::string text;
  unsigned budget = 50;
  write(value, text, budget);
  return text;
}

std::string argent::ag::describe(const Value &value) {
  if (value.is<bool>())
    return "a bool, " + toText(value);
  if (value.isInteger())
    return "an int, " + toText(value);
  if (value.is<OpenDim>())
    return "the batch dimension " + toText(value);
  if (value.is<double>())
    return "a float, " + toText(value);
  if (value.isString()) {
    std::string text = value.asString();
    if (text.size() > 40) {
      size_t end = 40; // the begin of a character
      while ((text[end] & 0xC0) == 0x80)
        --end;
      text.resize(end);
      text += "…";
    }
    return "a str, \"" + text + "\"";
  }
  if (value.isList())
    return "a list, " + toText(value);
  if (value.isInitializer())
    return "an initializer, " + toText(value);
  if (value.isInstance())
    return "an instance of `" + toText(value) + "`";
  if (value.is<Definee>())
    return (value.get<Definee>().builtin ? "the operation `" : "the layer `") + toText(value) + "`";
  if (value.isOptimizer())
    return "an optimizer, " + toText(value);
  return toText(value);
}
