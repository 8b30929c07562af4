//===- Dims.cpp - shapes whose dimensions may be multiples of N ------------===//
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;

namespace argent::nn {

int64_t ElementCount::at(int64_t batch) const {
  int64_t count = factor;
  for (int64_t i = 0; i < power; ++i)
    count *= batch;
  return count;
}

Dims getDims(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  auto batch = dyn_cast_or_null<BatchAttr>(tensor.getEncoding());
  Dims dims;
  for (auto [i, size] : llvm::enumerate(tensor.getShape())) {
    if (!ShapedType::isDynamic(size))
      dims.push_back({size, false});
    else
      dims.push_back({batch ? batch.getFactors()[i] : 1, true});
  }
  return dims;
}

SizesAndFactors splitDims(ArrayRef<Dim> dims) {
  SizesAndFactors split;
  for (Dim dim : dims) {
    split.sizes.push_back(dim.isOpen ? ShapedType::kDynamic : dim.size);
    split.factors.push_back(dim.isOpen ? dim.size : 0);
  }
  if (llvm::all_of(dims, [](Dim dim) { return !dim.isOpen || dim.size == 1; }))
    split.factors.clear();
  return split;
}

RankedTensorType makeType(ArrayRef<Dim> dims, Type elementType) {
  auto [sizes, factors] = splitDims(dims);
  Attribute encoding;
  if (!factors.empty())
    encoding = BatchAttr::get(elementType.getContext(), factors);
  return RankedTensorType::get(sizes, elementType, encoding);
}

RankedTensorType withElementType(Type type, Type elementType) {
  auto tensor = cast<RankedTensorType>(type);
  return RankedTensorType::get(tensor.getShape(), elementType, tensor.getEncoding());
}

std::string printDims(ArrayRef<Dim> dims) {
  std::string text = "[";
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (i)
      text += ", ";
    if (!dim.isOpen)
      text += std::to_string(dim.size);
    else
      text += dim.size == 1 ? "N" : std::to_string(dim.size) + " * N";
  }
  return text + "]";
}

std::string printElementType(Type element) {
  if (element.isInteger(1))
    return "bool";
  if (element.isInteger(8))
    return "u8";
  std::string text;
  llvm::raw_string_ostream(text) << element;
  return text;
}

std::string printType(Type type) { return printElementType(getElementTypeOrSelf(type)) + printShape(type); }

std::optional<Dims> broadcastDims(ArrayRef<Dim> lhs, ArrayRef<Dim> rhs) {
  if (lhs.size() < rhs.size())
    std::swap(lhs, rhs);
  Dims dims(lhs.begin(), lhs.end());
  size_t missing = lhs.size() - rhs.size();
  for (auto [i, dim] : llvm::enumerate(rhs)) {
    Dim &result = dims[missing + i];
    if (result.isOne())
      result = dim;
    else if (!dim.isOne() && dim != result)
      return std::nullopt;
  }
  return dims;
}

Dims reduceDims(ArrayRef<Dim> dims, ArrayRef<int64_t> axes, bool keepDims) {
  Dims result;
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(i)))
      result.push_back(dim);
    else if (keepDims)
      result.push_back(Dim());
  }
  return result;
}

ElementCount countElements(ArrayRef<Dim> dims) {
  ElementCount count;
  for (Dim dim : dims) {
    count.factor *= dim.size;
    count.power += dim.isOpen;
  }
  return count;
}

SmallVector<int64_t> axisRange(int64_t lo, int64_t hi) { return llvm::to_vector(llvm::seq<int64_t>(lo, hi)); }

bool areAxes(ArrayRef<int64_t> axes, int64_t rank) {
  int64_t last = -1;
  for (int64_t axis : axes) {
    if (axis <= last || axis >= rank)
      return false;
    last = axis;
  }
  return true;
}

FailureOr<RankedTensorType> inferBroadcast(std::optional<Location> location, ValueRange operands, Type elementType) {
  Dims dims;
  for (Value operand : operands) {
    std::optional<Dims> next = broadcastDims(dims, getDims(operand.getType()));
    if (!next) {
      (void)emitOptionalError(location, "(C1) shapes ", printDims(dims), " and ", printShape(operand.getType()),
                              " do not broadcast");
      return failure();
    }
    dims = *next;
  }
  return makeType(dims, elementType);
}

} // namespace argent::nn
