//===- Types.h - values against types, and the dimensions that this binds --------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_TYPES_H
#define ARGENT_FRONTENDS_AG_EVALUATE_TYPES_H

#include "frontends/ag/evaluate/Context.h"

namespace argent::ag {

class Evaluator;
class Tensors;

class Types : public Part {
public:
  Types(Context &context, Tensors &tensors, Evaluator &evaluator)
      : Part(context), tensors_(tensors), evaluator_(evaluator) {}

  /// The value as the compile-time type wants it; nothing if it does not fit.
  std::optional<Value> match(const Value &value, const TypeExpr &type);
  bool isTensorType(const TypeExpr &type);
  /// Whether a parameter takes tensors, of an operation also tensors among others.
  bool isTensorParameter(const Definee &definee, const Parameter &parameter);
  /// Reports names in the type that are no types; false if there are any.
  bool checkType(const TypeExpr &type);
  std::string describeType(const TypeExpr &type);

  struct Mismatch {
    std::string expected; // the type with what is known put in
    bool failed = false;  // an error was reported
  };
  enum class Phase { names, expressions };
  /// Binds the dimensions of a tensor's type in this body. In the phase of names, bare names bind or are compared; in
  /// that of expressions, the rest is checked.
  bool matchTensor(const Value &value, const TypeExpr &type, Phase phase, Mismatch &mismatch);
  /// A value against the type that a result or a target states; `owner` is what messages call it.
  Value checkResult(const Value &value, const TypeExpr &type, Range range, const llvm::Twine &owner);
  /// The shape that a type of `param` or `state` states; nothing after an error.
  std::optional<Dims> evaluateDims(const TypeExpr &type);
  std::optional<Dim> evaluateDim(const Expr &expr);

private:
  /// The type with all that is known put in.
  std::string describeNow(const TypeExpr &type);
  bool matchSpread(const Element &part, std::vector<Value> rest, Phase phase, Mismatch &mismatch);

  Tensors &tensors_;
  Evaluator &evaluator_;
};

/// Says that `/` gives a float, where that is what was written for an int.
void helpDivision(Report &report, const Expr *expr);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_TYPES_H
