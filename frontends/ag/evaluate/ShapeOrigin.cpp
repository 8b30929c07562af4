//===- ShapeOrigin.cpp - where a dimension comes from, for messages -------------------------===//
// Two images that should be equally large mostly differ by a stride or by a padding. Walks back from each through the
// ops that made it, which say what slides along their axes (LayerOpInterface): if the strides on the way differ, one of
// them is the reason, else a window that does not keep the size.
#include "frontends/ag/evaluate/ShapeOrigin.h"

#include "dialects/interfaces/Interfaces.h"

#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"

using namespace argent::ag;
using argent::AxisWindow;
using llvm::Twine;

namespace {

/// What made a dimension as large as it is.
struct Origin {
  int64_t strides = 1;             // all of them, multiplied
  std::string byStride, byPadding; // the last of each, in words
};

/// The axis of an operand that a dimension of a result goes along, and what slides there.
struct Step {
  mlir::Value operand;
  unsigned axis;
  AxisWindow window;
};

/// Whether the window over one dimension gives the other.
bool gives(const AxisWindow &window, Dim from, Dim to) {
  if (from.isOpen || to.isOpen)
    return from == to;
  return window.positions(from.size) == to.size;
}

/// None if no operand explains the dimension.
std::optional<Step> stepBack(mlir::Operation *op, unsigned dim, Dim size) {
  auto layer = llvm::dyn_cast<argent::LayerOpInterface>(op);
  AxisWindow window = layer ? layer.getWindow(dim) : AxisWindow();
  if (window.isTurned)
    return std::nullopt;
  for (mlir::OpOperand &operand : op->getOpOperands()) {
    Dims dims = dimsOf(operand.get());
    for (unsigned axis : llvm::seq<unsigned>(dims.size())) {
      auto inResult = layer ? layer.getAxisInResult(operand, axis) : argent::findKeptAxis(operand, axis);
      if (inResult == dim && gives(window, dims[axis], size))
        return Step{operand.get(), axis, window};
    }
  }
  return std::nullopt;
}

std::string describePadding(const AxisWindow &window) {
  std::string both = (" padding of " + Twine(window.before) + " and " + Twine(window.after)).str();
  if (window.extent == 1)
    return "a" + both;
  return ("a window of " + Twine(window.extent) +
          (window.before + window.after == 0 ? Twine(" without padding")
           : window.before == window.after   ? " with padding=" + Twine(window.before)
                                             : " with a" + both))
      .str();
}

Origin originOf(mlir::Value value, unsigned dim) {
  Origin result;
  while (mlir::Operation *op = value.getDefiningOp()) {
    const Dim size = dimsOf(value)[dim];
    std::optional<Step> step = stepBack(op, dim, size);
    if (!step)
      break;
    const AxisWindow &window = step->window;
    if (window.stride != 1) {
      result.strides *= window.stride;
      if (result.byStride.empty())
        result.byStride = ("stride=" + Twine(window.stride)).str();
    }
    const int64_t kept = llvm::divideCeil(dimsOf(step->operand)[step->axis].size, window.stride);
    if (size.size != kept && result.byPadding.empty())
      result.byPadding = describePadding(window);
    value = step->operand;
    dim = step->axis;
  }
  return result;
}

} // namespace

void argent::ag::noteShapes(Report &report, Context &context, const Given &left, const Given &right, unsigned leftDim,
                            unsigned rightDim) {
  struct Side {
    const Variable *variable = nullptr; // null: it is not a name
    std::string name;
    Dim dim;
    Origin origin;
  };
  auto look = [&](const Given &given, unsigned dim) {
    Side side;
    if (auto *name = llvm::dyn_cast_or_null<NameExpr>(given.expr)) {
      side.variable = context.findVariable(name->name);
      side.name = name->name;
      side.dim = dimsOf(given.value.asTensor())[dim];
      side.origin = originOf(given.value.asTensor(), dim);
    }
    return side;
  };
  Side a = look(left, leftDim), b = look(right, rightDim);
  bool byStride = a.origin.strides != b.origin.strides;
  auto reason = [&](const Side &side) { return byStride ? side.origin.byStride : side.origin.byPadding; };
  bool isLeft = byStride ? a.origin.strides > b.origin.strides : reason(b).empty() && !reason(a).empty();
  const Side &side = isLeft ? a : b;
  if (!side.variable)
    return;
  if (side.variable->isParameter)
    report.note(side.variable->where, "`" + side.name + "` is declared here");
  else if (side.variable->expr)
    report.note(side.variable->expr->range, "`" + side.name + "` gets its " + toString(side.dim) + " here" +
                                                (reason(side).empty() ? Twine("") : ", from " + reason(side)));
}
