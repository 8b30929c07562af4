//===- ShapeKernel.cpp - constants, and ops that move elements -------------===//
#include "dialects/nn/kernel/KernelBuilder.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

/// A larger constant is an operand of nn.fused, which lies in the module's constants.
static constexpr int64_t kMaxInlineElements = 16;

LogicalResult ConstantOp::buildKernel(KernelBuilder &kernel) {
  auto elements = dyn_cast<DenseElementsAttr>(getValue());
  auto type = cast<RankedTensorType>(getType());
  if (!elements || (!elements.isSplat() && elements.getNumElements() > kMaxInlineElements))
    return emitOpError("of more than ") << kMaxInlineElements << " different elements stands outside of nn.fused";
  Type elementType = kernel.getElementType(type);
  auto number = [&kernel, elementType](Attribute value) -> Expr {
    Builder &builder = kernel.getBuilder();
    if (auto real = dyn_cast<FloatAttr>(value))
      return {kernel, kernel.constant(real)};
    return {kernel, kernel.constant(builder.getIntegerAttr(elementType, cast<IntegerAttr>(value).getValue()))};
  };
  SmallVector<Attribute> values = elements.isSplat() ? SmallVector<Attribute>{elements.getSplatValue<Attribute>()}
                                                     : llvm::to_vector(elements.getValues<Attribute>());
  Dim count{elements.getNumElements()};
  kernel.define(getResult(), Tensor(kernel, getDims(type), elementType, [=, &kernel](const Point &point) -> Expr {
                  Expr flat = kernel.convert(point, count).front();
                  Expr value = number(values.back());
                  for (size_t i = values.size() - 1; i-- > 0;)
                    value = select(flat == int64_t(i), number(values[i]), value);
                  return value;
                }));
  return success();
}

LogicalResult ReshapeOp::buildKernel(KernelBuilder &kernel) {
  kernel.defineReshaped(getResult(), getX());
  return success();
}

LogicalResult TransposeOp::buildKernel(KernelBuilder &kernel) {
  const Tensor &x = kernel.get(getX());
  Groups groups = kernel.groupsOf(getResult(), [](unsigned) { return true; });
  Func moved = kernel.func("transpose", kernel.nameAxes(groups), x.getType(), [&](Args i) {
    SmallVector<Expr, 6> index(i.size());
    for (auto [d, from] : llvm::enumerate(getPermutation()))
      index[from] = i[d];
    return x.at(index);
  });
  kernel.define(getResult(), moved);
  return success();
}

LogicalResult CountOp::buildKernel(KernelBuilder &kernel) {
  const Tensor &x = kernel.get(getX());
  Func count = kernel.func("count", {}, kernel.getElementType(getType()), [&](Args) -> Expr {
    Expr product = 1;
    for (int64_t axis : getAxes())
      product = product * kernel.extent(x.getExtent(axis));
    return product.isNumber() ? product : cast(product, kernel.getElementType(getType()));
  });
  kernel.define(getResult(), count);
  return success();
}
