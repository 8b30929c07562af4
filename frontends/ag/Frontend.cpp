//===- Frontend.cpp - an .ag file to a module of nn ops ----------------------------------------------===//
#include "frontends/ag/Frontend.h"

#include "frontends/ag/evaluate/Evaluator.h"
#include "frontends/ag/format/Format.h"
#include "frontends/ag/syntax/Parser.h"
#include "frontends/ag/syntax/Printer.h"

#include "mlir/IR/Verifier.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/thread.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

/// Evaluation recurses with the model's text: the parser bounds expressions, the evaluator calls, and this stack holds
/// the deepest of both. Pages that are not touched cost nothing.
static constexpr unsigned kStackBytes = 256u << 20;

static void onLargeStack(llvm::function_ref<void()> work) {
  llvm::thread worker(std::optional<unsigned>(kStackBytes), [work] { work(); });
  worker.join();
}

const Model *Evaluator::chooseModel(const File &file) {
  std::vector<const Model *> models;
  std::vector<StringRef> names;
  for (const ItemPtr &item : file.items)
    if (auto *model = llvm::dyn_cast<Model>(item.get())) {
      models.push_back(model);
      names.push_back(model->name.text);
    }
  if (models.empty()) {
    diagnostics.errorWithoutPlace(llvm::sys::path::filename(userFile.path) + " has no model");
    return nullptr;
  }
  if (options.model.empty()) {
    if (models.size() == 1)
      return models[0];
    diagnostics.errorWithoutPlace("the file has several models: " + llvm::join(names, ", ") +
                                  "; choose one with --model NAME");
    return nullptr;
  }
  for (const Model *model : models)
    if (model->name.text == options.model)
      return model;
  StringRef near = nearestName(options.model, names);
  diagnostics.errorWithoutPlace(
      "the file has no model `" + options.model + "`" +
      (near.empty() ? "; it has " + llvm::join(names, ", ") : "; did you mean `" + near.str() + "`?"));
  return nullptr;
}

/// What the compiler and the runtime call themselves.
static const StringRef kOwnEntries[] = {"predict", "evaluate", "train_step", "metrics", "pack", "unpack"};

Evaluator::Continuations Evaluator::findContinuations(const File &file, const Model &model) {
  Continuations result;
  for (const ItemPtr &item : file.items) {
    if (!llvm::isa<Train, Entry>(*item))
      continue;
    auto *definition = llvm::cast<Definition>(item.get());
    if (const FileScope *origin = userFile.imports.lookup(definition->name.text);
        origin && !userFile.definitions.count(definition->name.text)) {
      error(definition->name.range, "`" + definition->name.text +
                                        "` is imported: its `train` and `entry` blocks "
                                        "belong in the file that defines it");
      continue;
    }
    if (!llvm::isa_and_nonnull<Model>(userFile.definitions.lookup(definition->name.text))) {
      std::vector<StringRef> names;
      for (const auto &[name, other] : userFile.definitions)
        if (llvm::isa<Model>(*other))
          names.push_back(name);
      llvm::sort(names);
      StringRef near = nearestName(definition->name.text, names);
      Report report = error(definition->name.range, "there is no model `" + definition->name.text + "`" +
                                                        (near.empty() ? Twine("") : "; did you mean `" + near + "`?"));
      if (near.empty() && !names.empty())
        report.help("the file defines " + llvm::join(names, ", "));
      continue;
    }
    if (definition->name.text != model.name.text)
      continue;
    if (auto *entry = llvm::dyn_cast<Entry>(definition)) {
      const Entry *const *same = llvm::find_if(result.entries, [&](const Entry *other) {
                                   return other->entry.text == entry->entry.text;
                                 }).base();
      if (llvm::is_contained(kOwnEntries, entry->entry.text))
        error(entry->entry.range, "every model has an entry `" + entry->entry.text + "` of its own")
            .help("choose another name");
      else if (same != result.entries.data() + result.entries.size())
        error(entry->entry.range, "the entry `" + entry->entry.text + "` is defined twice")
            .note((*same)->entry.range, "the first is here");
      else
        result.entries.push_back(entry);
    } else if (result.train) {
      error(definition->name.range, "a model can have only one `train` block")
          .note(result.train->name.range, "the first is here");
    } else {
      result.train = llvm::cast<Train>(definition);
    }
  }
  return result;
}

