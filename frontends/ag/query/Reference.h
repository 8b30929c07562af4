//===- Reference.h - the operations, layers and words of the language, for editors ---------------===//
// Operations come from the evaluator's own tables and the rows of builtins.md, layers from the standard library's
// source.
#ifndef ARGENT_FRONTENDS_AG_QUERY_REFERENCE_H
#define ARGENT_FRONTENDS_AG_QUERY_REFERENCE_H

#include "frontends/ag/query/Outline.h"

#include "llvm/ADT/StringMap.h"

namespace argent::ag {

/// Something that can be called, or a source of `from`.
struct Callable {
  std::string name;
  std::string signature; // `dense(x: f32[N, D], units: int, …) -> f32[N, units]`
  std::string meaning;   // the comment above a layer; the row of builtins.md of an operation
  std::vector<OutlineParameter> parameters;
  bool isOperation = false;
  // Of a layer of the standard library.
  std::string file; // `std/core.ag`
  unsigned nameBegin = 0, nameEnd = 0;
};

/// A word that stands for something in one kind of block.
struct Word {
  llvm::StringRef name, meaning;
};

class Reference {
public:
  /// The one of this program.
  static const Reference &get();

  /// An operation or a layer of the standard library; null if there is none.
  const Callable *find(llvm::StringRef name) const;
  /// A source of `from`.
  const Callable *findSource(llvm::StringRef name) const;
  const std::vector<Callable> &callables() const { return all_; }
  const std::vector<Callable> &sources() const { return sourceList_; }
  const std::vector<std::pair<std::string, Outline>> &library() const { return files_; }

  static llvm::ArrayRef<Word> trainSettings();
  static llvm::ArrayRef<Word> ruleSettings();
  /// Names that the language gives everywhere, and those of `train` blocks.
  static llvm::ArrayRef<Word> givenNames();
  static llvm::ArrayRef<Word> runNumbers();
  static llvm::ArrayRef<Word> keywords();
  /// Of parameters and tensors.
  static llvm::ArrayRef<Word> types();

private:
  Reference();
  void addLibrary();
  void addOperations();
  void addSources();

  std::vector<std::pair<std::string, Outline>> files_;
  std::vector<Callable> all_, sourceList_;
  llvm::StringMap<unsigned> byName_;
};

/// A definition of a text as something to call.
Callable callableOf(const OutlineDefinition &definition);

/// The text of builtins.md; the build puts it into the program.
llvm::StringRef builtinsTable();

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_QUERY_REFERENCE_H
