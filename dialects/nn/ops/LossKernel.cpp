//===- LossKernel.cpp - cross-entropy and its gradient ---------------------===//
#include "dialects/nn/ops/ReduceKernel.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

/// The rows of logits: all axes but the last.
static Axes getRowAxes(const RowStatistics &row) { return row.max.getAxes(); }

/// Coordinates of a row, with its class behind them if there is one.
static Point pointOf(const RowStatistics &row, Args i) {
  Point point;
  for (auto [group, index] : llvm::zip(row.groups, i))
    point.push_back({group.extent, index});
  return point;
}

LogicalResult CrossEntropyOp::buildKernel(KernelBuilder &kernel) {
  const Tensor logits = kernel.get(getLogits()), label = kernel.get(getLabel());
  int64_t classes = logits.getShape().back().size;
  RowStatistics row = getRowStatistics(kernel, getLogits(), logits.getRank() - 1);
  Type type = logits.getType();
  auto logit = [&](Args i, Expr k) {
    SmallVector<Expr> index(i);
    index.push_back(k);
    return cast(logits.at(pointOf(row, index)), row.type);
  };
  // -log softmax = log(sum) - (logit - max): the difference is exact where it is small, and log(sum) is not lost in a
  // large maximum.
  auto lossOf = [&](Args i, Expr k) { return log(row.sum.at(i)) - (logit(i, k) - row.max.at(i)); };
  Func loss;
  if (!isa<FloatType>(label.getType())) {
    loss = kernel.func("cross_entropy", getRowAxes(row), type, [&](Args i) {
      Expr k = cast(clamp(label.at(pointOf(row, i)), 0, classes - 1), kernel.getBuilder().getI32Type());
      return cast(lossOf(i, k), type);
    });
  } else {
    Func sum = reduceChunked(kernel, "acc", getRowAxes(row), {{"k", {classes}}}, true, row.type,
                             getCombiner(ReduceKind::sum, row.type), [&](Args i, Args r) {
                               SmallVector<Expr> index(i);
                               index.push_back(r[0]);
                               return cast(label.at(pointOf(row, index)), row.type) * lossOf(i, r[0]);
                             });
    loss = kernel.func("cross_entropy", getRowAxes(row), type, [&](Args i) { return cast(sum.at(i), type); });
  }
  kernel.define(getResult(), loss, /*tellsApart=*/false);
  return success();
}

LogicalResult CrossEntropyGradOp::buildKernel(KernelBuilder &kernel) {
  const Tensor logits = kernel.get(getLogits()), label = kernel.get(getLabel()), gradient = kernel.get(getGradient());
  RowStatistics row = getRowStatistics(kernel, getLogits(), logits.getRank() - 1);
  Type type = logits.getType();
  int64_t classes = logits.getShape().back().size;
  Func labels;
  if (isa<FloatType>(label.getType()))
    labels = reduceChunked(kernel, "labels", getRowAxes(row), {{"k", {classes}}}, true, row.type,
                           getCombiner(ReduceKind::sum, row.type), [&](Args i, Args r) {
                             SmallVector<Expr> index(i);
                             index.push_back(r[0]);
                             return cast(label.at(pointOf(row, index)), row.type);
                           });
  Func y = kernel.func("cross_entropy_grad", kernel.nameAxes(row.groups), type, [&](Args i) {
    Args rows = i.drop_back();
    Expr softmax = row.exp.at(i) / row.sum.at(rows), difference;
    if (labels) {
      difference = softmax * labels.at(rows) - cast(label.at(pointOf(row, i)), row.type);
    } else {
      Expr k = cast(clamp(label.at(pointOf(row, rows)), 0, classes - 1), kernel.getBuilder().getI32Type());
      difference = select(i.back() == k, softmax - 1, softmax);
    }
    return cast(difference * cast(gradient.at(pointOf(row, rows)), row.type), type);
  });
  kernel.link(getResult(), getLogits());
  kernel.define(getResult(), y, /*tellsApart=*/false);
  return success();
}
