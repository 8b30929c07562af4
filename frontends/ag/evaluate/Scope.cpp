//===- Scope.cpp - names, errors, limits, locations --------------------------------------===//
#include "frontends/ag/evaluate/Evaluator.h"

#include "frontends/ag/syntax/Foreign.h"
#include "frontends/ag/syntax/Parser.h"
#include "frontends/ag/syntax/StandardLibrary.h"

#include "llvm/Support/Path.h"

#include <mutex>

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

//===- Errors -------------------------------------------------------------------------------===//

const FileScope *Evaluator::fileOf(Range range) const {
  for (auto [begin, end] : libraryText)
    if (range.isValid() && range.Start.getPointer() >= begin && range.Start.getPointer() <= end)
      return &library;
  return &userFile;
}

Report Evaluator::warning(Range range, const Twine &message) { return report(false, range, message); }
Report Evaluator::error(Range range, const Twine &message) { return report(true, range, message); }

Report Evaluator::report(bool isError, Range range, const Twine &message) {
  auto begin = [&](Range at) { return isError ? diagnostics.error(at, message) : diagnostics.warning(at, message); };
  if (fileOf(range) != &library) {
    Report report = begin(range);
    // Inside of the user's own layer: which call led here.
    if (!frames.empty() && frames.back()->instance && frames.back()->callRange.isValid() &&
        fileOf(frames.back()->callRange) != &library && frames.back()->callRange.Start != range.Start)
      report.note(frames.back()->callRange, "called from here");
    return report;
  }
  for (Frame *frame : llvm::reverse(frames))
    if (frame->callRange.isValid() && fileOf(frame->callRange) != &library) {
      Report report = begin(frame->callRange);
      report.note(range, "in `" + frame->definition->name.text + "`, here");
      return report;
    }
  return begin(range);
}

llvm::SmallVector<Range> Evaluator::callsInUserFile() const {
  llvm::SmallVector<Range> calls;
  for (const Frame *frame : llvm::reverse(frames))
    if (frame->callRange.isValid() && fileOf(frame->callRange) != &library)
      calls.push_back(frame->callRange);
  return calls;
}

void Evaluator::noteDeclaration(Report &report, const Given &given) {
  auto *name = llvm::dyn_cast_or_null<NameExpr>(given.expr);
  if (!name)
    return;
  if (Variable *variable = findVariable(name->name); variable && variable->isParameter)
    report.note(variable->where, "`" + name->name + "` is declared here");
}

bool Evaluator::step(Range range, uint64_t count) {
  // After so many errors nothing more is printed.
  aborted |= diagnostics.errorCount() >= SourceFiles::kMaxPrinted;
  if (aborted)
    return false;
  steps += std::min(count, kMaxSteps + 1);
  bool cancelled = options.observer && options.observer->cancelled();
  if (steps <= kMaxSteps && !cancelled)
    return true;
  aborted = true;
  if (cancelled)
    return false;
  Range at = range;
  for (Frame *frame : frames)
    if (frame->callRange.isValid()) {
      at = frame->callRange;
      break;
    }
  error(at, "the evaluation of the file takes more than a million steps")
      .help("loops run at compile time; a loop over the steps of a tensor is `scan`");
  return false;
}

void Evaluator::countOp() {
  if (++ops <= kMaxOps || aborted)
    return;
  aborted = true;
  Range at = rangeStack.empty() ? Range() : rangeStack.back();
  for (Frame *frame : frames)
    if (frame->callRange.isValid()) {
      at = frame->callRange;
      break;
    }
  error(at, "the graph has more than a hundred thousand operations")
      .help("loops run at compile time; a loop over the steps of a tensor is `scan`");
}

//===- Locations ------------------------------------------------------------------------------===//

Range Evaluator::userRange() const {
  Range at = rangeStack.empty() ? Range() : rangeStack.back();
  if (!at.isValid() || fileOf(at) == &library)
    for (const Frame *frame : llvm::reverse(frames))
      if (frame->callRange.isValid() && fileOf(frame->callRange) != &library)
        return frame->callRange;
  return at;
}

mlir::DictionaryAttr Evaluator::currentCall() {
  if (frames.empty())
    return {};
  const Frame &body = frame();
  std::string prefix = body.naming ? body.naming->prefix : "", path = StringRef(prefix).rtrim('.').str();
  StringRef name = body.instance ? body.instance->of.name() : "";
  if (!operation.empty() && body.file != &library) {
    name = operation;
    path = (prefix + operation + "#" + Twine(operationCount)).str(); // which no path has
  }
  if (name.empty() || path.empty())
    return {};
  return builder.getDictionaryAttr({builder.getNamedAttr("call", builder.getStringAttr(name)),
                                    builder.getNamedAttr("path", builder.getStringAttr(path))});
}

