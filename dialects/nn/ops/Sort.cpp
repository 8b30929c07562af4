//===- Sort.cpp - types, cost and facts of the order of elements -----------===//
#include "dialects/nn/Axes.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

LogicalResult ArgsortOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                          ArgsortOp::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Dims dims = getDims(adaptor.getX().getType());
  if (adaptor.getAxis() >= dims.size()) // a negative one is large, without a sign
    return emitOptionalError(location, "(C1) axis ", static_cast<int64_t>(adaptor.getAxis()),
                             " is not within the rank ", dims.size());
  if (dims[adaptor.getAxis()].isOpen)
    return emitOptionalError(location, "(C2) axis ", adaptor.getAxis(), " of ", printDims(dims), " is the batch");
  types.push_back(makeType(dims, IntegerType::get(context, 32)));
  return success();
}

// Each element is compared with all of its row.
Linear ArgsortOp::getFlops() { return getDims(getType())[getAxis()].size * countElements(getType()).linear(); }

Numbers ArgsortOp::inferSigns(ArrayRef<Numbers>) { return Numbers::notNegative; }

std::optional<int64_t> ArgsortOp::getAxisInResult(OpOperand &, int64_t axis) {
  return findAxisBeside(static_cast<int64_t>(getAxis()), /*keepsDims=*/true, axis);
}
