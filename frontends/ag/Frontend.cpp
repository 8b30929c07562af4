//===- Frontend.cpp - an .ag file to a module of nn ops ----------------------------------------------===//
#include "frontends/ag/Frontend.h"

#include "frontends/ag/evaluate/ModelEvaluation.h"
#include "frontends/ag/format/Format.h"
#include "frontends/ag/syntax/Parser.h"
#include "frontends/ag/syntax/Printer.h"

#include "llvm/Support/thread.h"

using namespace argent::ag;
using llvm::StringRef;

/// Evaluation recurses with the model's text: the parser bounds expressions, the evaluator calls, and this stack holds
/// the deepest of both. Pages that are not touched cost nothing.
static constexpr unsigned kStackBytes = 256u << 20;

static void onLargeStack(llvm::function_ref<void()> work) {
  llvm::thread worker(std::optional<unsigned>(kStackBytes), [work] { work(); });
  worker.join();
}

mlir::OwningOpRef<mlir::ModuleOp> argent::ag::evaluateBuffer(mlir::MLIRContext &context,
                                                             std::unique_ptr<llvm::MemoryBuffer> buffer,
                                                             const EvaluateOptions &options, llvm::raw_ostream &out) {
  context.loadDialect<nn::NNDialect, mlir::func::FuncDialect>();
  mlir::OwningOpRef<mlir::ModuleOp> module;
  onLargeStack([&] {
    Diagnostics diagnostics(out);
    const llvm::MemoryBuffer &file = diagnostics.addFile(std::move(buffer));
    module = ModelEvaluation(context, diagnostics, options).run(file);
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
                           FileReader readFile, std::function<void(const Diagnostics &, const Report &)> listener,
                           llvm::function_ref<void(mlir::ModuleOp)> evaluated) {
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
      auto tree = parse(diagnostics.addFile(file()), diagnostics, libraryNames);
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
      ModelEvaluation evaluation(context, diagnostics, options);
      work(evaluation, buffer);
    };
    if (models.empty())
      evaluate([](ModelEvaluation &e, const llvm::MemoryBuffer &buffer) { e.checkDefinitions(buffer); });
    for (std::string &model : models) {
      options.model = model;
      evaluate([&](ModelEvaluation &e, const llvm::MemoryBuffer &buffer) {
        mlir::OwningOpRef<mlir::ModuleOp> module = e.run(buffer);
        if (module && evaluated)
          evaluated(*module);
      });
    }
  });
}

bool argent::ag::formatText(llvm::MemoryBufferRef text, std::string &result, llvm::raw_ostream &errors) {
  bool good = false;
  onLargeStack([&] {
    Diagnostics diagnostics(errors);
    good = format(diagnostics.addFile(llvm::MemoryBuffer::getMemBuffer(text, /*RequiresNullTerminator=*/false)),
                  diagnostics, result, libraryNames);
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
    auto tree = parse(diagnostics.addFile(std::move(*buffer)), diagnostics, libraryNames);
    good = diagnostics.errorCount() == 0;
    if (good)
      print(*tree, out);
  });
  return good;
}
