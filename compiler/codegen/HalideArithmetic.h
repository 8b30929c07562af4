//===- HalideArithmetic.h - arith and math as Halide's expressions ---------===//
#ifndef ARGENT_COMPILER_CODEGEN_HALIDEARITHMETIC_H
#define ARGENT_COMPILER_CODEGEN_HALIDEARITHMETIC_H

#include "dialects/hl/HL.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include "Halide.h"

namespace argent {

Halide::Type getHalideType(mlir::Type type);

/// The values of a body as expressions. Integers are Int in all of them.
class HalideValues {
public:
  /// Of an operation that was translated, or a constant.
  Halide::Expr get(mlir::Value value);
  Halide::Expr getUnsigned(mlir::Value value);
  void set(mlir::Value value, const Halide::Expr &e) { values_[value] = e; }

  /// Sets the results of an operation of arith or math. An operation that Halide has not is an error at it.
  mlir::LogicalResult translate(mlir::Operation &op);

private:
  mlir::LogicalResult translateArith(mlir::Operation &op);
  mlir::LogicalResult translateMath(mlir::Operation &op);
  /// Whether the value is any number of its bits, so that sums of it may wrap.
  bool mayWrap(mlir::Value value);

  llvm::DenseMap<mlir::Value, Halide::Expr> values_;
  llvm::DenseMap<mlir::Value, bool> wraps_;
};

/// The same bits as Int; a bool stays one.
Halide::Expr asSigned(const Halide::Expr &e);
/// Division that rounds down, and its remainder.
Halide::Expr floorDivide(const Halide::Expr &a, const Halide::Expr &b);
Halide::Expr floorModulo(const Halide::Expr &a, const Halide::Expr &b);
/// Whether the operation rounds as it stands, which Halide's ordinary one need not.
bool isStrict(mlir::Operation &op);

} // namespace argent

#endif // ARGENT_COMPILER_CODEGEN_HALIDEARITHMETIC_H
