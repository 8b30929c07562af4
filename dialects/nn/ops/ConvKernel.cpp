//===- ConvKernel.cpp - convolution and its two gradients ------------------===//
// Forward and input gradient are one template: acc [n, p, k] over the taps and channels, p the flattened pixel, the
// filter in panels [ko, taps..., c, lane]. The filter's gradient sums `partial` results of an image, or of some rows of
// it.
#include "dialects/nn/Pack.h"
#include "dialects/nn/ops/Conv.h"
#include "dialects/nn/ops/ReduceKernel.h"
#include "dialects/nn/ops/WindowKernel.h"

#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace argent;
using namespace argent::nn;

/// Pixels that one partial sum of a filter's gradient holds at most: of a small filter, and of one whose sums must not
/// leave the cache.
static constexpr int64_t kMaxPixels = 1024;
static constexpr int64_t kMaxPixelsOfLarge = 200;
/// A filter of fewer elements is small.
static constexpr int64_t kLargeFilter = 65536;

namespace {
/// The shape of a convolution, as its three kernels see it.
struct Shape {
  Shape(Dims input, Dims filter, ArrayRef<int64_t> strides, ArrayRef<int64_t> padding, ArrayRef<int64_t> dilations,
        int64_t groups)
      : windows(getConvWindows(input, filter, strides, padding, dilations)), spatial(windows.size()), n(input.front()),
        inputChannels(input.back().size), outputChannels(filter.back().size), groups(groups),
        groupInputs(inputChannels / groups), groupOutputs(outputChannels / groups) {
    for (const Window &window : windows) {
      inputSizes.push_back(window.input);
      outputSizes.push_back(window.positions());
    }
  }
  static int64_t product(ArrayRef<int64_t> sizes) {
    return std::accumulate(sizes.begin(), sizes.end(), int64_t(1), std::multiplies<>());
  }
  Axes taps() const {
    Axes axes;
    for (auto [name, window] : llvm::zip(tapNames(spatial), windows))
      axes.push_back({name, {window.size}});
    return axes;
  }
  /// The input with the zeros that windows see, as far as any window sees.
  std::function<Expr(Expr, Args, Expr)> padded(KernelBuilder &kernel, const Tensor &input) const {
    SmallVector<int64_t> before, extents;
    for (const Window &window : windows) {
      before.push_back(window.before);
      extents.push_back(window.covered(window.positions()));
    }
    return argent::nn::padded(kernel, input, before, extents);
  }

  SmallVector<Window, 3> windows;
  unsigned spatial;
  Dim n;
  int64_t inputChannels, outputChannels, groups, groupInputs, groupOutputs;
  SmallVector<int64_t> inputSizes, outputSizes;
};
} // namespace

static SmallVector<Expr, 6> panelIndex(Expr ko, Args middle, Expr lane) {
  SmallVector<Expr, 6> index = {ko};
  index.append(middle.begin(), middle.end());
  index.push_back(lane);
  return index;
}

/// `value(k)` where lane k of a panel is one of `extent`, else 0.
static Expr laneOrZero(Expr k, int64_t extent, int64_t width, function_ref<Expr(Expr)> value) {
  if (extent % width == 0)
    return value(k);
  return select(k < extent, value(min(k, extent - 1)), 0);
}

//===----------------------------------------------------------------------===//
// conv
//===----------------------------------------------------------------------===//

