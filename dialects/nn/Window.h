//===- Window.h - the one window formula -----------------------------------===//
// Convolution and pooling, their verifiers, gradients, kernels and reference all ask here.
#ifndef ARGENT_DIALECTS_NN_WINDOW_H
#define ARGENT_DIALECTS_NN_WINDOW_H

#include <cstdint>

namespace argent::nn {

/// A window that slides along one axis.
struct Window {
  int64_t input; ///< elements along the axis
  int64_t size;  ///< taps
  int64_t stride = 1;
  int64_t before = 0; ///< padding
  int64_t after = 0;
  int64_t dilation = 1;

  /// From the first tap to the last.
  int64_t extent() const { return (size - 1) * dilation + 1; }
  int64_t padded() const { return input + before + after; }
  bool fits() const { return extent() <= padded(); }
  /// How many positions the window has.
  int64_t positions() const { return (padded() - extent()) / stride + 1; }
  /// The elements behind those of the last position, padding with them.
  int64_t left() const { return (padded() - extent()) % stride; }
  /// The elements from the first to the last that so many positions cover.
  int64_t covered(int64_t positions) const { return (positions - 1) * stride + extent(); }
  /// The element under tap `tap` at `position`; outside 0 ... input-1 it is padding.
  int64_t element(int64_t position, int64_t tap) const { return position * stride + tap * dilation - before; }
};

/// How a window's gradient to its input falls into `stride` sums without gaps: element h = stride * q + phase lies
/// under every stride-th tap. Of the turned taps t (tap size - 1 - t), those are firstTap(phase) + stride * u for u in
/// 0 ... taps - 1, past the last tap for some; the window's position there is q + dilation * u + shift(phase).
struct Phases {
  explicit Phases(const Window &window);
  /// Whether the phases differ in nothing but their taps: the dilation and the stride have no common divisor.
  static bool exist(const Window &window);

  int64_t firstTap(int64_t phase) const { return (frontModulo + stride - phase) * inverse % stride; }
  int64_t shift(int64_t phase) const { return (phase + dilation * firstTap(phase) - front) / stride; }
  /// The positions that are looked at, with those that only taps past the last one or elements past the end look at.
  int64_t firstPosition() const;
  int64_t lastPosition() const;

  int64_t stride, dilation, front; // front: elements of the window before the one that position 0 begins with
  int64_t frontModulo;             // of the stride
  int64_t inverse;                 // inverse * dilation is 1 modulo the stride
  int64_t taps, count;             // for each phase, at most; count: of q
};

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_WINDOW_H
