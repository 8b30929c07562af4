//===- Diagnostics.h - MLIR's diagnostics as the language prints them ------===//
#ifndef ARGENT_COMPILER_DIAGNOSTICS_H
#define ARGENT_COMPILER_DIAGNOSTICS_H

#include "frontends/source/SourceFiles.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringMap.h"

namespace argent {

/// Prints errors and warnings of the passes as `file:line:column: error: message` with the source line and a mark
/// (LANGUAGE.md, section 10); what has no place in a file is printed without. Notes follow their error.
class DiagnosticPrinter : public mlir::ScopedDiagnosticHandler {
public:
  DiagnosticPrinter(mlir::MLIRContext &context, llvm::raw_ostream &out);

  /// Takes over the text of a file that MLIR's parser reads (its columns are bytes), named as locations name it.
  void addFile(std::unique_ptr<llvm::MemoryBuffer> buffer);
  /// Takes over the texts that a module was made of (nn.source, nn.imports), in which a column is a character. They are
  /// shown under `path` and beside it; where that is empty, under the module's own names.
  void addSources(mlir::ModuleOp module, llvm::StringRef path);

  bool printedAny() const { return printed_ > 0; }

private:
  struct Text {
    std::string shown; // the name in `files`
    SourceFiles::Column column;
  };
  void print(mlir::Location location, llvm::StringRef kind, llvm::StringRef message, bool withLine);

  llvm::raw_ostream &out_;
  SourceFiles files_;
  llvm::StringMap<Text> texts_; // by the name in locations
  unsigned printed_ = 0;
};

} // namespace argent

#endif // ARGENT_COMPILER_DIAGNOSTICS_H
