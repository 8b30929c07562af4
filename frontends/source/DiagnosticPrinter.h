//===- DiagnosticPrinter.h - MLIR's diagnostics as frontends print theirs --===//
#ifndef ARGENT_FRONTENDS_SOURCE_DIAGNOSTICPRINTER_H
#define ARGENT_FRONTENDS_SOURCE_DIAGNOSTICPRINTER_H

#include "frontends/source/ModuleSources.h"
#include "mlir/IR/Diagnostics.h"

namespace argent {

/// Prints errors and warnings of the passes as `file:line:column: error: message` with the source line and a mark
/// (LANGUAGE.md, section 10); what has no place in a file is printed without. Notes follow their error, then what to
/// write (dialects/interfaces/Help.h).
class DiagnosticPrinter : public mlir::ScopedDiagnosticHandler {
public:
  DiagnosticPrinter(mlir::MLIRContext &context, llvm::raw_ostream &out);

  /// The texts in which places are shown.
  ModuleSources &sources() { return sources_; }
  bool printedAny() const { return printed_ > 0; }

private:
  void print(mlir::Location location, llvm::StringRef kind, llvm::StringRef message, bool withLine);

  llvm::raw_ostream &out_;
  ModuleSources sources_;
  unsigned printed_ = 0;
};

} // namespace argent

#endif // ARGENT_FRONTENDS_SOURCE_DIAGNOSTICPRINTER_H
