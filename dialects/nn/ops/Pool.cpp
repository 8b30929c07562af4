//===- Pool.cpp - verification, types and cost of pooling ------------------===//
#include "dialects/nn/ops/Pool.h"
#include "dialects/nn/NN.h"

using namespace mlir;

namespace argent::nn {

SmallVector<Window, 3> getPoolWindows(ArrayRef<Dim> input, ArrayRef<int64_t> size, ArrayRef<int64_t> strides,
                                      ArrayRef<int64_t> padding) {
  SmallVector<Window, 3> windows;
  for (size_t i = 0; i < size.size(); ++i)
    windows.push_back({input[1 + i].size, size[i], strides[i], padding[2 * i], padding[2 * i + 1]});
  return windows;
}

FailureOr<RankedTensorType> inferPool(std::optional<Location> location, Type inputType, ArrayRef<int64_t> size,
                                      ArrayRef<int64_t> strides, ArrayRef<int64_t> padding) {
  auto fail = [&](auto &&...parts) {
    (void)emitOptionalError(location, parts...);
    return failure();
  };
  Dims input = getDims(inputType);
  size_t rank = input.size(), axes = rank - 2;
  if (rank < 3 || rank > 5)
    return fail("(C4) the input has one, two or three spatial axes, found ", printDims(input));
  if (size.size() != axes || strides.size() != axes || padding.size() != 2 * axes)
    return fail("(C5) ", axes, " spatial axes need as many sizes (", size.size(), ") and strides (", strides.size(),
                ") and twice as much padding (", padding.size(), ")");
  if (llvm::any_of(ArrayRef(input).drop_front(), [](Dim dim) { return dim.isOpen; }))
    return fail("(C6) only the batch of a pooling may be open, found ", printDims(input));
  auto below = [](int64_t least) { return [=](int64_t value) { return value < least; }; };
  if (llvm::any_of(size, below(1)) || llvm::any_of(strides, below(1)))
    return fail("(C1) size and strides are at least 1");
  Dims result = {input.front()};
  for (auto [i, window] : llvm::enumerate(getPoolWindows(input, size, strides, padding))) {
    if (window.before < 0 || window.after < 0 || std::max(window.before, window.after) >= window.size)
      return fail("(C2) padding (", window.before, ", ", window.after, ") of spatial axis ", i,
                  " is not at least 0 and smaller than the window of ", window.size);
    if (!window.fits())
      return fail("(C3) a window of ", window.size, " does not fit the padded extent ", window.padded(),
                  " of spatial axis ", i);
    result.push_back({window.positions()});
  }
  result.push_back(input.back());
  return makeType(result, getElementTypeOrSelf(inputType));
}

LogicalResult PoolOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, PoolOp::Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type =
      inferPool(location, adaptor.getInput().getType(), adaptor.getSize(), adaptor.getStrides(), adaptor.getPadding());
  if (failed(type))
    return failure();
  types.push_back(*type);
  return success();
}

LogicalResult PoolGradOp::verify() {
  FailureOr<RankedTensorType> type = inferPool(getLoc(), getType(), getSize(), getStrides(), getPadding());
  if (failed(type))
    return failure();
  if (*type != getGradient().getType())
    return emitOpError() << "(C7) the pooling's result is " << *type << ", the gradient " << getGradient().getType();
  if (!getInput() && getKind() != PoolKind::avg)
    return emitOpError() << "(C8) the gradient of " << stringifyPoolKind(getKind()) << " needs the input";
  if (getInput() && getInput().getType() != getType())
    return emitOpError() << "(C8) the input is " << getInput().getType() << ", the result " << getType();
  return success();
}

/// Whether the windows neither overlap nor need padding: each element is looked at at most once.
static bool areDisjoint(ArrayRef<int64_t> size, ArrayRef<int64_t> strides, ArrayRef<int64_t> padding) {
  return llvm::all_of(padding, [](int64_t p) { return p == 0; }) &&
         llvm::all_of(llvm::zip(size, strides), [](auto axis) { return std::get<0>(axis) <= std::get<1>(axis); });
}
bool PoolOp::reducesDisjointWindows() { return areDisjoint(getSize(), getStrides(), getPadding()); }
bool PoolOp::looksOnce(OpOperand &) { return reducesDisjointWindows(); }
bool PoolOp::storesElements() { return true; }
// A maximum's gradient compares the whole window with its maximum: only the gradient itself is read once.
bool PoolGradOp::looksOnce(OpOperand &operand) {
  return operand.getOperandNumber() == 0 && areDisjoint(getSize(), getStrides(), getPadding());
}
bool PoolGradOp::storesElements() { return true; }

// One operation for each result element and tap.
static Linear poolFlops(Type result, ArrayRef<int64_t> size) {
  return llvm::product_of(size) * countElements(result).linear();
}
Linear PoolOp::getFlops() { return poolFlops(getType(), getSize()); }
Linear PoolGradOp::getFlops() { return poolFlops(getGradient().getType(), getSize()); }

std::optional<Linear> PoolOp::getConnections() { return poolFlops(getType(), getSize()); }
std::optional<int64_t> PoolOp::getAxisInResult(OpOperand &, int64_t axis) { return axis; }
AxisWindow PoolOp::getWindow(int64_t axis) {
  if (axis < 1 || axis > static_cast<int64_t>(getSize().size()))
    return {};
  const int64_t spatial = axis - 1;
  return {getSize()[spatial], getStrides()[spatial], getPadding()[2 * spatial], getPadding()[2 * spatial + 1]};
}

} // namespace argent::nn
