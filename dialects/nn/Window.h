//===- Window.h - the one window formula -----------------------------------===//
// Convolution and pooling, their verifiers, gradients, kernels and reference all ask here.
#ifndef ARGENT_DIALECTS_NN_WINDOW_H
#define ARGENT_DIALECTS_NN_WINDOW_H

#include <cstdint>

namespace argent::nn {

/// A window that slides along one axis.
struct Window {
  int64_t input;  ///< elements along the axis
  int64_t size;   ///< taps
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
  /// The element under tap `tap` at `position`; outside 0 ... input-1 it is padding.
  int64_t element(int64_t position, int64_t tap) const { return position * stride + tap * dilation - before; }
};

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_WINDOW_H
