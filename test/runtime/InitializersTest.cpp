//===- InitializersTest.cpp - first values of parameters -------------------===//
#include "runtime/Initializers.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace argent;
using Kind = format::InitializerKind;

namespace {

template <typename T = float>
std::vector<T> draw(Kind kind, std::vector<int64_t> shape, double a = 0, double b = 0, uint64_t seed = 1,
                    const std::string &path = "w", ElementType type = ElementType::f32) {
  format::InitializerT native;
  native.kind = kind;
  native.a = a;
  native.b = b;
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(format::Initializer::Pack(builder, &native));
  TensorView tensor{type, shape, nullptr};
  std::vector<T> values(tensor.elementCount(), T(123));
  tensor.data = values.data();
  Status status =
      fillInitialValue(*flatbuffers::GetRoot<format::Initializer>(builder.GetBufferPointer()), path, seed, tensor);
  EXPECT_TRUE(status.ok());
  return values;
}

struct Moments {
  double mean = 0, deviation = 0, low = 0, high = 0;
  explicit Moments(const std::vector<float> &values) : low(values[0]), high(values[0]) {
    for (float v : values) {
      mean += v / static_cast<double>(values.size());
      low = std::min<double>(low, v);
      high = std::max<double>(high, v);
    }
    for (float v : values)
      deviation += (v - mean) * (v - mean) / static_cast<double>(values.size());
    deviation = std::sqrt(deviation);
  }
};

} // namespace

TEST(InitializersTest, Constant) {
  for (float v : draw(Kind::constant, {3, 5}, -2.5))
    EXPECT_EQ(v, -2.5f);
  EXPECT_EQ(draw(Kind::constant, {}, 7), std::vector<float>{7});
  EXPECT_EQ(draw<int32_t>(Kind::constant, {2}, -3, 0, 1, "i", ElementType::i32), (std::vector<int32_t>{-3, -3}));
  EXPECT_EQ(draw<double>(Kind::constant, {1}, 0.1, 0, 1, "d", ElementType::f64), std::vector<double>{0.1});
  // 1.0 and 1 + 2^-7 are 0x3f80 and 0x3f81 in bf16, 1.0 and 65504 are 0x3c00 and 0x7bff in f16.
  EXPECT_EQ(draw<uint16_t>(Kind::constant, {1}, 1.0078125, 0, 1, "b", ElementType::bf16),
            std::vector<uint16_t>{0x3f81});
  EXPECT_EQ(draw<uint16_t>(Kind::constant, {1}, 65504, 0, 1, "h", ElementType::f16), std::vector<uint16_t>{0x7bff});
  EXPECT_EQ(draw<uint16_t>(Kind::constant, {1}, -0x1p-24, 0, 1, "h", ElementType::f16), std::vector<uint16_t>{0x8001});
}

// Tolerances: five standard errors of 100,000 draws.
TEST(InitializersTest, Statistics) {
  const std::vector<int64_t> shape = {250, 400};
  Moments uniform(draw(Kind::uniform, shape, -1, 3));
  EXPECT_NEAR(uniform.mean, 1, 5 * 1.155 / 316);
  EXPECT_NEAR(uniform.deviation, 4 / std::sqrt(12.0), 0.01);
  EXPECT_GE(uniform.low, -1);
  EXPECT_LE(uniform.high, 3);
  Moments normal(draw(Kind::normal, shape, 2, 0.5));
  EXPECT_NEAR(normal.mean, 2, 5 * 0.5 / 316);
  EXPECT_NEAR(normal.deviation, 0.5, 5 * 0.5 / 447);
  EXPECT_GT(normal.high, 2 + 3.5 * 0.5);
  Moments glorot(draw(Kind::glorot_uniform, shape));
  const double limit = std::sqrt(6.0 / 650);
  EXPECT_NEAR(glorot.mean, 0, 5 * limit / 1.73 / 316);
  EXPECT_LE(glorot.high, limit);
  EXPECT_NEAR(glorot.high, limit, limit * 1e-3);
  EXPECT_NEAR(Moments(draw(Kind::glorot_normal, shape)).deviation, std::sqrt(2.0 / 650), 0.001);
  EXPECT_NEAR(Moments(draw(Kind::he_normal, shape)).deviation, std::sqrt(2.0 / 250), 0.002);
  EXPECT_NEAR(Moments(draw(Kind::he_uniform, shape)).high, std::sqrt(6.0 / 250), 0.001);
}

// A filter [R, S, C, K]: fan-in R * S * C, fan-out R * S * K.
TEST(InitializersTest, FansOfAFilter) {
  EXPECT_NEAR(Moments(draw(Kind::glorot_uniform, {5, 5, 32, 64})).high, std::sqrt(6.0 / (25 * 32 + 25 * 64)), 1e-5);
  EXPECT_NEAR(Moments(draw(Kind::he_uniform, {5, 5, 32, 64})).high, std::sqrt(6.0 / (25 * 32)), 1e-5);
}

TEST(InitializersTest, DependsOnSeedAndPathOnly) {
  auto first = draw(Kind::normal, {6, 7}, 0, 1, 1, "conv.W");
  EXPECT_EQ(first, draw(Kind::normal, {6, 7}, 0, 1, 1, "conv.W"));
  EXPECT_NE(first, draw(Kind::normal, {6, 7}, 0, 1, 2, "conv.W"));
  EXPECT_NE(first, draw(Kind::normal, {6, 7}, 0, 1, 1, "conv.V"));
  auto longer = draw(Kind::normal, {7, 7}, 0, 1, 1, "conv.W");
  EXPECT_TRUE(std::equal(first.begin(), first.end(), longer.begin()));
}

TEST(InitializersTest, Orthogonal) {
  for (std::vector<int64_t> shape : {std::vector<int64_t>{40, 40}, {64, 16}, {16, 64}, {3, 3, 8, 20}, {1, 5}}) {
    auto values = draw(Kind::orthogonal, shape);
    const int64_t columns = shape.back(), rows = static_cast<int64_t>(values.size()) / columns;
    const bool wide = columns > rows;
    const int64_t count = std::min(rows, columns), length = std::max(rows, columns);
    auto at = [&](int64_t vector, int64_t i) -> double {
      return wide ? values[vector * columns + i] : values[i * columns + vector];
    };
    for (int64_t i = 0; i < count; ++i)
      for (int64_t j = 0; j <= i; ++j) {
        double dot = 0;
        for (int64_t k = 0; k < length; ++k)
          dot += at(i, k) * at(j, k);
        EXPECT_NEAR(dot, i == j ? 1 : 0, 1e-6); // f32 rounding of the elements
      }
  }
}
