//===- AgCheck.cpp - the frontend by itself, for the tests of this folder ---------------===//
//   ag-check FILE              parses; diagnostics go to standard error
//   ag-check --print FILE      prints the tree
//   ag-check --round-trip FILE parses, prints, parses again, and compares the trees
//   ag-check --format FILE     prints the canonical layout
//   ag-check --library         does the same with every file of the standard library
//   ag-check --evaluate [--model NAME] [--set NAME=VALUE]… [--locations] FILE
//                              prints the module of nn ops, with the totals of metrics: what `argent --emit=nn` shows
//   ag-check --check …         prints nothing but what is wrong: for the frontend, and for the passes that need no
//                              target; what the language server shows
//   ag-check --words           prints the language's words and marks, its operations and layers, as a fuzzer's
//                              dictionary
//   ag-check --parameters …    prints the paths and types of the parameters and states of `train_step`, or of `predict`
#include "compiler/Pipeline.h"
#include "frontends/ag/Frontend.h"
#include "frontends/ag/evaluate/Builtin.h"
#include "frontends/ag/evaluate/Files.h"
#include "frontends/ag/syntax/Parser.h"
#include "frontends/ag/syntax/Printer.h"
#include "frontends/ag/syntax/StandardLibrary.h"
#include "frontends/source/DiagnosticPrinter.h"

#include "dialects/nn/NN.h"

#include "mlir/IR/MLIRContext.h"

using namespace argent::ag;

static bool roundTrips(const llvm::MemoryBuffer &file, Diagnostics &diagnostics) {
  auto tree = parse(file, diagnostics);
  if (diagnostics.errorCount())
    return false;
  std::string text;
  llvm::raw_string_ostream stream(text);
  print(*tree, stream);
  const auto &again = diagnostics.addFile(llvm::MemoryBuffer::getMemBufferCopy(text, "printed text"));
  auto second = parse(again, diagnostics);
  if (diagnostics.errorCount() || !sameTree(*tree, *second)) {
    llvm::errs() << file.getBufferIdentifier() << ": the printed text is another tree:\n" << text;
    return false;
  }
  return true;
}

static int evaluate(llvm::StringRef mode, int argc, char **argv) {
  EvaluateOptions options;
  mlir::OpPrintingFlags flags;
  for (int i = 2; i + 1 < argc; ++i) {
    llvm::StringRef argument = argv[i];
    if (argument == "--model")
      options.model = argv[++i];
    else if (argument == "--set")
      options.settings.emplace_back(llvm::StringRef(argv[++i]).split('='));
    else if (argument == "--locations")
      flags.enableDebugInfo();
  }
  mlir::MLIRContext context;
  context.printOpOnDiagnostic(false);
  llvm::StringRef path = argv[argc - 1];
  auto module = evaluateFile(context, path, options, llvm::errs());
  if (!module)
    return 1;
  argent::DiagnosticPrinter printer(context, llvm::errs());
  printer.sources().addSources(*module, path);
  argent::Stage stage = mode == "--check" ? argent::Stage::Check : argent::Stage::Nn;
  if (failed(argent::runPipeline(*module, stage, {})))
    return 1;
  if (mode == "--check")
    return 0;
  if (mode == "--evaluate") {
    module->print(llvm::outs(), flags);
    return 0;
  }
  auto function = module->lookupSymbol<mlir::func::FuncOp>("train_step");
  if (!function)
    function = module->lookupSymbol<mlir::func::FuncOp>("predict");
  int64_t count = 0;
  function.walk([&](mlir::Operation *op) {
    if (!llvm::isa<argent::nn::ParameterOp, argent::nn::StateOp>(op))
      return;
    auto type = llvm::cast<mlir::RankedTensorType>(op->getResult(0).getType());
    llvm::outs() << op->getName().getStringRef().drop_front(3) << ' '
                 << op->getAttrOfType<mlir::StringAttr>("path").getValue() << ' ' << type << '\n';
    if (llvm::isa<argent::nn::ParameterOp>(op))
      count += type.getNumElements();
  });
  llvm::outs() << count << " trained numbers\n";
  return 0;
}

static void printWords() {
  std::set<std::string> words;
  for (int kind = static_cast<int>(Tok::kwAnd); kind <= static_cast<int>(Tok::greaterEqual); ++kind)
    words.insert(llvm::StringRef(describe(static_cast<Tok>(kind))).trim('`').str());
  for (llvm::StringRef name : libraryNames())
    words.insert(name.str());
  for (auto [name, parameters] : sourceTable())
    words.insert(name.str());
  for (const std::string &word : words)
    llvm::outs() << '"' << word << "\"\n";
}

int main(int argc, char **argv) {
  llvm::StringRef mode = argc > 1 ? argv[1] : "";
  Diagnostics diagnostics(llvm::errs());
  if (mode == "--words") {
    printWords();
    return 0;
  }
  if (mode == "--library") {
    for (const LibraryFile &file : standardLibrary()) {
      if (!roundTrips(diagnostics.addFile(llvm::MemoryBuffer::getMemBuffer(file.text, file.name)), diagnostics))
        return 1;
      llvm::outs() << file.name << ": same tree\n";
    }
    return 0;
  }
  if (mode == "--evaluate" || mode == "--check" || mode == "--parameters")
    return evaluate(mode, argc, argv);
  const char *path = argc > 1 ? argv[argc - 1] : "";
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    llvm::errs() << "error: cannot read " << path << ": " << buffer.getError().message() << '\n';
    return 1;
  }
  const auto &file = diagnostics.addFile(std::move(*buffer));
  if (mode == "--round-trip") {
    if (!roundTrips(file, diagnostics))
      return 1;
    llvm::outs() << llvm::StringRef(path).rsplit('/').second << ": same tree\n";
    return 0;
  }
  if (mode == "--format") {
    std::string text;
    if (!formatText(file, text, llvm::errs()))
      return 1;
    llvm::outs() << text;
    return 0;
  }
  auto tree = parse(file, diagnostics, libraryNames);
  if (mode == "--print" && !diagnostics.errorCount())
    print(*tree, llvm::outs());
  return diagnostics.errorCount() ? 1 : 0;
}
