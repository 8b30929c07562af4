//===- Conv.cpp - verification, types and cost of convolutions -------------===//
#include "dialects/nn/ops/Conv.h"
#include "dialects/nn/NN.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent::nn {

SmallVector<Window, 3> getConvWindows(ArrayRef<Dim> input, ArrayRef<Dim> filter, ArrayRef<int64_t> strides,
                                      ArrayRef<int64_t> padding, ArrayRef<int64_t> dilations) {
  SmallVector<Window, 3> windows;
  for (size_t i = 0; i < strides.size(); ++i)
    windows.push_back(
        {input[1 + i].size, filter[i].size, strides[i], padding[2 * i], padding[2 * i + 1], dilations[i]});
  return windows;
}

FailureOr<RankedTensorType> inferConv(std::optional<Location> location, Type inputType, Type filterType,
                                      ArrayRef<int64_t> strides, ArrayRef<int64_t> padding, ArrayRef<int64_t> dilations,
                                      int64_t groups) {
  auto fail = [&](auto &&...parts) {
    (void)emitOptionalError(location, parts...);
    return failure();
  };
  Dims input = getDims(inputType), filter = getDims(filterType);
  size_t rank = input.size(), axes = rank - 2;
  if (rank < 3 || rank > 5 || filter.size() != rank)
    return fail("(C4) input and filter have one, two or three spatial axes, found ", printDims(input), " and ",
                printDims(filter));
  if (getElementTypeOrSelf(inputType) != getElementTypeOrSelf(filterType))
    return fail("(C4) operands have the element types ", getElementTypeOrSelf(inputType), " and ",
                getElementTypeOrSelf(filterType));
  if (strides.size() != axes || dilations.size() != axes || padding.size() != 2 * axes)
    return fail("(C5) ", axes, " spatial axes need as many strides (", strides.size(), ") and dilations (",
                dilations.size(), ") and twice as much padding (", padding.size(), ")");
  auto isOpen = [](Dim dim) { return dim.isOpen; };
  if (llvm::any_of(ArrayRef(input).drop_front(), isOpen) || llvm::any_of(filter, isOpen))
    return fail("(C6) only the batch of a convolution may be open, found ", printDims(input), " and ",
                printDims(filter));
  int64_t channels = input.back().size, filterChannels = filter[rank - 2].size, features = filter.back().size;
  if (groups < 1 || channels != groups * filterChannels || features % groups)
    return fail("(C1) ", groups, " groups of ", filterChannels, " filter channels do not fit ", channels,
                " input channels and ", features, " output channels");
  auto below = [](int64_t least) { return [=](int64_t value) { return value < least; }; };
  if (llvm::any_of(strides, below(1)) || llvm::any_of(dilations, below(1)) || llvm::any_of(padding, below(0)))
    return fail("(C2) strides and dilations are at least 1, padding at least 0");
  Dims result = {input.front()};
  for (auto [i, window] : llvm::enumerate(getConvWindows(input, filter, strides, padding, dilations))) {
    if (window.size < 1 || !window.fits())
      return fail("(C3) a window of ", window.extent(), " does not fit the padded extent ", window.padded(),
                  " of spatial axis ", i);
    result.push_back({window.positions()});
  }
  result.push_back({features});
  return makeType(result, getElementTypeOrSelf(inputType));
}

LogicalResult ConvOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, ConvOp::Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  // While the text is parsed a default is not yet filled in.
  int64_t groups = adaptor.getGroupsAttr() ? adaptor.getGroups() : 1;
  FailureOr<RankedTensorType> type =
      inferConv(location, adaptor.getInput().getType(), adaptor.getFilter().getType(), adaptor.getStrides(),
                adaptor.getPadding(), adaptor.getDilations(), groups);
  if (failed(type))
    return failure();
  types.push_back(*type);
  return success();
}

/// That `gradient` is the type of the result of the convolution of `input` with `filter`.
template <typename Op> static LogicalResult verifyGradient(Op op, Type input, Type filter, Type gradient) {
  FailureOr<RankedTensorType> type =
      inferConv(op.getLoc(), input, filter, op.getStrides(), op.getPadding(), op.getDilations(), op.getGroups());
  if (failed(type))
    return failure();
  if (*type != gradient)
    return op.emitOpError() << "(C7) the convolution's result is " << *type << ", the gradient " << gradient;
  return success();
}

LogicalResult ConvInputGradOp::verify() {
  return verifyGradient(*this, getType(), getFilter().getType(), getGradient().getType());
}
LogicalResult ConvFilterGradOp::verify() {
  return verifyGradient(*this, getInput().getType(), getType(), getGradient().getType());
}

//===--- layouts -----------------------------------------------------------===//

