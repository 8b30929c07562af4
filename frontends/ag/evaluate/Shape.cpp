//===- Shape.cpp - dimensions and the types of tensors ----------------------------===//
#include "frontends/ag/evaluate/Shape.h"

#include "dialects/nn/NN.h"

#include "llvm/Support/MathExtras.h"

using namespace argent::ag;

std::string argent::ag::toString(Dim dim) {
  if (!dim.open)
    return std::to_string(dim.value);
  return dim.value == 1 ? "N" : std::to_string(dim.value) + " * N";
}

mlir::RankedTensorType argent::ag::tensorType(llvm::ArrayRef<Dim> shape, mlir::Type element) {
  llvm::SmallVector<int64_t> sizes, factors;
  bool isMultiple = false;
  for (Dim dim : shape) {
    sizes.push_back(dim.open ? mlir::ShapedType::kDynamic : dim.value);
    factors.push_back(dim.open ? dim.value : 0);
    isMultiple |= dim.open && dim.value != 1;
  }
  mlir::Attribute encoding;
  if (isMultiple)
    encoding = nn::BatchAttr::get(element.getContext(), factors);
  return mlir::RankedTensorType::get(sizes, element, encoding);
}

Shape argent::ag::shapeOf(mlir::Type type) {
  auto tensor = llvm::cast<mlir::RankedTensorType>(type);
  auto batch = llvm::dyn_cast_or_null<nn::BatchAttr>(tensor.getEncoding());
  Shape shape;
  for (auto [index, size] : llvm::enumerate(tensor.getShape())) {
    if (mlir::ShapedType::isDynamic(size))
      shape.push_back({batch ? batch.getFactors()[index] : 1, true});
    else
      shape.push_back({size, false});
  }
  return shape;
}

bool argent::ag::isFloat(mlir::Type element) { return llvm::isa<mlir::FloatType>(element); }

mlir::Type argent::ag::elementOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getElementType();
}

mlir::Type argent::ag::elementType(mlir::MLIRContext *context, llvm::StringRef name) {
  mlir::Builder b(context);
  return llvm::StringSwitch<mlir::Type>(name)
      .Case("f32", b.getF32Type())
      .Case("f16", b.getF16Type())
      .Case("bf16", b.getBF16Type())
      .Case("i32", b.getI32Type())
      .Case("i64", b.getI64Type())
      .Case("u8", b.getIntegerType(8, false))
      .Case("bool", b.getI1Type())
      .Default({});
}

bool argent::ag::isFinite(double number, mlir::Type element) {
  llvm::APFloat value(number);
  bool losesDigits;
  value.convert(llvm::cast<mlir::FloatType>(element).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven,
                &losesDigits);
  return value.isFinite();
}

std::string argent::ag::elementName(mlir::Type element) {
  if (element.isInteger(1))
    return "bool";
  if (element.isInteger(8))
    return "u8";
  std::string text;
  llvm::raw_string_ostream(text) << element;
  return text;
}

std::string argent::ag::toString(llvm::ArrayRef<Dim> shape, mlir::Type element) {
  std::string text = elementName(element) + "[";
  for (auto [index, dim] : llvm::enumerate(shape))
    text += (index ? ", " : "") + toString(dim);
  return text + "]";
}

std::string argent::ag::toString(mlir::RankedTensorType type) { return toString(shapeOf(type), type.getElementType()); }

std::optional<Count> argent::ag::elementCount(llvm::ArrayRef<Dim> shape) {
  Count count;
  for (Dim dim : shape) {
    count.batches += dim.open;
    if (llvm::MulOverflow(count.value, dim.value, count.value))
      return std::nullopt;
  }
  return count;
}

std::optional<Shape> argent::ag::broadcast(llvm::ArrayRef<Dim> a, llvm::ArrayRef<Dim> b, unsigned &clash) {
  if (a.size() < b.size())
    std::swap(a, b);
  Shape result(a.begin(), a.end());
  size_t offset = a.size() - b.size();
  for (size_t i = 0; i != b.size(); ++i) {
    Dim &dim = result[offset + i];
    // A missing dimension stretches, and so does 1, but N stretches to nothing and nothing but 1 to N.
    if (dim == b[i] || b[i].isOne())
      continue;
    if (!dim.isOne()) {
      clash = offset + i;
      return std::nullopt;
    }
    dim = b[i];
  }
  return result;
}

std::string argent::ag::describeClash(mlir::Value a, mlir::Value b, unsigned clash, unsigned &dimA, unsigned &dimB) {
  Shape shapeA = shapeOf(a), shapeB = shapeOf(b);
  size_t rank = std::max(shapeA.size(), shapeB.size());
  dimA = clash - (rank - shapeA.size());
  dimB = clash - (rank - shapeB.size());
  auto text = [](mlir::Value x) { return toString(llvm::cast<mlir::RankedTensorType>(x.getType())); };
  return "dimension " + std::to_string(dimA) + " is " + toString(shapeA[dimA]) + " in " + text(a) + " and " +
         (dimA == dimB ? "" : "dimension " + std::to_string(dimB) + " is ") + toString(shapeB[dimB]) + " in " + text(b);
}
