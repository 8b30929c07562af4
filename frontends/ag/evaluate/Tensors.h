//===- Tensors.h - the graph's ops, as operations of the language build them -----------------------------------===//
// Each op has the place in the user's file that it is made for, with its name.
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_TENSORS_H
#define ARGENT_FRONTENDS_AG_EVALUATE_TENSORS_H

#include "frontends/ag/evaluate/Context.h"
#include "frontends/ag/evaluate/Graph.h"

#include "dialects/interpreter/Interpreter.h"
#include "dialects/nn/GraphBuilder.h"

namespace argent::ag {

class Files;

class Tensors : public nn::GraphBuilder, public Part {
public:
  Tensors(Context &context, Files &files) : GraphBuilder(&context.mlir), Part(context), files_(files) {}

  /// Begins a graph: a function of the module, which takes what is built from here on.
  void beginGraph(Graph &graph, mlir::ModuleOp module, llvm::StringRef name);

  //===- Places -------------------------------------------------------------------------------------------------===//
  mlir::Location location(llvm::StringRef name = "") override;
  /// The call that ops are made for, as their location carries it for DescribeLayers.cpp: the innermost layer, or an
  /// operation that the user's file calls. Null outside of calls.
  mlir::DictionaryAttr currentCall();
  /// The place in the user's file that an op was made for.
  Range placeOf(mlir::Operation *op) const { return places_.lookup(op); }
  /// An operation that is being applied, as long as this lives.
  class Application;

  //===- Values of the language ---------------------------------------------------------------------------------===//
  /// A number as a tensor of the element type that the other operand has; null after an error.
  mlir::Value toTensor(const Value &value, mlir::Type element, Range range);
  /// Whether a tensor of these dimensions may exist; reports if not.
  bool checkSize(llvm::ArrayRef<Dim> dims, mlir::Type element, Range range);
  /// The elements of a tensor that depends on constants alone; null if it depends on more, or is large.
  const nn::Reference *constantElements(mlir::Value value);
  /// Says that the elements of `index` lie in 0 … count - 1: those of an input are checked by the runtime, known ones
  /// here, with an error at `range` that names them a `noun` of `owner`. False after an error.
  bool checkIndex(mlir::Value index, int64_t count, Range range, llvm::StringRef noun, const llvm::Twine &owner);

  //===- Ports --------------------------------------------------------------------------------------------------===//
  /// A further input of the graph.
  mlir::Value addArgument(llvm::StringRef name, mlir::RankedTensorType type, Range range);

  //===- Random tensors -----------------------------------------------------------------------------------------===//
  /// Whether a random tensor may stand here; reports if not.
  bool canDraw(llvm::StringRef operation, Range range);
  /// A random tensor of f32. Its stream is the hash of its path: that of the body, "@", `operation`, "_" and its count
  /// there.
  mlir::Value drawRandom(llvm::StringRef operation, nn::Distribution distribution, double a, double b,
                         llvm::ArrayRef<Dim> dims);

protected:
  void created(mlir::Operation *op) override;

private:
  /// In the body of a scan the number of the step, counted through the scans around it; else null.
  mlir::Value stepNumber();

  Files &files_;
  llvm::DenseMap<mlir::Value, std::optional<nn::Reference>> constants_; // of constantElements
  llvm::DenseMap<mlir::Operation *, Range> places_;
  llvm::StringRef operation_;   // the one that is being applied; empty: none
  unsigned operationCount_ = 0; // of this graph
};

class Tensors::Application {
public:
  Application(Tensors &tensors, llvm::StringRef operation) : tensors_(tensors), outer_(tensors.operation_) {
    tensors.operation_ = operation;
    ++tensors.operationCount_;
  }
  Application(const Application &) = delete;
  ~Application() { tensors_.operation_ = outer_; }

private:
  Tensors &tensors_;
  llvm::StringRef outer_;
};

/// An element of an integer tensor that was computed in double, for a message: numbers beyond 64 bits are cut.
int64_t toInteger(double element);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_TENSORS_H
