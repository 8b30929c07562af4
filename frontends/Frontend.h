//===- Frontend.h - from a source file to a module of nn ops ---------------===//
// A frontend is a function from a path and options to a module, found by the file's extension. What the module contains
// stands at the top of dialects/nn/NN.td.
#ifndef ARGENT_FRONTENDS_FRONTEND_H
#define ARGENT_FRONTENDS_FRONTEND_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/MemoryBufferRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <utility>
#include <vector>

namespace argent {

struct FrontendOptions {
  std::string model;                                         // empty: the file's only one
  std::vector<std::pair<std::string, std::string>> settings; // `--set NAME=VALUE`, in order
};

/// Functions of one frontend. Each writes its errors to `diagnostics`.
struct Frontend {
  llvm::StringLiteral extension; // with its dot

  /// The graphs of a model; null after errors.
  mlir::OwningOpRef<mlir::ModuleOp> (*importFile)(mlir::MLIRContext &context, llvm::StringRef path,
                                                  const FrontendOptions &options, llvm::raw_ostream &diagnostics);
  /// Prints what the file was read as; false after errors.
  bool (*print)(llvm::StringRef path, llvm::raw_ostream &out, llvm::raw_ostream &diagnostics);
  /// The canonical layout of a text; false after errors.
  bool (*format)(llvm::MemoryBufferRef text, std::string &result, llvm::raw_ostream &diagnostics);
};

/// The frontend of a file: that of its extension, or the first one, the language's own.
const Frontend &findFrontend(llvm::StringRef path);

} // namespace argent

#endif // ARGENT_FRONTENDS_FRONTEND_H
