//===- main.cpp - argent-lsp-server: the language server for .ag files -------------------===//
// Speaks the Language Server Protocol on standard input and output. Messages about itself go to standard error.
#include "Server.h"

#include "llvm/Support/LSP/Logging.h"
#include "llvm/Support/Program.h"

#include <cstring>

static const char kHelp[] = "usage: argent-lsp-server [--log=error|info|debug]\n"
                            "\n"
                            "The language server for Argent's .ag files: an editor starts it and speaks the Language\n"
                            "Server Protocol with it on standard input and output. --log says what is written to\n"
                            "standard error (default: error).\n";

int main(int argc, char **argv) {
  using llvm::lsp::Logger;
  Logger::setLogLevel(Logger::Level::Error);
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      llvm::outs() << kHelp;
      return 0;
    }
    if (argument == "--version") {
      llvm::outs() << "argent-lsp-server " << ARGENT_VERSION << '\n';
      return 0;
    }
    if (argument == "--log=error")
      Logger::setLogLevel(Logger::Level::Error);
    else if (argument == "--log=info")
      Logger::setLogLevel(Logger::Level::Info);
    else if (argument == "--log=debug")
      Logger::setLogLevel(Logger::Level::Debug);
    else if (argument != "--stdio") { // what some editors always give
      llvm::errs() << "argent-lsp-server: error: unknown argument " << argument << '\n' << kHelp;
      return 2;
    }
  }
  llvm::sys::ChangeStdinToBinary();
  llvm::lsp::JSONTransport transport(stdin, llvm::outs());
  return argent::lsp::Server(transport).run();
}
