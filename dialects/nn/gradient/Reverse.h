//===- Reverse.h - reverse-mode differentiation of a block ------------------===//
// What differentiates a function and the body of a loop alike: it goes over the ops of one block and asks each for its
// rule (GradientOpInterface). Who asks says what is differentiated, with respect to what, and where the gradients
// stand.
#ifndef ARGENT_DIALECTS_NN_GRADIENT_REVERSE_H
#define ARGENT_DIALECTS_NN_GRADIENT_REVERSE_H

#include "dialects/interfaces/Interfaces.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

namespace argent::nn {

/// A value, and the gradient to it of what is differentiated.
struct Seed {
  mlir::Value value, gradient;
};

/// The gradient 1 of a scalar.
Seed seedWithOne(mlir::OpBuilder &builder, mlir::Value scalar);

/// The same place, for the gradient of what is named there: "d h".
mlir::Location gradientLocation(mlir::Location place, mlir::Location named);

/// Reverse mode over one block.
class Reverse : private mlir::RewriterBase::Listener {
public:
  /// The gradients are built where `builder` stands, in the block or in one that sees its values, behind the seeds.
  /// Sources are arguments of the block, or values of ops that have no rule of their own (a parameter).
  Reverse(mlir::OpBuilder &builder, mlir::Block &block, llvm::ArrayRef<Seed> seeds,
          llvm::ArrayRef<mlir::Value> sources);

  /// Fails after an error at every op that lacks a gradient. An op of the block may have been replaced by one with
  /// further results.
  mlir::LogicalResult run();
  /// Null: no seed depends on it.
  mlir::Value getGradient(mlir::Value source) const { return gradients_.lookup(source); }

private:
  void markVaried(llvm::ArrayRef<mlir::Value> sources);
  void markUseful(llvm::ArrayRef<Seed> seeds);
  void learn(mlir::Operation *op);
  bool mayNotBeFinite(mlir::Value value) const;
  mlir::LogicalResult visit(mlir::Operation *op);
  void add(mlir::Value value, mlir::Value gradient, mlir::Location location);

  void notifyOperationInserted(mlir::Operation *op, mlir::OpBuilder::InsertPoint previous) override;
  void notifyOperationErased(mlir::Operation *op) override;
  void notifyOperationReplaced(mlir::Operation *op, mlir::ValueRange replacement) override;

  mlir::IRRewriter rewriter_;
  mlir::Block &block_, &target_;                // target: where gradients are built
  llvm::DenseSet<mlir::Value> varied_, useful_; // depends on a source; a seed depends on it
  llvm::DenseMap<mlir::Value, Numbers> known_;  // of the forward ops and the rules'; what is not there is finite
  llvm::DenseMap<mlir::Value, mlir::Value> gradients_;
  llvm::SmallSetVector<mlir::Operation *, 8> made_; // by the rule that is asked
};

/// What says something to differentiation alone has done its work: it is its operand from here on.
void dropStopGradients(mlir::Operation *root);

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_GRADIENT_REVERSE_H
