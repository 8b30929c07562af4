//===- Initializers.cpp - the first values of parameters and states --------===//
#include "runtime/Initializers.h"
#include "runtime/Checksum.h"
#include "runtime/Philox.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

namespace argent {

namespace {

/// The upper half of an f32, rounded to nearest even.
uint16_t toBFloat16(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/// To IEEE half, rounded to nearest even; too large becomes infinity.
uint16_t toHalf(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint16_t sign = static_cast<uint16_t>(bits >> 16 & 0x8000);
  const float magnitude = std::fabs(value);
  if (magnitude >= 65520.0f)
    return sign | 0x7c00;
  if (magnitude < 0x1p-14f) // below the normal range: a multiple of 2^-24
    return sign | static_cast<uint16_t>(std::nearbyint(magnitude * 0x1p24f));
  uint32_t rebased = (bits & 0x7fffffff) - (112u << 23);
  return sign | static_cast<uint16_t>((rebased + 0xfff + (rebased >> 13 & 1)) >> 13);
}

void store(const TensorView &tensor, int64_t index, double value) {
  auto put = [&](auto element) {
    std::memcpy(static_cast<char *>(tensor.data) + index * static_cast<int64_t>(sizeof element), &element,
                sizeof element);
  };
  switch (tensor.type) {
  case ElementType::f32:
    return put(static_cast<float>(value));
  case ElementType::f64:
    return put(value);
  case ElementType::f16:
    return put(toHalf(static_cast<float>(value)));
  case ElementType::bf16:
    return put(toBFloat16(static_cast<float>(value)));
  case ElementType::i32:
    return put(static_cast<int32_t>(std::clamp(value, -0x1p31, 0x1p31 - 1)));
  case ElementType::i64:
    return put(static_cast<int64_t>(std::clamp(value, -0x1p63, 0x1p63 - 1024)));
  case ElementType::u8:
    return put(static_cast<uint8_t>(std::clamp(value, 0.0, 255.0)));
  case ElementType::boolean:
    return put(static_cast<uint8_t>(value != 0));
  }
}

struct Fans {
  double in = 1, out = 1;
};

Fans fans(const TensorView &tensor) {
  Fans result;
  const size_t rank = tensor.shape.size();
  for (size_t i = 0; i < rank; ++i) {
    if (i + 1 != rank)
      result.in *= static_cast<double>(tensor.shape[i]);
    if (i + 2 != rank)
      result.out *= static_cast<double>(tensor.shape[i]);
  }
  return result;
}

double dot(const double *a, const double *b, int64_t length) {
  double lanes[8] = {};
  int64_t i = 0;
  for (; i + 8 <= length; i += 8)
    for (int lane = 0; lane < 8; ++lane)
      lanes[lane] += a[i + lane] * b[i + lane];
  double sum = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
  for (; i < length; ++i)
    sum += a[i] * b[i];
  return sum;
}

/// Makes `count` vectors of `length` >= count, one after the other, orthonormal: modified Gram-Schmidt, each vector
/// twice, so that what rounding leaves of the earlier ones goes too.
void orthonormalize(std::vector<double> &vectors, int64_t count, int64_t length) {
  for (int64_t i = 0; i < count; ++i) {
    double *current = &vectors[i * length];
    for (int pass = 0; pass < 2; ++pass)
      for (int64_t j = 0; j < i; ++j) {
        const double *earlier = &vectors[j * length];
        const double projection = dot(current, earlier, length);
        for (int64_t k = 0; k < length; ++k)
          current[k] -= projection * earlier[k];
      }
    const double scale = 1 / std::sqrt(dot(current, current, length));
    for (int64_t k = 0; k < length; ++k)
      current[k] *= scale;
  }
}

void fillOrthogonal(RandomStream &random, const TensorView &tensor) {
  const int64_t columns = tensor.shape.empty() ? 1 : tensor.shape.back();
  const int64_t rows = tensor.elementCount() / columns;
  const bool wide = columns > rows;
  const int64_t count = wide ? rows : columns, length = wide ? columns : rows;
  // Vector i is column i of a tall matrix, row i of a wide one; its elements are drawn by their place in the tensor.
  std::vector<double> vectors(static_cast<size_t>(count * length));
  for (int64_t element = 0; element < rows * columns; ++element) {
    const int64_t row = element / columns, column = element % columns;
    vectors[wide ? row * length + column : column * length + row] = random.normal(element);
  }
  orthonormalize(vectors, count, length);
  for (int64_t element = 0; element < rows * columns; ++element) {
    const int64_t row = element / columns, column = element % columns;
    store(tensor, element, vectors[wide ? row * length + column : column * length + row]);
  }
}

} // namespace

double RandomStream::normal(uint64_t index) {
  const uint64_t pair = index & ~uint64_t(1);
  const double radius = std::sqrt(-2 * std::log(1 - uniform(pair))); // 1 - uniform is in (0, 1]
  const double angle = 2 * 3.14159265358979323846 * uniform(pair + 1);
  return radius * (index == pair ? std::cos(angle) : std::sin(angle));
}

Status fillInitialValue(const format::Initializer &initializer, const std::string &path, uint64_t seed,
                        TensorView &tensor) {
  RandomStream random(seed, hash64(path));
  const int64_t count = tensor.elementCount();
  const Fans fan = fans(tensor);
  auto uniform = [&](double low, double high) {
    for (int64_t i = 0; i < count; ++i)
      store(tensor, i, low + (high - low) * random.uniform(i));
  };
  auto normal = [&](double mean, double deviation) {
    for (int64_t i = 0; i < count; ++i)
      store(tensor, i, mean + deviation * random.normal(i));
  };
  using Kind = format::InitializerKind;
  switch (initializer.kind()) {
  case Kind::constant:
    for (int64_t i = 0; i < count; ++i)
      store(tensor, i, initializer.a());
    return {};
  case Kind::uniform:
    uniform(initializer.a(), initializer.b());
    return {};
  case Kind::normal:
    normal(initializer.a(), initializer.b());
    return {};
  case Kind::glorot_uniform:
    uniform(-std::sqrt(6 / (fan.in + fan.out)), std::sqrt(6 / (fan.in + fan.out)));
    return {};
  case Kind::glorot_normal:
    normal(0, std::sqrt(2 / (fan.in + fan.out)));
    return {};
  case Kind::he_uniform:
    uniform(-std::sqrt(6 / fan.in), std::sqrt(6 / fan.in));
    return {};
  case Kind::he_normal:
    normal(0, std::sqrt(2 / fan.in));
    return {};
  case Kind::orthogonal:
    fillOrthogonal(random, tensor);
    return {};
  }
  return Status(StatusCode::kInvalidData, path + ": unknown initializer");
}

} // namespace argent
