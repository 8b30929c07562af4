//===- Constants.h - folding of constant tensors ---------------------------===//
// Constants are folded in double (floats, rounded once to their type) or int64_t, and only while they are small: a
// large result would only move work from the kernel into the module.
#ifndef ARGENT_DIALECTS_NN_CONSTANTS_H
#define ARGENT_DIALECTS_NN_CONSTANTS_H

#include "dialects/nn/Dims.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <cmath>

namespace argent::nn {

/// Elements of a result that folding may make; a splat of any size is one number.
constexpr int64_t kMaxFoldedElements = 4096;

/// Whether it is a constant of which every element is `number`.
bool isSplat(mlir::Attribute value, double number);
bool hasZero(mlir::DenseElementsAttr value);
/// A constant of which every element is `number`; null if the shape is not known.
mlir::DenseElementsAttr splatAttr(mlir::Type type, double number);
inline mlir::OpFoldResult splat(mlir::Type type, double number) {
  if (mlir::DenseElementsAttr value = splatAttr(type, number))
    return value;
  return {};
}
/// An nn.constant of one number; of rank 0 if the shape of `type` is open, so that it broadcasts.
mlir::Value makeSplat(mlir::OpBuilder &builder, mlir::Location location, mlir::Type type, double number);

/// Elements as double or int64_t, in row-major order.
llvm::SmallVector<double> getFloats(mlir::DenseElementsAttr value);
llvm::SmallVector<int64_t> getIntegers(mlir::DenseElementsAttr value);
mlir::DenseElementsAttr fromFloats(mlir::RankedTensorType type, llvm::ArrayRef<double> values);
mlir::DenseElementsAttr fromIntegers(mlir::RankedTensorType type, llvm::ArrayRef<int64_t> values);

/// For each element of `to`, the row-major index of the element of `from` that broadcasting puts there. Static shapes.
llvm::SmallVector<int64_t> broadcastIndices(mlir::RankedTensorType from, mlir::RankedTensorType to);

mlir::OpFoldResult foldCast(mlir::Attribute x, mlir::Type type);

/// Whether both are constants and the result is small.
bool canFold(llvm::ArrayRef<mlir::Attribute> operands, mlir::Type type);

/// The constant of f(x) for each element; f takes double and int64_t.
template <typename F> mlir::OpFoldResult foldUnary(mlir::Attribute x, mlir::Type type, F f) {
  if (!canFold({x}, type))
    return {};
  auto result = llvm::cast<mlir::RankedTensorType>(type);
  auto elements = llvm::cast<mlir::DenseElementsAttr>(x);
  if (llvm::isa<mlir::FloatType>(result.getElementType()))
    return fromFloats(result, llvm::map_to_vector(getFloats(elements), [&](double a) -> double { return f(a); }));
  return fromIntegers(result, llvm::map_to_vector(getIntegers(elements), [&](int64_t a) -> int64_t { return f(a); }));
}

/// The constant of f(lhs, rhs) for each element, broadcast.
template <typename F> mlir::OpFoldResult foldBinary(mlir::Attribute lhs, mlir::Attribute rhs, mlir::Type type, F f) {
  if (!canFold({lhs, rhs}, type))
    return {};
  auto result = llvm::cast<mlir::RankedTensorType>(type);
  auto a = llvm::cast<mlir::DenseElementsAttr>(lhs), b = llvm::cast<mlir::DenseElementsAttr>(rhs);
  auto ia = broadcastIndices(llvm::cast<mlir::RankedTensorType>(a.getType()), result);
  auto ib = broadcastIndices(llvm::cast<mlir::RankedTensorType>(b.getType()), result);
  auto combine = [&](auto va, auto vb) {
    decltype(va) values;
    for (auto [i, j] : llvm::zip(ia, ib))
      values.push_back(f(va[i], vb[j]));
    return values;
  };
  if (llvm::isa<mlir::FloatType>(result.getElementType()))
    return fromFloats(result, combine(getFloats(a), getFloats(b)));
  return fromIntegers(result, combine(getIntegers(a), getIntegers(b)));
}

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_CONSTANTS_H