/// (before, after) zeros around the spatial axes of an image; negative counts are none. Null if there are none at all.
static LayoutAttr makeBorder(MLIRContext *context, ArrayRef<std::pair<int64_t, int64_t>> zeros) {
  SmallVector<int64_t> border(2, 0);
  for (auto [before, after] : zeros)
    border.append({std::max<int64_t>(before, 0), std::max<int64_t>(after, 0)});
  border.append(2, 0);
  return llvm::all_equal(border) ? LayoutAttr() : LayoutAttr::get(context, /*pack=*/0, border);
}
bool hasPhases(ArrayRef<Window> windows) {
  return llvm::any_of(windows, [](const Window &w) { return w.stride > 1; }) && llvm::all_of(windows, Phases::exist);
}

/// The windows of the convolution `op` over an image of type `image`.
template <typename Op> static SmallVector<Window, 3> windowsOf(Op op, Type image, Type filter) {
  return getConvWindows(getDims(image), getDims(filter), op.getStrides(), op.getPadding(), op.getDilations());
}
static LayoutAttr padImage(MLIRContext *context, ArrayRef<Window> windows) {
  return makeBorder(context,
                    llvm::map_to_vector(windows, [](const Window &w) { return std::pair(w.before, w.after); }));
}

// Only the last dimension of a convolution's filter is the loop's: its gradients read it along others.
Attribute ConvOp::getWantedLayout(OpOperand &operand) {
  if (operand.getOperandNumber() == 1)
    return LayoutAttr::getPanels(getFilter().getType());
  return padImage(getContext(), windowsOf(*this, getInput().getType(), getFilter().getType()));
}
Attribute ConvFilterGradOp::getWantedLayout(OpOperand &operand) {
  if (operand.getOperandNumber() != 0)
    return {};
  return padImage(getContext(), windowsOf(*this, getInput().getType(), getType()));
}
// Element h of the image lies under tap r of the window at position (h + before - r * dilation) / stride.
Attribute ConvInputGradOp::getWantedLayout(OpOperand &operand) {
  if (operand.getOperandNumber() != 0)
    return {};
  SmallVector<Window, 3> windows = windowsOf(*this, getType(), getFilter().getType());
  if (hasPhases(windows))
    return makeBorder(getContext(), llvm::map_to_vector(windows, [](const Window &w) {
                        Phases phases(w);
                        return std::pair(-phases.firstPosition(), phases.lastPosition() - (w.positions() - 1));
                      }));
  return makeBorder(getContext(), llvm::map_to_vector(windows, [](const Window &w) {
                      int64_t first = llvm::divideFloorSigned(w.before - (w.extent() - 1), w.stride);
                      int64_t last = llvm::divideFloorSigned(w.input - 1 + w.before, w.stride);
                      return std::pair(-first, last - (w.positions() - 1));
                    }));
}

/// One for each result element of the convolution, tap and input channel of its group.
static Linear convProducts(Type result, Type filter) {
  Dims taps = getDims(filter);
  taps.pop_back();
  return countElements(taps).factor * countElements(result).linear();
}
Linear ConvOp::getFlops() { return 2 * convProducts(getType(), getFilter().getType()); }
Linear ConvInputGradOp::getFlops() { return 2 * convProducts(getGradient().getType(), getFilter().getType()); }
Linear ConvFilterGradOp::getFlops() { return 2 * convProducts(getGradient().getType(), getType()); }

//===--- layers ------------------------------------------------------------===//

std::optional<Linear> ConvOp::getConnections() { return convProducts(getType(), getFilter().getType()); }
std::optional<Linear> ConvInputGradOp::getConnections() {
  return convProducts(getGradient().getType(), getFilter().getType());
}

/// Axes of the image stay; each element of the result combines all of the filter's.
static std::optional<int64_t> axisOfImage(OpOperand &operand, int64_t axis) {
  return operand.getOperandNumber() == 0 ? std::optional(axis) : std::nullopt;
}
bool ConvFilterGradOp::sumsRows() { return true; }

std::optional<int64_t> ConvOp::getAxisInResult(OpOperand &operand, int64_t axis) { return axisOfImage(operand, axis); }
std::optional<int64_t> ConvInputGradOp::getAxisInResult(OpOperand &operand, int64_t axis) {
  return axisOfImage(operand, axis);
}

/// That of a spatial axis; nothing slides along the batch and the channels.
static AxisWindow windowAlong(ArrayRef<Window> windows, int64_t axis, bool isTurned) {
  if (axis < 1 || axis > static_cast<int64_t>(windows.size()))
    return {};
  const Window &window = windows[axis - 1];
  return {window.extent(), window.stride, window.before, window.after, isTurned};
}
AxisWindow ConvOp::getWindow(int64_t axis) {
  return windowAlong(windowsOf(*this, getInput().getType(), getFilter().getType()), axis, /*isTurned=*/false);
}
AxisWindow ConvInputGradOp::getWindow(int64_t axis) {
  return windowAlong(windowsOf(*this, getType(), getFilter().getType()), axis, /*isTurned=*/true);
}

} // namespace argent::nn
