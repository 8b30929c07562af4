//===- InterpretWindow.cpp - the meaning of convolution and pooling --------===//
#include "dialects/interpreter/Interpreter.h"
#include "dialects/nn/Rows.h"
#include "dialects/nn/ops/Conv.h"
#include "dialects/nn/ops/Pool.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace argent::nn {

using Shape = ArrayRef<int64_t>;

static Dims closed(Shape shape) {
  return Dims(llvm::map_range(shape, [](int64_t size) { return Dim{size, false}; }));
}

/// For every tap over the image: visit(row in the input, tap's index). `position` is a spatial index of the result.
template <typename F>
static void forEachTap(ArrayRef<Window> windows, Shape input, int64_t n, Shape position, int64_t channel, F visit) {
  SmallVector<int64_t> sizes;
  for (const Window &window : windows)
    sizes.push_back(window.size);
  forEachIndex(sizes, [&](Shape tap) {
    SmallVector<int64_t> index = {n};
    for (size_t i = 0; i < windows.size(); ++i) {
      int64_t element = windows[i].element(position[i], tap[i]);
      if (element < 0 || element >= windows[i].input)
        return;
      index.push_back(element);
    }
    index.push_back(channel);
    visit(rowOf(index, input), tap);
  });
}

/// Each product of the convolution's sum: visit(row of the input, of the filter, of the result).
template <typename Op, typename F> static void forEachProduct(Op op, Shape input, Shape filter, Shape output, F visit) {
  auto windows = getConvWindows(closed(input), closed(filter), op.getStrides(), op.getPadding(), op.getDilations());
  int64_t groups = static_cast<int64_t>(op.getGroups());
  int64_t channels = filter[filter.size() - 2], features = filter.back() / groups, row = 0;
  forEachIndex(output, [&](Shape index) {
    int64_t feature = index.back(), group = feature / features;
    for (int64_t c = 0; c < channels; ++c)
      forEachTap(windows, input, index.front(), index.drop_front().drop_back(), group * channels + c,
                 [&](int64_t inputRow, Shape tap) {
                   SmallVector<int64_t> at(tap);
                   at.push_back(c);
                   at.push_back(feature);
                   visit(inputRow, rowOf(at, filter), row);
                 });
    ++row;
  });
}

/// For each window: visit(row of the result, rows of the input under it).
template <typename Op, typename F> static void forEachWindow(Op op, Shape input, Shape output, F visit) {
  auto windows = getPoolWindows(closed(input), op.getSize(), op.getStrides(), op.getPadding());
  int64_t row = 0;
  forEachIndex(output, [&](Shape index) {
    SmallVector<int64_t> rows;
    forEachTap(windows, input, index.front(), index.drop_front().drop_back(), index.back(),
               [&](int64_t inputRow, Shape) { rows.push_back(inputRow); });
    visit(row++, rows);
  });
}

/// The first of the largest (smallest).
static int64_t extreme(PoolKind kind, const Reference &input, Shape rows) {
  int64_t best = rows.front();
  for (int64_t row : rows)
    if (kind == PoolKind::max ? input.values[row] > input.values[best] : input.values[row] < input.values[best])
      best = row;
  return best;
}

template <typename Op> static double divisor(Op op, Shape rows) {
  return static_cast<double>(op.getCountPadding() ? llvm::product_of(op.getSize()) : static_cast<int64_t>(rows.size()));
}

std::optional<Reference> evaluateWindow(Operation *op, ArrayRef<Reference> x, Shape shape) {
  using Result = std::optional<Reference>;
  Reference y(shape);
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](ConvOp conv) -> Result {
        forEachProduct(conv, x[0].shape, x[1].shape, shape,
                       [&](int64_t i, int64_t f, int64_t o) { y.values[o] += x[0].values[i] * x[1].values[f]; });
        return y;
      })
      .Case([&](ConvInputGradOp conv) -> Result {
        forEachProduct(conv, shape, x[1].shape, x[0].shape,
                       [&](int64_t i, int64_t f, int64_t o) { y.values[i] += x[0].values[o] * x[1].values[f]; });
        return y;
      })
      .Case([&](ConvFilterGradOp conv) -> Result {
        forEachProduct(conv, x[0].shape, shape, x[1].shape,
                       [&](int64_t i, int64_t f, int64_t o) { y.values[f] += x[0].values[i] * x[1].values[o]; });
        return y;
      })
      .Case([&](PoolOp pool) -> Result {
        forEachWindow(pool, x[0].shape, shape, [&](int64_t o, Shape rows) {
          if (pool.getKind() != PoolKind::avg) {
            y.values[o] = x[0].values[extreme(pool.getKind(), x[0], rows)];
            return;
          }
          for (int64_t row : rows)
            y.values[o] += x[0].values[row] / divisor(pool, rows);
        });
        return y;
      })
      .Case([&](PoolGradOp pool) -> Result {
        forEachWindow(pool, shape, x[0].shape, [&](int64_t o, Shape rows) {
          if (pool.getKind() != PoolKind::avg) {
            y.values[extreme(pool.getKind(), x[1], rows)] += x[0].values[o];
            return;
          }
          for (int64_t row : rows)
            y.values[row] += x[0].values[o] / divisor(pool, rows);
        });
        return y;
      })
      .Default([](Operation *) -> Result { return std::nullopt; });
}

} // namespace argent::nn
