//===- DescribeFields.cpp - how much of the input a value sees ----------------===//
// Follows each axis of the input through the ops. A window of r points that are j apart makes a field of f + (r - 1) j
// points, and points that are j * stride apart (Dumoulin and Visin 2016). An op that keeps an axis, or moves it, keeps
// the field; one that combines an axis makes its elements see the hull of all.
#include "compiler/graph/DescribeFields.h"

#include "dialects/nn/NN.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent {

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

static bool isParameter(Value value) {
  Operation *op = value.getDefiningOp();
  return op && (isa<nn::ParameterOp, nn::StateOp>(op) ||
                (isa<nn::ReshapeOp, nn::BroadcastOp, nn::TransposeOp>(op) && isParameter(op->getOperand(0))));
}

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
      extents.push_back(type.getShape()[axis]);
    }
    views[argument] = view;
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
static int64_t axisInResult(Operation &op, Value operand, int64_t axis) {
  RankedTensorType from = typeOf(operand), to = typeOf(op.getResult(0));
  // The dimensions up to the axis are the same ones.
  auto inPrefix = [&] {
    return axis < to.getRank() && from.getShape().take_front(axis + 1) == to.getShape().take_front(axis + 1) ? axis
                                                                                                             : -1;
  };
  auto without = [&](ArrayRef<int64_t> axes, bool keepsRank) -> int64_t {
    if (llvm::is_contained(axes, axis))
      return -1;
    return keepsRank ? axis : axis - llvm::count_if(axes, [&](int64_t other) { return other < axis; });
  };
  return llvm::TypeSwitch<Operation *, int64_t>(&op)
      .Case<nn::ConvOp, nn::ConvInputGradOp, nn::PoolOp>([&](auto) { return axis; })
      .Case<nn::PadOp, nn::SliceOp, nn::ConcatOp>(
          [&](auto) { return axis; }) // a position stays one, whatever is beside it
      .Case([&](nn::MatmulOp matmul) {
        bool isRow = isParameter(matmul.getRhs()) && !matmul.getTransposeLhs() && axis + 1 < from.getRank();
        return isRow ? axis : -1;
      })
      .Case<nn::SoftmaxOp, nn::LogSoftmaxOp, nn::CumulativeOp>(
          [&](auto along) { return without({static_cast<int64_t>(along.getAxis())}, true); })
      .Case([&](nn::ArgmaxOp argmax) { return without({static_cast<int64_t>(argmax.getAxis())}, false); })
      .Case([&](nn::ReduceOp reduce) { return without(reduce.getAxes(), reduce.getKeepdims()); })
      .Case([&](nn::TransposeOp transpose) {
        return llvm::find(transpose.getPermutation(), axis) - transpose.getPermutation().begin();
      })
      .Case<nn::ReshapeOp, nn::GatherOp>([&](auto) { return inPrefix(); })
      .Default([&](Operation *) {
        return from.getRank() == to.getRank() && from.getShape()[axis] == to.getShape()[axis] ? axis : -1;
      });
}

/// A window along the axis that the sight goes along; `turned`: of a transposed convolution, where each element comes
/// from every stride-th point of it.
static void widen(Sight &sight, ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations,
                  bool turned) {
  size_t i = sight.axis - 1;
  if (sight.axis < 1 || i >= strides.size())
    return;
  int64_t size = (sizes[i] - 1) * (i < dilations.size() ? dilations[i] : 1) + 1;
  if (turned) {
    sight.field += static_cast<double>(llvm::divideCeil(size, strides[i]) - 1) * sight.jump;
    sight.jump /= static_cast<double>(strides[i]);
  } else {
    sight.field += static_cast<double>(size - 1) * sight.jump;
    sight.jump *= static_cast<double>(strides[i]);
  }
}

void Fields::follow(Operation &op) {
  if (isa<nn::CountOp>(op)) // of a shape
    return;
  View view;
  for (Value operand : op.getOperands()) {
    View other = views.lookup(operand);
    if (other.empty())
      continue;
    for (Sight &sight : other) {
      int64_t axis = sight.axis < 0 ? -1 : axisInResult(op, operand, sight.axis);
      if (axis < 0)
        collapse(sight, typeOf(operand));
      sight.axis = axis;
    }
    join(view, other);
  }
  for (Sight &sight : view) {
    if (auto conv = dyn_cast<nn::ConvOp>(op))
      widen(sight, typeOf(conv.getFilter()).getShape(), conv.getStrides(), conv.getDilations(), false);
    else if (auto turned = dyn_cast<nn::ConvInputGradOp>(op))
      widen(sight, typeOf(turned.getFilter()).getShape(), turned.getStrides(), turned.getDilations(), true);
    else if (auto pool = dyn_cast<nn::PoolOp>(op))
      widen(sight, pool.getSize(), pool.getStrides(), {}, false);
    else if (auto slice = dyn_cast<nn::SliceOp>(op); slice && sight.axis >= 0)
      sight.jump *= static_cast<double>(slice.getStrides()[sight.axis]);
    else if (auto pad = dyn_cast<nn::PadOp>(op); pad && sight.axis >= 0 && pad.getInterior())
      sight.jump /= static_cast<double>((*pad.getInterior())[sight.axis] + 1);
  }
  views[op.getResult(0)] = view;
}

SmallVector<int64_t> Fields::points(const View &view) const {
  SmallVector<int64_t> result;
  for (auto [sight, extent] : llvm::zip(view, extents)) {
    auto size = static_cast<int64_t>(sight.field + 0.5);
    result.push_back(ShapedType::isDynamic(extent) ? size : std::min(size, extent));
  }
  return result;
}

} // namespace argent
