//===- Reduce.cpp - verification and types of reductions and softmax -------===//
#include "dialects/nn/Axes.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent;
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
Linear ReduceOp::getFlops() { return countElements(getX().getType()).linear(); }
Linear ArgmaxOp::getFlops() { return countElements(getX().getType()).linear(); }
// Maximum, difference, exponential, sum, quotient.
Linear SoftmaxOp::getFlops() { return 5 * countElements(getType()).linear(); }
Linear LogSoftmaxOp::getFlops() { return 5 * countElements(getType()).linear(); }

bool ReduceOp::looksOnce(OpOperand &) { return true; }
bool ArgmaxOp::looksOnce(OpOperand &) { return true; }

//===--- numbers -----------------------------------------------------------===//

Numbers ReduceOp::inferSigns(ArrayRef<Numbers> x) {
  switch (getKind()) {
  case ReduceKind::sum:
    return numbers::add(x[0], x[0]);
  case ReduceKind::prod:
    return x[0] | numbers::multiply(x[0], x[0]);
  case ReduceKind::max:
  case ReduceKind::min:
    return x[0];
  case ReduceKind::any:
  case ReduceKind::all:
    return Numbers::notNegative;
  }
  llvm_unreachable("a kind of reduction");
}

Numbers SoftmaxOp::inferSigns(ArrayRef<Numbers>) { return Numbers::notNegative; }

//===--- axes --------------------------------------------------------------===//

bool ReduceOp::sumsRows() { return getKind() == ReduceKind::sum && llvm::is_contained(getAxes(), 0); }

std::optional<int64_t> ReduceOp::getAxisInResult(OpOperand &, int64_t axis) {
  return findAxisBeside(getAxes(), getKeepdims(), axis);
}
std::optional<int64_t> ArgmaxOp::getAxisInResult(OpOperand &, int64_t axis) {
  return findAxisBeside(static_cast<int64_t>(getAxis()), /*keepsDims=*/false, axis);
}
std::optional<int64_t> SoftmaxOp::getAxisInResult(OpOperand &, int64_t axis) {
  return findAxisBeside(static_cast<int64_t>(getAxis()), /*keepsDims=*/true, axis);
}
std::optional<int64_t> LogSoftmaxOp::getAxisInResult(OpOperand &, int64_t axis) {
  return findAxisBeside(static_cast<int64_t>(getAxis()), /*keepsDims=*/true, axis);
}
