//===- Dims.h - shapes whose dimensions may be multiples of N --------------===//
// What ops and passes ask about shapes: the dimensions of a type and back, broadcasting, element counts.
#ifndef ARGENT_DIALECTS_NN_DIMS_H
#define ARGENT_DIALECTS_NN_DIMS_H

#include "dialects/interfaces/Linear.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ValueRange.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>
#include <string>

namespace argent::nn {

/// `size`, or `size` times N.
struct Dim {
  int64_t size = 1;
  bool isOpen = false;

  bool isOne() const { return size == 1 && !isOpen; }
  int64_t at(int64_t batch) const { return isOpen ? size * batch : size; }
  bool operator==(const Dim &other) const = default;
};
using Dims = llvm::SmallVector<Dim, 6>;

/// A count of elements: `factor` times N to the power `power`.
struct ElementCount {
  int64_t factor = 1;
  int64_t power = 0;

  bool isConstant() const { return power == 0; }
  int64_t at(int64_t batch) const;
  /// For each of the batch, if it depends on N: no kernel has two axes of N, so a power above 1 is never counted.
  Linear linear() const { return isConstant() ? Linear{factor, 0} : Linear{0, factor}; }
  ElementCount operator*(const Dim &dim) const { return {factor * dim.size, power + dim.isOpen}; }
  bool operator==(const ElementCount &other) const = default;
};

Dims getDims(mlir::Type type);

/// Dimensions as types hold them: sizes with kDynamic for a multiple of N, and the multiples: 0 for a number; none at
/// all where each is 1 N.
struct SizesAndFactors {
  llvm::SmallVector<int64_t> sizes, factors;
};
SizesAndFactors splitDims(llvm::ArrayRef<Dim> dims);
/// The type of these dimensions; it has an encoding only where a factor of N is not 1.
mlir::RankedTensorType makeType(llvm::ArrayRef<Dim> dims, mlir::Type elementType);
/// `type` with another element type.
mlir::RankedTensorType withElementType(mlir::Type type, mlir::Type elementType);
/// "[N, 28, 28, 1]", as the language writes a shape.
std::string printDims(llvm::ArrayRef<Dim> dims);
inline std::string printShape(mlir::Type type) { return printDims(getDims(type)); }
/// "f32", "bool", "u8": element types as the runtime and the language name them.
std::string printElementType(mlir::Type element);
/// "f32[N, 10]".
std::string printType(mlir::Type type);

/// The shape to which all stretch (aligned at the right; a missing dimension or 1 stretches), if there is one.
std::optional<Dims> broadcastDims(llvm::ArrayRef<Dim> lhs, llvm::ArrayRef<Dim> rhs);
/// `dims` without `axes`, or with 1 in their place.
Dims reduceDims(llvm::ArrayRef<Dim> dims, llvm::ArrayRef<int64_t> axes, bool keepDims);

ElementCount countElements(llvm::ArrayRef<Dim> dims);
inline ElementCount countElements(mlir::Type type) { return countElements(getDims(type)); }

/// The values lo ... hi-1.
llvm::SmallVector<int64_t> axisRange(int64_t lo, int64_t hi);
/// Whether axes are distinct, sorted and within the rank.
bool areAxes(llvm::ArrayRef<int64_t> axes, int64_t rank);

/// The broadcast type of operands, with the given element type; an error at `location` that names both shapes if there
/// is none.
mlir::FailureOr<mlir::RankedTensorType> inferBroadcast(std::optional<mlir::Location> location,
                                                       mlir::ValueRange operands, mlir::Type elementType);

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_DIMS_H
