//===- ModuleSources.h - the texts that locations of a module point into ---===//
#ifndef ARGENT_FRONTENDS_SOURCE_MODULESOURCES_H
#define ARGENT_FRONTENDS_SOURCE_MODULESOURCES_H

#include "frontends/source/SourceFiles.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

namespace argent {

class ModuleSources {
public:
  /// Takes over the text of a file that MLIR's parser reads (its columns are bytes), named as locations name it.
  void addFile(std::unique_ptr<llvm::MemoryBuffer> buffer);
  /// Takes over the texts that a module was made of (nn.source, nn.imports), in which a column is a character. They are
  /// shown under `path` and beside it; where that is empty, under the module's own names.
  void addSources(mlir::ModuleOp module, llvm::StringRef path);

  /// Where a location points first.
  struct Place {
    llvm::StringRef file; // as it is shown; empty: into no file
    unsigned line = 0, column = 0;
    llvm::SMRange range; // in the text of `files()`; invalid if the text is not known
  };
  Place find(mlir::Location location) const;

  const SourceFiles &files() const { return files_; }

private:
  struct Text {
    std::string shown; // the name in `files_`
    SourceFiles::Column column;
  };
  SourceFiles files_;
  llvm::StringMap<Text> texts_; // by the name in locations
};

} // namespace argent

#endif // ARGENT_FRONTENDS_SOURCE_MODULESOURCES_H
