//===- InterpretOps.cpp - the meaning of each op without a window ----------===//
#include "dialects/interpreter/Interpreter.h"
#include "dialects/nn/Constants.h"
#include "dialects/nn/Rows.h"
#include "llvm/ADT/TypeSwitch.h"

#include <numbers>

using namespace mlir;

namespace argent::nn {

using Operands = ArrayRef<Reference>;
using Shape = ArrayRef<int64_t>;

static double floorDiv(double a, double b) { return std::floor(a / b); }

// Functions are finite: outside of its domain one has the value at the domain's end.
static constexpr double kLeastNormal = std::numeric_limits<double>::min(), kLargestExponent = 709.782712893383973096;

static double power(double a, double b) {
  if (a < 0 && b != std::floor(b))
    return 0;
  if (a == 0 && b < 0)
    a = kLeastNormal;
  constexpr double kMost = std::numeric_limits<double>::max();
  return std::clamp(std::pow(a, b), -kMost, kMost);
}

/// f(a, b ...) for each element, broadcast; absent arguments are 0.
template <typename F> static Reference elementwise(Operands operands, Shape shape, F f) {
  Reference result(shape);
  int64_t row = 0;
  forEachIndex(shape, [&](Shape index) {
    auto at = [&](size_t i) {
      return i < operands.size() ? operands[i].values[broadcastRow(index, operands[i].shape)] : 0;
    };
    result.values[row++] = f(at(0), at(1), at(2));
  });
  return result;
}

static std::optional<Reference> evaluateElementwise(Operation *op, Operands operands, Shape shape) {
  using F = double (*)(double, double, double);
  auto f =
      llvm::TypeSwitch<Operation *, F>(op)
          .Case([](NegOp) -> F { return [](double a, double, double) { return -a; }; })
          .Case([](AbsOp) -> F { return [](double a, double, double) { return std::abs(a); }; })
          .Case([](SignOp) -> F { return [](double a, double, double) { return double((a > 0) - (a < 0)); }; })
          .Case([](ExpOp) -> F {
            return [](double a, double, double) { return std::exp(std::min(a, kLargestExponent)); };
          })
          .Case([](Expm1Op) -> F {
            return [](double a, double, double) { return std::expm1(std::min(a, kLargestExponent)); };
          })
          .Case([](LogOp) -> F { return [](double a, double, double) { return std::log(std::max(a, kLeastNormal)); }; })
          .Case([](Log1pOp) -> F {
            return [](double a, double, double) { return std::log1p(std::max(a, -1 + 0x1p-53)); };
          })
          .Case([](SqrtOp) -> F { return [](double a, double, double) { return std::sqrt(std::max(a, 0.0)); }; })
          .Case([](RsqrtOp) -> F {
            return [](double a, double, double) { return 1 / std::sqrt(std::max(a, kLeastNormal)); };
          })
          .Case([](FloorOp) -> F { return [](double a, double, double) { return std::floor(a); }; })
          .Case([](CeilOp) -> F { return [](double a, double, double) { return std::ceil(a); }; })
          .Case([](RoundOp) -> F { return [](double a, double, double) { return std::nearbyint(a); }; })
          .Case([](SinOp) -> F { return [](double a, double, double) { return std::sin(a); }; })
          .Case([](CosOp) -> F { return [](double a, double, double) { return std::cos(a); }; })
          .Case([](ErfOp) -> F { return [](double a, double, double) { return std::erf(a); }; })
          .Case([](NormalCdfOp) -> F {
            return [](double a, double, double) { return std::erfc(a * -std::numbers::sqrt2 / 2) / 2; };
          })
          .Case([](TanhOp) -> F { return [](double a, double, double) { return std::tanh(a); }; })
          .Case([](SigmoidOp) -> F { return [](double a, double, double) { return 1 / (1 + std::exp(-a)); }; })
          .Case([](SoftplusOp) -> F {
            return [](double a, double, double) { return std::max(a, 0.0) + std::log1p(std::exp(-std::abs(a))); };
          })
          .Case([](ReluOp) -> F { return [](double a, double, double) { return std::max(a, 0.0); }; })
          .Case([](StopGradientOp) -> F { return [](double a, double, double) { return a; }; })
          .Case([](BroadcastOp) -> F { return [](double a, double, double) { return a; }; })
          .Case([](AddOp) -> F { return [](double a, double b, double) { return a + b; }; })
          .Case([](SubOp) -> F { return [](double a, double b, double) { return a - b; }; })
          .Case([](MulOp) -> F { return [](double a, double b, double) { return a * b; }; })
          .Case([](DivOp) -> F { return [](double a, double b, double) { return a / b; }; })
          .Case([](FloorDivOp) -> F { return [](double a, double b, double) { return floorDiv(a, b); }; })
          .Case([](ModOp) -> F { return [](double a, double b, double) { return a - b * floorDiv(a, b); }; })
          .Case([](MaxOp) -> F { return [](double a, double b, double) { return std::max(a, b); }; })
          .Case([](MinOp) -> F { return [](double a, double b, double) { return std::min(a, b); }; })
          .Case([](PowOp) -> F { return [](double a, double b, double) { return power(a, b); }; })
          .Case([](AndOp) -> F { return [](double a, double b, double) { return double(a && b); }; })
          .Case([](OrOp) -> F { return [](double a, double b, double) { return double(a || b); }; })
          .Case([](NotOp) -> F { return [](double a, double, double) { return double(!a); }; })
          .Case([](SelectOp) -> F { return [](double a, double b, double c) { return a ? b : c; }; })
          .Case([](CompareOp compare) -> F {
            switch (compare.getPredicate()) {
            case Predicate::eq:
              return [](double a, double b, double) { return double(a == b); };
            case Predicate::ne:
              return [](double a, double b, double) { return double(a != b); };
            case Predicate::lt:
              return [](double a, double b, double) { return double(a < b); };
            case Predicate::le:
              return [](double a, double b, double) { return double(a <= b); };
            case Predicate::gt:
              return [](double a, double b, double) { return double(a > b); };
            case Predicate::ge:
              return [](double a, double b, double) { return double(a >= b); };
            }
            llvm_unreachable("a predicate without a meaning");
          })
          .Case([](CastOp cast) -> F {
            Type to = cast.getType().getElementType();
            if (to.isInteger(1))
              return [](double a, double, double) { return double(a != 0); };
            if (!isa<FloatType>(to))
              return [](double a, double, double) { return std::trunc(a); };
            if (to.isF32())
              return [](double a, double, double) { return double(float(a)); };
            return [](double a, double, double) { return a; };
          })
          .Default([](Operation *) -> F { return nullptr; });
  if (!f)
    return std::nullopt;
  return elementwise(operands, shape, f);
}

/// The shape with 1 at the axes.
static SmallVector<int64_t> keepShape(Shape shape, Shape axes) {
  SmallVector<int64_t> kept(shape);
  for (int64_t axis : axes)
    kept[axis] = 1;
  return kept;
}

/// combine(total, x) over the axes, from `start`; dimensions are kept as 1.
template <typename F> static Reference reduce(const Reference &x, Shape axes, double start, F combine) {
  Reference result(keepShape(x.shape, axes), start);
  int64_t row = 0;
  forEachIndex(x.shape, [&](Shape index) {
    double &total = result.values[broadcastRow(index, result.shape)];
    total = combine(total, x.values[row++]);
  });
  return result;
}

static Reference evaluateReduce(ReduceOp op, const Reference &x, Shape shape) {
  constexpr double kMost = std::numeric_limits<double>::max();
  auto combine = [&]() -> Reference {
    Shape axes = op.getAxes();
    switch (op.getKind()) {
    case ReduceKind::sum:
      return reduce(x, axes, 0, [](double a, double b) { return a + b; });
    case ReduceKind::prod:
      return reduce(x, axes, 1, [](double a, double b) { return a * b; });
    case ReduceKind::max:
      return reduce(x, axes, -kMost, [](double a, double b) { return std::max(a, b); });
    case ReduceKind::min:
      return reduce(x, axes, kMost, [](double a, double b) { return std::min(a, b); });
    case ReduceKind::any:
      return reduce(x, axes, 0, [](double a, double b) { return double(a || b); });
    case ReduceKind::all:
      return reduce(x, axes, 1, [](double a, double b) { return double(a && b); });
    }
    llvm_unreachable("a reduction without a meaning");
  };
  Reference result = combine();
  result.shape = SmallVector<int64_t>(shape);
  return result;
}

/// From one end of the axis to the other; double holds every element type's extremes.
static Reference evaluateCumulative(CumulativeOp op, const Reference &x, Shape shape) {
  Reference result(shape);
  int64_t axis = op.getAxis(), extent = shape[axis];
  auto combine = [kind = op.getKind()](double a, double b) {
    return kind == ReduceKind::sum    ? a + b
           : kind == ReduceKind::prod ? a * b
           : kind == ReduceKind::max  ? std::max(a, b)
                                      : std::min(a, b);
  };
  constexpr double kMost = std::numeric_limits<double>::max();
  double nothing = op.getKind() == ReduceKind::sum    ? 0
                   : op.getKind() == ReduceKind::prod ? 1
                   : op.getKind() == ReduceKind::max  ? -kMost
                                                      : kMost;
  forEachIndex(keepShape(shape, axis), [&](Shape row) {
    double running = nothing;
    for (int64_t step = 0; step < extent; ++step) {
      SmallVector<int64_t> index(row);
      index[axis] = op.getReverse() ? extent - 1 - step : step;
      int64_t at = rowOf(index, shape);
      double next = combine(running, x.values[at]);
      result.values[at] = op.getExclusive() ? running : next;
      running = next;
    }
  });
  return result;
}

/// x - log(sum e^x) along an axis.
static Reference logSoftmax(const Reference &x, int64_t axis) {
  Reference largest =
      reduce(x, axis, std::numeric_limits<double>::lowest(), [](double a, double b) { return std::max(a, b); });
  Reference shifted = elementwise({x, largest}, x.shape, [](double a, double b, double) { return a - b; });
  Reference exps = elementwise({shifted}, x.shape, [](double a, double, double) { return std::exp(a); });
  Reference sums = reduce(exps, axis, 0, [](double a, double b) { return a + b; });
  return elementwise({shifted, sums}, x.shape, [](double a, double b, double) { return a - std::log(b); });
}

static Reference exponential(const Reference &x) {
  return elementwise({x}, x.shape, [](double a, double, double) { return std::exp(a); });
}

/// The label as a distribution over the classes.
static Reference distribution(const Reference &label, Shape logits) {
  if (Shape(label.shape) == logits)
    return label;
  Reference result(logits);
  int64_t classes = logits.back();
  for (auto [row, index] : llvm::enumerate(label.values))
    result.values[row * classes + std::clamp<int64_t>(static_cast<int64_t>(index), 0, classes - 1)] = 1;
  return result;
}

static Reference evaluateMatmul(MatmulOp op, const Reference &lhs, const Reference &rhs, Shape shape) {
  Reference result(shape);
  size_t rank = shape.size();
  int64_t inner = lhs.shape[rank - (op.getTransposeLhs() ? 2 : 1)], row = 0;
  forEachIndex(shape, [&](Shape index) {
    double sum = 0;
    for (int64_t d = 0; d < inner; ++d) {
      SmallVector<int64_t> l(index), r(index);
      l[rank - 1] = d;
      if (op.getTransposeLhs())
        std::swap(l[rank - 1], l[rank - 2]);
      r[rank - 2] = d;
      if (op.getTransposeRhs())
        std::swap(r[rank - 1], r[rank - 2]);
      sum += lhs.values[rowOf(l, lhs.shape)] * rhs.values[rowOf(Shape(r).take_back(rhs.shape.size()), rhs.shape)];
    }
    result.values[row++] = sum;
  });
  return result;
}

static Reference evaluateTranspose(TransposeOp op, const Reference &x, Shape shape) {
  Reference result(shape);
  int64_t row = 0;
  forEachIndex(shape, [&](Shape index) {
    SmallVector<int64_t> from(index.size());
    for (auto [i, axis] : llvm::enumerate(op.getPermutation()))
      from[axis] = index[i];
    result.values[row++] = x.values[rowOf(from, x.shape)];
  });
  return result;
}

static Reference evaluateArgmax(ArgmaxOp op, const Reference &x, Shape shape) {
  int64_t axis = op.getAxis();
  Reference best(keepShape(x.shape, axis)), indices(best.shape);
  int64_t row = 0;
  forEachIndex(x.shape, [&](Shape index) {
    int64_t to = broadcastRow(index, best.shape);
    double value = op.getSmallest() ? -x.values[row] : x.values[row];
    ++row;
    if (index[axis] == 0 || value > best.values[to]) {
      best.values[to] = value;
      indices.values[to] = static_cast<double>(index[axis]);
    }
  });
  indices.shape = SmallVector<int64_t>(shape);
  return indices;
}

std::optional<Reference> evaluate(Operation *op, Operands x, Shape shape) {
  if (std::optional<Reference> result = evaluateElementwise(op, x, shape))
    return result;
  using Result = std::optional<Reference>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](ConstantOp constant) -> Result {
        auto elements = cast<DenseElementsAttr>(constant.getValue());
        Reference result(shape);
        if (isa<FloatType>(elements.getElementType()))
          llvm::copy(getFloats(elements), result.values.begin());
        else
          llvm::copy(getIntegers(elements), result.values.begin());
        return result;
      })
      .Case([&](ReshapeOp) -> Result {
        Reference result = x[0];
        result.shape = SmallVector<int64_t>(shape);
        return result;
      })
      .Case([&](TransposeOp transpose) -> Result { return evaluateTranspose(transpose, x[0], shape); })
      .Case([&](CountOp count) -> Result {
        double product = 1;
        for (int64_t axis : count.getAxes())
          product *= static_cast<double>(x[0].shape[axis]);
        return Reference({}, product);
      })
      .Case([&](ReduceOp reduction) -> Result { return evaluateReduce(reduction, x[0], shape); })
      .Case([&](CumulativeOp cumulative) -> Result { return evaluateCumulative(cumulative, x[0], shape); })
      .Case([&](ArgmaxOp argmax) -> Result { return evaluateArgmax(argmax, x[0], shape); })
      .Case([&](SoftmaxOp softmax) -> Result { return exponential(logSoftmax(x[0], softmax.getAxis())); })
      .Case([&](LogSoftmaxOp softmax) -> Result { return logSoftmax(x[0], softmax.getAxis()); })
      .Case([&](MatmulOp matmul) -> Result { return evaluateMatmul(matmul, x[0], x[1], shape); })
      .Case([&](CrossEntropyOp) -> Result {
        int64_t classes = static_cast<int64_t>(x[0].shape.size()) - 1;
        Reference result = reduce(elementwise({distribution(x[1], x[0].shape), logSoftmax(x[0], classes)}, x[0].shape,
                                              [](double p, double log, double) { return -p * log; }),
                                  classes, 0, [](double a, double b) { return a + b; });
        result.shape = SmallVector<int64_t>(shape);
        return result;
      })
      .Case([&](CrossEntropyGradOp) -> Result {
        int64_t classes = static_cast<int64_t>(x[0].shape.size()) - 1;
        Reference label = distribution(x[1], x[0].shape), gradient = x[2];
        Reference mass = reduce(label, classes, 0, [](double a, double b) { return a + b; });
        gradient.shape.push_back(1);
        Reference difference = elementwise({exponential(logSoftmax(x[0], classes)), mass, label}, shape,
                                           [](double p, double sum, double q) { return p * sum - q; });
        return elementwise({difference, gradient}, shape, [](double a, double g, double) { return a * g; });
      })
      .Default([](Operation *) -> Result { return std::nullopt; });
}

} // namespace argent::nn
