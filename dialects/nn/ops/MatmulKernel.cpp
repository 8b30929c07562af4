//===- MatmulKernel.cpp - the matrix product -------------------------------===//
// One template with convolution: the right-hand side in panels [ko, d, lane], the sum in [rows..., k].
#include "dialects/nn/Pack.h"
#include "dialects/nn/kernel/KernelBuilder.h"
#include "dialects/nn/ops/ReduceKernel.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

/// So many products are one sum in registers; of more, the sums are added.
static constexpr int64_t kMaxDepth = 4096;

/// A product that sums over N (the gradient of a dense layer's weights): [ko, d, lane] over n, as its parameter lies.
static LogicalResult buildBatchSum(MatmulOp op, KernelBuilder &kernel) {
  const Tensor lhs = kernel.get(op.getLhs()), rhs = kernel.get(op.getRhs());
  unsigned rank = lhs.getRank();
  if (rank != 2 || rhs.getRank() != 2)
    return op.emitOpError("that sums over N has no leading dimensions");
  Dim batch = lhs.getExtent(op.getTransposeLhs() ? 0 : 1), rows = lhs.getExtent(op.getTransposeLhs() ? 1 : 0),
      columns = rhs.getExtent(op.getTransposeRhs() ? 0 : 1);
  int64_t width = packWidth(columns.size), panels = llvm::divideCeil(columns.size, width);
  Type type = lhs.getType(), sumType = kernel.getSumType(type);
  auto at = [](const Tensor &matrix, bool isTransposed, Expr row, Expr column) {
    return isTransposed ? matrix(column, row) : matrix(row, column);
  };
  Func packed = kernel.func("packed", {{"ko", {panels}}, {"n", batch}, {"lane", {width}}}, type, [&](Args i) {
    Expr k = i[0] * width + i[2];
    if (columns.size % width == 0)
      return at(rhs, op.getTransposeRhs(), i[1], k);
    return select(k < columns.size, at(rhs, op.getTransposeRhs(), i[1], min(k, columns.size - 1)), 0);
  });
  Func acc = kernel.reduction("acc", {{"ko", {panels}}, {"d", rows}, {"lane", {width}}}, sumType, 0, {{"n", batch}},
                              [&](Args i, Args r, Expr self) {
                                Expr x = at(lhs, op.getTransposeLhs(), i[1], r[0]), y = packed(i[0], r[0], i[2]);
                                return multiplyAdd(self, cast(x, sumType), cast(y, sumType));
                              });
  kernel.definePacked(op.getResult(), acc, width);
  return success();
}

LogicalResult MatmulOp::buildKernel(KernelBuilder &kernel) {
  const Tensor lhs = kernel.get(getLhs()), rhs = kernel.get(getRhs());
  unsigned rank = lhs.getRank(), rhsRank = rhs.getRank();
  Dim depth = lhs.getExtent(getTransposeLhs() ? rank - 2 : rank - 1);
  Dim columns = rhs.getExtent(getTransposeRhs() ? rhsRank - 2 : rhsRank - 1);
  if (depth.isOpen && !columns.isOpen)
    return buildBatchSum(*this, kernel);
  if (columns.isOpen)
    return emitOpError("has N columns: transpose the product, so that N is its row");

  // Rows: the leading dimensions that rhs has too, each alone, and the others, grouped as lhs lies.
  unsigned shared = rhsRank - 2;
  Axes rows;
  Dims lhsRows;
  if (getTransposeLhs()) {
    for (unsigned d = 0; d + 2 < rank; ++d)
      lhsRows.push_back(lhs.getExtent(d));
    lhsRows.push_back(lhs.getExtent(rank - 1));
  } else {
    for (const Group &group : kernel.groupsOf(getLhs(), [&](unsigned d) { return d + 1 == rank || d <= shared; }))
      if (group.last + 1 < rank)
        lhsRows.push_back(group.extent);
  }
  for (auto [i, extent] : llvm::enumerate(lhsRows))
    rows.push_back({i + 1 == lhsRows.size() ? "m" : extent.isOpen ? "n" : "b" + std::to_string(i), extent});

  int64_t width = packWidth(columns.size), panels = llvm::divideCeil(columns.size, width);
  Type type = lhs.getType(), sumType = kernel.getSumType(type);
  Axes leading(ArrayRef<Axis>(rows).take_front(shared));

  // Panels: as the parameter lies, or made here.
  Func packed;
  if (getTransposeRhs() || rhs.packWidth != width) {
    Axes axes = leading;
    axes.append({{"ko", {panels}}, {"d", depth}, {"lane", {width}}});
    packed = kernel.func("packed", axes, type, [&](Args i) {
      Expr d = i[shared + 1], k = i[shared] * width + i[shared + 2];
      auto at = [&](Expr column) {
        return rhs.at(join(i.take_front(shared),
                           getTransposeRhs() ? SmallVector<Expr>{column, d} : SmallVector<Expr>{d, column}));
      };
      return columns.size % width == 0 ? at(k) : select(k < columns.size, at(min(k, columns.size - 1)), 0);
    });
  }

  Axes axes = rows;
  axes.push_back({"k", columns});
  auto addProduct = [&](Expr self, Args i, Expr d) {
    Expr k = i.back();
    Expr x;
    if (getTransposeLhs()) {
      SmallVector<Expr> index(i.drop_back(2));
      index.push_back(d);
      index.push_back(i[i.size() - 2]);
      x = lhs.at(index);
    } else {
      Point point;
      for (auto [extent, index] : llvm::zip(lhsRows, i))
        point.push_back({extent, index});
      point.push_back({depth, d});
      x = lhs.at(point);
    }
    SmallVector<Expr> panel(i.take_front(shared));
    panel.append({k / width, d, k % width});
    Expr y = packed ? packed.at(panel) : rhs.packed(panel);
    return multiplyAdd(self, cast(x, sumType), cast(y, sumType));
  };
  /// Over `extent` products from `first` on.
  auto sumOver = [&](StringRef name, int64_t first, Dim extent) {
    return kernel.reduction(name, axes, sumType, 0, {{"d", extent}}, [&](Args i, Args r, Expr self) {
      return addProduct(self, i, first ? r[0] + first : r[0]);
    });
  };
  if (depth.isOpen || depth.size <= kMaxDepth) {
    kernel.define(getResult(), sumOver("acc", 0, depth));
    return success();
  }
  int64_t pieces = depth.size / kMaxDepth, rest = depth.size % kMaxDepth;
  Func partial = kernel.reduction(
      "partial", Axes{{"chunk", {pieces}}} + axes, sumType, 0, {{"d", {kMaxDepth}}},
      [&](Args i, Args r, Expr self) { return addProduct(self, i.drop_front(), i[0] * kMaxDepth + r[0]); });
  Func last = rest ? sumOver("rest", pieces * kMaxDepth, {rest}) : Func();
  Func acc = addPartialSums(kernel, "acc", axes, {{"chunk", {pieces + (rest ? 1 : 0)}}}, sumType, [&](Args i, Args r) {
    return rest ? select(r[0] < pieces, partial.at(join({min(r[0], pieces - 1)}, i)), last.at(i))
                : partial.at(join(r, i));
  });
  kernel.define(getResult(), acc);
  return success();
}
