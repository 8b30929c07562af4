//===- syntax.cpp - fuzzer: text to a tree, to text, to the same tree ------------------===//
// Whatever the text, the lexer and the parser end, report what is wrong inside of the file, and what they accept the
// printer prints so that it is read as the same tree.
#include "test/fuzz/Messages.h"

#include "frontends/ag/syntax/Parser.h"
#include "frontends/ag/syntax/Printer.h"

using namespace argent::ag;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string messages, printed;
  llvm::raw_string_ostream messageStream(messages), printStream(printed);
  Diagnostics diagnostics(messageStream);
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  auto tree = parse(diagnostics.addFile(llvm::MemoryBuffer::getMemBufferCopy(text, "input.ag")), diagnostics);
  checkMessages(messages);
  if (diagnostics.errorCount()) {
    if (messages.empty())
      stop("an error that nobody is told of", messages);
    return 0;
  }
  print(*tree, printStream);
  auto again = parse(diagnostics.addFile(llvm::MemoryBuffer::getMemBufferCopy(printed, "printed.ag")), diagnostics);
  if (diagnostics.errorCount() || !sameTree(*tree, *again))
    stop("the printed text is another tree:\n" + printed, messages);
  return 0;
}
