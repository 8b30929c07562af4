//===- DiagnosticPrinter.cpp - MLIR's diagnostics as frontends print theirs ===//
#include "frontends/source/DiagnosticPrinter.h"

#include "dialects/interfaces/Help.h"

using namespace mlir;

namespace argent {

static StringRef kindOf(const Diagnostic &diagnostic) {
  switch (diagnostic.getSeverity()) {
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Note:
  case DiagnosticSeverity::Remark:
    return "note";
  }
  llvm_unreachable("there are four severities");
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext &context, llvm::raw_ostream &out)
    : ScopedDiagnosticHandler(&context), out_(out) {
  setHandler([this](Diagnostic &diagnostic) {
    if (printed_ >= SourceFiles::kMaxPrinted)
      return success();
    ++printed_;
    print(diagnostic.getLocation(), kindOf(diagnostic), diagnostic.str(), /*withLine=*/true);
    for (Diagnostic &note : diagnostic.getNotes())
      if (isHelp(note))
        sources_.files().print(out_, {}, "help", note.str());
      else
        print(note.getLocation(), kindOf(note), note.str(), /*withLine=*/false);
    return success();
  });
}

void DiagnosticPrinter::print(Location location, StringRef kind, StringRef message, bool withLine) {
  ModuleSources::Place place = sources_.find(location);
  if (place.file.empty() || sources_.files().findFile(place.file))
    sources_.files().print(out_, place.range, kind, message, withLine);
  else
    out_ << place.file << ":" << place.line << ":" << place.column << ": " << kind << ": " << message << "\n";
}

} // namespace argent
