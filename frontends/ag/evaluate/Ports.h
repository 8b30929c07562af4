//===- Ports.h - inputs and outputs of the graph ---------------------------------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_PORTS_H
#define ARGENT_FRONTENDS_AG_EVALUATE_PORTS_H

#include "frontends/ag/evaluate/Sources.h"

namespace argent::ag {

class Names;
class Tensors;
class Types;

class Ports : public Part {
public:
  explicit Ports(Evaluator &evaluator);

  /// Makes an input of the graph of each tensor among the parameters, and binds it; false after an error.
  bool addInputs(llvm::ArrayRef<Parameter> parameters);
  /// Checks what the body binds the outputs to; false after an error.
  bool bindOutputs(llvm::ArrayRef<Output> outputs);
  /// Gives the graph the outputs, which bindOutputs has checked.
  void addOutputs(llvm::ArrayRef<Output> outputs);
  /// Reports a number in place of the batch: no input has N, but an output or the `train` block does.
  bool checkBatch(const Model &model);

private:
  bool addInput(const Parameter &parameter);
  std::optional<Dims> readDims(const Parameter &parameter);
  void reportUnknownDim(const Parameter &parameter, const NameExpr &name);
  bool addSource(const Parameter &parameter);

  Names &names_;
  Types &types_;
  Tensors &tensors_;
  Sources sources_;
};

/// Says that the body does not bind an output, and what it binds instead.
void reportUnbound(Context &context, const Output &output);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_PORTS_H
