//===- Graph.h - a function of the module while it is built ----------------------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_GRAPH_H
#define ARGENT_FRONTENDS_AG_EVALUATE_GRAPH_H

#include "frontends/ag/evaluate/Value.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace argent::ag {

/// A parameter or state of a graph.
struct Declared {
  const InstanceState *owner = nullptr; // null: the model itself
  const Declaration *declaration = nullptr;
  mlir::RankedTensorType type;
  Initializer initial;
  mlir::Value value; // its value from here on
  mlir::Operation *assign = nullptr;
  Range assignRange; // of its statement
};

struct Graph {
  mlir::func::FuncOp function;
  bool training = false;
  bool isEntry = false; // which makes no parameters
  std::map<std::string, Declared> declared;
  // What training gives: epochs and updates so far, and of the run how many epochs and updates in an epoch. Null: the
  // graph has no such argument.
  mlir::Value epoch, update, epochs, updatesPerEpoch;
  mlir::Value random;    // null: the graph has no such argument
  mlir::Value rateScale; // in training: what the runtime multiplies the rate with
  llvm::SmallVector<mlir::Value> results;
  llvm::SmallVector<mlir::DictionaryAttr> resultAttributes;

  llvm::SmallVector<mlir::Value> times() const { return {epoch, update, epochs, updatesPerEpoch}; }
  bool isTime(mlir::Value value) const { return value && llvm::is_contained(times(), value); }
  void addResult(mlir::Value value, llvm::ArrayRef<mlir::NamedAttribute> attributes) {
    results.push_back(value);
    resultAttributes.push_back(mlir::DictionaryAttr::get(value.getContext(), attributes));
  }
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_GRAPH_H