mlir::OwningOpRef<mlir::ModuleOp> Evaluator::run(const llvm::MemoryBuffer &file) {
  if (!loadLibrary() || !loadBuiltins())
    return nullptr;
  userFile.path = file.getBufferIdentifier().str();
  userFile.trees.push_back(parse(file, diagnostics));
  const File &tree = *userFile.trees.back();
  if (diagnostics.errorCount())
    return nullptr;
  addItems(userFile, tree);
  loadImports(userFile, tree);
  const Model *model = chooseModel(tree);
  if (!model || diagnostics.errorCount())
    return nullptr;
  Continuations continuations = findContinuations(tree, *model);
  const Train *train = trainBlock = continuations.train;

  module = mlir::ModuleOp::create(builder.getUnknownLoc(), model->name.text);
  (*module).setSymNameAttr(nullptr);
  (*module)->setAttr("nn.model", builder.getStringAttr(model->name.text));
  (*module)->setAttr("nn.source_file", builder.getStringAttr(llvm::sys::path::filename(file.getBufferIdentifier())));
  (*module)->setAttr("nn.source", builder.getStringAttr(file.getBuffer()));
  if (!importedTexts.empty()) {
    llvm::SmallVector<mlir::NamedAttribute> texts;
    for (const auto &[name, text] : importedTexts)
      texts.push_back(builder.getNamedAttr(name, builder.getStringAttr(text)));
    (*module)->setAttr("nn.imports", builder.getDictionaryAttr(texts));
  }

  if (!readSettings(*model, continuations))
    return nullptr;
  buildGraph(GraphKind::predict, *model, train);
  bool isGood = diagnostics.errorCount() == 0;
  if (train && !aborted) {
    buildGraph(GraphKind::evaluate, *model, train);
    buildGraph(GraphKind::trainStep, *model, train);
  }
  // An entry evaluates the body once more: what is wrong there has been said.
  for (const Entry *entry : continuations.entries)
    if (isGood && !aborted)
      buildEntry(*entry, *model);
  if (diagnostics.errorCount())
    return nullptr;
  if (!compileSettings.empty()) {
    llvm::SmallVector<mlir::NamedAttribute> texts;
    for (const auto &[name, text] : compileSettings)
      texts.push_back(builder.getNamedAttr(name, builder.getStringAttr(text)));
    (*module)->setAttr("nn.compile_settings", builder.getDictionaryAttr(texts));
  }
  reportUsages();
  if (mlir::failed(mlir::verify(*module))) {
    diagnostics.errorWithoutPlace("the graph of `" + model->name.text +
                                  "` is not valid: this is a mistake of the compiler");
    return nullptr;
  }
  return std::move(module);
}

