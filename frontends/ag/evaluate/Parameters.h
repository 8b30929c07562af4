//===- Parameters.h - param, state and := ----------------------------------------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_PARAMETERS_H
#define ARGENT_FRONTENDS_AG_EVALUATE_PARAMETERS_H

#include "frontends/ag/evaluate/Context.h"
#include "frontends/ag/evaluate/Graph.h"

namespace argent::nn {
class InitializerAttr;
}

namespace argent::ag {

class Evaluator;
class Tensors;
class Types;

class Parameters : public Part {
public:
  explicit Parameters(Evaluator &evaluator);

  void run(const Declaration &statement);
  void run(const Store &statement);
  /// A value as an initializer; nothing after an error, which says that `what` needs one.
  std::optional<Initializer> readInitializer(const Value &value, Range range, llvm::StringRef what);
  /// The initializer of a tensor that `name` is; null after an error at `range`: word vectors fill tables alone.
  nn::InitializerAttr attributeOf(const Initializer &initial, mlir::RankedTensorType type, Range range,
                                  llvm::StringRef name);

private:
  mlir::RankedTensorType readType(const Declaration &statement);
  bool reportSmallDimension(const TypeExpr &type);
  void reportOtherType(const Declaration &statement, const Declared &declared, mlir::RankedTensorType type,
                       llvm::StringRef path);

  Evaluator &evaluator_;
  Types &types_;
  Tensors &tensors_;
  std::map<std::string, Declared> known_; // over all graphs
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_PARAMETERS_H
