//===- Shape.cpp - verification and types of constants and moves -----------===//
#include "dialects/nn/Axes.h"
#include "dialects/nn/Constants.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

LogicalResult ConstantOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                           ConstantOp::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  auto type = dyn_cast<RankedTensorType>(adaptor.getValue().getType());
  if (!type || !type.hasStaticShape())
    return emitOptionalError(location, "(C1) a constant is a tensor of a known shape, found ",
                             adaptor.getValue().getType());
  types.push_back(type);
  return success();
}

LogicalResult BroadcastOp::verify() {
  if (getElementTypeOrSelf(getX().getType()) != getElementTypeOrSelf(getType()))
    return emitOpError() << "(C2) element types " << getElementTypeOrSelf(getX().getType()) << " and "
                         << getElementTypeOrSelf(getType()) << " differ";
  Dims target = getDims(getType());
  if (broadcastDims(getDims(getX().getType()), target) != target)
    return emitOpError() << "(C1) " << printShape(getX().getType()) << " does not stretch to " << printDims(target);
  return success();
}

LogicalResult ReshapeOp::verify() {
  if (getElementTypeOrSelf(getX().getType()) != getElementTypeOrSelf(getType()))
    return emitOpError() << "(C2) element types " << getElementTypeOrSelf(getX().getType()) << " and "
                         << getElementTypeOrSelf(getType()) << " differ";
  auto print = [](ElementCount count) {
    std::string text = std::to_string(count.factor);
    for (int64_t i = 0; i < count.power; ++i)
      text += " * N";
    return text;
  };
  ElementCount from = countElements(getX().getType()), to = countElements(getType());
  if (from != to)
    return emitOpError() << "(C1) " << printShape(getX().getType()) << " holds " << print(from) << " elements, "
                         << printShape(getType()) << " " << print(to);
  return success();
}

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                            TransposeOp::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Dims dims = getDims(adaptor.getX().getType()), result;
  ArrayRef<int64_t> permutation = adaptor.getPermutation();
  SmallVector<int64_t> sorted(permutation);
  llvm::sort(sorted);
  if (sorted != axisRange(0, dims.size()))
    return emitOptionalError(location, "(C1) the permutation does not name each of the ", dims.size(),
                             " dimensions once");
  for (int64_t axis : permutation)
    result.push_back(dims[axis]);
  types.push_back(makeType(result, getElementTypeOrSelf(adaptor.getX().getType())));
  return success();
}

LogicalResult CountOp::verify() {
  int64_t rank = getX().getType().getRank();
  if (!areAxes(getAxes(), rank))
    return emitOpError() << "(C1) axes [" << getAxes() << "] are not distinct, sorted and within the rank " << rank;
  return success();
}

Linear ConstantOp::getFlops() { return {}; }
Linear BroadcastOp::getFlops() { return {}; }
Linear ReshapeOp::getFlops() { return {}; }
Linear TransposeOp::getFlops() { return {}; }
Linear CountOp::getFlops() { return {}; }

bool TransposeOp::looksOnce(OpOperand &) { return true; }
bool TransposeOp::storesElements() { return true; }

//===--- numbers -----------------------------------------------------------===//

Numbers ConstantOp::inferSigns(ArrayRef<Numbers>) {
  auto value = dyn_cast<DenseElementsAttr>(getValue());
  if (!value)
    return Numbers::finite;
  Numbers result = Numbers::none;
  auto include = [&](auto number) {
    result |= number < 0 ? Numbers::negative : number > 0 ? Numbers::positive : Numbers::zero;
  };
  if (isa<FloatType>(value.getElementType()))
    llvm::for_each(getFloats(value), include);
  else
    llvm::for_each(getIntegers(value), include);
  return result;
}

Numbers CountOp::inferSigns(ArrayRef<Numbers>) { return Numbers::positive; }

//===--- axes --------------------------------------------------------------===//

std::optional<int64_t> ReshapeOp::getAxisInResult(OpOperand &operand, int64_t axis) {
  return findAxisInPrefix(operand.get().getType(), getType(), axis);
}

std::optional<int64_t> TransposeOp::getAxisInResult(OpOperand &, int64_t axis) {
  return llvm::find(getPermutation(), axis) - getPermutation().begin();
}

//===--- count -------------------------------------------------------------===//

bool CountOp::isToldBy(Value other) {
  if (getAxes().size() != 1)
    return false;
  return llvm::is_contained(getDims(other.getType()), getDims(getX().getType())[getAxes().front()]);
}

Value CountOp::buildFrom(OpBuilder &builder, Value other) {
  Dims counted;
  for (int64_t axis : getAxes())
    counted.push_back(getDims(getX().getType())[axis]);
  ElementCount wanted = countElements(counted);
  if (wanted.power != 1)
    return {};
  // The extent itself, else one that it is a multiple of.
  Dims dims = getDims(other.getType());
  Dim extent{wanted.factor, /*isOpen=*/true};
  auto *found = llvm::find(dims, extent);
  if (found == dims.end())
    found = llvm::find_if(dims, [&](Dim dim) { return dim.isOpen && wanted.factor % dim.size == 0; });
  if (found == dims.end())
    return {};
  if (getX() == other)
    return getResult();
  Value count = CountOp::create(builder, getLoc(), getType(), other, ArrayRef<int64_t>(found - dims.begin()));
  if (*found == extent)
    return count;
  Value scale = makeSplat(builder, getLoc(), getType(), static_cast<double>(wanted.factor / found->size));
  return MulOp::create(builder, getLoc(), count, scale);
}
