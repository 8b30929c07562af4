//===- Loss.cpp - verification and types of the losses ---------------------===//
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

LogicalResult CrossEntropyOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                               CrossEntropyOp::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getLogits().getType());
  if (type.getRank() == 0)
    return emitOptionalError(location, "(C2) logits have a dimension of classes, found ", type);
  Dims dims = getDims(type);
  dims.pop_back();
  types.push_back(makeType(dims, type.getElementType()));
  return success();
}

static LogicalResult verifyLabel(Operation *op, RankedTensorType logits, RankedTensorType label) {
  Dims rows = getDims(logits);
  if (rows.empty() || rows.back().isOpen)
    return op->emitOpError() << "(C2) logits have a last dimension of classes, found " << printDims(rows);
  rows.pop_back();
  if (label == logits)
    return success();
  if (!label.getElementType().isInteger(32) || getDims(label) != rows)
    return op->emitOpError() << "(C1) a label of logits " << logits << " is "
                             << makeType(rows, IntegerType::get(op->getContext(), 32)) << " or " << logits << ", found "
                             << label;
  return success();
}

LogicalResult CrossEntropyOp::verify() { return verifyLabel(*this, getLogits().getType(), getLabel().getType()); }

LogicalResult CrossEntropyGradOp::verify() {
  RankedTensorType logits = getLogits().getType();
  if (failed(verifyLabel(*this, logits, getLabel().getType())))
    return failure();
  Dims rows = getDims(logits);
  rows.pop_back();
  RankedTensorType gradient = makeType(rows, logits.getElementType());
  if (getGradient().getType() != gradient)
    return emitOpError() << "(C3) the gradient is " << gradient << ", found " << getGradient().getType();
  if (getType() != logits)
    return emitOpError() << "(C3) the result is " << logits << ", found " << getType();
  return success();
}

// A softmax, and the label's share.
Linear CrossEntropyOp::getFlops() { return 5 * countElements(getLogits().getType()).linear(); }
Linear CrossEntropyGradOp::getFlops() { return 7 * countElements(getLogits().getType()).linear(); }

// The logits are read for the maximum, the sum and the result; the label and the row's gradient once for each row.
bool CrossEntropyOp::looksOnce(OpOperand &operand) { return operand.getOperandNumber() > 0; }
bool CrossEntropyGradOp::looksOnce(OpOperand &operand) { return operand.getOperandNumber() > 0; }
