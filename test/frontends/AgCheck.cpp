//===- AgCheck.cpp - the frontend alone, for the tests of this folder ---------------===//
//   ag-check FILE              parses; diagnostics go to standard error
//   ag-check --print FILE      prints the tree
//   ag-check --round-trip FILE parses, prints, parses again, and compares the trees
//   ag-check --library         does the same with every file of the standard library
#include "frontends/ag/Parser.h"
#include "frontends/ag/Printer.h"
#include "frontends/ag/StandardLibrary.h"

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

int main(int argc, char **argv) {
  llvm::StringRef mode = argc > 1 ? argv[1] : "";
  Diagnostics diagnostics(llvm::errs());
  if (mode == "--library") {
    for (const LibraryFile &file : standardLibrary()) {
      if (!roundTrips(diagnostics.addFile(llvm::MemoryBuffer::getMemBuffer(file.text, file.name)), diagnostics))
        return 1;
      llvm::outs() << file.name << ": same tree\n";
    }
    return 0;
  }
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
  auto tree = parse(file, diagnostics);
  if (mode == "--print" && !diagnostics.errorCount())
    print(*tree, llvm::outs());
  return diagnostics.errorCount() ? 1 : 0;
}
