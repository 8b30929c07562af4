//===- ModuleSources.cpp - the texts that locations of a module point into -===//
#include "frontends/source/ModuleSources.h"

#include "llvm/Support/Path.h"

using namespace mlir;

namespace argent {

void ModuleSources::addFile(std::unique_ptr<llvm::MemoryBuffer> buffer) {
  std::string name = buffer->getBufferIdentifier().str();
  texts_[name] = {name, SourceFiles::Column::Byte};
  files_.add(std::move(buffer));
}

void ModuleSources::addSources(ModuleOp module, StringRef path) {
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

ModuleSources::Place ModuleSources::find(Location location) const {
  FileLineColRange at;
  location->walk([&](Location part) {
    at = dyn_cast<FileLineColRange>(part);
    return at ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (!at || at.getStartLine() == 0)
    return {};
  Place place{at.getFilename(), at.getStartLine(), at.getStartColumn(), {}};
  auto text = texts_.find(place.file);
  if (text == texts_.end())
    return place;
  const Text &known = text->second;
  place.file = known.shown;
  llvm::SMLoc begin = files_.locate(known.shown, at.getStartLine(), at.getStartColumn(), known.column),
              end = files_.locate(known.shown, at.getEndLine(), at.getEndColumn(), known.column);
  if (begin.isValid())
    place.range = {begin, end.isValid() && begin.getPointer() <= end.getPointer() ? end : begin};
  return place;
}

} // namespace argent
