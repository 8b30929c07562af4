//===- Library.cpp - what every file sees, and what its items define -------------------------------------------===//
#include "frontends/ag/evaluate/Files.h"
#include "frontends/ag/evaluate/Types.h"

#include "frontends/ag/syntax/Parser.h"
#include "frontends/ag/syntax/StandardLibrary.h"

#include "llvm/Support/Path.h"

#include <mutex>

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

Files::Files(Context &context, Types &types) : Part(context), types_(types) {
  library.kind = FileScope::Kind::library;
  operations.kind = FileScope::Kind::operations;
}

Files::~Files() = default;

const File *Files::load(const llvm::MemoryBuffer &file) {
  user.path = file.getBufferIdentifier().str();
  user.trees.push_back(parse(file, context.diagnostics));
  if (context.diagnostics.errorCount())
    return nullptr;
  const File &tree = *user.trees.back();
  addItems(user, tree);
  loadImports(user, tree);
  return &tree;
}

//===- Items --------------------------------------------------------------------------------------------------===//

static llvm::ArrayRef<Output> outputsOf(const Definition &definition) {
  if (auto *model = llvm::dyn_cast<Model>(&definition))
    return model->outputs;
  auto *entry = llvm::dyn_cast<Entry>(&definition);
  return entry ? llvm::ArrayRef<Output>(entry->outputs) : llvm::ArrayRef<Output>();
}

void Files::addItems(FileScope &scope, const File &tree) {
  llvm::StringMap<Range> seen;
  for (const ItemPtr &item : tree.items) {
    auto add = [&](const Name &name, auto &&insert) {
      if (auto [old, isNew] = seen.try_emplace(name.text, name.range); !isNew) {
        error(name.range, "`" + name.text + "` is defined twice").note(old->second, "it was defined here first");
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
        error(text.range, "a file cannot import itself").help("it sees its own definitions without an import");
        continue;
      }
      for (const Name &name : import->names)
        add(name, [] {}); // Files.cpp finds them
    } else if (llvm::isa<Layer, Model>(*item)) {
      auto *definition = llvm::cast<Definition>(item.get());
      add(definition->name, [&] { scope.definitions[definition->name.text] = definition; });
    }
    if (auto *definition = llvm::dyn_cast<Definition>(item.get()))
      checkHead(*definition);
  }
}

/// Reports what is wrong with the parameters, the result and the outputs of a definition by itself.
void Files::checkHead(const Definition &definition) {
  llvm::StringMap<Range> parameters;
  constexpr size_t kMaxParameters = 1000;
  if (definition.parameters.size() > kMaxParameters) {
    error(definition.parameters[kMaxParameters].name.range,
          "a definition can have at most " + Twine(kMaxParameters) + " parameters");
    return;
  }
  for (const Parameter &parameter : definition.parameters) {
    auto [old, isNew] = parameters.try_emplace(parameter.name.text, parameter.name.range);
    if (!isNew)
      error(parameter.name.range, "the parameter `" + parameter.name.text + "` is declared twice")
          .note(old->second, "it was declared here first");
    if (parameter.name.text == "name" && llvm::isa<Layer>(definition))
      error(parameter.name.range, "a parameter of a layer cannot be called `name`: in every call it is the name of the "
                                  "instance");
    if (!parameter.source.text.empty() && llvm::isa<Layer>(definition))
      error(parameter.source.range, "`from` is only allowed for inputs of models, `train` blocks and entries");
    types_.checkType(parameter.type);
  }
  if (auto *layer = llvm::dyn_cast<Layer>(&definition); layer && layer->result)
    types_.checkType(*layer->result);
  for (const Output &output : outputsOf(definition))
    types_.checkType(output.type);
}

//===- The library --------------------------------------------------------------------------------------------===//

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

bool Files::loadLibrary() {
  for (const LibraryFile &file : standardLibrary()) {
    context.addLibraryText(file.text);
    if (const File *tree = parseOnce(file.text, file.name, context.diagnostics))
      addItems(library, *tree);
  }
  if (context.diagnostics.errorCount() || !loadSignatures(operationSignatures(), "operations", operationByName_) ||
      !loadSignatures(sourceSignatures(), "sources", sourceByName_))
    return false;
  for (auto family : builtinFamilies())
    for (const BuiltinFamily &line : family)
      for (StringRef name : line.split())
        operationByName_[name]->function = line.function;
  return true;
}

bool Files::loadSignatures(StringRef text, StringRef name, llvm::StringMap<Builtin *> &byName) {
  context.addLibraryText(text);
  const File *tree = parseOnce(text, name, context.diagnostics);
  if (!tree)
    return false;
  for (const ItemPtr &item : tree->items) {
    auto builtin = std::make_unique<Builtin>();
    builtin->signature = llvm::cast<Layer>(item.get());
    builtin->name = builtin->signature->name.text;
    for (const Parameter &parameter : builtin->signature->parameters)
      builtin->hasRest |= parameter.type.name.text == "rest";
    byName[builtin->name] = builtin.get();
    builtins_.push_back(std::move(builtin));
  }
  return true;
}