LogicalResult ConvOp::buildKernel(KernelBuilder &kernel) {
  const Tensor input = kernel.get(getInput()), filter = kernel.get(getFilter());
  Shape conv(input.getShape(), filter.getShape(), getStrides(), getPadding(), getDilations(), getGroups());
  Type type = input.getType(), sumType = kernel.getSumType(type);
  int64_t width = packWidth(conv.outputChannels), panels = llvm::divideCeil(conv.outputChannels, width);

  auto x = conv.padded(kernel, input);

  Func packed;
  if (filter.packWidth != width)
    packed =
        kernel.func("packed", Axes{{"ko", {panels}}} + conv.taps() + Axes{{"c", {conv.groupInputs}}, {"lane", {width}}},
                    type, [&](Args i) {
                      return laneOrZero(i.front() * width + i.back(), conv.outputChannels, width, [&](Expr k) {
                        SmallVector<Expr, 6> index(i.drop_front().drop_back());
                        index.push_back(k);
                        return filter.at(index);
                      });
                    });

  Axes axes = {{"n", conv.n}, {"p", {Shape::product(conv.outputSizes)}}, {"k", {conv.outputChannels}}};
  Func acc = kernel.reduction("acc", axes, sumType, 0, conv.taps() + Axes{{"c", {conv.groupInputs}}},
                              [&](Args i, Args r, Expr self) {
                                Expr k = i[2], c = r.back();
                                SmallVector<Expr, 6> pixel = unflatten(i[1], conv.outputSizes);
                                for (auto [at, tap, window] : llvm::zip(pixel, r, conv.windows))
                                  at = at * window.stride + tap * window.dilation;
                                if (conv.groups > 1)
                                  c = min(k, conv.outputChannels - 1) / conv.groupOutputs * conv.groupInputs +
                                      c; // lanes past the last channel read, too
                                SmallVector<Expr, 6> panel = panelIndex(k / width, r, k % width);
                                Expr w = packed ? packed.at(panel) : filter.packed(panel);
                                return multiplyAdd(self, cast(x(i[0], pixel, c), sumType), cast(w, sumType));
                              });
  kernel.define(getResult(), acc);
  return success();
}

//===----------------------------------------------------------------------===//
// conv_input_grad
//===----------------------------------------------------------------------===//

/// The input's pixels in phases (Window.h; compiler/schedule/README.md, products), each a convolution of the gradient
/// with its own taps: acc [n, f, q..., c], from the filter in panels [f, ko, u..., k, lane] with zeros for taps past
/// the last one. `out` puts the phases together.
static void buildPhases(KernelBuilder &kernel, ConvInputGradOp op, const Shape &conv) {
  const Tensor gradient = kernel.get(op.getGradient()), filter = kernel.get(op.getFilter());
  Type type = gradient.getType(), sumType = kernel.getSumType(type);
  int64_t width = packWidth(conv.inputChannels), panels = llvm::divideCeil(conv.inputChannels, width);
  auto phases = llvm::map_to_vector(conv.windows, [](const Window &window) { return Phases(window); });

  Axes taps, positions;
  SmallVector<int64_t> strides, before, extents;
  for (auto [d, phase] : llvm::enumerate(phases)) {
    taps.push_back({tapNames(conv.spatial)[d], {phase.taps}});
    positions.push_back({spatialNames(conv.spatial)[d], {phase.count}});
    strides.push_back(phase.stride);
    before.push_back(-phase.firstPosition());
    extents.push_back(phase.lastPosition() - phase.firstPosition() + 1);
  }
  int64_t phaseCount = Shape::product(strides);
  auto firstTap = [&](unsigned d, Expr phase) {
    return (Expr(phases[d].frontModulo + phases[d].stride) - phase) * phases[d].inverse % phases[d].stride;
  };

  Func packed = kernel.func("packed",
                            Axes{{"f", {phaseCount}}, {"ko", {panels}}} + taps +
                                Axes{{"k", {conv.groupOutputs}}, {"lane", {width}}},
                            type, [&](Args i) {
                              return laneOrZero(i[1] * width + i.back(), conv.inputChannels, width, [&](Expr c) {
                                SmallVector<Expr, 6> index, phase = unflatten(i.front(), strides);
                                Expr isTap = 1;
                                for (auto [d, window] : llvm::enumerate(conv.windows)) {
                                  Expr tap = firstTap(d, phase[d]) + i[2 + d] * phases[d].stride;
                                  if (phases[d].taps * phases[d].stride != window.size)
                                    isTap = isTap && tap < window.size;
                                  index.push_back(max(Expr(window.size - 1) - tap, 0));
                                }
                                Expr k = i[conv.spatial + 2];
                                index.push_back(c % conv.groupInputs);
                                index.push_back(conv.groups > 1 ? c / conv.groupInputs * conv.groupOutputs + k : k);
                                return select(isTap, filter.at(index), 0);
                              });
                            });

  auto dy = padded(kernel, gradient, before, extents);
  Axes axes = Axes{{"n", conv.n}, {"f", {phaseCount}}} + positions + Axes{{"c", {conv.inputChannels}}};
  Func acc = kernel.reduction(
      "acc", axes, sumType, 0, taps + Axes{{"k", {conv.groupOutputs}}}, [&](Args i, Args r, Expr self) {
        Expr c = i.back(), k = r.back();
        SmallVector<Expr, 6> phase = unflatten(i[1], strides), pixel;
        for (unsigned d = 0; d < conv.spatial; ++d) {
          // One by one: of a formula for the shift, Halide would not find the exact bounds.
          Expr first = i[2 + d] + r[d] * phases[d].dilation, at = first + (phases[d].shift(0) + before[d]);
          for (int64_t e = 1; e < strides[d]; ++e)
            if (phases[d].shift(e) != phases[d].shift(e - 1))
              at = select(phase[d] >= e, first + (phases[d].shift(e) + before[d]), at);
          pixel.push_back(at);
        }
        if (conv.groups > 1)
          k = min(c, conv.inputChannels - 1) / conv.groupInputs * conv.groupOutputs + k;
        SmallVector<Expr, 6> panel = {i[1], c / width};
        panel.append(r.begin(), r.end());
        panel.push_back(c % width);
        return multiplyAdd(self, cast(dy(i[0], pixel, k), sumType), cast(packed.at(panel), sumType));
      });

  Axes outAxes = {{"n", conv.n}, {"p", {Shape::product(conv.inputSizes)}}, {"c", {conv.inputChannels}}};
  kernel.define(op.getResult(), kernel.func("out", outAxes, type, [&](Args i) {
    SmallVector<Expr, 6> pixel = unflatten(i[1], conv.inputSizes), index = {i[0], 0};
    for (unsigned d = 0; d < conv.spatial; ++d) {
      index[1] = index[1] * strides[d] + pixel[d] % strides[d];
      index.push_back(pixel[d] / strides[d]);
    }
    index.push_back(i[2]);
    return cast(acc.at(index), type);
  }));
}

