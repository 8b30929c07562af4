//===- InterpretMove.cpp - the meaning of ops that take elements elsewhere --===//
#include "dialects/interpreter/Interpreter.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/Rows.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;

namespace argent::nn {

using Operands = ArrayRef<Reference>;
using Shape = ArrayRef<int64_t>;

/// Element `index` of the result is element `from(index)` of x; where that is none, `otherwise`.
template <typename F> static Reference moved(const Reference &x, Shape shape, F from, double otherwise = 0) {
  Reference result(shape);
  int64_t row = 0;
  forEachIndex(shape, [&](Shape index) {
    std::optional<SmallVector<int64_t>> place = from(index);
    result.values[row++] = place ? x.values[rowOf(*place, x.shape)] : otherwise;
  });
  return result;
}

static Reference evaluatePad(PadOp op, const Reference &x, Shape shape) {
  using Place = std::optional<SmallVector<int64_t>>;
  return moved(
      x, shape,
      [&](Shape index) -> Place {
        SmallVector<int64_t> place;
        for (size_t d = 0; d < index.size(); ++d) {
          int64_t i = index[d] - op.getLow()[d], last = x.shape[d] - 1;
          if (op.getMode() == PadMode::edge) {
            i = std::clamp<int64_t>(i, 0, last);
          } else if (op.getMode() == PadMode::reflect) {
            i = i < 0 ? -i : i;
            i = i > last ? 2 * last - i : i;
          } else {
            int64_t step = 1 + (op.getInterior() ? (*op.getInterior())[d] : 0);
            if (i < 0 || i % step != 0 || i / step > last)
              return std::nullopt;
            i /= step;
          }
          place.push_back(i);
        }
        return place;
      },
      op.getValue().convertToDouble());
}

static Reference evaluateConcat(ConcatOp op, Operands inputs, Shape shape) {
  Reference result(shape);
  int64_t row = 0, axis = op.getAxis();
  forEachIndex(shape, [&](Shape index) {
    SmallVector<int64_t> place(index);
    size_t part = 0;
    while (place[axis] >= inputs[part].shape[axis])
      place[axis] -= inputs[part++].shape[axis];
    result.values[row++] = inputs[part].values[rowOf(place, inputs[part].shape)];
  });
  return result;
}

/// For each element of a gather's result, calls `f` with its row and the row of x that it takes.
template <typename Op, typename F>
static void forEachGathered(Op op, Shape x, const Reference &index, Shape shape, F f) {
  int64_t axis = op.getAxis(), batch = op.getBatch(), trailing = op.getTrailing(), row = 0;
  int64_t own = static_cast<int64_t>(index.shape.size()) - batch - trailing;
  forEachIndex(shape, [&](Shape at) {
    SmallVector<int64_t> where(at.take_front(batch)), from(at.take_front(axis));
    llvm::append_range(where, at.slice(axis, own));
    llvm::append_range(where, at.take_back(trailing));
    auto number = static_cast<int64_t>(index.values[rowOf(where, index.shape)]);
    from.push_back(std::clamp<int64_t>(number, 0, x[axis] - 1));
    llvm::append_range(from, at.drop_front(axis + own));
    f(row++, rowOf(from, x));
  });
}

/// NaN is larger than every number.
static bool isLess(double a, double b) { return a < b || (std::isnan(b) && !std::isnan(a)); }

/// The places of x's elements along `axis` in their order, equals as they stand: the first ones, as many as `shape`
/// has.
static Reference orderOf(const Reference &x, int64_t axis, bool descending, Shape shape) {
  Reference result(shape);
  SmallVector<int64_t> rows(shape);
  rows[axis] = 1;
  forEachIndex(rows, [&](Shape row) {
    SmallVector<int64_t> at(row), order = axisRange(0, x.shape[axis]);
    auto value = [&](int64_t i) {
      at[axis] = i;
      return x.values[rowOf(at, x.shape)];
    };
    llvm::stable_sort(order, [&](int64_t a, int64_t b) {
      return descending ? isLess(value(b), value(a)) : isLess(value(a), value(b));
    });
    for (int64_t i = 0; i < shape[axis]; ++i) {
      at[axis] = i;
      result.values[rowOf(at, shape)] = static_cast<double>(order[i]);
    }
  });
  return result;
}

std::optional<Reference> evaluateMove(Operation *op, Operands x, Shape shape) {
  using Result = std::optional<Reference>;
  using Place = std::optional<SmallVector<int64_t>>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](SliceOp slice) -> Result {
        return moved(x[0], shape, [&](Shape index) -> Place {
          SmallVector<int64_t> place;
          for (size_t d = 0; d < index.size(); ++d)
            place.push_back(slice.getOffsets()[d] + index[d] * slice.getStrides()[d]);
          return place;
        });
      })
      .Case([&](ReverseOp reverse) -> Result {
        return moved(x[0], shape, [&](Shape index) -> Place {
          SmallVector<int64_t> place(index);
          for (int64_t axis : reverse.getAxes())
            place[axis] = shape[axis] - 1 - place[axis];
          return place;
        });
      })
      .Case([&](PadOp pad) -> Result { return evaluatePad(pad, x[0], shape); })
      .Case([&](ConcatOp concat) -> Result { return evaluateConcat(concat, x, shape); })
      .Case([&](IotaOp) -> Result {
        Reference result(shape);
        for (auto [i, value] : llvm::enumerate(result.values))
          value = static_cast<double>(i);
        return result;
      })
      .Case([&](GatherOp gather) -> Result {
        Reference result(shape);
        forEachGathered(gather, x[0].shape, x[1], shape,
                        [&](int64_t to, int64_t from) { result.values[to] = x[0].values[from]; });
        return result;
      })
      .Case([&](ScatterAddOp scatter) -> Result {
        Reference result(shape);
        forEachGathered(scatter, shape, x[1], x[0].shape,
                        [&](int64_t from, int64_t to) { result.values[to] += x[0].values[from]; });
        return result;
      })
      .Case([&](TopKOp top) -> Result { return orderOf(x[0], top.getAxis(), /*descending=*/true, shape); })
      .Case([&](ArgsortOp sort) -> Result { return orderOf(x[0], sort.getAxis(), sort.getDescending(), shape); })
      .Default([](Operation *) -> Result { return std::nullopt; });
}

} // namespace argent::nn
