//===- From.cpp - how raw data becomes an input ----------------------------------------------------===//
// Each source of LANGUAGE.md, section 7, becomes the attribute `nn.from` of its input.
#include "frontends/ag/Evaluator.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace {

/// The sources by name, so that a wrong one gets a suggestion.
const StringRef kSources[] = {"image", "video", "audio", "words", "characters", "classes", "lengths", "following"};

} // namespace

mlir::DictionaryAttr Evaluator::evaluateSource(const Parameter &parameter, llvm::ArrayRef<Dim> shape,
                                               mlir::Type element) {
  const Name &source = parameter.source;
  if (!llvm::is_contained(kSources, source.text)) {
    StringRef near = nearestName(source.text, kSources);
    error(source.range,
          "there is no source `" + source.text + "`" + (near.empty() ? Twine("") : "; did you mean `" + near + "`?"))
        .help("the sources are " + llvm::join(llvm::ArrayRef<StringRef>(kSources), ", "));
    return {};
  }
  std::string found = "`" + parameter.name.text + "` is " + toString(shape, element);
  std::vector<mlir::NamedAttribute> attributes = {builder.getNamedAttr("source", builder.getStringAttr(source.text))};

  if (source.text == "classes") {
    if (!element.isInteger(32) || shape.size() != 1) {
      error(parameter.type.range, "`classes` makes an i32[N]; " + found);
      return {};
    }
    llvm::SmallVector<mlir::Attribute> names;
    std::set<std::string> seen;
    for (const Argument &argument : parameter.sourceArguments) {
      Value value = evaluate(*argument.element.value);
      std::vector<Value> values = {value};
      if (argument.element.spread && value.isList())
        values = value.asList();
      if (!argument.name.text.empty()) {
        error(argument.name.range,
              "classes has no argument `" + argument.name.text + "`; it takes the names of the classes");
        return {};
      }
      for (const Value &name : values) {
        if (!name.isString()) {
          if (!name.failed())
            error(argument.range, "the name of a class is a str; found " + describe(name));
          return {};
        }
        if (!seen.insert(name.asString()).second) {
          error(argument.range, "the class \"" + name.asString() + "\" stands here twice");
          return {};
        }
        names.push_back(builder.getStringAttr(name.asString()));
      }
    }
    if (!names.empty())
      attributes.push_back(builder.getNamedAttr("names", builder.getArrayAttr(names)));
    return builder.getDictionaryAttr(attributes);
  }

  if (source.text != "image") {
    notEvaluatedYet(source.range, "the source `" + source.text + "`");
    return {};
  }
  if (!element.isF32() || shape.size() != 4) {
    error(parameter.type.range, "`image` makes an f32[N, H, W, C]; " + found);
    return {};
  }
  int64_t channels = shape.back().value;
  llvm::SmallVector<double> mean = {0.0}, deviation = {1.0};
  unsigned position = 0;
  std::set<std::string> given;
  for (const Argument &argument : parameter.sourceArguments) {
    static const StringRef names[] = {"mean", "std"};
    std::string name = argument.name.text;
    if (name.empty() && position < 2)
      name = names[position++].str();
    if (!llvm::is_contained(names, name)) {
      if (name.empty()) {
        error(argument.range, "image takes at most 2 arguments, mean and std");
        return {};
      }
      StringRef near = nearestName(name, names);
      error(argument.name.range,
            "image has no argument `" + name + "`" + (near.empty() ? Twine("") : "; did you mean `" + near + "`?"));
      return {};
    }
    if (!given.insert(name).second) {
      error(argument.range, "`" + name + "` is given twice");
      return {};
    }
    Range range = argument.element.value->range;
    Value value = evaluate(*argument.element.value);
    if (value.failed())
      return {};
    std::vector<Value> values = value.isList() ? value.asList() : std::vector<Value>{value};
    auto &target = name == "mean" ? mean : deviation;
    target.clear();
    for (const Value &number : values) {
      if (!number.isNumber()) {
        error(range, "image needs `" + name + "`, a float or one for each channel; found " + describe(value));
        return {};
      }
      if (name == "std" && number.asNumber() <= 0) {
        error(range, "`std` is above 0; found " + describe(number));
        return {};
      }
      target.push_back(number.asNumber());
    }
    if (value.isList() && static_cast<int64_t>(values.size()) != channels) {
      error(range, "`" + name + "` has one number for each of the " + Twine(channels) + " channels; found " +
                       Twine(values.size()));
      return {};
    }
  }
  attributes.push_back(builder.getNamedAttr("mean", builder.getF64ArrayAttr(mean)));
  attributes.push_back(builder.getNamedAttr("std", builder.getF64ArrayAttr(deviation)));
  return builder.getDictionaryAttr(attributes);
}
