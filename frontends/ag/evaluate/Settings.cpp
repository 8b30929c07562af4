//===- Settings.cpp - what is chosen at compile time -----------------------------------------------------------===//
#include "frontends/ag/evaluate/Settings.h"

#include "frontends/ag/evaluate/Evaluator.h"
#include "frontends/ag/evaluate/ModelBlocks.h"
#include "frontends/ag/syntax/Parser.h"
#include "frontends/ag/syntax/Printer.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

Settings::Settings(Evaluator &evaluator) : Part(evaluator.context), evaluator_(evaluator) {}

static bool isString(const TypeExpr &type) {
  return type.kind == TypeExpr::Kind::named && type.name.text == "str" && !type.hasBrackets;
}

static bool takesString(const TypeExpr &type) {
  return type.kind == TypeExpr::Kind::alternatives ? llvm::any_of(type.parts, takesString) : isString(type);
}

/// The value of `--set NAME=TEXT` for `parameter`; failed after an error.
Value Settings::readValue(StringRef name, StringRef text, const Parameter &parameter, StringRef owner) {
  // Where nothing but a str is wanted, the text is one, such as a path; in quotation marks it is one of the language.
  if (isString(parameter.type) && !text.starts_with("\""))
    return Value::string(text.str());
  // Else it is read as a constant of the language; a word alone is a str where one may be.
  const auto &buffer = context.diagnostics.addFile(
      llvm::MemoryBuffer::getMemBufferCopy((parameter.name.text + " = " + text).str(), ("--set " + name).str()));
  unsigned before = context.diagnostics.errorCount();
  trees_.push_back(parse(buffer, context.diagnostics));
  const File &tree = *trees_.back();
  if (context.diagnostics.errorCount() != before)
    return {};
  auto *constant = tree.items.size() == 1 ? llvm::dyn_cast<Constant>(tree.items[0].get()) : nullptr;
  if (!constant) {
    context.diagnostics.errorWithoutPlace("--set " + name + ": expected one value; found `" + text + "`");
    return {};
  }
  if (auto *word = llvm::dyn_cast<NameExpr>(constant->value.get()); word && takesString(parameter.type))
    return Value::string(word->name);
  Frame own;
  own.file = &evaluator_.files.user;
  if (!context.enter(own, Range()))
    return {};
  Value value = evaluator_.evaluate(*constant->value);
  context.leave();
  if (value.failed())
    return {};
  auto matched = evaluator_.types.match(value, parameter.type);
  if (!matched)
    error(constant->value->range, owner + " needs `" + parameter.name.text + "`, " +
                                      evaluator_.types.describeType(parameter.type) + "; found " + describe(value))
        .note(parameter.name.range, "`" + parameter.name.text + "` is declared here");
  return matched.value_or(Value());
}

bool Settings::read(const ModelBlocks &blocks) {
  const Model &model = *blocks.model;
  bool good = true;
  auto report = [&](const Twine &message) {
    context.diagnostics.errorWithoutPlace(message);
    good = false;
  };
  for (const auto &[name, text] : context.options.settings) {
    auto [before, after] = StringRef(name).split('.');
    bool isEntrys = StringRef(name).contains('.');
    StringRef own = isEntrys ? after : StringRef(name);
    std::vector<const Definition *> definitions;
    if (!isEntrys) {
      definitions.push_back(&model);
      if (blocks.train)
        definitions.push_back(blocks.train);
    }
    std::vector<StringRef> names;
    for (const Entry *entry : blocks.entries) {
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
        if (!evaluator_.types.isTensorType(candidate.type))
          names.push_back(candidate.name.text);
      }
    if (!parameter)
      report("--set " + name + ": " + owner + " has no setting `" + own + "`" + suggest(own));
    else if (evaluator_.types.isTensorType(parameter->type))
      report("--set " + name + ": `" + own + "` is an input of " + owner + ", not a setting");
    else
      given_[name] = readValue(name, text, *parameter, isEntrys ? before : StringRef(model.name.text));
    if (given_.count(name) && given_[name].failed())
      good = false;
  }
  return good;
}

/// The default of a parameter; failed after an error.
Value Settings::defaultOf(const Parameter &parameter, StringRef owner, StringRef prefix) {
  Types &types = evaluator_.types;
  const std::string &name = parameter.name.text;
  if (!parameter.initial)
    return fail(parameter.range, owner + " needs a default for `" + name + "`, " + types.describeType(parameter.type),
                "write " + name + ": " + textOf(parameter.type) + " = …; `--set " + prefix + name +
                    "=…` then changes it");
  Value value = evaluator_.evaluate(*parameter.initial);
  if (value.failed())
    return value;
  auto matched = types.match(value, parameter.type);
  if (!matched)
    error(parameter.initial->range,
          "`" + name + "` must be " + types.describeType(parameter.type) + "; found " + describe(value));
  return matched.value_or(Value());
}

bool Settings::bindAll(llvm::ArrayRef<Parameter> parameters, StringRef owner, StringRef prefix) {
  Types &types = evaluator_.types;
  bool good = true;
  for (const Parameter &parameter : parameters) {
    if (types.isTensorType(parameter.type))
      continue;
    const std::string &name = parameter.name.text;
    if (!parameter.source.text.empty())
      error(parameter.source.range,
            "`from` is only allowed for tensors; `" + name + "` is " + types.describeType(parameter.type));
    auto found = given_.find(prefix.str() + name);
    Value value = found != given_.end() ? found->second : defaultOf(parameter, owner, prefix);
    good &= !value.failed();
    if (!value.failed())
      chosen_[prefix.str() + name] = toText(value);
    bind(parameter.name, value);
    frame().variables[name].isParameter = true;
  }
  return good;
}
