//===- ShapeOrigin.cpp - where a dimension comes from, for messages -------------------------===//
// Two images that should be equally large mostly differ by a stride or by a padding. Walks back from each through the
// ops that made it: if the strides on the way differ, one of them is the reason, else a window that does not keep the
// size.
#include "frontends/ag/evaluate/Evaluator.h"

using namespace argent::ag;
using llvm::Twine;

namespace nn = argent::nn;

namespace {

/// What made a dimension as large as it is.
struct Origin {
  int64_t strides = 1;             // all of them, multiplied
  std::string byStride, byPadding; // the last of each, in words
};

/// A window that moves along the dimension: what it takes of its input.
struct Window {
  mlir::Value input;
  int64_t size, stride, before, after;
};

std::optional<Window> windowOf(mlir::Operation *op, unsigned dim) {
  unsigned axis = dim - 1; // of the spatial ones
  if (auto conv = llvm::dyn_cast<nn::ConvOp>(op); conv && dim >= 1 && axis < conv.getStrides().size()) {
    int64_t extent = shapeOf(conv.getFilter())[axis].value;
    return Window{conv.getInput(), (extent - 1) * conv.getDilations()[axis] + 1, conv.getStrides()[axis],
                  conv.getPadding()[2 * axis], conv.getPadding()[2 * axis + 1]};
  }
  if (auto pool = llvm::dyn_cast<nn::PoolOp>(op); pool && dim >= 1 && axis < pool.getStrides().size())
    return Window{pool.getInput(), pool.getSize()[axis], pool.getStrides()[axis], pool.getPadding()[2 * axis],
                  pool.getPadding()[2 * axis + 1]};
  return std::nullopt;
}

/// The operand that has the dimension as the result has it; null if there is none.
mlir::Value sameOperand(mlir::Operation *op, unsigned dim, Dim size, size_t rank) {
  for (mlir::Value operand : op->getOperands()) {
    Shape shape = shapeOf(operand);
    if (shape.size() == rank && shape[dim] == size)
      return operand;
  }
  return {};
}

Origin originOf(mlir::Value value, unsigned dim) {
  Origin origin;
  while (mlir::Operation *op = value.getDefiningOp()) {
    Shape shape = shapeOf(value);
    auto window = windowOf(op, dim);
    if (!window) {
      value = sameOperand(op, dim, shape[dim], shape.size());
      if (!value)
        break;
      continue;
    }
    if (window->stride != 1) {
      origin.strides *= window->stride;
      if (origin.byStride.empty())
        origin.byStride = ("stride=" + Twine(window->stride)).str();
    }
    int64_t size = shapeOf(window->input)[dim].value, kept = (size + window->stride - 1) / window->stride;
    if (shape[dim].value != kept && origin.byPadding.empty())
      origin.byPadding = ("a window of " + Twine(window->size) +
                          (window->before + window->after == 0 ? Twine(" without padding")
                           : window->before == window->after
                               ? " with padding=" + Twine(window->before)
                               : " with a padding of " + Twine(window->before) + " and " + Twine(window->after)))
                             .str();
    value = window->input;
  }
  return origin;
}

} // namespace

void Evaluator::noteShapes(Report &report, const Given &left, const Given &right, unsigned leftDim, unsigned rightDim) {
  struct Side {
    const Variable *variable = nullptr; // null: it is not a name
    std::string name;
    Dim dim;
    Origin origin;
  };
  auto look = [&](const Given &given, unsigned dim) {
    Side side;
    if (auto *name = llvm::dyn_cast_or_null<NameExpr>(given.expr)) {
      side.variable = findVariable(name->name);
      side.name = name->name;
      side.dim = shapeOf(given.value.asTensor())[dim];
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