mlir::Location Evaluator::location(StringRef name) {
  Range at = userRange();
  mlir::Location place = builder.getUnknownLoc();
  if (at.isValid()) {
    auto begin = diagnostics.place(at.Start), end = diagnostics.place(at.End);
    if (begin.line)
      place = mlir::FileLineColRange::get(builder.getStringAttr(nameInModule(begin.file)), begin.line, begin.column,
                                          end.line, end.column);
  }
  if (mlir::DictionaryAttr call = currentCall())
    place = mlir::FusedLoc::get(&context, {place}, call);
  if (name.empty())
    return place;
  std::string full = frames.empty() || !frames.back()->naming ? "" : frames.back()->naming->prefix;
  return mlir::NameLoc::get(builder.getStringAttr(full + name), place);
}

//===- Names ------------------------------------------------------------------------------------===//

Variable *Evaluator::findVariable(StringRef name) {
  if (frames.empty())
    return nullptr;
  auto found = frame().variables.find(name.str());
  return found == frame().variables.end() ? nullptr : &found->second;
}

void Evaluator::bind(const Name &name, Value value, const Expr *expr) {
  if (name.text == "_")
    return;
  if (options.observer)
    options.observer->bound(name, value);
  Variable variable;
  variable.value = std::move(value);
  variable.where = name.range;
  variable.expr = expr;
  if (Variable *old = findVariable(name.text))
    variable.used = old->used;
  frame().variables[name.text] = std::move(variable);
}

Value Evaluator::evaluateConstant(FileScope &file, const Constant &constant) {
  StringRef name = constant.name.text;
  if (auto found = file.values.find(name); found != file.values.end())
    return found->second;
  if (file.evaluating.lookup(name))
    return fail(constant.name.range, "the constant `" + name + "` depends on itself");
  if (frames.size() >= kMaxCallDepth) {
    aborted = true;
    return fail(constant.name.range,
                "the constant `" + name + "` is reached through more than " + Twine(kMaxCallDepth) + " others");
  }
  file.evaluating[name] = true;
  Frame own;
  own.file = &file;
  Value value;
  if (enter(own, Range())) {
    value = evaluate(*constant.value);
    leave();
  }
  file.evaluating[name] = false;
  if (holdsInstance(value))
    return fail(constant.value->range, "a constant cannot hold an instance of a layer: parameters belong to a model");
  // Tensors belong to one graph: they are made anew where they are used.
  if (!holdsTensor(value))
    file.values[name] = value;
  return value;
}

std::optional<Value> Evaluator::findInFile(FileScope &file, StringRef name, Range range) {
  if (auto *definition = file.definitions.lookup(name))
    return Value(Definee{definition, nullptr, &file});
  if (auto *constant = file.constants.lookup(name))
    return evaluateConstant(file, *constant);
  if (auto import = file.imports.find(name); import != file.imports.end())
    return import->second ? findInFile(*import->second, name, range) : Value();
  return std::nullopt;
}

std::optional<Value> Evaluator::findGlobal(FileScope &file, StringRef name, Range range) {
  if (&file != &library)
    if (auto value = findInFile(file, name, range))
      return value;
  if (auto value = findInFile(library, name, range))
    return value;
  if (Builtin *builtin = builtinByName.lookup(name))
    return Value(Definee{builtin->signature, builtin, &operations});
  return std::nullopt;
}

Value Evaluator::lookUp(StringRef name, Range range, bool isCalled) {
  if (auto number = runNumber(name)) {
    if (options.observer)
      options.observer->used(range, Range(), *number);
    return *number;
  }
  if (Variable *variable = findVariable(name)) {
    variable->used = true;
    if (options.observer)
      options.observer->used(range, variable->where, variable->value);
    return variable->value;
  }
  if (auto hidden = frame().hidden.find(name.str()); hidden != frame().hidden.end()) {
    error(range, "`" + name + "` is a tensor of the model's body; an entry sees only what is known at compile time")
        .note(hidden->second, "it is bound here")
        .help("compute it from the entry's own inputs: instances that the body binds share their parameters");
    return {};
  }
  if (auto value = findGlobal(*frame().file, name, range)) {
    if (options.observer)
      options.observer->used(range, value->is<Definee>() ? value->get<Definee>().definition->name.range : Range(),
                             *value);
    return *value;
  }
  reportUnknownName(name, range, isCalled);
  if (frame().definition) // silent from here on
    frame().variables[name.str()].used = true;
  return {};
}