LogicalResult ConvInputGradOp::buildKernel(KernelBuilder &kernel) {
  const Tensor gradient = kernel.get(getGradient()), filter = kernel.get(getFilter());
  Shape conv(getDims(getType()), filter.getShape(), getStrides(), getPadding(), getDilations(), getGroups());
  if (hasPhases(conv.windows)) {
    buildPhases(kernel, *this, conv);
    return success();
  }
  Type type = gradient.getType(), sumType = kernel.getSumType(type);
  int64_t width = packWidth(conv.inputChannels), panels = llvm::divideCeil(conv.inputChannels, width);

  // The turned filter: panels of the input's channels.
  Func packed =
      kernel.func("packed", Axes{{"ko", {panels}}} + conv.taps() + Axes{{"k", {conv.groupOutputs}}, {"lane", {width}}},
                  type, [&](Args i) {
                    return laneOrZero(i.front() * width + i.back(), conv.inputChannels, width, [&](Expr c) {
                      SmallVector<Expr, 6> index;
                      for (auto [tap, window] : llvm::zip(i.drop_front(), conv.windows))
                        index.push_back(Expr(window.size - 1) - tap);
                      Expr k = i[conv.spatial + 1];
                      index.push_back(c % conv.groupInputs);
                      index.push_back(conv.groups > 1 ? c / conv.groupInputs * conv.groupOutputs + k : k);
                      return filter.at(index);
                    });
                  });

  // Turned tap t of input pixel y meets the output pixel (y + t * dilation - front) / stride, where that is whole.
  SmallVector<int64_t> before, extents;
  for (const Window &window : conv.windows) {
    int64_t front = window.extent() - 1 - window.before, stride = window.stride;
    int64_t first = llvm::divideFloorSigned(-front, stride),
            last = llvm::divideFloorSigned(window.input - 1 + window.extent() - 1 - front, stride);
    before.push_back(-first);
    extents.push_back(last - first + 1);
  }
  auto dy = padded(kernel, gradient, before, extents);

  Axes axes = {{"n", conv.n}, {"p", {Shape::product(conv.inputSizes)}}, {"c", {conv.inputChannels}}};
  Func acc = kernel.reduction(
      "acc", axes, sumType, 0, conv.taps() + Axes{{"k", {conv.groupOutputs}}}, [&](Args i, Args r, Expr self) {
        Expr c = i[2], k = r.back(), meets = 1;
        SmallVector<Expr, 6> pixel = unflatten(i[1], conv.inputSizes);
        for (auto [d, window] : llvm::enumerate(conv.windows)) {
          int64_t front = window.extent() - 1 - window.before;
          Expr at = pixel[d] + r[d] * window.dilation + (before[d] * window.stride - front);
          if (window.stride > 1)
            meets = meets && at % window.stride == 0;
          pixel[d] = at / window.stride;
        }
        if (conv.groups > 1)
          k = min(c, conv.inputChannels - 1) / conv.groupInputs * conv.groupOutputs + k;
        Expr met = select(meets, cast(dy(i[0], pixel, k), sumType), 0);
        return multiplyAdd(self, met, cast(packed.at(panelIndex(c / width, r, c % width)), sumType));
      });
  kernel.define(getResult(), acc);
  return success();
}

