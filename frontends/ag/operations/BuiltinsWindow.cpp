//===- BuiltinsWindow.cpp - convolution and pooling ------------------------------------------------------------===//
// The window's arithmetic is LANGUAGE.md's and dialects/nn/Window.h's: P = (H + padding - dilated(R)) / stride + 1.
#include "frontends/ag/operations/Builtins.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

namespace {

constexpr int64_t kMaxWindow = 1 << 24; // so that the arithmetic below stays far from 64 bits

/// One number for each spatial axis; a single one stands for all.
std::optional<llvm::SmallVector<int64_t>> readWindow(Evaluator &e, Call &call, unsigned i, StringRef name, size_t axes,
                                                     int64_t least) {
  llvm::SmallVector<int64_t> result;
  std::vector<Value> list = call[i].isList() ? call[i].asList() : std::vector<Value>(axes, call[i]);
  if (list.size() != axes) {
    e.error(call.at(i), call.name + " needs `" + name + "`, an int or one for each of the " + Twine(axes) +
                            " axes; found " + describe(call[i]));
    return std::nullopt;
  }
  for (const Value &value : list) {
    if (!value.isInteger() || value.asInteger() < least || value.asInteger() > kMaxWindow) {
      bool isLarge = value.isInteger() && value.asInteger() > kMaxWindow;
      e.error(call.at(i), call.name + " needs `" + name + "`, at " + (isLarge ? "most " : "least ") +
                              Twine(isLarge ? kMaxWindow : least) + "; found " +
                              (value.isInteger() ? toText(value) : describe(value)));
      return std::nullopt;
    }
    result.push_back(value.asInteger());
  }
  return result;
}

struct Axis {
  int64_t size, dilated, stride;
  int64_t before = 0, after = 0;
};

/// The padding of each axis; false after an error.
bool readPadding(Evaluator &e, Call &call, unsigned i, llvm::MutableArrayRef<Axis> axes,
                 llvm::ArrayRef<StringRef> words) {
  const Value &padding = call[i];
  if (!padding.isString()) {
    auto numbers = readWindow(e, call, i, "padding", axes.size(), 0);
    if (!numbers)
      return false;
    for (auto [axis, number] : llvm::zip(axes, *numbers))
      axis.before = axis.after = number;
    return true;
  }
  StringRef word = padding.asString();
  if (!llvm::is_contained(words, word)) {
    StringRef near = nearestName(word, words);
    std::string known;
    for (StringRef w : words)
      known += (known.empty() ? "\"" : ", \"") + w.str() + "\"";
    e.error(call.at(i), call.name + " needs `padding`, " + known + " or a number; found \"" + word + "\"" +
                            (near.empty() ? Twine("") : "; did you mean \"" + near + "\"?"));
    return false;
  }
  if (word == "causal" && axes.size() != 1) {
    e.error(call.at(i), "padding=\"causal\" is for 1-d convolution only; this one has " + Twine(axes.size()) + " axes");
    return false;
  }
  for (Axis &axis : axes) {
    if (word == "same") {
      int64_t outputs = (axis.size + axis.stride - 1) / axis.stride;
      int64_t total = std::max<int64_t>((outputs - 1) * axis.stride + axis.dilated - axis.size, 0);
      axis.before = total / 2;
      axis.after = total - total / 2;
    } else if (word == "full") {
      axis.before = axis.after = axis.dilated - 1;
    } else if (word == "causal") {
      axis.before = axis.dilated - 1;
    }
  }
  return true;
}

/// The spatial axes of [N, H, W, C]; none after an error.
std::optional<llvm::SmallVector<Axis>> spatialAxes(Evaluator &e, Call &call, size_t count) {
  Shape shape = shapeOf(call[0].asTensor());
  llvm::SmallVector<Axis> axes;
  if (shape.size() != count + 2) {
    static const StringRef letters[] = {"[N, T, C]", "[N, H, W, C]", "[N, T, H, W, C]"};
    Report report = e.error(call.at(0), call.name + " needs f32" + letters[count - 1] + "; found " + toText(call[0]));
    if (shape.size() == count + 1 && count != 1)
      report.help("the channels are the last dimension; one channel is added by x[..., none]");
    return std::nullopt;
  }
  for (size_t i = 0; i != count; ++i) {
    if (shape[i + 1].open) {
      e.error(call.at(0), "a window cannot move along the batch; dimension " + Twine(i + 1) + " of " + toText(call[0]) +
                              " is " + toString(shape[i + 1]));
      return std::nullopt;
    }
    axes.push_back({shape[i + 1].value, 1, 1});
  }
  return axes;
}

/// [N, 3, 224, 224]: what PyTorch means by an image.
bool isChannelsFirst(const Shape &shape) {
  return shape.size() == 4 && (shape[1] == Dim{1} || shape[1] == Dim{3}) && shape[2] == shape[3] && shape[2].value > 4;
}

/// Reports a window that does not fit; warns of an input that is most likely in the order of another framework.
bool windowsFit(Evaluator &e, Call &call, llvm::ArrayRef<Axis> axes) {
  mlir::Value x = call[0].asTensor();
  Shape shape = shapeOf(x);
  std::string order;
  if (isChannelsFirst(shape))
    order = "images have their channels last: " + toString({shape[0], shape[2], shape[3], shape[1]}, elementOf(x));
  for (auto [index, axis] : llvm::enumerate(axes)) {
    int64_t padded = axis.size + axis.before + axis.after;
    if (axis.dilated <= padded)
      continue;
    e.error(call.range, "the window is larger than the image: it covers " + Twine(axis.dilated) +
                            " elements, and dimension " + Twine(index + 1) + " of " + toText(call[0]) + " has " +
                            Twine(axis.size) + (padded != axis.size ? ", with padding " + Twine(padded) : Twine("")))
        .help(order.empty() ? "use a smaller window, or padding=\"same\"" : order);
    return false;
  }
  if (!order.empty() && llvm::isa<mlir::BlockArgument>(x))
    e.warning(call.range, "the input " + toText(call[0]) + " seems to have its channels first").help(order);
  return true;
}

struct Attributes {
  llvm::SmallVector<int64_t> strides, padding;
  explicit Attributes(llvm::ArrayRef<Axis> axes) {
    for (const Axis &axis : axes) {
      strides.push_back(axis.stride);
      padding.push_back(axis.before);
      padding.push_back(axis.after);
    }
  }
};

Shape outputShape(mlir::Value x, llvm::ArrayRef<Axis> axes, int64_t channels) {
  Shape shape = {shapeOf(x).front()};
  for (const Axis &axis : axes)
    shape.push_back({(axis.size + axis.before + axis.after - axis.dilated) / axis.stride + 1, false});
  shape.push_back({channels, false});
  return shape;
}

Value conv(Evaluator &e, Call &call) {
  if (!needsFloats(e, call, 0) || !needsFloats(e, call, 1))
    return {};
  mlir::Value x = call[0].asTensor(), filter = call[1].asTensor();
  Shape image = shapeOf(x), window = shapeOf(filter);
  if (image.size() < 3 || image.size() > 5)
    return e.fail(call.at(0),
                  "conv needs f32[N, T, C], f32[N, H, W, C] or f32[N, T, H, W, C]; found " + toText(call[0]));
  if (window.size() != image.size() || llvm::any_of(window, [](Dim d) { return d.open; }))
    return e.fail(call.at(1), "conv needs a filter with " + Twine(image.size()) +
                                  " fixed dimensions, [*window, C, K]; found " + toText(call[1]));
  if (elementOf(x) != elementOf(filter))
    return e.fail(call.at(1), "conv needs a filter of " + elementName(elementOf(x)) + "; found " + toText(call[1]));
  size_t count = image.size() - 2;
  auto axes = spatialAxes(e, call, count);
  if (!axes)
    return {};
  auto strides = readWindow(e, call, 2, "stride", count, 1);
  auto dilations = strides ? readWindow(e, call, 4, "dilation", count, 1) : std::nullopt;
  if (!dilations)
    return {};
  for (size_t i = 0; i != count; ++i) {
    (*axes)[i].stride = (*strides)[i];
    (*axes)[i].dilated = ((window[i].value - 1) * (*dilations)[i]) + 1;
  }
  if (!readPadding(e, call, 3, *axes, {"valid", "same", "full", "causal"}))
    return {};
  if (!call[5].isInteger() || call[5].asInteger() < 1)
    return e.fail(call.at(5), "conv needs `groups`, at least 1; found " + describe(call[5]));
  int64_t groups = call[5].asInteger(), channels = image.back().value, features = window.back().value;
  if (image.back().open || channels != groups * window[count].value)
    return e.fail(call.range, "the filter " + toText(call[1]) + " is for " + Twine(window[count].value * groups) +
                                  " channels; found " + toText(call[0]));
  if (features % groups != 0)
    return e.fail(call.range, "groups (" + Twine(groups) + ") must divide the features (" + Twine(features) + ")");
  if (!windowsFit(e, call, *axes) || !e.checkSize(outputShape(x, *axes, features), elementOf(x), call.range))
    return {};
  Attributes attributes(*axes);
  auto &b = e.builder;
  return Value(e.emit<nn::ConvOp>(x, filter, b.getDenseI64ArrayAttr(attributes.strides),
                                  b.getDenseI64ArrayAttr(attributes.padding), b.getDenseI64ArrayAttr(*dilations),
                                  b.getI64IntegerAttr(groups)));
}

Value pool(Evaluator &e, Call &call) {
  if (!needsFloats(e, call, 0))
    return {};
  mlir::Value x = call[0].asTensor();
  size_t count = call.name[call.name.size() - 2] - '0';
  auto axes = spatialAxes(e, call, count);
  if (!axes)
    return {};
  auto size = readWindow(e, call, 1, "size", count, 1);
  auto strides = size ? readWindow(e, call, 2, "stride", count, 1) : std::nullopt;
  if (!strides)
    return {};
  for (size_t i = 0; i != count; ++i) {
    (*axes)[i].dilated = (*size)[i];
    (*axes)[i].stride = (*strides)[i];
  }
  if (!readPadding(e, call, 3, *axes, {"valid", "same"}))
    return {};
  StringRef rounding = call[4].asString();
  if (rounding != "floor" && rounding != "ceil" && rounding != "exact")
    return e.fail(call.at(4),
                  call.name + " needs `rounding`, \"floor\", \"ceil\" or \"exact\"; found \"" + rounding + "\"");
  if (!windowsFit(e, call, *axes))
    return {};
  llvm::SmallVector<Axis> asked(*axes);
  for (auto [index, axis] : llvm::enumerate(*axes)) {
    int64_t left = (axis.size + axis.before + axis.after - axis.dilated) % axis.stride;
    if (left != 0 && rounding == "exact")
      return e.fail(call.range,
                    "the windows do not cover dimension " + Twine(index + 1) + " of " + toText(call[0]) +
                        " exactly: the last " + Twine(left) + " of " + Twine(axis.size) + " elements are left over",
                    "rounding=\"floor\" leaves them out, rounding=\"ceil\" adds a smaller window");
    // One more window, unless it would begin in the padding.
    int64_t next = (axis.size + axis.before + axis.after - axis.dilated) / axis.stride + 1;
    if (left != 0 && rounding == "ceil" && next * axis.stride < axis.size + axis.before)
      axis.after += axis.stride - left;
    if (axis.before >= axis.dilated || axis.after >= axis.dilated)
      return e.fail(call.at(3), call.name + " needs a padding smaller than the window, " + Twine(axis.dilated) +
                                    "; found " + Twine(std::max(axis.before, axis.after)));
  }
  auto kind = call.name.starts_with("max")   ? nn::PoolKind::max
              : call.name.starts_with("min") ? nn::PoolKind::min
                                             : nn::PoolKind::avg;
  bool countPadding = kind == nn::PoolKind::avg && call[5].get<bool>();
  auto isWider = [](auto pair) { return std::get<0>(pair).after > std::get<1>(pair).after; };
  if (countPadding && llvm::any_of(llvm::zip(*axes, asked), isWider)) {
    // The padding counts, what the last windows reach beyond it does not: to these it is a part of the image.
    for (auto [index, axis] : llvm::enumerate(asked)) {
      x = padWith(e, x, index + 1, axis.before, axis.after, nn::PadMode::constant);
      (*axes)[index].before = 0;
      (*axes)[index].after -= axis.after;
    }
    countPadding = false;
  }
  Attributes attributes(*axes);
  auto &b = e.builder;
  return Value(e.emitNamed<nn::PoolOp>(call.name, kind, x, b.getDenseI64ArrayAttr(*size),
                                       b.getDenseI64ArrayAttr(attributes.strides),
                                       b.getDenseI64ArrayAttr(attributes.padding), countPadding));
}

/// What a convolution of the result along an axis makes of its padding; false after an error.
bool invertAxis(Evaluator &e, Call &call, Axis &axis, int64_t positions, int64_t extra) {
  // axis.size is the result's: the elements that the windows cover, less the padding.
  int64_t covered = (positions - 1) * axis.stride + axis.dilated;
  const Value &padding = call[3];
  if (padding.isString() && padding.asString() == "same") {
    if (extra != 0) {
      e.error(call.at(4), "padding=\"same\" cannot be combined with `output_padding`; found " + Twine(extra));
      return false;
    }
    axis.size = positions * axis.stride;
    int64_t total = std::max<int64_t>(covered - axis.size, 0);
    axis.before = total / 2;
    axis.after = total - total / 2;
    return true;
  }
  axis.size = covered - axis.before - axis.after + extra;
  if (extra >= axis.stride) {
    e.error(call.at(4),
            "`output_padding` must be smaller than the stride, " + Twine(axis.stride) + "; found " + Twine(extra));
    return false;
  }
  if (axis.size >= 1)
    return true;
  e.error(call.range, "the padding leaves nothing of the image: it takes " + Twine(axis.before + axis.after) + " of " +
                          Twine(covered) + " elements");
  return false;
}

Value convTranspose(Evaluator &e, Call &call) {
  if (!needsFloats(e, call, 0) || !needsFloats(e, call, 1))
    return {};
  mlir::Value x = call[0].asTensor(), filter = call[1].asTensor();
  Shape image = shapeOf(x), window = shapeOf(filter);
  if (image.size() < 3 || image.size() > 5)
    return e.fail(call.at(0),
                  "conv_transpose needs f32[N, T, C], f32[N, H, W, C] or f32[N, T, H, W, C]; found " + toText(call[0]));
  if (window.size() != image.size() || llvm::any_of(window, [](Dim d) { return d.open; }) ||
      elementOf(x) != elementOf(filter))
    return e.fail(call.at(1), "conv_transpose needs a filter of " + elementName(elementOf(x)) + " with " +
                                  Twine(image.size()) + " fixed dimensions, [*window, K, C]; found " + toText(call[1]));
  size_t count = image.size() - 2;
  auto axes = spatialAxes(e, call, count);
  auto strides = axes ? readWindow(e, call, 2, "stride", count, 1) : std::nullopt;
  auto extra = strides ? readWindow(e, call, 4, "output_padding", count, 0) : std::nullopt;
  auto dilations = extra ? readWindow(e, call, 5, "dilation", count, 1) : std::nullopt;
  if (!dilations)
    return {};
  for (size_t i = 0; i != count; ++i) {
    (*axes)[i].stride = (*strides)[i];
    (*axes)[i].dilated = (window[i].value - 1) * (*dilations)[i] + 1;
  }
  if (!readPadding(e, call, 3, *axes, {"valid", "same", "full", "causal"}))
    return {};
  int64_t groups = call[6].asInteger(), features = window[count].value * groups;
  if (groups < 1)
    return e.fail(call.at(6), "conv_transpose needs `groups`, at least 1; found " + Twine(groups));
  if (image.back() != window.back())
    return e.fail(call.range, "the filter " + toText(call[1]) + " is for " + Twine(window.back().value) +
                                  " channels, its last dimension; found " + toText(call[0]));
  if (image.back().value % groups != 0)
    return e.fail(call.range,
                  "groups (" + Twine(groups) + ") must divide the channels (" + Twine(image.back().value) + ")");
  Shape result = {image[0]};
  for (size_t i = 0; i != count; ++i) {
    if (!invertAxis(e, call, (*axes)[i], image[i + 1].value, (*extra)[i]))
      return {};
    result.push_back({(*axes)[i].size, false});
  }
  result.push_back({features, false});
  if (!e.checkSize(result, elementOf(x), call.range))
    return {};
  Attributes attributes(*axes);
  auto &b = e.builder;
  return Value(e.emitNamed<nn::ConvInputGradOp>(
      "conv_transpose", tensorType(result, elementOf(x)), x, filter, b.getDenseI64ArrayAttr(attributes.strides),
      b.getDenseI64ArrayAttr(attributes.padding), b.getDenseI64ArrayAttr(*dilations), b.getI64IntegerAttr(groups)));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::windowBuiltins() {
  static const BuiltinFamily table[] = {
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
  return table;
}
