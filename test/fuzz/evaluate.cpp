//===- evaluate.cpp - fuzzer: text to a verified module, or to errors -----------------------===//
// Whatever the text, evaluation ends, and gives a module or says why not: never both, never neither. What is imported
// comes from three files in memory.
#include "test/fuzz/Messages.h"

#include "frontends/ag/Frontend.h"
#include "frontends/ag/evaluate/Observer.h"

#include "mlir/IR/MLIRContext.h"

using namespace argent::ag;

static llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> readFile(const std::string &path) {
  static const std::pair<llvm::StringRef, llvm::StringRef> files[] = {
      {"blocks.ag",
       "import half from \"half.ag\"\nWIDTH = 4\nlayer block(x: f32[N, D]) -> f32[N, D] { return x * half }\n"},
      {"half.ag", "half = 0.5\n"},
      {"circle.ag", "import a from \"circle.ag\"\na = 1\n"}};
  for (auto [name, text] : files)
    if (name == path)
      return llvm::MemoryBuffer::getMemBuffer(text, name);
  return std::make_error_code(std::errc::no_such_file_or_directory);
}

/// Evaluates a model, and checks what is said: the messages.
static std::string evaluate(mlir::MLIRContext &context, llvm::StringRef text, std::string model) {
  EvaluateOptions options;
  options.readFile = readFile;
  options.model = std::move(model);
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  auto module = evaluateBuffer(context, llvm::MemoryBuffer::getMemBufferCopy(text, "input.ag"), options, stream);
  checkMessages(messages);
  if (llvm::StringRef(messages).contains("error: ") == static_cast<bool>(module))
    stop(module ? "a module and errors" : "no module, and no error", messages);
  return messages;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // What MLIR makes unique stays in its context: a new one now and then keeps memory bounded.
  static std::unique_ptr<mlir::MLIRContext> context;
  static unsigned uses = 0;
  if (!context || ++uses % 500 == 0) {
    context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
    // The verifier's messages would be ours to prevent.
    context->getDiagEngine().registerHandler([](mlir::Diagnostic &diagnostic) { llvm::errs() << diagnostic << '\n'; });
  }
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  std::string messages = evaluate(*context, text, "");
  // Of several models the last.
  llvm::StringRef several = llvm::StringRef(messages).split("the file has several models: ").second;
  if (!several.empty())
    evaluate(*context, text, several.split(';').first.rsplit(", ").second.str());
  // Of none: its constants, as an editor checks them.
  if (llvm::StringRef(messages).contains(" has no model")) {
    Observer nobody;
    auto buffer = llvm::MemoryBuffer::getMemBufferCopy(text, "input.ag");
    checkText(*context, *buffer, nobody, readFile, [](const Diagnostics &, const Report &) {});
  }
  return 0;
}

/// Reads the standard library, so that the first text is not taken for the one that reached the code that does.
extern "C" int LLVMFuzzerInitialize(int *, char ***) {
  static const char text[] = "model m(x: f32[N, 4]) -> (y: f32[N, 4]) { y = x }\n";
  return LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t *>(text), sizeof(text) - 1);
}