//===----------------------------------------------------------------------===//
// conv_filter_grad
//===----------------------------------------------------------------------===//

/// How many of `rows` rows with `pixels` pixels each make a chunk of at most `most` pixels: a divisor, so that no chunk
/// has a tail.
static int64_t getChunkRows(int64_t rows, int64_t pixels, int64_t most) {
  int64_t chunk = std::clamp<int64_t>(most / pixels, 1, rows);
  while (rows % chunk)
    --chunk;
  return chunk;
}

LogicalResult ConvFilterGradOp::buildKernel(KernelBuilder &kernel) {
  const Tensor input = kernel.get(getInput()), gradient = kernel.get(getGradient());
  Dims filter = getDims(getType());
  Shape conv(input.getShape(), filter, getStrides(), getPadding(), getDilations(), getGroups());
  Type type = input.getType(), sumType = kernel.getSumType(type);
  int64_t width = packWidth(conv.outputChannels), panels = llvm::divideCeil(conv.outputChannels, width);

  auto x = conv.padded(kernel, input);

  Axes pixels;
  for (auto [name, size] : llvm::zip(spatialNames(conv.spatial), conv.outputSizes))
    pixels.push_back({name, {size}});
  Func packed = kernel.func("packed", Axes{{"n", conv.n}, {"ko", {panels}}} + pixels + Axes{{"lane", {width}}}, type,
                            [&](Args i) {
                              return laneOrZero(i[1] * width + i.back(), conv.outputChannels, width, [&](Expr k) {
                                SmallVector<Expr, 6> index = {i[0]};
                                index.append(i.begin() + 2, i.end() - 1);
                                index.push_back(k);
                                return gradient.at(index);
                              });
                            });

  Axes panel = Axes{{"ko", {panels}}} + conv.taps() + Axes{{"c", {conv.groupInputs}}, {"lane", {width}}};
  auto addProduct = [&](Expr self, Expr n, Args pixel, Args at) {
    Expr ko = at.front(), c = at[conv.spatial + 1], lane = at.back();
    SmallVector<Expr, 6> position, gradientIndex = {n, ko};
    for (auto [y, tap, window] : llvm::zip(pixel, at.drop_front(), conv.windows))
      position.push_back(y * window.stride + tap * window.dilation);
    gradientIndex.append(pixel.begin(), pixel.end());
    gradientIndex.push_back(lane);
    if (conv.groups > 1)
      c = min(ko * width + lane, conv.outputChannels - 1) / conv.groupOutputs * conv.groupInputs + c;
    return multiplyAdd(self, cast(x(n, position, c), sumType), cast(packed.at(gradientIndex), sumType));
  };

  int64_t filterElements =
      Shape::product(SmallVector<int64_t>(llvm::map_range(filter, [](Dim dim) { return dim.size; })));
  int64_t rows = conv.outputSizes.front(), rowPixels = Shape::product(conv.outputSizes) / rows;
  int64_t chunkRows = getChunkRows(rows, rowPixels, filterElements < kLargeFilter ? kMaxPixels : kMaxPixelsOfLarge);
  Axes chunks = {{"n", conv.n}}, inner = pixels;
  if (chunkRows < rows) {
    chunks.push_back({pixels.front().name + "o", {rows / chunkRows}});
    inner.front() = {pixels.front().name + "i", {chunkRows}};
  }
  Func partial = kernel.reduction("partial", chunks + panel, sumType, 0, inner, [&](Args i, Args r, Expr self) {
    SmallVector<Expr, 6> pixel(r);
    if (chunkRows < rows)
      pixel.front() = i[1] * chunkRows + pixel.front();
    return addProduct(self, i.front(), pixel, i.drop_front(chunks.size()));
  });
  Func acc =
      addPartialSums(kernel, "acc", panel, chunks, sumType, [&](Args i, Args r) { return partial.at(join(r, i)); });
  kernel.definePacked(getResult(), acc, width);
  return success();
}
