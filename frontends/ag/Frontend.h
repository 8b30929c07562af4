//===- Frontend.h - an .ag file to a module of nn ops ---------------------------------===//
// What the module contains stands at the top of dialects/nn/NN.td. Diagnostics follow LANGUAGE.md, section 10.
#ifndef ARGENT_FRONTENDS_AG_FRONTEND_H
#define ARGENT_FRONTENDS_AG_FRONTEND_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/ErrorOr.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace argent::ag {

class Observer;
class Diagnostics;
class Report;

/// The text of a file that is imported, or why there is none.
using FileReader = std::function<llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>>(const std::string &path)>;

struct EvaluateOptions {
  std::string model;                                         // empty: the file's only one
  std::vector<std::pair<std::string, std::string>> settings; // `--set NAME=VALUE`, in order
  Observer *observer = nullptr;                              // told of names and values; may be null
  FileReader readFile; // null, or where it gives a null buffer: files of up to 16 MiB are read from the disk
};

/// The graphs of a model; null after errors were written to `diagnostics`.
mlir::OwningOpRef<mlir::ModuleOp> evaluateFile(mlir::MLIRContext &context, llvm::StringRef path,
                                               const EvaluateOptions &options, llvm::raw_ostream &diagnostics);

/// The same for text in memory; the buffer's identifier is the file's name.
mlir::OwningOpRef<mlir::ModuleOp> evaluateBuffer(mlir::MLIRContext &context, std::unique_ptr<llvm::MemoryBuffer> buffer,
                                                 const EvaluateOptions &options, llvm::raw_ostream &diagnostics);

/// Evaluates every model of a text, for an editor: each message goes to `listener`, in the order of evaluation; names
/// and values to `observer`. Places point into `text`, or into a file that the evaluation read; such text lives only
/// until the function returns. A text without models is no error: its definitions are checked as far as they go alone.
/// `evaluated` gets the graphs of each model without errors.
void checkText(mlir::MLIRContext &context, llvm::MemoryBufferRef text, Observer &observer, FileReader readFile,
               std::function<void(const Diagnostics &, const Report &)> listener,
               llvm::function_ref<void(mlir::ModuleOp)> evaluated = nullptr);

/// The canonical layout of a text (Format.h); false after errors were written to `diagnostics`.
bool formatText(llvm::MemoryBufferRef text, std::string &result, llvm::raw_ostream &diagnostics);

/// Parses a file and prints its tree; false after errors were written to `diagnostics`.
bool printFile(llvm::StringRef path, llvm::raw_ostream &out, llvm::raw_ostream &diagnostics);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_FRONTEND_H
