//===- Cumulative.cpp - verification and cost of running reductions --------===//
#include "dialects/nn/Axes.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

LogicalResult CumulativeOp::verify() {
  if (getKind() == ReduceKind::any || getKind() == ReduceKind::all)
    return emitOpError() << "(C1) combines by sum, prod, max or min, found " << stringifyReduceKind(getKind());
  Dims dims = getDims(getType());
  if (getAxis() >= dims.size()) // a negative one is large, without a sign
    return emitOpError() << "(C2) axis " << static_cast<int64_t>(getAxis()) << " is not within the rank "
                         << dims.size();
  if (dims[getAxis()].isOpen)
    return emitOpError() << "(C3) axis " << getAxis() << " of " << printDims(dims) << " is the batch";
  return success();
}

bool CumulativeOp::looksOnce(OpOperand &) { return true; }

// One operation for each element.
Linear CumulativeOp::getFlops() { return countElements(getType()).linear(); }

std::optional<int64_t> CumulativeOp::getAxisInResult(OpOperand &, int64_t axis) {
  return findAxisBeside(static_cast<int64_t>(getAxis()), /*keepsDims=*/true, axis);
}
