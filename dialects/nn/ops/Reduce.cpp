//===- Reduce.cpp - verification and types of reductions and softmax -------===//
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent::nn;

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                         ReduceOp::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getX().getType());
  if (!areAxes(adaptor.getAxes(), type.getRank()))
    return emitOptionalError(location, "(C1) axes are not distinct, sorted and within the rank ", type.getRank());
  types.push_back(makeType(reduceDims(getDims(type), adaptor.getAxes(), adaptor.getKeepdims()), type.getElementType()));
  return success();
}

LogicalResult ReduceOp::verify() {
  RankedTensorType type = getX().getType();
  bool isLogic = getKind() == ReduceKind::any || getKind() == ReduceKind::all;
  if (isLogic != type.getElementType().isInteger(1))
    return emitOpError() << "(C2) " << stringifyReduceKind(getKind()) << " reduces " << (isLogic ? "bools" : "numbers")
                         << ", found " << type.getElementType();
  if (getKind() == ReduceKind::max || getKind() == ReduceKind::min)
    for (int64_t axis : getAxes())
      if (type.getDimSize(axis) == 0)
        return emitOpError() << "(C3) axis " << axis << " of " << printShape(type) << " has no element";
  return success();
}

LogicalResult ArgmaxOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                         ArgmaxOp::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getX().getType());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= type.getRank())
    return emitOptionalError(location, "(C1) axis ", axis, " is not within the rank ", type.getRank());
  types.push_back(makeType(reduceDims(getDims(type), axis, false), IntegerType::get(context, 32)));
  return success();
}

LogicalResult ArgmaxOp::verify() {
  if (getX().getType().getDimSize(getAxis()) == 0)
    return emitOpError() << "(C2) axis " << getAxis() << " of " << printShape(getX().getType()) << " has no element";
  return success();
}

static LogicalResult verifySoftmax(Operation *op, RankedTensorType type, int64_t axis) {
  if (axis < 0 || axis >= type.getRank())
    return op->emitOpError() << "(C1) axis " << axis << " is not within the rank " << type.getRank();
  return success();
}

LogicalResult SoftmaxOp::verify() { return verifySoftmax(*this, getType(), getAxis()); }
LogicalResult LogSoftmaxOp::verify() { return verifySoftmax(*this, getType(), getAxis()); }

// One operation for each element that goes in.
int64_t ReduceOp::getFlops(int64_t batch) { return countElements(getX().getType(), batch); }
int64_t ArgmaxOp::getFlops(int64_t batch) { return countElements(getX().getType(), batch); }
// Maximum, difference, exponential, sum, quotient.
int64_t SoftmaxOp::getFlops(int64_t batch) { return 5 * countElements(getType(), batch); }
int64_t LogSoftmaxOp::getFlops(int64_t batch) { return 5 * countElements(getType(), batch); }

bool ReduceOp::looksOnce(OpOperand &) { return true; }
bool ArgmaxOp::looksOnce(OpOperand &) { return true; }
