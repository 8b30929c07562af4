//===- ShapeOrigin.cpp - where a dimension comes from, for messages -------------------------===//
// Two images that should be equally large mostly differ by a stride or by a padding. Walks back from each through the
// ops that made it: if the strides on the way differ, one of them is the reason, else a window that does not keep the
// size.
#include "frontends/ag/evaluate/ShapeOrigin.h"

#include "dialects/nn/NN.h"
#include "dialects/nn/Window.h"

using namespace argent::ag;
using llvm::Twine;

namespace nn = argent::nn;

namespace {

/// What made a dimension as large as it is.
struct Origin {
  int64_t strides = 1;             // all of them, multiplied
  std::string byStride, byPadding; // the last of each, in words
};

/// What moved a window along the dimension, and the window.
struct WindowOrigin {
  mlir::Value input;
  nn::Window window;
};

std::optional<WindowOrigin> windowOf(mlir::Operation *op, unsigned dim) {
  if (dim == 0)
    return std::nullopt;
  unsigned axis = dim - 1; // of the spatial ones
  auto make = [&](auto windowed, int64_t taps, int64_t dilation) {
    mlir::Value input = windowed.getInput();
    return WindowOrigin{input,
                        nn::Window{dimsOf(input)[dim].size, taps, windowed.getStrides()[axis],
                                   windowed.getPadding()[2 * axis], windowed.getPadding()[2 * axis + 1], dilation}};
  };
  if (auto conv = llvm::dyn_cast<nn::ConvOp>(op); conv && axis < conv.getStrides().size())
    return make(conv, dimsOf(conv.getFilter())[axis].size, conv.getDilations()[axis]);
  if (auto pool = llvm::dyn_cast<nn::PoolOp>(op); pool && axis < pool.getStrides().size())
    return make(pool, pool.getSize()[axis], 1);
  return std::nullopt;
}

/// The operand that has the dimension as the result has it; null if there is none.
mlir::Value sameOperand(mlir::Operation *op, unsigned dim, Dim size, size_t rank) {
  for (mlir::Value operand : op->getOperands()) {
    Dims shape = dimsOf(operand);
    if (shape.size() == rank && shape[dim] == size)
      return operand;
  }
  return {};
}

Origin originOf(mlir::Value value, unsigned dim) {
  Origin result;
  while (mlir::Operation *op = value.getDefiningOp()) {
    Dims shape = dimsOf(value);
    auto origin = windowOf(op, dim);
    if (!origin) {
      value = sameOperand(op, dim, shape[dim], shape.size());
      if (!value)
        break;
      continue;
    }
    const nn::Window &window = origin->window;
    if (window.stride != 1) {
      result.strides *= window.stride;
      if (result.byStride.empty())
        result.byStride = ("stride=" + Twine(window.stride)).str();
    }
    int64_t kept = (window.input + window.stride - 1) / window.stride;
    if (shape[dim].size != kept && result.byPadding.empty())
      result.byPadding = ("a window of " + Twine(window.extent()) +
                          (window.before + window.after == 0 ? Twine(" without padding")
                           : window.before == window.after
                               ? " with padding=" + Twine(window.before)
                               : " with a padding of " + Twine(window.before) + " and " + Twine(window.after)))
                             .str();
    value = origin->input;
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
