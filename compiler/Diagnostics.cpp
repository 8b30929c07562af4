//===- Diagnostics.cpp - MLIR's diagnostics as the language prints them ----===//
#include "compiler/Diagnostics.h"

#include "mlir/IR/Location.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace argent {

static constexpr int kMostErrors = 20;

DiagnosticPrinter::DiagnosticPrinter(MLIRContext &context, StringRef source, llvm::raw_ostream &out)
    : ScopedDiagnosticHandler(&context), source(source), out(out) {
  setHandler([this](Diagnostic &diagnostic) {
    if (printed >= kMostErrors)
      return success();
    ++printed;
    StringRef kind = diagnostic.getSeverity() == DiagnosticSeverity::Error     ? "error"
                     : diagnostic.getSeverity() == DiagnosticSeverity::Warning ? "warning"
                                                                               : "note";
    print(diagnostic.getLocation(), kind, diagnostic.str());
    for (Diagnostic &note : diagnostic.getNotes())
      print(note.getLocation(), "note", note.str());
    return success();
  });
}

StringRef DiagnosticPrinter::lineOf(StringRef file, unsigned line) {
  auto [entry, inserted] = files.try_emplace(file);
  if (inserted) {
    // Imported files are named relative to the source's folder.
    llvm::SmallString<256> path = llvm::sys::path::parent_path(source);
    llvm::sys::path::append(path, file);
    if (auto buffer = llvm::MemoryBuffer::getFile(path))
      entry->second = std::move(*buffer);
  }
  if (!entry->second)
    return {};
  StringRef rest = entry->second->getBuffer(), text;
  for (unsigned i = 0; i < line; ++i)
    std::tie(text, rest) = rest.split('\n');
  return text.rtrim('\r');
}

void DiagnosticPrinter::print(Location location, StringRef kind, StringRef message) {
  FileLineColRange place;
  location->walk([&](Location part) {
    place = dyn_cast<FileLineColRange>(part);
    return place ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (!place || place.getStartLine() == 0) {
    out << kind << ": " << message << "\n";
    return;
  }
  unsigned line = place.getStartLine(), column = std::max(place.getStartColumn(), 1u);
  out << place.getFilename().getValue() << ":" << line << ":" << column << ": " << kind << ": " << message << "\n";
  StringRef text = lineOf(place.getFilename(), line);
  if (text.empty())
    return;
  std::string number = std::to_string(line);
  unsigned end = place.getEndLine() == line && place.getEndColumn() > column ? place.getEndColumn() : column + 1;
  end = std::min<unsigned>(end, text.size() + 1);
  out << number << " | " << text << "\n"
      << std::string(number.size(), ' ') << " | " << std::string(column - 1, ' ') << "^"
      << std::string(end > column + 1 ? end - column - 1 : 0, '~') << "\n";
}

} // namespace argent
