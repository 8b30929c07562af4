//===- Constants.cpp - folding of constant tensors -------------------------===//
#include "dialects/nn/Constants.h"
#include "dialects/nn/NN.h"
#include "dialects/nn/Rows.h"

using namespace mlir;

namespace argent::nn {

static double toDouble(APFloat value) {
  bool loses = false;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &loses);
  return value.convertToDouble();
}

static APFloat fromDouble(double number, Type type) {
  APFloat value(number);
  bool loses = false;
  value.convert(cast<FloatType>(type).getFloatSemantics(), APFloat::rmNearestTiesToEven, &loses);
  return value;
}

static int64_t toInteger(const APInt &value, Type type) {
  return type.isUnsignedInteger() || type.isInteger(1) ? static_cast<int64_t>(value.getZExtValue())
                                                       : value.getSExtValue();
}

static APInt fromInteger(int64_t number, Type type) {
  return APInt(type.getIntOrFloatBitWidth(), static_cast<uint64_t>(number), /*isSigned=*/true, /*implicitTrunc=*/true);
}

bool isSplat(Attribute value, double number) {
  auto elements = dyn_cast_or_null<DenseElementsAttr>(value);
  if (!elements || !elements.isSplat())
    return false;
  Type type = elements.getElementType();
  if (isa<FloatType>(type))
    return toDouble(elements.getSplatValue<APFloat>()) == number;
  return static_cast<double>(toInteger(elements.getSplatValue<APInt>(), type)) == number;
}

bool hasZero(DenseElementsAttr value) {
  if (isa<FloatType>(value.getElementType()))
    return llvm::any_of(value.getValues<APFloat>(), [](const APFloat &v) { return v.isZero(); });
  return llvm::any_of(value.getValues<APInt>(), [](const APInt &v) { return v.isZero(); });
}

DenseElementsAttr splatAttr(Type type, double number) {
  auto tensor = cast<RankedTensorType>(type);
  if (!tensor.hasStaticShape())
    return nullptr;
  Type element = tensor.getElementType();
  if (isa<FloatType>(element))
    return DenseElementsAttr::get(tensor, ArrayRef(fromDouble(number, element)));
  return DenseElementsAttr::get(tensor, ArrayRef(fromInteger(static_cast<int64_t>(number), element)));
}

Value makeSplat(OpBuilder &builder, Location location, Type type, double number) {
  auto tensor = cast<RankedTensorType>(type);
  if (!tensor.hasStaticShape())
    tensor = RankedTensorType::get({}, tensor.getElementType());
  return ConstantOp::create(builder, location, splatAttr(tensor, number));
}

SmallVector<double> getFloats(DenseElementsAttr value) {
  return llvm::map_to_vector(value.getValues<APFloat>(), toDouble);
}

SmallVector<int64_t> getIntegers(DenseElementsAttr value) {
  Type type = value.getElementType();
  return llvm::map_to_vector(value.getValues<APInt>(), [&](const APInt &v) { return toInteger(v, type); });
}

DenseElementsAttr fromFloats(RankedTensorType type, ArrayRef<double> values) {
  return DenseElementsAttr::get(
      type, llvm::map_to_vector(values, [&](double v) { return fromDouble(v, type.getElementType()); }));
}

DenseElementsAttr fromIntegers(RankedTensorType type, ArrayRef<int64_t> values) {
  return DenseElementsAttr::get(
      type, llvm::map_to_vector(values, [&](int64_t v) { return fromInteger(v, type.getElementType()); }));
}

SmallVector<int64_t> broadcastIndices(RankedTensorType from, RankedTensorType to) {
  SmallVector<int64_t> indices;
  forEachIndex(to.getShape(),
               [&](ArrayRef<int64_t> index) { indices.push_back(broadcastRow(index, from.getShape())); });
  return indices;
}

bool canFold(ArrayRef<Attribute> operands, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor.hasStaticShape() && tensor.getNumElements() <= kMaxFoldedElements &&
         llvm::all_of(operands, [](Attribute value) { return isa_and_nonnull<DenseElementsAttr>(value); });
}

OpFoldResult foldCast(Attribute x, Type type) {
  if (!canFold({x}, type))
    return {};
  auto tensor = cast<RankedTensorType>(type);
  auto elements = cast<DenseElementsAttr>(x);
  bool fromFloat = isa<FloatType>(elements.getElementType()), toFloat = isa<FloatType>(tensor.getElementType());
  bool toBool = tensor.getElementType().isInteger(1);
  if (fromFloat && toFloat)
    return fromFloats(tensor, getFloats(elements));
  if (toFloat)
    return fromFloats(tensor, llvm::map_to_vector(getIntegers(elements), [](int64_t v) { return double(v); }));
  SmallVector<int64_t> values =
      fromFloat ? llvm::map_to_vector(getFloats(elements),
                                      [&](double v) -> int64_t { return toBool ? v != 0 : static_cast<int64_t>(v); })
                : getIntegers(elements);
  if (toBool)
    for (int64_t &value : values)
      value = value != 0;
  return fromIntegers(tensor, values);
}

} // namespace argent::nn
