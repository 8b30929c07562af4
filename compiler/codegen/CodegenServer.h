//===- CodegenServer.h - fresh code generators without their start ---------===//
// Starting argent-codegen (some 100 MB of shared libraries) costs half as much as compiling a small kernel. A server is
// an argent-codegen that has started and done nothing else: it forks for each request, so that every kernel still has a
// fresh process, whose end is its own.
#ifndef ARGENT_COMPILER_CODEGEN_CODEGENSERVER_H
#define ARGENT_COMPILER_CODEGEN_CODEGENSERVER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace argent {

/// The caller's end. One request at a time; not to be used by two threads at once. Its end ends the server.
class CodegenServer {
public:
  explicit CodegenServer(std::string program) : program_(std::move(program)) {}
  ~CodegenServer();
  CodegenServer(const CodegenServer &) = delete;
  CodegenServer &operator=(const CodegenServer &) = delete;

  struct Result {
    int status = 0;      // of a process that exited
    std::string message; // why there is no status (it could not be started, a signal ended it); empty: there is one
  };
  /// Runs argent-codegen with these arguments; what it prints goes to the file `outputPath`. Starts the server if it is
  /// not running.
  Result run(llvm::ArrayRef<llvm::StringRef> arguments, llvm::StringRef outputPath);

private:
  /// What went wrong, or nothing.
  std::string start();
  void stop();

  std::string program_;
  int socket_ = -1; // the server's standard input, read and written
  int process_ = -1;
};

/// The server's end: answers requests on standard input until it is closed. In a forked child, `compile` is called with
/// the request's arguments, and what it returns is the child's exit status. Returns the server's exit status.
int serveCodegen(llvm::function_ref<int(int argc, char **argv)> compile);

} // namespace argent

#endif // ARGENT_COMPILER_CODEGEN_CODEGENSERVER_H