void Evaluator::reportUnknownName(StringRef name, Range range, bool isCalled) {
  // Bound below, as where a line was moved.
  if (const Definition *definition = frame().definition)
    if (Range below = bindingOf(definition->body, name);
        below.isValid() && below.Start.getPointer() > range.Start.getPointer()) {
      error(range, "`" + name + "` is used before it is bound").note(below, "it is bound here");
      return;
    }
  // An input of training, which prediction does not have.
  if (trainBlock && llvm::isa_and_nonnull<Model>(frame().definition))
    for (const Parameter &parameter : trainBlock->parameters)
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
  static const StringRef words[] = {"same", "valid", "causal", "nearest", "bilinear", "bicubic", "reflect", "edge"};
  if (llvm::is_contained(words, name)) {
    error(range, "unknown name `" + name + "`").help("a word is written in quotes: \"" + name + "\"");
    return;
  }
  static const StringRef trainNames[] = {"epoch", "update", "epochs", "updates_per_epoch"};
  if (llvm::is_contained(trainNames, name)) {
    error(range, "`" + name + "` is only known in a `train` block");
    return;
  }
  StringRef near = isOnlyForeign(name) ? "" : misspeltName(name, knownNames(name, isCalled));
  if (!near.empty()) {
    error(range, "unknown name `" + name + "`; did you mean `" + near + "`?");
    return;
  }
  Report report = error(range, "unknown name `" + name + "`");
  if (std::string file = findInOtherFiles(*frame().file, name); !file.empty())
    report.help("write import " + name + " from \"" + file + "\"");
}

/// The names that could stand in place of an unknown one: called, what can be called; else what is a value by itself.
std::vector<StringRef> Evaluator::knownNames(StringRef name, bool isCalled) {
  std::vector<StringRef> names;
  for (const auto &[known, variable] : frame().variables)
    if (known != name && (variable.value.failed() || variable.value.isCallable() == isCalled))
      names.push_back(known);
  for (FileScope *file : {frame().file, &library}) {
    if (isCalled)
      llvm::append_range(names, file->definitions.keys());
    else
      llvm::append_range(names, file->constants.keys());
    llvm::append_range(names, file->imports.keys());
  }
  if (isCalled)
    llvm::append_range(names, builtinByName.keys());
  llvm::sort(names);
  return names;
}

