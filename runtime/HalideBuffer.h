//===- HalideBuffer.h - the buffer descriptor that kernels take ------------===//
// The layout of halide_buffer_t as Halide 21's HalideRuntime.h declares it, under our own names, so that the runtime
// needs nothing of Halide.
#ifndef ARGENT_RUNTIME_HALIDEBUFFER_H
#define ARGENT_RUNTIME_HALIDEBUFFER_H

#include "argent/Tensor.h"

#include <cstdint>

namespace argent {

struct HalideType {
  enum Code : uint8_t { kInt = 0, kUInt = 1, kFloat = 2, kHandle = 3, kBFloat = 4 };
  uint8_t code = kFloat;
  uint8_t bits = 32;
  uint16_t lanes = 1;
};

/// Dimension 0 is the innermost. Strides count elements.
struct HalideDimension {
  int32_t min = 0;
  int32_t extent = 0;
  int32_t stride = 0;
  uint32_t flags = 0;
};

struct HalideBuffer {
  uint64_t device = 0;
  const void *deviceInterface = nullptr;
  uint8_t *host = nullptr; // the element at the minimum of every dimension
  uint64_t flags = 0;
  HalideType type;
  int32_t dimensions = 0;
  HalideDimension *dim = nullptr;
  void *padding = nullptr;
};

static_assert(sizeof(HalideType) == 4);
static_assert(sizeof(HalideDimension) == 16);
static_assert(sizeof(void *) != 8 || sizeof(HalideBuffer) == 56);

/// A boolean is Halide's UInt(1): one byte, 0 or 1.
constexpr HalideType halideType(ElementType type) {
  switch (type) {
  case ElementType::f32:
    return {HalideType::kFloat, 32, 1};
  case ElementType::f64:
    return {HalideType::kFloat, 64, 1};
  case ElementType::f16:
    return {HalideType::kFloat, 16, 1};
  case ElementType::bf16:
    return {HalideType::kBFloat, 16, 1};
  case ElementType::i32:
    return {HalideType::kInt, 32, 1};
  case ElementType::i64:
    return {HalideType::kInt, 64, 1};
  case ElementType::u8:
    return {HalideType::kUInt, 8, 1};
  case ElementType::boolean:
    return {HalideType::kUInt, 1, 1};
  }
  return {};
}

} // namespace argent

#endif // ARGENT_RUNTIME_HALIDEBUFFER_H
