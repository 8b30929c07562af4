//===- Interpreter.h - what a function of nn ops means ---------------------===//
// The reference against which gradients and kernels are compared: one loop for each op, in double whatever the element
// type (integers are exact up to 2^53), no speed. Says an op's meaning a second time, on purpose. Leaves out what comes
// later in the pipeline: arenas and launches are errors; nn.update moves the parameters by path.
#ifndef ARGENT_DIALECTS_INTERPRETER_INTERPRETER_H
#define ARGENT_DIALECTS_INTERPRETER_INTERPRETER_H

#include "dialects/nn/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <map>
#include <string>
#include <vector>

namespace argent::nn {

/// A dense tensor, row-major.
struct Reference {
  llvm::SmallVector<int64_t> shape;
  std::vector<double> values;

  Reference() = default;
  explicit Reference(llvm::ArrayRef<int64_t> shape, double value = 0);
};

class Interpreter {
public:
  /// Parameters and states by path: given before the run, or begun by a constant initializer; nn.assign and nn.update
  /// change them.
  std::map<std::string, Reference> variables;
  std::map<std::string, Reference> gradients;
  std::map<std::string, llvm::SmallVector<Reference>> moments;

  /// The results of `function`. N is the inputs'. Fails after an error at the op, or at the function for an input that
  /// does not fit.
  mlir::FailureOr<std::vector<Reference>> run(mlir::func::FuncOp function, llvm::ArrayRef<Reference> inputs);

private:
  mlir::LogicalResult runBlock(mlir::Block &block);
  mlir::LogicalResult runOp(mlir::Operation *op);
  mlir::LogicalResult update(UpdateOp op);
  mlir::LogicalResult runScan(ScanOp op); // InterpretScan.cpp
  mlir::FailureOr<Reference> variable(mlir::Operation *op, llvm::StringRef path, InitializerAttr init);
  llvm::SmallVector<int64_t> shapeOf(mlir::Value value) const;

  int64_t batch_ = 1;
  llvm::DenseMap<mlir::Value, Reference> values_;
};

/// The ops of one result that depend on nothing but their operands; std::nullopt: another kind of op. `shape` is the
/// result's.
std::optional<Reference> evaluate(mlir::Operation *op, llvm::ArrayRef<Reference> operands,
                                  llvm::ArrayRef<int64_t> shape);
/// Those that take elements elsewhere (InterpretMove.cpp).
std::optional<Reference> evaluateMove(mlir::Operation *op, llvm::ArrayRef<Reference> operands,
                                      llvm::ArrayRef<int64_t> shape);
/// nn.random (InterpretRandom.cpp).
std::optional<Reference> evaluateRandom(mlir::Operation *op, llvm::ArrayRef<Reference> operands,
                                        llvm::ArrayRef<int64_t> shape);
/// Those with windows (InterpretWindow.cpp).
std::optional<Reference> evaluateWindow(mlir::Operation *op, llvm::ArrayRef<Reference> operands,
                                        llvm::ArrayRef<int64_t> shape);

} // namespace argent::nn

#endif // ARGENT_DIALECTS_INTERPRETER_INTERPRETER_H
