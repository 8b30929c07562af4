//===- Tensor.h - a view of memory that the caller owns --------------------===//
#ifndef ARGENT_TENSOR_H
#define ARGENT_TENSOR_H

#include "argent/Export.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace argent {

/// The order is that of format::ElementType in module.fbs.
enum class ElementType : uint8_t { f32, f64, f16, bf16, i32, i64, u8, boolean };

/// Size of one element, in bytes.
ARGENT_EXPORT size_t elementBytes(ElementType type);
/// As the language spells it: "f32", "i32", "bool".
ARGENT_EXPORT const char *elementTypeName(ElementType type);

/// Row-major, dense; the memory is the caller's and outlives the view.
struct TensorView {
  ElementType type = ElementType::f32;
  std::vector<int64_t> shape; // empty: a scalar
  void *data = nullptr;

  int64_t elementCount() const {
    int64_t count = 1;
    for (int64_t extent : shape)
      count *= extent;
    return count;
  }
  size_t byteCount() const { return static_cast<size_t>(elementCount()) * elementBytes(type); }
};

/// "f32[64, 28, 28, 1]"; a negative extent prints as N.
ARGENT_EXPORT std::string typeString(ElementType type, const std::vector<int64_t> &shape);

} // namespace argent

#endif // ARGENT_TENSOR_H
