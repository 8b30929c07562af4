//===- DescribeFields.cpp - how much of the input a value sees ----------------===//
// Follows each axis of the input through the ops. A window of r points that are j apart makes a field of f + (r - 1) j
// points, and points that are j * stride apart (Dumoulin and Visin 2016). An op that keeps an axis, or moves it, keeps
// the field; one that combines an axis makes its elements see the hull of all. Knows no op by name (LayerOpInterface).
#include "compiler/graph/DescribeFields.h"

#include "dialects/nn/NN.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent {

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

Fields::Fields(func::FuncOp function) {
  for (BlockArgument argument : function.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type)
      continue;
    int64_t end = type.getElementType().isInteger() ? type.getRank() : type.getRank() - 1;
    if (end < 2)
      continue;
    View view;
    for (int64_t axis = 1; axis < end; ++axis) {
      view.push_back({axis, 1, 1});
      extents_.push_back(type.getShape()[axis]);
    }
    views_[argument] = view;
    return;
  }
}

void Fields::join(View &view, const View &other) {
  if (view.empty()) {
    view = other;
    return;
  }
  for (auto [mine, theirs] : llvm::zip(view, other)) {
    mine.field = std::max(mine.field, theirs.field);
    mine.jump = std::max(mine.jump, theirs.jump);
    if (theirs.axis < 0)
      mine.axis = -1;
  }
}

/// All elements along the axis are seen together.
static void collapse(Sight &sight, RankedTensorType type) {
  if (sight.axis >= 0 && sight.axis < type.getRank() && !type.isDynamicDim(sight.axis))
    sight.field += static_cast<double>(type.getShape()[sight.axis] - 1) * sight.jump;
  sight.axis = -1;
}

/// Where an axis of the operand lies in the result; -1: its elements are combined.
static int64_t axisInResult(OpOperand &operand, int64_t axis) {
  auto layer = dyn_cast<LayerOpInterface>(operand.getOwner());
  return (layer ? layer.getAxisInResult(operand, axis) : findKeptAxis(operand, axis)).value_or(-1);
}

/// What slides along the axis that the sight goes along. Of a turned window (a transposed convolution) each element
/// comes from every stride-th point.
static void widen(Sight &sight, AxisWindow window) {
  auto stride = static_cast<double>(window.stride);
  if (window.isTurned) {
    sight.field += static_cast<double>(llvm::divideCeil(window.extent, window.stride) - 1) * sight.jump;
    sight.jump /= stride;
  } else {
    sight.field += static_cast<double>(window.extent - 1) * sight.jump;
    sight.jump *= stride;
  }
}

void Fields::follow(Operation &op) {
  if (op.hasTrait<Known>()) // at most of a shape
    return;
  View view;
  for (OpOperand &operand : op.getOpOperands()) {
    View other = views_.lookup(operand.get());
    if (other.empty())
      continue;
    for (Sight &sight : other) {
      int64_t axis = sight.axis < 0 ? -1 : axisInResult(operand, sight.axis);
      if (axis < 0)
        collapse(sight, typeOf(operand.get()));
      sight.axis = axis;
    }
    join(view, other);
  }
  if (auto layer = dyn_cast<LayerOpInterface>(op))
    for (Sight &sight : view)
      if (sight.axis >= 0)
        widen(sight, layer.getWindow(sight.axis));
  views_[op.getResult(0)] = view;
}

SmallVector<int64_t> Fields::points(const View &view) const {
  SmallVector<int64_t> result;
  for (auto [sight, extent] : llvm::zip(view, extents_)) {
    auto size = static_cast<int64_t>(sight.field + 0.5);
    result.push_back(ShapedType::isDynamic(extent) ? size : std::min(size, extent));
  }
  return result;
}

} // namespace argent
