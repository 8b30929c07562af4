//===- Diagnostics.cpp - MLIR's diagnostics as the language prints them ----===//
#include "compiler/Diagnostics.h"

#include "mlir/IR/Location.h"
#include "llvm/Support/Path.h"

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
      print(note.getLocation(), kindOf(note), note.str(), /*withLine=*/false);
    return success();
  });
}

void DiagnosticPrinter::addFile(std::unique_ptr<llvm::MemoryBuffer> buffer) {
  std::string name = buffer->getBufferIdentifier().str();
  texts_[name] = {name, SourceFiles::Column::Byte};
  files_.add(std::move(buffer));
}

void DiagnosticPrinter::addSources(ModuleOp module, StringRef path) {
  auto add = [&](StringRef name, StringRef text, StringRef shown) {
    texts_[name] = {shown.str(), SourceFiles::Column::Character};
    files_.add(llvm::MemoryBuffer::getMemBufferCopy(text, shown));
  };
  auto name = module->getAttrOfType<StringAttr>("nn.source_file"),
       text = module->getAttrOfType<StringAttr>("nn.source");
  if (name && text)
    add(name, text, path.empty() ? name.getValue() : path);
  if (auto imports = module->getAttrOfType<DictionaryAttr>("nn.imports"))
    for (NamedAttribute import : imports) {
      SmallString<256> shown = llvm::sys::path::parent_path(path);
      llvm::sys::path::append(shown, import.getName().getValue());
      add(import.getName().getValue(), cast<StringAttr>(import.getValue()), shown);
    }
}

void DiagnosticPrinter::print(Location location, StringRef kind, StringRef message, bool withLine) {
  FileLineColRange place;
  location->walk([&](Location part) {
    place = dyn_cast<FileLineColRange>(part);
    return place ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (!place || place.getStartLine() == 0) {
    files_.print(out_, {}, kind, message);
    return;
  }
  StringRef file = place.getFilename();
  auto text = texts_.find(file);
  if (text == texts_.end()) {
    out_ << file << ":" << place.getStartLine() << ":" << place.getStartColumn() << ": " << kind << ": " << message
         << "\n";
    return;
  }
  auto find = [&](unsigned line, unsigned column) {
    return files_.find(text->second.shown, line, column, text->second.column);
  };
  llvm::SMLoc begin = find(place.getStartLine(), place.getStartColumn());
  llvm::SMLoc end = find(place.getEndLine(), place.getEndColumn());
  files_.print(out_, {begin, end.isValid() && begin.getPointer() <= end.getPointer() ? end : begin}, kind, message,
               withLine);
}

} // namespace argent
