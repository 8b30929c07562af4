//===- TensorType.cpp - the types of tensors in the language's words -------------------------------------------===//
#include "frontends/ag/evaluate/TensorType.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

#include <array>

using namespace argent::ag;

bool argent::ag::isFloat(mlir::Type element) { return llvm::isa<mlir::FloatType>(element); }

mlir::Type argent::ag::elementOf(mlir::Value value) { return mlir::getElementTypeOrSelf(value); }

namespace {

/// An element type of the language.
struct Element {
  llvm::StringRef name;
  mlir::Type type;
};

std::array<Element, 7> elementsOf(mlir::MLIRContext *context) {
  mlir::Builder b(context);
  return {{{"f32", b.getF32Type()},
           {"f16", b.getF16Type()},
           {"bf16", b.getBF16Type()},
           {"i32", b.getI32Type()},
           {"i64", b.getI64Type()},
           {"u8", b.getIntegerType(8, false)},
           {"bool", b.getI1Type()}}};
}

} // namespace

mlir::Type argent::ag::elementType(mlir::MLIRContext *context, llvm::StringRef name) {
  for (auto [known, type] : elementsOf(context))
    if (known == name)
      return type;
  return {};
}

bool argent::ag::isFinite(double number, mlir::Type element) {
  llvm::APFloat value(number);
  bool losesDigits;
  value.convert(llvm::cast<mlir::FloatType>(element).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven,
                &losesDigits);
  return value.isFinite();
}

bool argent::ag::holdsInteger(int64_t number, mlir::Type element) {
  unsigned bits = element.getIntOrFloatBitWidth();
  return bits == 1   ? llvm::isUInt<1>(number)
         : bits == 8 ? llvm::isUInt<8>(number)
                     : bits == 64 || llvm::isInt<32>(number);
}

std::string argent::ag::toString(Dim dim) {
  if (!dim.isOpen)
    return std::to_string(dim.size);
  return dim.size == 1 ? "N" : std::to_string(dim.size) + " * N";
}

std::string argent::ag::toString(llvm::ArrayRef<Dim> dims, mlir::Type element) {
  return elementName(element) + nn::printDims(dims);
}

std::optional<argent::nn::ElementCount> argent::ag::countOf(llvm::ArrayRef<Dim> dims) {
  nn::ElementCount count;
  for (Dim dim : dims) {
    count.power += dim.isOpen;
    if (llvm::MulOverflow(count.factor, dim.size, count.factor))
      return std::nullopt;
  }
  return count;
}

std::optional<unsigned> argent::ag::findClash(llvm::ArrayRef<Dim> a, llvm::ArrayRef<Dim> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  size_t missing = a.size() - b.size();
  for (auto [index, dim] : llvm::enumerate(b))
    if (!nn::broadcastDims(a[missing + index], dim))
      return missing + index;
  return std::nullopt;
}

std::string argent::ag::describeClash(mlir::Value a, mlir::Value b, unsigned clash, unsigned &dimA, unsigned &dimB) {
  Dims dimsA = dimsOf(a), dimsB = dimsOf(b);
  size_t rank = std::max(dimsA.size(), dimsB.size());
  dimA = clash - (rank - dimsA.size());
  dimB = clash - (rank - dimsB.size());
  auto text = [](mlir::Value x) { return toString(llvm::cast<mlir::RankedTensorType>(x.getType())); };
  return "dimension " + std::to_string(dimA) + " is " + toString(dimsA[dimA]) + " in " + text(a) + " and " +
         (dimA == dimB ? "" : "dimension " + std::to_string(dimB) + " is ") + toString(dimsB[dimB]) + " in " + text(b);
}
