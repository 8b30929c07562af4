//===- evaluate.cpp - fuzzer: text to a verified module, or to errors -----------------------===//
// Whatever the text, evaluation ends, and gives a module or says why not: never both, never neither. What is imported
// comes from three files in memory.
#include "frontends/ag/Frontend.h"

#include "mlir/IR/MLIRContext.h"

using namespace argent::ag;

static llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> readFile(const std::string &path) {
  static const std::pair<llvm::StringRef, llvm::StringRef> files[] = {
      {"blocks.ag", "import half from \"half.ag\"\nWIDTH = 4\nlayer block(x: f32[N, D]) -> f32[N, D] { return x * half }\n"},
      {"half.ag", "half = 0.5\n"},
      {"circle.ag", "import a from \"circle.ag\"\na = 1\n"}};
  for (auto [name, text] : files)
    if (name == path)
      return llvm::MemoryBuffer::getMemBuffer(text, name);
  return std::make_error_code(std::errc::no_such_file_or_directory);
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
  EvaluateOptions options;
  options.readFile = readFile;
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  auto module = evaluateBuffer(*context, llvm::MemoryBuffer::getMemBufferCopy(text, "input.ag"), options, stream);
  bool hasErrors = llvm::StringRef(messages).contains("error: ");
  if (hasErrors == static_cast<bool>(module) || llvm::StringRef(messages).contains("mistake of the compiler")) {
    llvm::errs() << messages << "--- " << (module ? "a module and errors\n" : "no module\n");
    __builtin_trap();
  }
  return 0;
}
