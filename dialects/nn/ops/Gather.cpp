//===- Gather.cpp - verification, types and cost of indexed ops ------------===//
#include "dialects/nn/Axes.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

LogicalResult IotaOp::verify() {
  if (getType().getRank() != 1 || getType().isDynamicDim(0))
    return emitOpError() << "(C1) has one dimension, a number, found " << getType();
  return success();
}

/// The type of a gather from a tensor of type `xType`; an error that names its constraint if there is none.
static FailureOr<RankedTensorType> inferGather(std::optional<Location> location, Type xType, Type indexType,
                                               int64_t axis, int64_t batch, int64_t trailing) {
  auto fail = [&](auto &&...parts) {
    (void)emitOptionalError(location, parts...);
    return failure();
  };
  Dims x = getDims(xType), index = getDims(indexType);
  int64_t rank = x.size(), indexRank = index.size();
  if (axis < 0 || axis >= rank || batch < 0 || batch > axis || trailing < 0 || trailing >= rank - axis ||
      indexRank < batch + trailing)
    return fail("(C1) axis ", axis, " with ", batch, " leading and ", trailing,
                " trailing shared dimensions does not fit ", printDims(x), " and ", printDims(index));
  for (int64_t d = 0; d < batch; ++d)
    if (x[d] != index[d])
      return fail("(C2) dimension ", d, " is shared, but ", printDims(x), " and ", printDims(index), " differ");
  for (int64_t d = 1; d <= trailing; ++d)
    if (x[rank - d] != index[indexRank - d])
      return fail("(C2) dimension ", rank - d, " is shared, but ", printDims(x), " and ", printDims(index), " differ");
  if (x[axis].isOpen)
    return fail("(C3) axis ", axis, " of ", printDims(x), " is N");
  Dims result(x.begin(), x.begin() + axis);
  result.append(index.begin() + batch, index.end() - trailing);
  result.append(x.begin() + axis + 1, x.end());
  return makeType(result, getElementTypeOrSelf(xType));
}

LogicalResult GatherOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                         GatherOp::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  // While the text is parsed a default is not yet filled in.
  int64_t batch = adaptor.getBatchAttr() ? adaptor.getBatch() : 0,
          trailing = adaptor.getTrailingAttr() ? adaptor.getTrailing() : 0;
  FailureOr<RankedTensorType> type =
      inferGather(location, adaptor.getX().getType(), adaptor.getIndex().getType(), adaptor.getAxis(), batch, trailing);
  if (failed(type))
    return failure();
  types.push_back(*type);
  return success();
}

LogicalResult ScatterAddOp::verify() {
  FailureOr<RankedTensorType> type =
      inferGather(getLoc(), getType(), getIndex().getType(), getAxis(), getBatch(), getTrailing());
  if (failed(type))
    return failure();
  if (*type != getGradient().getType())
    return emitOpError() << "(C4) the gather's result is " << *type << ", the gradient " << getGradient().getType();
  return success();
}

LogicalResult TopKOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, TopKOp::Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  Dims dims = getDims(adaptor.getX().getType());
  int64_t axis = adaptor.getAxis(), k = adaptor.getK();
  if (axis < 0 || axis >= static_cast<int64_t>(dims.size()) || dims[axis].isOpen)
    return emitOptionalError(location, "(C1) axis ", axis, " is none of ", printDims(dims), " or is N");
  if (k < 1 || k > dims[axis].size)
    return emitOptionalError(location, "(C2) k is from 1 to ", dims[axis].size, ", found ", k);
  dims[axis].size = k;
  types.push_back(makeType(dims, IntegerType::get(context, 32)));
  return success();
}

Linear IotaOp::getFlops() { return {}; }
Linear GatherOp::getFlops() { return {}; }
Linear ScatterAddOp::getFlops() { return countElements(getGradient().getType()).linear(); }
// A comparison with the best so far for each element and place.
Linear TopKOp::getFlops() { return getK() * countElements(getX().getType()).linear(); }

Numbers IotaOp::inferSigns(ArrayRef<Numbers>) { return Numbers::notNegative; }

bool ScatterAddOp::sumsRows() { return getAxis() == 0 && getBatch() == 0 && getTrailing() == 0; }

std::optional<int64_t> GatherOp::getAxisInResult(OpOperand &operand, int64_t axis) {
  return findAxisInPrefix(operand.get().getType(), getType(), axis);
}
