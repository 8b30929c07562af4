//===- Move.cpp - verification, types and cost of moves --------------------===//
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

//===--- slice -------------------------------------------------------------===//

LogicalResult SliceOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                        SliceOp::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Dims dims = getDims(adaptor.getX().getType());
  ArrayRef<int64_t> offsets = adaptor.getOffsets(), sizes = adaptor.getSizes(), strides = adaptor.getStrides();
  if (offsets.size() != dims.size() || sizes.size() != dims.size() || strides.size() != dims.size())
    return emitOptionalError(location, "(C1) ", dims.size(), " dimensions need as many offsets (", offsets.size(),
                             "), sizes (", sizes.size(), ") and strides (", strides.size(), ")");
  for (auto [d, dim] : llvm::enumerate(dims)) {
    if (offsets[d] < 0 || sizes[d] < 1 || strides[d] < 1 || offsets[d] + (sizes[d] - 1) * strides[d] >= dim.size)
      return emitOptionalError(location, "(C2) offset ", offsets[d], ", size ", sizes[d], " and stride ", strides[d],
                               " do not stay in dimension ", d, " of ", printDims(dims));
    if (dim.isOpen && (offsets[d] != 0 || sizes[d] != dim.size || strides[d] != 1))
      return emitOptionalError(location, "(C3) dimension ", d, " of ", printDims(dims), " is N and stays whole");
    dim.size = sizes[d];
  }
  types.push_back(makeType(dims, getElementTypeOrSelf(adaptor.getX().getType())));
  return success();
}

// Elements of the last dimension lie beside each other: a vector of them is one load.
bool SliceOp::isView() { return getStrides().empty() || getStrides().back() == 1; }

//===--- pad ---------------------------------------------------------------===//

LogicalResult PadOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, PadOp::Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  Dims dims = getDims(adaptor.getX().getType()), result;
  ArrayRef<int64_t> low = adaptor.getLow(), high = adaptor.getHigh();
  SmallVector<int64_t> interior(dims.size(), 0);
  if (adaptor.getInterior())
    interior.assign(adaptor.getInterior()->begin(), adaptor.getInterior()->end());
  if (low.size() != dims.size() || high.size() != dims.size() || interior.size() != dims.size())
    return emitOptionalError(location, "(C1) ", dims.size(), " dimensions need as many elements before (", low.size(),
                             "), behind (", high.size(), ") and between (", interior.size(), ")");
  // While the text is parsed a default is not yet filled in.
  bool hasValue = adaptor.getValueAttr() && !adaptor.getValueAttr().getValue().isZero();
  if (adaptor.getMode() != PadMode::constant && (adaptor.getInterior() || hasValue))
    return emitOptionalError(location, "(C4) interior elements and a value are for the mode constant");
  for (auto [d, dim] : llvm::enumerate(dims)) {
    if (low[d] < 0 || high[d] < 0 || interior[d] < 0)
      return emitOptionalError(location, "(C1) dimension ", d, " gets a negative number of elements");
    if (dim.isOpen && (low[d] || high[d] || interior[d]))
      return emitOptionalError(location, "(C2) dimension ", d, " of ", printDims(dims), " is N and gets no elements");
    if (adaptor.getMode() == PadMode::reflect && std::max(low[d], high[d]) >= dim.size)
      return emitOptionalError(location, "(C3) dimension ", d, " of ", printDims(dims),
                               " has too few elements to mirror ", std::max(low[d], high[d]));
    result.push_back({low[d] + dim.size + (dim.size - 1) * interior[d] + high[d], dim.isOpen});
  }
  types.push_back(makeType(result, getElementTypeOrSelf(adaptor.getX().getType())));
  return success();
}

//===--- reverse -----------------------------------------------------------===//

LogicalResult ReverseOp::verify() {
  Dims dims = getDims(getType());
  if (!areAxes(getAxes(), dims.size()))
    return emitOpError() << "(C1) axes [" << getAxes() << "] are not distinct, sorted and within the rank "
                         << dims.size();
  for (int64_t axis : getAxes())
    if (dims[axis].isOpen)
      return emitOpError() << "(C2) dimension " << axis << " of " << printDims(dims) << " is N and keeps its order";
  return success();
}

//===--- concat ------------------------------------------------------------===//

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                         ConcatOp::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (adaptor.getInputs().empty())
    return emitOptionalError(location, "(C1) at least one tensor is joined");
  Type first = adaptor.getInputs().front().getType();
  Dims result = getDims(first);
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= static_cast<int64_t>(result.size()))
    return emitOptionalError(location, "(C1) axis ", axis, " is none of ", printDims(result));
  if (result[axis].isOpen)
    return emitOptionalError(location, "(C3) axis ", axis, " of ", printDims(result), " is N");
  for (Value input : adaptor.getInputs().drop_front()) {
    Dims dims = getDims(input.getType());
    if (dims.size() != result.size() || getElementTypeOrSelf(input.getType()) != getElementTypeOrSelf(first))
      return emitOptionalError(location, "(C1) ", first, " and ", input.getType(), " differ in rank or element type");
    if (dims[axis].isOpen)
      return emitOptionalError(location, "(C3) axis ", axis, " of ", printDims(dims), " is N");
    for (size_t d = 0; d < dims.size(); ++d)
      if (static_cast<int64_t>(d) != axis && dims[d] != result[d])
        return emitOptionalError(location, "(C2) ", printShape(first), " and ", printDims(dims),
                                 " differ in dimension ", d);
    result[axis].size += dims[axis].size;
  }
  types.push_back(makeType(result, getElementTypeOrSelf(first)));
  return success();
}

Linear SliceOp::getFlops() { return {}; }
Linear PadOp::getFlops() { return {}; }
Linear ReverseOp::getFlops() { return {}; }
Linear ConcatOp::getFlops() { return {}; }

//===--- axes --------------------------------------------------------------===//

// A position stays one, whatever is taken away, put beside it or joined to it.
std::optional<int64_t> SliceOp::getAxisInResult(OpOperand &, int64_t axis) { return axis; }
std::optional<int64_t> PadOp::getAxisInResult(OpOperand &, int64_t axis) { return axis; }
std::optional<int64_t> ConcatOp::getAxisInResult(OpOperand &, int64_t axis) { return axis; }

void SliceOp::multiplyRows(int64_t factor) {
  SmallVector<int64_t> sizes(getSizes());
  sizes.front() *= factor;
  setSizes(sizes);
}

bool PadOp::isAdditive() { return getMode() != PadMode::constant || getValue().isZero(); }

AxisWindow SliceOp::getWindow(int64_t axis) { return {.stride = getStrides()[axis]}; }
AxisWindow PadOp::getWindow(int64_t axis) {
  const int64_t low = getLow()[axis], high = getHigh()[axis];
  if (int64_t interior = getInterior() ? (*getInterior())[axis] : 0)
    return {.stride = interior + 1, .before = -low, .after = -high, .isTurned = true};
  return {.before = low, .after = high};
}
