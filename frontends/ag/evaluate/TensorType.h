//===- TensorType.h - the types of tensors in the language's words ---------------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_TENSORTYPE_H
#define ARGENT_FRONTENDS_AG_EVALUATE_TENSORTYPE_H

#include "dialects/nn/Dims.h"

#include "mlir/IR/Value.h"

namespace argent::ag {

using nn::Dim;
using nn::Dims;

inline Dims dimsOf(mlir::Value value) { return nn::getDims(value.getType()); }
mlir::Type elementOf(mlir::Value value);
bool isFloat(mlir::Type element);

/// The element type that the language calls `name`; null if there is none.
mlir::Type elementType(mlir::MLIRContext *context, llvm::StringRef name);
/// Whether a tensor of floats can hold the number: a larger one would be infinite, and no operation knows infinity.
bool isFinite(double number, mlir::Type element);
/// Whether a tensor can hold the integer exactly.
bool holdsInteger(int64_t number, mlir::Type element);

/// `N`, `2 * N`, `28`
std::string toString(Dim dim);
/// `f32`, as the language says it.
inline std::string elementName(mlir::Type element) { return nn::printElementType(element); }
/// `f32[N, 28, 28, 1]`
inline std::string toString(mlir::RankedTensorType type) { return nn::printType(type); }
std::string toString(llvm::ArrayRef<Dim> dims, mlir::Type element);

/// The number of elements; nothing if it does not fit in 64 bits.
std::optional<nn::ElementCount> countOf(llvm::ArrayRef<Dim> dims);

/// The dimension, counted in the longer of the two, in which tensors do not stretch to one shape; nothing if they do.
std::optional<unsigned> findClash(llvm::ArrayRef<Dim> a, llvm::ArrayRef<Dim> b);
/// "dimension 1 is 8 in f32[N, 8] and 4 in f32[N, 4]" of tensors that do not fit, and the dimension of each.
std::string describeClash(mlir::Value a, mlir::Value b, unsigned clash, unsigned &dimA, unsigned &dimB);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_TENSORTYPE_H
