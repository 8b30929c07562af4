//===- BuiltinsWindow.cpp - convolution and pooling ------------------------------------------------------------===//
// The window's arithmetic is that of dialects/nn/Window.h.
#include "frontends/ag/operations/Builtins.h"

#include "dialects/nn/Window.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

namespace {

constexpr int64_t kMaxWindow = 1 << 24; // so that the arithmetic below stays far from 64 bits

/// One number for each spatial axis; a single one stands for all. Nothing after an error.
std::optional<llvm::SmallVector<int64_t>> readWindow(Tensors &t, Call &call, StringRef argument, size_t axes,
                                                     int64_t least) {
  llvm::SmallVector<int64_t> result;
  const Value &given = call[argument];
  std::vector<Value> list = given.isList() ? given.asList() : std::vector<Value>(axes, given);
  if (list.size() != axes) {
    t.error(call.at(argument), call.name + " needs `" + argument + "`, an int or one for each of the " + Twine(axes) +
                                   " axes; found " + describe(given));
    return std::nullopt;
  }
  for (const Value &value : list) {
    if (!value.isInteger() || value.asInteger() < least || value.asInteger() > kMaxWindow) {
      bool isLarge = value.isInteger() && value.asInteger() > kMaxWindow;
      t.error(call.at(argument), call.name + " needs `" + argument + "`, at " + (isLarge ? "most " : "least ") +
                                     Twine(isLarge ? kMaxWindow : least) + "; found " +
                                     (value.isInteger() ? toText(value) : describe(value)));
      return std::nullopt;
    }
    result.push_back(value.asInteger());
  }
  return result;
}

using Window = nn::Window;

/// `total` of padding, the smaller half before.
void padEvenly(Window &window, int64_t total) {
  window.before = std::max<int64_t>(total, 0) / 2;
  window.after = std::max<int64_t>(total, 0) - window.before;
}

/// The padding along each axis; false after an error.
bool readPadding(Tensors &t, Call &call, llvm::MutableArrayRef<Window> windows, llvm::ArrayRef<StringRef> words) {
  const Value &padding = call["padding"];
  if (!padding.isString()) {
    auto numbers = readWindow(t, call, "padding", windows.size(), 0);
    if (!numbers)
      return false;
    for (auto [window, number] : llvm::zip(windows, *numbers))
      window.before = window.after = number;
    return true;
  }
  StringRef word = padding.asString();
  if (!llvm::is_contained(words, word)) {
    StringRef near = nearestName(word, words);
    std::string known;
    for (StringRef w : words)
      known += (known.empty() ? "\"" : ", \"") + w.str() + "\"";
    t.error(call.at("padding"), call.name + " needs `padding`, " + known + " or a number; found \"" + word + "\"" +
                                    (near.empty() ? Twine("") : "; did you mean \"" + near + "\"?"));
    return false;
  }
  if (word == "causal" && windows.size() != 1) {
    t.error(call.at("padding"),
            "padding=\"causal\" is for 1-d convolution only; this one has " + Twine(windows.size()) + " axes");
    return false;
  }
  for (Window &window : windows) {
    if (word == "same") {
      int64_t positions = (window.input + window.stride - 1) / window.stride;
      padEvenly(window, window.covered(positions) - window.input);
    } else if (word == "full") {
      window.before = window.after = window.extent() - 1;
    } else if (word == "causal") {
      window.before = window.extent() - 1;
    }
  }
  return true;
}

/// A window along each spatial axis of [N, H, W, C], of one tap so far; nothing after an error.
std::optional<llvm::SmallVector<Window>> spatialAxes(Tensors &t, Call &call, size_t count) {
  Dims shape = dimsOf(call["x"].asTensor());
  llvm::SmallVector<Window> windows;
  if (shape.size() != count + 2) {
    static const StringRef kLetters[] = {"[N, T, C]", "[N, H, W, C]", "[N, T, H, W, C]"};
    Report report =
        t.error(call.at("x"), call.name + " needs f32" + kLetters[count - 1] + "; found " + toText(call["x"]));
    if (shape.size() == count + 1 && count != 1)
      report.help("the channels are the last dimension; one channel is added by x[..., none]");
    return std::nullopt;
  }
  for (size_t i = 0; i != count; ++i) {
    if (shape[i + 1].isOpen) {
      t.error(call.at("x"), "a window cannot move along the batch; dimension " + Twine(i + 1) + " of " +
                                toText(call["x"]) + " is " + toString(shape[i + 1]));
      return std::nullopt;
    }
    windows.push_back({shape[i + 1].size, 1});
  }
  return windows;
}

/// [N, 3, 224, 224]: what PyTorch means by an image.
bool isChannelsFirst(const Dims &shape) {
  return shape.size() == 4 && (shape[1] == Dim{1} || shape[1] == Dim{3}) && shape[2] == shape[3] && shape[2].size > 4;
}

/// Reports a window that does not fit; warns of an input that is most likely in the order of another framework.
bool windowsFit(Tensors &t, Call &call, llvm::ArrayRef<Window> windows) {
  mlir::Value x = call["x"].asTensor();
  Dims dims = dimsOf(x);
  std::string order;
  if (isChannelsFirst(dims))
    order = "images have their channels last: " + toString({dims[0], dims[2], dims[3], dims[1]}, elementOf(x));
  for (auto [index, window] : llvm::enumerate(windows)) {
    if (window.fits())
      continue;
    t.error(call.range, "the window is larger than the image: it covers " + Twine(window.extent()) +
                            " elements, and dimension " + Twine(index + 1) + " of " + toText(call["x"]) + " has " +
                            Twine(window.input) +
                            (window.padded() != window.input ? ", with padding " + Twine(window.padded()) : Twine("")))
        .help(order.empty() ? "use a smaller window, or padding=\"same\"" : order);
    return false;
  }
  if (!order.empty() && llvm::isa<mlir::BlockArgument>(x))
    t.warning(call.range, "the input " + toText(call["x"]) + " seems to have its channels first").help(order);
  return true;
}

struct Attributes {
  mlir::DenseI64ArrayAttr strides, padding, dilations;
  Attributes(mlir::Builder &b, llvm::ArrayRef<Window> windows) {
    llvm::SmallVector<int64_t> steps, sides, gaps;
    for (const Window &window : windows) {
      steps.push_back(window.stride);
      sides.append({window.before, window.after});
      gaps.push_back(window.dilation);
    }
    strides = b.getDenseI64ArrayAttr(steps);
    padding = b.getDenseI64ArrayAttr(sides);
    dilations = b.getDenseI64ArrayAttr(gaps);
  }
};

Dims outputDims(mlir::Value x, llvm::ArrayRef<Window> windows, int64_t channels) {
  Dims dims = {dimsOf(x).front()};
  for (const Window &window : windows)
    dims.push_back({window.positions(), false});
  dims.push_back({channels, false});
  return dims;
}

void setAxes(llvm::MutableArrayRef<Window> windows, llvm::ArrayRef<Dim> filter, llvm::ArrayRef<int64_t> strides,
             llvm::ArrayRef<int64_t> dilations) {
  for (auto [window, dim, stride, dilation] : llvm::zip(windows, filter.drop_back(2), strides, dilations)) {
    window.size = dim.size;
    window.stride = stride;
    window.dilation = dilation;
  }
}

bool hasOpenDim(llvm::ArrayRef<Dim> dims) {
  return llvm::any_of(dims, [](Dim dim) { return dim.isOpen; });
}

Value conv(Tensors &t, Call &call) {
  if (!needsFloats(t, call, "x") || !needsFloats(t, call, "filter"))
    return {};
  mlir::Value x = call["x"].asTensor(), filter = call["filter"].asTensor();
  Dims image = dimsOf(x), taps = dimsOf(filter);
  if (image.size() < 3 || image.size() > 5)
    return t.fail(call.at("x"),
                  "conv needs f32[N, T, C], f32[N, H, W, C] or f32[N, T, H, W, C]; found " + toText(call["x"]));
  if (taps.size() != image.size() || hasOpenDim(taps))
    return t.fail(call.at("filter"), "conv needs a filter with " + Twine(image.size()) +
                                         " fixed dimensions, [*window, C, K]; found " + toText(call["filter"]));
  if (elementOf(x) != elementOf(filter))
    return t.fail(call.at("filter"),
                  "conv needs a filter of " + elementName(elementOf(x)) + "; found " + toText(call["filter"]));
  size_t count = image.size() - 2;
  auto windows = spatialAxes(t, call, count);
  auto strides = windows ? readWindow(t, call, "stride", count, 1) : std::nullopt;
  auto dilations = strides ? readWindow(t, call, "dilation", count, 1) : std::nullopt;
  if (!dilations)
    return {};
  setAxes(*windows, taps, *strides, *dilations);
  if (!readPadding(t, call, *windows, {"valid", "same", "full", "causal"}))
    return {};
  if (!call["groups"].isInteger() || call["groups"].asInteger() < 1)
    return t.fail(call.at("groups"), "conv needs `groups`, at least 1; found " + describe(call["groups"]));
  int64_t groups = call["groups"].asInteger(), channels = taps[count].size * groups, features = taps.back().size;
  if (image.back() != Dim{channels, false})
    return t.fail(call.range, "the filter " + toText(call["filter"]) + " is for " + Twine(channels) +
                                  " channels; found " + toText(call["x"]));
  if (features % groups != 0)
    return t.fail(call.range, "groups (" + Twine(groups) + ") must divide the features (" + Twine(features) + ")");
  if (!windowsFit(t, call, *windows) || !t.checkSize(outputDims(x, *windows, features), elementOf(x), call.range))
    return {};
  Attributes attributes(t.builder, *windows);
  return Value(t.emit<nn::ConvOp>(x, filter, attributes.strides, attributes.padding, attributes.dilations,
                                  t.builder.getI64IntegerAttr(groups)));
}

//===- Pooling ------------------------------------------------------------------------------------------------===//

/// Rounds the number of positions as `rounding` says, and checks the padding; false after an error.
bool roundPositions(Tensors &t, Call &call, llvm::MutableArrayRef<Window> windows) {
  StringRef rounding = call["rounding"].asString();
  for (auto [index, window] : llvm::enumerate(windows)) {
    int64_t left = window.left();
    if (left != 0 && rounding == "exact") {
      t.error(call.range, "the windows do not cover dimension " + Twine(index + 1) + " of " + toText(call["x"]) +
                              " exactly: the last " + Twine(left) + " of " + Twine(window.input) +
                              " elements are left over")
          .help("rounding=\"floor\" leaves them out, rounding=\"ceil\" adds a smaller window");
      return false;
    }
    // One more window, unless it would begin in the padding.
    if (left != 0 && rounding == "ceil" && window.element(window.positions(), 0) < window.input)
      window.after += window.stride - left;
    if (std::max(window.before, window.after) >= window.extent()) {
      t.error(call.at("padding"), call.name + " needs a padding smaller than the window, " + Twine(window.extent()) +
                                      "; found " + Twine(std::max(window.before, window.after)));
      return false;
    }
  }
  return true;
}

Value pool(Tensors &t, Call &call) {
  if (!needsFloats(t, call, "x"))
    return {};
  mlir::Value x = call["x"].asTensor();
  size_t count = call.name[call.name.size() - 2] - '0';
  auto windows = spatialAxes(t, call, count);
  auto size = windows ? readWindow(t, call, "size", count, 1) : std::nullopt;
  auto strides = size ? readWindow(t, call, "stride", count, 1) : std::nullopt;
  if (!strides)
    return {};
  for (auto [window, taps, stride] : llvm::zip(*windows, *size, *strides)) {
    window.size = taps;
    window.stride = stride;
  }
  if (!readPadding(t, call, *windows, {"valid", "same"}))
    return {};
  StringRef rounding = call["rounding"].asString();
  if (rounding != "floor" && rounding != "ceil" && rounding != "exact")
    return t.fail(call.at("rounding"),
                  call.name + " needs `rounding`, \"floor\", \"ceil\" or \"exact\"; found \"" + rounding + "\"");
  if (!windowsFit(t, call, *windows))
    return {};
  llvm::SmallVector<Window> asked(*windows);
  if (!roundPositions(t, call, *windows))
    return {};
  auto kind = call.name.starts_with("max")   ? nn::PoolKind::max
              : call.name.starts_with("min") ? nn::PoolKind::min
                                             : nn::PoolKind::avg;
  bool countPadding = call.has("count_padding") && call["count_padding"].get<bool>();
  auto isWider = [](auto pair) { return std::get<0>(pair).after > std::get<1>(pair).after; };
  if (countPadding && llvm::any_of(llvm::zip(*windows, asked), isWider)) {
    // The padding counts, what the last windows reach beyond it does not: to these it is a part of the image.
    for (auto [index, window] : llvm::enumerate(asked)) {
      x = t.pad(x, index + 1, window.before, window.after, nn::PadMode::constant);
      (*windows)[index].before = 0;
      (*windows)[index].after -= window.after;
    }
    countPadding = false;
  }
  Attributes attributes(t.builder, *windows);
  return Value(t.emitNamed<nn::PoolOp>(call.name, kind, x, t.builder.getDenseI64ArrayAttr(*size), attributes.strides,
                                       attributes.padding, countPadding));
}

//===- Transposed convolution ---------------------------------------------------------------------------------===//

/// Makes of the window of a convolution, whose result has so many positions, that of its transposition: finds how large
/// the input was. False after an error.
bool invertAxis(Tensors &t, Call &call, Window &window, int64_t positions, int64_t extra) {
  int64_t covered = window.covered(positions);
  const Value &padding = call["padding"];
  if (padding.isString() && padding.asString() == "same") {
    if (extra != 0) {
      t.error(call.at("output_padding"),
              "padding=\"same\" cannot be combined with `output_padding`; found " + Twine(extra));
      return false;
    }
    window.input = positions * window.stride;
    padEvenly(window, covered - window.input);
    return true;
  }
  window.input = covered - window.before - window.after + extra;
  if (extra >= window.stride) {
    t.error(call.at("output_padding"),
            "`output_padding` must be smaller than the stride, " + Twine(window.stride) + "; found " + Twine(extra));
    return false;
  }
  if (window.input >= 1)
    return true;
  t.error(call.range, "the padding leaves nothing of the image: it takes " + Twine(window.before + window.after) +
                          " of " + Twine(covered) + " elements");
  return false;
}

Value convTranspose(Tensors &t, Call &call) {
  if (!needsFloats(t, call, "x") || !needsFloats(t, call, "filter"))
    return {};
  mlir::Value x = call["x"].asTensor(), filter = call["filter"].asTensor();
  Dims image = dimsOf(x), taps = dimsOf(filter);
  if (image.size() < 3 || image.size() > 5)
    return t.fail(call.at("x"), "conv_transpose needs f32[N, T, C], f32[N, H, W, C] or f32[N, T, H, W, C]; found " +
                                    toText(call["x"]));
  if (taps.size() != image.size() || hasOpenDim(taps) || elementOf(x) != elementOf(filter))
    return t.fail(call.at("filter"), "conv_transpose needs a filter of " + elementName(elementOf(x)) + " with " +
                                         Twine(image.size()) + " fixed dimensions, [*window, K, C]; found " +
                                         toText(call["filter"]));
  size_t count = image.size() - 2;
  auto windows = spatialAxes(t, call, count);
  auto strides = windows ? readWindow(t, call, "stride", count, 1) : std::nullopt;
  auto extra = strides ? readWindow(t, call, "output_padding", count, 0) : std::nullopt;
  auto dilations = extra ? readWindow(t, call, "dilation", count, 1) : std::nullopt;
  if (!dilations)
    return {};
  setAxes(*windows, taps, *strides, *dilations);
  if (!readPadding(t, call, *windows, {"valid", "same", "full", "causal"}))
    return {};
  int64_t groups = call["groups"].asInteger(), features = taps[count].size * groups;
  if (groups < 1)
    return t.fail(call.at("groups"), "conv_transpose needs `groups`, at least 1; found " + Twine(groups));
  if (image.back() != taps.back())
    return t.fail(call.range, "the filter " + toText(call["filter"]) + " is for " + Twine(taps.back().size) +
                                  " channels, its last dimension; found " + toText(call["x"]));
  if (image.back().size % groups != 0)
    return t.fail(call.range,
                  "groups (" + Twine(groups) + ") must divide the channels (" + Twine(image.back().size) + ")");
  Dims result = {image[0]};
  for (size_t i = 0; i != count; ++i) {
    if (!invertAxis(t, call, (*windows)[i], image[i + 1].size, (*extra)[i]))
      return {};
    result.push_back({(*windows)[i].input, false});
  }
  result.push_back({features, false});
  if (!t.checkSize(result, elementOf(x), call.range))
    return {};
  Attributes attributes(t.builder, *windows);
  return Value(t.emitNamed<nn::ConvInputGradOp>("conv_transpose", nn::makeType(result, elementOf(x)), x, filter,
                                                attributes.strides, attributes.padding, attributes.dilations,
                                                t.builder.getI64IntegerAttr(groups)));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::windowBuiltins() {
  static const BuiltinFamily kTable[] = {
      {"conv",
       "x: tensor, filter: tensor, stride: int | list[int] = 1, padding: str | int | list[int] = \"valid\", "
       "dilation: int | list[int] = 1, groups: int = 1",
       conv},
      {"conv_transpose",
       "x: tensor, filter: tensor, stride: int | list[int] = 1, padding: str | int | list[int] = \"valid\", "
       "output_padding: int | list[int] = 0, dilation: int | list[int] = 1, groups: int = 1",
       convTranspose},
      {"max_pool1d max_pool2d max_pool3d min_pool1d min_pool2d min_pool3d",
       "x: tensor, size: int | list[int], stride: int | list[int] = size, padding: str | int | list[int] = \"valid\", "
       "rounding: str = \"floor\"",
       pool},
      {"avg_pool1d avg_pool2d avg_pool3d",
       "x: tensor, size: int | list[int], stride: int | list[int] = size, padding: str | int | list[int] = \"valid\", "
       "rounding: str = \"floor\", count_padding: bool = false",
       pool},
  };
  return kTable;
}
