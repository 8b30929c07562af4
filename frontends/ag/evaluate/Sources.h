//===- Sources.h - how raw data becomes an input ---------------------------------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_SOURCES_H
#define ARGENT_FRONTENDS_AG_EVALUATE_SOURCES_H

#include "frontends/ag/evaluate/Context.h"

#include "mlir/IR/BuiltinAttributes.h"

namespace argent::ag {

class Evaluator;

class Sources : public Part {
public:
  explicit Sources(Evaluator &evaluator);

  /// The clause `from` of an input; null after an error.
  mlir::DictionaryAttr evaluate(const Parameter &parameter, mlir::BlockArgument input);

private:
  mlir::DictionaryAttr evaluateDerived(const Parameter &parameter, mlir::BlockArgument input);
  /// The input that a derived source names; null after an error.
  mlir::BlockArgument findInput(const Name &source, llvm::ArrayRef<Argument> arguments);

  Evaluator &evaluator_;
};

/// Whether a source makes its input from another one.
bool isDerivedSource(llvm::StringRef name);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_SOURCES_H