void Evaluator::checkDefinitions(const llvm::MemoryBuffer &file) {
  if (!loadLibrary() || !loadBuiltins())
    return;
  userFile.trees.push_back(parse(file, diagnostics));
  if (diagnostics.errorCount())
    return;
  userFile.path = file.getBufferIdentifier().str();
  addItems(userFile, *userFile.trees.back());
  loadImports(userFile, *userFile.trees.back());
  // A constant may be a tensor: its operations need a graph to stand in.
  module = mlir::ModuleOp::create(builder.getUnknownLoc());
  builder.setInsertionPointToEnd(module->getBody());
  Graph own;
  own.function = mlir::func::FuncOp::create(builder, location(), "constants", builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(own.function.addEntryBlock());
  graph = &own;
  for (const ItemPtr &item : userFile.trees.back()->items)
    if (auto *constant = llvm::dyn_cast<Constant>(item.get()); constant && !aborted)
      evaluateConstant(userFile, *constant);
  graph = nullptr;
}

mlir::OwningOpRef<mlir::ModuleOp> argent::ag::evaluateBuffer(mlir::MLIRContext &context,
                                                             std::unique_ptr<llvm::MemoryBuffer> buffer,
                                                             const EvaluateOptions &options, llvm::raw_ostream &out) {
  context.loadDialect<nn::NNDialect, mlir::func::FuncDialect>();
  mlir::OwningOpRef<mlir::ModuleOp> module;
  onLargeStack([&] {
    Diagnostics diagnostics(out);
    const llvm::MemoryBuffer &file = diagnostics.addFile(std::move(buffer));
    module = Evaluator(context, diagnostics, options).run(file);
  });
  return module;
}

mlir::OwningOpRef<mlir::ModuleOp> argent::ag::evaluateFile(mlir::MLIRContext &context, StringRef path,
                                                           const EvaluateOptions &options, llvm::raw_ostream &out) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    out << "error: cannot read " << path << ": " << buffer.getError().message() << '\n';
    return nullptr;
  }
  return evaluateBuffer(context, std::move(*buffer), options, out);
}

void argent::ag::checkText(mlir::MLIRContext &context, llvm::MemoryBufferRef text, Observer &observer,
                           FileReader readFile, std::function<void(const Diagnostics &, const Report &)> listener) {
  context.loadDialect<nn::NNDialect, mlir::func::FuncDialect>();
  onLargeStack([&] {
    auto file = [&] { return llvm::MemoryBuffer::getMemBuffer(text, /*RequiresNullTerminator=*/false); };
    // What several models have in common is said once.
    std::set<std::pair<const char *, std::string>> seen;
    auto hear = [&](Diagnostics &diagnostics) {
      diagnostics.setListener([&](const Report &report) {
        if (seen.insert({report.place().Start.getPointer(), report.text().str()}).second)
          listener(diagnostics, report);
      });
    };
    std::vector<std::string> models;
    {
      Diagnostics diagnostics(llvm::nulls());
      hear(diagnostics);
      auto tree = parse(diagnostics.addFile(file()), diagnostics);
      if (diagnostics.errorCount())
        return;
      for (const ItemPtr &item : tree->items)
        if (auto *model = llvm::dyn_cast<Model>(item.get()))
          models.push_back(model->name.text);
    }
    EvaluateOptions options;
    options.observer = &observer;
    options.readFile = std::move(readFile);
    auto evaluate = [&](auto &&work) {
      Diagnostics diagnostics(llvm::nulls());
      hear(diagnostics);
      const llvm::MemoryBuffer &buffer = diagnostics.addFile(file());
      Evaluator evaluator(context, diagnostics, options);
      work(evaluator, buffer);
    };
    if (models.empty())
      evaluate([](Evaluator &e, const llvm::MemoryBuffer &buffer) { e.checkDefinitions(buffer); });
    for (std::string &model : models) {
      options.model = model;
      evaluate([](Evaluator &e, const llvm::MemoryBuffer &buffer) { e.run(buffer); });
    }
  });
}

bool argent::ag::formatText(llvm::MemoryBufferRef text, std::string &result, llvm::raw_ostream &errors) {
  bool good = false;
  onLargeStack([&] {
    Diagnostics diagnostics(errors);
    good = format(diagnostics.addFile(llvm::MemoryBuffer::getMemBuffer(text, /*RequiresNullTerminator=*/false)),
                  diagnostics, result);
  });
  return good;
}

bool argent::ag::printFile(StringRef path, llvm::raw_ostream &out, llvm::raw_ostream &errors) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    errors << "error: cannot read " << path << ": " << buffer.getError().message() << '\n';
    return false;
  }
  bool good = false;
  onLargeStack([&] {
    Diagnostics diagnostics(errors);
    auto tree = parse(diagnostics.addFile(std::move(*buffer)), diagnostics);
    good = diagnostics.errorCount() == 0;
    if (good)
      print(*tree, out);
  });
  return good;
}
