//===- Shape.h - dimensions and the types of tensors ------------------------------===//
// A dimension is an integer, or an integer times N (LANGUAGE.md, section 3). MLIR's type holds `?` for the latter, and
// an encoding where the factor is not 1.
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_SHAPE_H
#define ARGENT_FRONTENDS_AG_EVALUATE_SHAPE_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

#include <optional>
#include <string>

namespace argent::ag {

struct Dim {
  int64_t value = 1;
  bool open = false; // times N
  bool operator==(const Dim &other) const = default;
  bool isOne() const { return !open && value == 1; }
};
using Shape = llvm::SmallVector<Dim, 4>;

std::string toString(Dim dim);

mlir::RankedTensorType tensorType(llvm::ArrayRef<Dim> shape, mlir::Type element);
Shape shapeOf(mlir::Type type);
inline Shape shapeOf(mlir::Value value) { return shapeOf(value.getType()); }
mlir::Type elementOf(mlir::Value value);
bool isFloat(mlir::Type element);

/// The element type that the language calls `name`; null if there is none.
mlir::Type elementType(mlir::MLIRContext *context, llvm::StringRef name);
/// Whether a tensor of floats can hold the number: a larger one would be infinite, and no operation knows infinity.
bool isFinite(double number, mlir::Type element);
/// `f32`, as the language says it.
std::string elementName(mlir::Type element);
/// `f32[N, 28, 28, 1]`
std::string toString(mlir::RankedTensorType type);
std::string toString(llvm::ArrayRef<Dim> shape, mlir::Type element);

/// The number of elements, as a multiple of N ** `batches`; nothing if it does not fit in 64 bits.
struct Count {
  int64_t value = 1;
  unsigned batches = 0;
  bool operator==(const Count &other) const = default;
};
std::optional<Count> elementCount(llvm::ArrayRef<Dim> shape);

/// The shape that both stretch to, aligned at the right; nothing if they do not fit, then `clash` is the dimension,
/// counted in the longer of the two.
std::optional<Shape> broadcast(llvm::ArrayRef<Dim> a, llvm::ArrayRef<Dim> b, unsigned &clash);
/// "dimension 1 is 8 in f32[N, 8] and 4 in f32[N, 4]" of tensors that do not fit, and the dimension of each.
std::string describeClash(mlir::Value a, mlir::Value b, unsigned clash, unsigned &dimA, unsigned &dimB);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_SHAPE_H
