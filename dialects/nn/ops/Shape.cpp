//===- Shape.cpp - verification and types of constants and moves -----------===//
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
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

int64_t ConstantOp::getFlops(int64_t) { return 0; }
int64_t BroadcastOp::getFlops(int64_t) { return 0; }
int64_t ReshapeOp::getFlops(int64_t) { return 0; }
int64_t TransposeOp::getFlops(int64_t) { return 0; }
int64_t CountOp::getFlops(int64_t) { return 0; }

bool TransposeOp::looksOnce(OpOperand &) { return true; }
