//===- Diagnostics.h - MLIR's diagnostics as the language prints them ------===//
#ifndef ARGENT_COMPILER_DIAGNOSTICS_H
#define ARGENT_COMPILER_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"

namespace argent {

/// Prints errors and warnings of the passes as `file:line:column: error: message` with the source line and a mark
/// (LANGUAGE.md, section 10); what has no place in a file is printed without. Notes follow their error. At most 20.
class DiagnosticPrinter : public mlir::ScopedDiagnosticHandler {
public:
  /// `source`: the path of the file being compiled; locations may name it without its folder.
  DiagnosticPrinter(mlir::MLIRContext &context, llvm::StringRef source, llvm::raw_ostream &out);
  bool printedAny() const { return printed > 0; }

private:
  void print(mlir::Location location, llvm::StringRef kind, llvm::StringRef message);
  llvm::StringRef lineOf(llvm::StringRef file, unsigned line);

  std::string source;
  llvm::raw_ostream &out;
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> files;
  int printed = 0;
};

} // namespace argent

#endif // ARGENT_COMPILER_DIAGNOSTICS_H
