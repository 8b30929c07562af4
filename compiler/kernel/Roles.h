//===- Roles.h - what of a program an op belongs to ------------------------===//
#ifndef ARGENT_COMPILER_KERNEL_ROLES_H
#define ARGENT_COMPILER_KERNEL_ROLES_H

#include "dialects/hl/HL.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace argent {

/// The roles of a function's ops, from who wants their results:
///   update    the op depends on an arena (nn.arena), as what moves the parameters does, or only such ops want it
///   forward   a result of the function or a state's next value depends on it
///   gradient  only gradients of parameters (nn.gradient) depend on it
/// An op in a region belongs to what holds the region.
class Roles {
public:
  explicit Roles(mlir::func::FuncOp function);
  hl::Role lookup(mlir::Operation *op) const;

private:
  mlir::Block &block_;
  llvm::DenseMap<mlir::Operation *, hl::Role> roles_;
};

} // namespace argent

#endif // ARGENT_COMPILER_KERNEL_ROLES_H
