//===- Names.h - what a name means -----------------------------------------------------------------------------===//
// In this order: a number of the run that trains, a name of the body, a definition or constant of its file, what the
// file imports, the standard library, an operation.
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_NAMES_H
#define ARGENT_FRONTENDS_AG_EVALUATE_NAMES_H

#include "frontends/ag/evaluate/Files.h"

namespace argent::ag {

class Evaluator;

class Names : public Part {
public:
  Names(Context &context, Files &files, Evaluator &evaluator) : Part(context), files_(files), evaluator_(evaluator) {}

  /// What the name means; failed after an error. `isCalled`: arguments follow, or a pipe leads into it.
  Value lookUp(llvm::StringRef name, Range range, bool isCalled = false);
  /// What the name means outside of all bodies.
  std::optional<Value> findGlobal(FileScope &file, llvm::StringRef name);
  Value evaluateConstant(FileScope &file, const Constant &constant);

private:
  std::optional<Value> findInFile(FileScope &file, llvm::StringRef name);
  void reportUnknownName(llvm::StringRef name, Range range, bool isCalled);
  std::vector<llvm::StringRef> knownNames(llvm::StringRef name, bool isCalled);

  Files &files_;
  Evaluator &evaluator_;
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_NAMES_H
