//===- BuiltinsResize.cpp - images of another size, and norms over neighbours ---------------------------------===//
// Compositions of slices, pads and arithmetic: the compiler makes one kernel of each.
#include "frontends/ag/operations/Builtins.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

namespace {

mlir::Value add(Tensors &t, mlir::Value a, mlir::Value b) { return a ? t.emit<nn::AddOp>(a, b) : b; }

/// f32[N, H, W, C] whose `count` spatial dimensions are numbers; false after an error.
bool needsImage(Tensors &t, Call &call, size_t count) {
  if (!needsFloats(t, call, "x"))
    return false;
  Dims shape = dimsOf(call["x"].asTensor());
  if (shape.size() == count + 2 && llvm::none_of(llvm::drop_begin(shape), [](Dim dim) { return dim.isOpen; }))
    return true;
  t.error(call.at("x"),
          call.name + " needs f32" + (count == 1 ? "[N, T, C]" : "[N, H, W, C]") + "; found " + toText(call["x"]));
  return false;
}

/// `times` of the enlargement of an image; 0 after an error.
int64_t readTimes(Tensors &t, Call &call) {
  if (!needsImage(t, call, 2))
    return 0;
  int64_t times = call["times"].asInteger();
  if (times >= 1 && times <= 64)
    return times;
  t.error(call.at("times"), call.name + " needs `times`, from 1 to 64; found " + Twine(times));
  return 0;
}

//===- Interpolation ------------------------------------------------------------------------------------------===//

/// The weight of an element at a distance (in elements) of the place that is asked for.
double linearWeight(double distance) { return std::max(1 - std::abs(distance), 0.0); }
/// R. Keys, "Cubic convolution interpolation for digital image processing", 1981, with a = -0.5.
double cubicWeight(double distance) {
  constexpr double kA = -0.5;
  double t = std::abs(distance);
  if (t <= 1)
    return ((kA + 2) * t - (kA + 3)) * t * t + 1;
  return t < 2 ? ((kA * t - 5 * kA) * t + 8 * kA) * t - 4 * kA : 0;
}

/// A dimension `times` as long. Element `times * i + p` lies at `i + (p + 0.5) / times - 0.5` of x (builtins.md): a sum
/// of the elements i - reach … i + reach with a weight for each p.
mlir::Value interpolate(Tensors &t, mlir::Value x, size_t dim, int64_t times, int64_t reach, double (*weight)(double)) {
  Dims shape = dimsOf(x), wide = shape, result = shape;
  wide.insert(wide.begin() + dim + 1, Dim{1, false});
  result[dim].size *= times;
  mlir::Value padded = t.pad(x, dim, reach, reach, nn::PadMode::edge), sum;
  llvm::SmallVector<int64_t> along(shape.size() - dim, 1);
  along[0] = times;
  for (int64_t offset = -reach; offset <= reach; ++offset) {
    std::vector<double> weights;
    for (int64_t p = 0; p != times; ++p)
      weights.push_back(
          weight((static_cast<double>(p) + 0.5) / static_cast<double>(times) - 0.5 - static_cast<double>(offset)));
    if (llvm::all_of(weights, [](double w) { return w == 0; }))
      continue;
    mlir::Value shifted = t.reshape(t.slice(padded, dim, offset + reach, shape[dim].size), wide);
    sum = add(t, sum, t.emit<nn::MulOp>(shifted, t.constant(along, weights, elementOf(x))));
  }
  return t.reshape(sum, result);
}

Value upsample(Tensors &t, Call &call) {
  int64_t times = readTimes(t, call);
  if (!times)
    return {};
  mlir::Value x = call["x"].asTensor();
  Dims shape = dimsOf(x);
  Dims result = {shape[0], {shape[1].size * times}, {shape[2].size * times}, shape[3]};
  if (!t.checkSize(result, elementOf(x), call.range))
    return {};
  StringRef method = call["method"].asString();
  if (times == 1)
    return Value(x);
  if (method == "nearest") {
    Dim one{1, false}, many{times, false};
    x = t.reshape(x, {shape[0], shape[1], one, shape[2], one, shape[3]});
    return Value(t.reshape(t.broadcast(x, {shape[0], shape[1], many, shape[2], many, shape[3]}), result));
  }
  if (method != "bilinear" && method != "bicubic")
    return t.fail(call.at("method"),
                  "upsample2d needs `method`, \"nearest\", \"bilinear\" or \"bicubic\"; found \"" + method + "\"");
  for (size_t dim : {1, 2})
    x = method == "bilinear" ? interpolate(t, x, dim, times, 1, linearWeight)
                             : interpolate(t, x, dim, times, 2, cubicWeight);
  return Value(x);
}

Value depthToSpace(Tensors &t, Call &call) {
  int64_t times = readTimes(t, call);
  if (!times)
    return {};
  mlir::Value x = call["x"].asTensor();
  Dims shape = dimsOf(x);
  int64_t channels = shape[3].size;
  if (channels % (times * times) != 0)
    return t.fail(call.range, "depth_to_space needs a number of channels that " + Twine(times) + " * " + Twine(times) +
                                  " divides; found " + toText(call["x"]));
  Dim block{times, false}, rest{channels / (times * times), false};
  x = t.reshape(x, {shape[0], shape[1], shape[2], block, block, rest});
  x = t.emit<nn::TransposeOp>(x, t.builder.getDenseI64ArrayAttr({0, 1, 3, 2, 4, 5}));
  return Value(t.reshape(x, {shape[0], {shape[1].size * times}, {shape[2].size * times}, rest}));
}

//===- Pooling to a size --------------------------------------------------------------------------------------===//

/// Window i of `count` over `size` elements goes from floor(i * size / count) to ceil((i + 1) * size / count).
mlir::Value poolAxis(Tensors &t, mlir::Value x, size_t dim, int64_t count, bool isMax) {
  int64_t size = dimsOf(x)[dim].size;
  std::vector<mlir::Value> rows;
  for (int64_t i = 0; i != count; ++i) {
    int64_t first = i * size / count, last = ((i + 1) * size + count - 1) / count;
    mlir::Value window = t.slice(x, dim, first, last - first);
    rows.push_back(isMax ? t.emit<nn::ReduceOp>(nn::ReduceKind::max, window,
                                                t.builder.getDenseI64ArrayAttr(static_cast<int64_t>(dim)),
                                                /*keepdims=*/true)
                         : t.mean(window, static_cast<int64_t>(dim), /*keepdims=*/true));
  }
  return t.concat(rows, static_cast<int64_t>(dim));
}

Value adaptivePool(Tensors &t, Call &call) {
  size_t count = call.name[call.name.size() - 2] - '0';
  if (!needsImage(t, call, count))
    return {};
  mlir::Value x = call["x"].asTensor();
  Dims shape = dimsOf(x);
  std::vector<Value> sizes = call["size"].isList() ? call["size"].asList() : std::vector<Value>(count, call["size"]);
  if (sizes.size() != count)
    return t.fail(call.at("size"), call.name + " needs `size`, an int or one for each of the " + Twine(count) +
                                       " axes; found " + describe(call["size"]));
  llvm::SmallVector<int64_t> window, padding(2 * count, 0);
  bool isEven = true;
  for (auto [axis, size] : llvm::enumerate(sizes)) {
    Dim dim = shape[axis + 1];
    if (!size.isInteger() || size.asInteger() < 1 || size.asInteger() > dim.size)
      return t.fail(call.at("size"), call.name + " needs `size`, from 1 to the " + Twine(dim.size) +
                                         " elements of dimension " + Twine(axis + 1) + " of " + toText(call["x"]) +
                                         "; found " + toText(size));
    isEven &= dim.size % size.asInteger() == 0;
    window.push_back(dim.size / size.asInteger());
  }
  bool isMax = call.name.contains("max");
  auto &b = t.builder;
  if (isEven)
    return Value(t.emitNamed<nn::PoolOp>(call.name, isMax ? nn::PoolKind::max : nn::PoolKind::avg, x,
                                         b.getDenseI64ArrayAttr(window), b.getDenseI64ArrayAttr(window),
                                         b.getDenseI64ArrayAttr(padding), /*count_padding=*/false));
  // A window is a product of ranges, so its mean is the mean of the means.
  for (auto [axis, size] : llvm::enumerate(sizes)) {
    if (!t.step(call.range, size.asInteger()))
      return {};
    x = poolAxis(t, x, axis + 1, size.asInteger(), isMax);
  }
  return Value(x);
}

//===- Norms --------------------------------------------------------------------------------------------------===//

/// x / (bias + alpha * sum of the squares of `size` neighbouring channels) ** beta (Krizhevsky et al. 2012,
/// section 3.3).
Value localResponseNorm(Tensors &t, Call &call) {
  if (!needsFloats(t, call, "x"))
    return {};
  mlir::Value x = call["x"].asTensor();
  Dims shape = dimsOf(x);
  if (shape.empty() || shape.back().isOpen)
    return t.fail(call.at("x"), "local_response_norm needs a last dimension, the channels; found " + toText(call["x"]));
  int64_t size = call["size"].asInteger(), channels = shape.back().size;
  if (size < 1 || size > 63)
    return t.fail(call.at("size"), "local_response_norm needs `size`, from 1 to 63; found " + Twine(size));
  if (call["bias"].asNumber() <= 0)
    return t.fail(call.at("bias"), "local_response_norm needs `bias`, above 0; found " + toText(call["bias"]));
  if (call["alpha"].asNumber() < 0)
    return t.fail(call.at("alpha"), "local_response_norm needs `alpha`, at least 0; found " + toText(call["alpha"]));
  size_t dim = shape.size() - 1;
  mlir::Type element = elementOf(x);
  mlir::Value squares = t.emit<nn::MulOp>(x, x), sum;
  mlir::Value padded = t.pad(squares, dim, size / 2, (size - 1) / 2, nn::PadMode::constant);
  for (int64_t k = 0; k != size; ++k)
    sum = add(t, sum, t.slice(padded, dim, k, channels));
  mlir::Value scale = t.emit<nn::AddOp>(t.emit<nn::MulOp>(sum, t.constant(call["alpha"].asNumber(), element)),
                                        t.constant(call["bias"].asNumber(), element));
  mlir::Value power = t.emit<nn::PowOp>(scale, t.constant(-call["beta"].asNumber(), element));
  return Value(t.emitNamed<nn::MulOp>(call.name, x, power));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::resizeBuiltins() {
  static const BuiltinFamily kTable[] = {
      {"adaptive_avg_pool1d adaptive_avg_pool2d adaptive_max_pool1d adaptive_max_pool2d",
       "x: tensor, size: int | list[int]", adaptivePool},
      {"upsample2d", "x: tensor, times: int, method: str = \"nearest\"", upsample},
      {"depth_to_space", "x: tensor, times: int", depthToSpace},
      {"local_response_norm", "x: tensor, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, bias: float = 2.0",
       localResponseNorm},
  };
  return kTable;
}