/// Where a statement of the block binds `name` first; invalid if none does.
Range Evaluator::bindingOf(const Block &block, StringRef name) {
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

//===- What every file sees ------------------------------------------------------------------------===//

static llvm::ArrayRef<Output> outputsOf(const Definition &definition) {
  if (auto *model = llvm::dyn_cast<Model>(&definition))
    return model->outputs;
  auto *entry = llvm::dyn_cast<Entry>(&definition);
  return entry ? llvm::ArrayRef<Output>(entry->outputs) : llvm::ArrayRef<Output>();
}

void Evaluator::addItems(FileScope &scope, const File &tree) {
  llvm::StringMap<Range> seen;
  for (const ItemPtr &item : tree.items) {
    auto add = [&](const Name &name, auto &&insert) {
      if (auto [old, isNew] = seen.try_emplace(name.text, name.range); !isNew) {
        diagnostics.error(name.range, "`" + name.text + "` is defined twice")
            .note(old->second, "it was defined here first");
        return;
      }
      insert();
    };
    if (auto *constant = llvm::dyn_cast<Constant>(item.get()))
      add(constant->name, [&] { scope.constants[constant->name.text] = constant; });
    else if (auto *import = llvm::dyn_cast<Import>(item.get())) {
      auto &text = llvm::cast<StringExpr>(*import->file);
      if (text.parts.size() == 1 && !text.parts[0].isName &&
          resolve(scope, text.parts[0].text) == resolve(scope, llvm::sys::path::filename(scope.path))) {
        diagnostics.error(text.range, "a file cannot import itself")
            .help("it sees its own definitions without an import");
        continue;
      }
      for (const Name &name : import->names)
        add(name, [] {}); // Import.cpp finds them
    } else if (llvm::isa<Layer, Model>(*item)) {
      auto *definition = llvm::cast<Definition>(item.get());
      add(definition->name, [&] { scope.definitions[definition->name.text] = definition; });
    }
    if (auto *definition = llvm::dyn_cast<Definition>(item.get())) {
      llvm::StringMap<Range> parameters;
      constexpr size_t kMaxParameters = 1000;
      if (definition->parameters.size() > kMaxParameters) {
        diagnostics.error(definition->parameters[kMaxParameters].name.range,
                          "a definition can have at most " + Twine(kMaxParameters) + " parameters");
        continue;
      }
      for (const Parameter &parameter : definition->parameters) {
        auto [old, isNew] = parameters.try_emplace(parameter.name.text, parameter.name.range);
        if (!isNew)
          diagnostics.error(parameter.name.range, "the parameter `" + parameter.name.text + "` is declared twice")
              .note(old->second, "it was declared here first");
        if (parameter.name.text == "name" && llvm::isa<Layer>(*definition))
          diagnostics.error(parameter.name.range, "a parameter of a layer cannot be called `name`: in every call it is "
                                                  "the name of the instance");
        if (!parameter.source.text.empty() && llvm::isa<Layer>(*definition))
          diagnostics.error(parameter.source.range,
                            "`from` is only allowed for inputs of models, `train` blocks and entries");
        checkType(parameter.type);
      }
      if (auto *layer = llvm::dyn_cast<Layer>(definition); layer && layer->result)
        checkType(*layer->result);
      for (const Output &output : outputsOf(*definition))
        checkType(output.type);
    }
  }
}

/// The tree of a text that lives as long as the process; null after errors. It is parsed once, whatever the number of
/// evaluations: they read it only.
static const File *parseOnce(StringRef text, StringRef name, Diagnostics &diagnostics) {
  static std::mutex mutex;
  static std::map<const char *, std::unique_ptr<File>> trees;
  const llvm::MemoryBuffer &buffer = diagnostics.addFile(llvm::MemoryBuffer::getMemBuffer(text, name));
  std::lock_guard lock(mutex);
  std::unique_ptr<File> &tree = trees[text.data()];
  if (!tree) {
    auto parsed = parse(buffer, diagnostics);
    if (diagnostics.errorCount())
      return nullptr;
    tree = std::move(parsed);
  }
  return tree.get();
}

bool Evaluator::loadLibrary() {
  library.isLibrary = true;
  for (const LibraryFile &file : standardLibrary()) {
    libraryText.emplace_back(file.text.begin(), file.text.end());
    if (const File *tree = parseOnce(file.text, file.name, diagnostics))
      addItems(library, *tree);
  }
  return diagnostics.errorCount() == 0;
}

llvm::SmallVector<llvm::ArrayRef<BuiltinFamily>> argent::ag::builtinFamilies() {
  return {elementwiseBuiltins(), shapeBuiltins(), reduceBuiltins(), windowBuiltins(),
          resizeBuiltins(),      lossBuiltins(),  makerBuiltins(),  compileTimeBuiltins()};
}

/// The signatures of the operations, written in the language itself, so that they are matched like those of layers.
static std::string operationSignatures() {
  std::string text;
  for (auto family : builtinFamilies())
    for (const BuiltinFamily &line : family) {
      llvm::SmallVector<StringRef> names;
      StringRef(line.names).split(names, ' ', -1, false);
      for (StringRef name : names)
        text += ("layer " + name + "(" + line.parameters + ") { }\n").str();
    }
  return text;
}

static std::string signaturesOfSources() {
  std::string text;
  for (auto [name, parameters] : sourceSignatures())
    text += ("layer " + name + "(" + parameters + ") { }\n").str();
  return text;
}

bool Evaluator::loadBuiltins() {
  operations.isLibrary = true;
  static const std::string operationText = operationSignatures(), sourceText = signaturesOfSources();
  if (!loadSignatures(operationText, "operations", builtinByName))
    return false;
  for (auto family : builtinFamilies())
    for (const BuiltinFamily &line : family) {
      llvm::SmallVector<StringRef> names;
      StringRef(line.names).split(names, ' ', -1, false);
      for (StringRef name : names)
        builtinByName[name]->function = line.function;
    }
  return loadSignatures(sourceText, "sources", sourceByName);
}

bool Evaluator::loadSignatures(const std::string &text, StringRef name, llvm::StringMap<Builtin *> &byName) {
  libraryText.emplace_back(text.data(), text.data() + text.size());
  const File *tree = parseOnce(text, name, diagnostics);
  if (!tree)
    return false;
  for (const ItemPtr &item : tree->items) {
    auto builtin = std::make_unique<Builtin>();
    builtin->signature = llvm::cast<Layer>(item.get());
    builtin->name = builtin->signature->name.text;
    for (const Parameter &parameter : builtin->signature->parameters)
      builtin->hasRest |= parameter.type.name.text == "rest";
    byName[builtin->name] = builtin.get();
    builtins.push_back(std::move(builtin));
  }
  return true;
}
