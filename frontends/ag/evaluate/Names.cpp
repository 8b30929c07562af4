//===- Names.cpp - what a name means -----------------------------------------------------------------------------===//
#include "frontends/ag/evaluate/Names.h"

#include "frontends/ag/evaluate/Evaluator.h"
#include "frontends/ag/evaluate/TrainBlock.h"
#include "frontends/ag/syntax/Foreign.h"
#include "runtime/PortNames.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

Value Names::evaluateConstant(FileScope &file, const Constant &constant) {
  StringRef name = constant.name.text;
  if (auto found = file.values.find(name); found != file.values.end())
    return found->second;
  if (file.evaluating.lookup(name))
    return fail(constant.name.range, "the constant `" + name + "` depends on itself");
  if (context.depth() >= Context::kMaxCallDepth) {
    context.aborted = true;
    return fail(constant.name.range, "the constant `" + name + "` is reached through more than " +
                                         Twine(Context::kMaxCallDepth) + " others");
  }
  file.evaluating[name] = true;
  Frame own;
  own.file = &file;
  Value value;
  if (context.enter(own, Range())) {
    value = evaluator_.evaluate(*constant.value);
    context.leave();
  }
  file.evaluating[name] = false;
  if (holdsInstance(value))
    return fail(constant.value->range, "a constant cannot hold an instance of a layer: parameters belong to a model");
  // Tensors belong to one graph: they are made anew where they are used.
  if (!holdsTensor(value))
    file.values[name] = value;
  return value;
}

std::optional<Value> Names::findInFile(FileScope &file, StringRef name) {
  if (auto *definition = file.definitions.lookup(name))
    return Value(Definee{definition, nullptr, &file});
  if (auto *constant = file.constants.lookup(name))
    return evaluateConstant(file, *constant);
  if (auto import = file.imports.find(name); import != file.imports.end())
    return import->second ? findInFile(*import->second, name) : Value();
  return std::nullopt;
}

std::optional<Value> Names::findGlobal(FileScope &file, StringRef name) {
  if (&file != &files_.library)
    if (auto value = findInFile(file, name))
      return value;
  if (auto value = findInFile(files_.library, name))
    return value;
  if (const Builtin *operation = files_.findOperation(name))
    return Value(Definee{operation->signature, operation, &files_.operations});
  return std::nullopt;
}

Value Names::lookUp(StringRef name, Range range, bool isCalled) {
  if (auto number = frame().train ? frame().train->runNumber(name) : std::nullopt) {
    if (context.options.observer)
      context.options.observer->used(range, Range(), *number);
    return *number;
  }
  if (Variable *variable = findVariable(name)) {
    variable->used = true;
    if (context.options.observer)
      context.options.observer->used(range, variable->where, variable->value);
    return variable->value;
  }
  if (auto hidden = frame().hidden.find(name.str()); hidden != frame().hidden.end()) {
    error(range, "`" + name + "` is a tensor of the model's body; an entry sees only what is known at compile time")
        .note(hidden->second, "it is bound here")
        .help("compute it from the entry's own inputs: instances that the body binds share their parameters");
    return {};
  }
  if (auto value = findGlobal(*frame().file, name)) {
    if (context.options.observer)
      context.options.observer->used(
          range, value->is<Definee>() ? value->get<Definee>().definition->name.range : Range(), *value);
    return *value;
  }
  reportUnknownName(name, range, isCalled);
  if (frame().definition) // silent from here on
    frame().variables[name.str()].used = true;
  return {};
}

/// Where a statement of the block binds `name` first; invalid if none does.
static Range bindingOf(const Block &block, StringRef name) {
  for (const StatementPtr &statement : block.statements) {
    Range inside;
    if (auto *binding = llvm::dyn_cast<Binding>(statement.get())) {
      for (const Target &target : binding->targets)
        if (target.name.text == name)
          return target.name.range;
    } else if (auto *declaration = llvm::dyn_cast<Declaration>(statement.get())) {
      if (declaration->name.text == name)
        return declaration->name.range;
    } else if (auto *conditional = llvm::dyn_cast<If>(statement.get())) {
      inside = bindingOf(conditional->whenTrue, name);
      if (!inside.isValid())
        inside = bindingOf(conditional->whenFalse, name);
    } else if (auto *loop = llvm::dyn_cast<For>(statement.get())) {
      inside = bindingOf(loop->body, name);
    }
    if (inside.isValid())
      return inside;
  }
  return {};
}

void Names::reportUnknownName(StringRef name, Range range, bool isCalled) {
  // Bound below, as where a line was moved.
  if (const Definition *definition = frame().definition)
    if (Range below = bindingOf(definition->body, name);
        below.isValid() && below.Start.getPointer() > range.Start.getPointer()) {
      error(range, "`" + name + "` is used before it is bound").note(below, "it is bound here");
      return;
    }
  // An input of training, which prediction does not have.
  if (context.train && llvm::isa_and_nonnull<Model>(frame().definition))
    for (const Parameter &parameter : context.train->parameters)
      if (parameter.name.text == name) {
        error(range,
              "`" + name + "` belongs to the `train` block; the model's body is also evaluated without it, to predict")
            .note(parameter.name.range, "it is declared here")
            .help("use it in the `train` block, or make it a parameter of the model");
        return;
      }
  if (name == "self") {
    error(range, "there is no `self`").help("a layer or model binds plain names: fc = dense(8)");
    return;
  }
  if (StringRef ours = foreignName(name); !ours.empty()) {
    bool isName = llvm::all_of(ours, [](char c) { return llvm::isAlnum(c) || c == '_'; });
    Report report =
        error(range, "unknown name `" + name + "`" + (isName ? "; did you mean `" + ours + "`?" : Twine("")));
    if (!isName)
      report.help("write " + ours);
    return;
  }
  static const StringRef kWords[] = {"same", "valid", "causal", "nearest", "bilinear", "bicubic", "reflect", "edge"};
  if (llvm::is_contained(kWords, name)) {
    error(range, "unknown name `" + name + "`").help("a word is written in quotes: \"" + name + "\"");
    return;
  }
  if (llvm::is_contained(kRunPorts, std::string_view(name))) {
    error(range, "`" + name + "` is only known in a `train` block");
    return;
  }
  StringRef near = isOnlyForeign(name) ? "" : misspeltName(name, knownNames(name, isCalled));
  if (!near.empty()) {
    error(range, "unknown name `" + name + "`; did you mean `" + near + "`?");
    return;
  }
  Report report = error(range, "unknown name `" + name + "`");
  if (std::string file = files_.findInOtherFiles(*frame().file, name); !file.empty())
    report.help("write import " + name + " from \"" + file + "\"");
}

/// The names that could stand in place of an unknown one: called, what can be called; else what is a value by itself.
std::vector<StringRef> Names::knownNames(StringRef name, bool isCalled) {
  std::vector<StringRef> names;
  for (const auto &[known, variable] : frame().variables)
    if (known != name && (variable.value.failed() || variable.value.isCallable() == isCalled))
      names.push_back(known);
  for (FileScope *file : {frame().file, &files_.library}) {
    if (isCalled)
      llvm::append_range(names, file->definitions.keys());
    else
      llvm::append_range(names, file->constants.keys());
    llvm::append_range(names, file->imports.keys());
  }
  if (isCalled)
    llvm::append_range(names, files_.operationNames());
  llvm::sort(names);
  return names;
}
