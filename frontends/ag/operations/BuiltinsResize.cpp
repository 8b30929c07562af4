//===- BuiltinsResize.cpp - images of another size, and norms over neighbours ---------------------------------===//
// Compositions of slices, pads and arithmetic: the compiler makes one kernel of each.
#include "frontends/ag/operations/Builtins.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

namespace {

mlir::Value add(Evaluator &e, mlir::Value a, mlir::Value b) { return a ? e.emit<nn::AddOp>(a, b) : b; }

/// f32[N, H, W, C] whose `count` spatial dimensions are numbers; false after an error.
bool needsImage(Evaluator &e, Call &call, size_t count) {
  if (!needsFloats(e, call, 0))
    return false;
  Shape shape = shapeOf(call[0].asTensor());
  if (shape.size() == count + 2 && llvm::none_of(llvm::drop_begin(shape), [](Dim dim) { return dim.open; }))
    return true;
  e.error(call.at(0),
          call.name + " needs f32" + (count == 1 ? "[N, T, C]" : "[N, H, W, C]") + "; found " + toText(call[0]));
  return false;
}

/// `times` of the enlargement of an image; 0 after an error.
int64_t readTimes(Evaluator &e, Call &call) {
  if (!needsImage(e, call, 2))
    return 0;
  int64_t times = call[1].asInteger();
  if (times >= 1 && times <= 64)
    return times;
  e.error(call.at(1), call.name + " needs `times`, from 1 to 64; found " + Twine(times));
  return 0;
}

//===- Interpolation ------------------------------------------------------------------------------------------===//

/// The weight of an element at a distance (in elements) of the place that is asked for.
double linearWeight(double distance) { return std::max(1 - std::abs(distance), 0.0); }
/// R. Keys, "Cubic convolution interpolation for digital image processing", 1981, with a = -0.5.
double cubicWeight(double distance) {
  constexpr double a = -0.5;
  double t = std::abs(distance);
  if (t <= 1)
    return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
}

/// A dimension `times` as long. Element `times * i + p` lies at `i + (p + 0.5) / times - 0.5` of x (builtins.md): a sum
/// of the elements i - reach … i + reach with a weight for each p.
mlir::Value interpolate(Evaluator &e, mlir::Value x, size_t dim, int64_t times, int64_t reach,
                        double (*weight)(double)) {
  Shape shape = shapeOf(x), wide = shape, result = shape;
  wide.insert(wide.begin() + dim + 1, Dim{1, false});
  result[dim].value *= times;
  mlir::Value padded = padWith(e, x, dim, reach, reach, nn::PadMode::edge), sum;
  llvm::SmallVector<int64_t> along(shape.size() - dim, 1);
  along[0] = times;
  for (int64_t offset = -reach; offset <= reach; ++offset) {
    std::vector<double> weights;
    for (int64_t p = 0; p != times; ++p)
      weights.push_back(
          weight((static_cast<double>(p) + 0.5) / static_cast<double>(times) - 0.5 - static_cast<double>(offset)));
    if (llvm::all_of(weights, [](double w) { return w == 0; }))
      continue;
    mlir::Value shifted = e.reshape(e.slice(padded, dim, offset + reach, shape[dim].value), wide);
    sum = add(e, sum, e.emit<nn::MulOp>(shifted, e.constant(along, weights, elementOf(x))));
  }
  return e.reshape(sum, result);
}

Value upsample(Evaluator &e, Call &call) {
  int64_t times = readTimes(e, call);
  if (!times)
    return {};
  mlir::Value x = call[0].asTensor();
  Shape shape = shapeOf(x);
  Shape result = {shape[0], {shape[1].value * times}, {shape[2].value * times}, shape[3]};
  if (!e.checkSize(result, elementOf(x), call.range))
    return {};
  StringRef method = call[2].asString();
  if (times == 1)
    return Value(x);
  if (method == "nearest") {
    Dim one{1, false}, many{times, false};
    x = e.reshape(x, {shape[0], shape[1], one, shape[2], one, shape[3]});
    return Value(e.reshape(e.broadcastTo(x, {shape[0], shape[1], many, shape[2], many, shape[3]}), result));
  }
  if (method != "bilinear" && method != "bicubic")
    return e.fail(call.at(2),
                  "upsample2d needs `method`, \"nearest\", \"bilinear\" or \"bicubic\"; found \"" + method + "\"");
  for (size_t dim : {1, 2})
    x = method == "bilinear" ? interpolate(e, x, dim, times, 1, linearWeight)
                             : interpolate(e, x, dim, times, 2, cubicWeight);
  return Value(x);
}

Value depthToSpace(Evaluator &e, Call &call) {
  int64_t times = readTimes(e, call);
  if (!times)
    return {};
  mlir::Value x = call[0].asTensor();
  Shape shape = shapeOf(x);
  int64_t channels = shape[3].value;
  if (channels % (times * times) != 0)
    return e.fail(call.range, "depth_to_space needs a number of channels that " + Twine(times) + " * " + Twine(times) +
                                  " divides; found " + toText(call[0]));
  Dim block{times, false}, rest{channels / (times * times), false};
  x = e.reshape(x, {shape[0], shape[1], shape[2], block, block, rest});
  x = e.emit<nn::TransposeOp>(x, e.builder.getDenseI64ArrayAttr({0, 1, 3, 2, 4, 5}));
  return Value(e.reshape(x, {shape[0], {shape[1].value * times}, {shape[2].value * times}, rest}));
}

//===- Pooling to a size --------------------------------------------------------------------------------------===//

/// Window i of `count` over `size` elements goes from floor(i * size / count) to ceil((i + 1) * size / count).
mlir::Value poolAxis(Evaluator &e, mlir::Value x, size_t dim, int64_t count, bool isMax) {
  int64_t size = shapeOf(x)[dim].value;
  std::vector<mlir::Value> rows;
  for (int64_t i = 0; i != count; ++i) {
    int64_t first = i * size / count, last = ((i + 1) * size + count - 1) / count;
    mlir::Value window = e.slice(x, dim, first, last - first);
    rows.push_back(isMax ? e.emit<nn::ReduceOp>(nn::ReduceKind::max, window,
                                                e.builder.getDenseI64ArrayAttr(static_cast<int64_t>(dim)),
                                                /*keepdims=*/true)
                         : e.mean(window, static_cast<int64_t>(dim), /*keepdims=*/true));
  }
  return concatTensors(e, rows, static_cast<int64_t>(dim));
}

Value adaptivePool(Evaluator &e, Call &call) {
  size_t count = call.name[call.name.size() - 2] - '0';
  if (!needsImage(e, call, count))
    return {};
  mlir::Value x = call[0].asTensor();
  Shape shape = shapeOf(x);
  std::vector<Value> sizes = call[1].isList() ? call[1].asList() : std::vector<Value>(count, call[1]);
  if (sizes.size() != count)
    return e.fail(call.at(1), call.name + " needs `size`, an int or one for each of the " + Twine(count) +
                                  " axes; found " + describe(call[1]));
  llvm::SmallVector<int64_t> window, padding(2 * count, 0);
  bool isEven = true;
  for (auto [axis, size] : llvm::enumerate(sizes)) {
    Dim dim = shape[axis + 1];
    if (!size.isInteger() || size.asInteger() < 1 || size.asInteger() > dim.value)
      return e.fail(call.at(1), call.name + " needs `size`, from 1 to the " + Twine(dim.value) +
                                    " elements of dimension " + Twine(axis + 1) + " of " + toText(call[0]) +
                                    "; found " + toText(size));
    isEven &= dim.value % size.asInteger() == 0;
    window.push_back(dim.value / size.asInteger());
  }
  bool isMax = call.name.contains("max");
  auto &b = e.builder;
  if (isEven)
    return Value(e.emitNamed<nn::PoolOp>(call.name, isMax ? nn::PoolKind::max : nn::PoolKind::avg, x,
                                         b.getDenseI64ArrayAttr(window), b.getDenseI64ArrayAttr(window),
                                         b.getDenseI64ArrayAttr(padding), /*count_padding=*/false));
  // A window is a product of ranges, so its mean is the mean of the means.
  for (auto [axis, size] : llvm::enumerate(sizes)) {
    if (!e.step(call.range, size.asInteger()))
      return {};
    x = poolAxis(e, x, axis + 1, size.asInteger(), isMax);
  }
  return Value(x);
}

//===- Norms --------------------------------------------------------------------------------------------------===//

/// x / (bias + alpha * sum of the squares of `size` neighbouring channels) ** beta (Krizhevsky et al. 2012,
/// section 3.3).
Value localResponseNorm(Evaluator &e, Call &call) {
  if (!needsFloats(e, call, 0))
    return {};
  mlir::Value x = call[0].asTensor();
  Shape shape = shapeOf(x);
  if (shape.empty() || shape.back().open)
    return e.fail(call.at(0), "local_response_norm needs a last dimension, the channels; found " + toText(call[0]));
  int64_t size = call[1].asInteger(), channels = shape.back().value;
  if (size < 1 || size > 63)
    return e.fail(call.at(1), "local_response_norm needs `size`, from 1 to 63; found " + Twine(size));
  if (call[4].asNumber() <= 0)
    return e.fail(call.at(4), "local_response_norm needs `bias`, above 0; found " + toText(call[4]));
  if (call[2].asNumber() < 0)
    return e.fail(call.at(2), "local_response_norm needs `alpha`, at least 0; found " + toText(call[2]));
  size_t dim = shape.size() - 1;
  mlir::Type element = elementOf(x);
  mlir::Value squares = e.emit<nn::MulOp>(x, x), sum;
  mlir::Value padded = padWith(e, squares, dim, size / 2, (size - 1) / 2, nn::PadMode::constant);
  for (int64_t k = 0; k != size; ++k)
    sum = add(e, sum, e.slice(padded, dim, k, channels));
  mlir::Value scale = e.emit<nn::AddOp>(e.emit<nn::MulOp>(sum, e.constant(call[2].asNumber(), element)),
                                        e.constant(call[4].asNumber(), element));
  mlir::Value power = e.emit<nn::PowOp>(scale, e.constant(-call[3].asNumber(), element));
  return Value(e.emitNamed<nn::MulOp>(call.name, x, power));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::resizeBuiltins() {
  static const BuiltinFamily table[] = {
      {"adaptive_avg_pool1d adaptive_avg_pool2d adaptive_max_pool1d adaptive_max_pool2d",
       "x: tensor, size: int | list[int]", adaptivePool},
      {"upsample2d", "x: tensor, times: int, method: str = \"nearest\"", upsample},
      {"depth_to_space", "x: tensor, times: int", depthToSpace},
      {"local_response_norm", "x: tensor, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, bias: float = 2.0",
       localResponseNorm},
  };
  return table;
}
