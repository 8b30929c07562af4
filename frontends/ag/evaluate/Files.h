//===- Files.h - the files of an evaluation, and what each defines ---------------------------------------------===//
// The user's file, those that it imports, the standard library and the table of operations. All are read before
// anything is evaluated.
//   Files.cpp    `import NAME, … from "FILE"`
//   Library.cpp  what every file sees; what a file's items define
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_FILES_H
#define ARGENT_FRONTENDS_AG_EVALUATE_FILES_H

#include "frontends/ag/evaluate/Builtin.h"
#include "frontends/ag/evaluate/Context.h"

namespace argent::ag {

class Types;

class Files : public Part {
public:
  Files(Context &context, Types &types);
  ~Files();

  /// Reads the library and the signatures of operations and sources; false after an error.
  bool loadLibrary();
  /// Reads the user's file and what it imports; null after an error of syntax.
  const File *load(const llvm::MemoryBuffer &file);

  FileScope user, library, operations;
  const Builtin *findOperation(llvm::StringRef name) const { return operationByName_.lookup(name); }
  llvm::SmallVector<llvm::StringRef> operationNames() const { return llvm::to_vector(operationByName_.keys()); }
  /// A source of `from`.
  const Builtin *findSource(llvm::StringRef name) const { return sourceByName_.lookup(name); }

  /// How the module names a file: the main one without its folder, others as seen from there.
  std::string nameInModule(llvm::StringRef path) const;
  /// The texts of imported files, under those names.
  llvm::ArrayRef<std::pair<std::string, llvm::StringRef>> importedTexts() const { return texts_; }
  /// The file that defines `name`, as an import from `from` would write it; empty if none is found.
  std::string findInOtherFiles(const FileScope &from, llvm::StringRef name) const;

private:
  static constexpr unsigned kMaxImports = 100;

  void addItems(FileScope &scope, const File &tree);
  void checkHead(const Definition &definition);
  void loadImports(FileScope &scope, const File &tree);
  void importNames(FileScope &scope, const Import &import);
  static std::string resolve(const FileScope &from, llvm::StringRef name);
  FileScope *loadFile(const FileScope &from, llvm::StringRef name, Range range);
  bool loadSignatures(llvm::StringRef text, llvm::StringRef name, llvm::StringMap<Builtin *> &byName);

  Types &types_;
  std::map<std::string, std::unique_ptr<FileScope>> imported_; // by path
  std::vector<std::pair<std::string, llvm::StringRef>> texts_;
  std::vector<const FileScope *> importing_; // the files that lead to the one being read
  std::vector<std::unique_ptr<Builtin>> builtins_;
  llvm::StringMap<Builtin *> operationByName_, sourceByName_;
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_FILES_H
