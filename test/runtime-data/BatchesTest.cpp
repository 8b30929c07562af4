//===- BatchesTest.cpp - sources, shuffling, batches, checkpoint names -----------------===//
#include "runtime/train/Batches.h"
#include "runtime/train/Saver.h"
#include "runtime/train/Shuffle.h"
#include "test/runtime-data/Scratch.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace argent;

static InputPort imagePort(int64_t height, int64_t width, int64_t channels) {
  InputPort port;
  port.name = "image";
  port.shape = {-1, height, width, channels};
  port.rowShape = {height, width, channels};
  port.batched = true;
  port.source = "image";
  port.arguments = {{"mean", {0.25}, {}}, {"std", {0.5}, {}}};
  return port;
}

static InputPort labelPort() {
  InputPort port;
  port.name = "label";
  port.type = ElementType::i32;
  port.shape = {-1};
  port.batched = true;
  port.ranged = true;
  port.high = 9;
  return port;
}

/// Unsigned bytes.
static Column column(const char *file, std::vector<int64_t> rowShape, const std::vector<uint8_t> &values) {
  return {"", file, Role::any, NumberRows{ElementType::u8, std::move(rowShape), {values.begin(), values.end()}}};
}

static Status make(const InputPort &port, const Column &column, std::unique_ptr<Source> &source) {
  return makeSource(port, column, {}, source);
}

static void fill(const Source &source, int64_t row, void *destination) {
  EXPECT_TRUE(source.fill(row, destination).ok());
}

TEST(Image, ScalesPixels) {
  const Column pixels = column("pixels", {1, 2}, {0, 255, 51, 102});
  std::unique_ptr<Source> source;
  ASSERT_TRUE(make(imagePort(1, 2, 1), pixels, source).ok());
  float out[2];
  fill(*source, 0, out);
  EXPECT_EQ(out[0], -0.5f);
  EXPECT_EQ(out[1], 1.5f);
  fill(*source, 1, out);
  EXPECT_FLOAT_EQ(out[0], (0.2f - 0.25f) / 0.5f);
}

TEST(Image, Resizes) {
  InputPort port = imagePort(4, 4, 1);
  port.arguments.clear();
  // A constant image stays constant, also at its borders, when it grows and when it shrinks.
  const Column flat = column("flat", {7, 3}, std::vector<uint8_t>(21, 51));
  std::unique_ptr<Source> source;
  ASSERT_TRUE(make(port, flat, source).ok());
  float out[16];
  fill(*source, 0, out);
  for (float value : out)
    EXPECT_NEAR(value, 0.2f, 1e-6f);
  // Two columns become four: 0, 1/4, 3/4, 1 (pixel centres at 1/4, 3/4 of the old width).
  const Column edge = column("edge", {4, 2}, {0, 255, 0, 255, 0, 255, 0, 255});
  ASSERT_TRUE(make(port, edge, source).ok());
  fill(*source, 0, out);
  const float expected[] = {0, 0.25f, 0.75f, 1};
  for (int i = 0; i < 4; ++i)
    EXPECT_NEAR(out[4 + i], expected[i], 1e-6f);
}

TEST(Image, Refuses) {
  std::unique_ptr<Source> source;
  const Column pixels = column("file", {2, 2}, {1, 2, 3, 4});
  expectError(make(imagePort(2, 2, 3), pixels, source), StatusCode::kInvalidArgument, "3 channels");
  InputPort port = imagePort(2, 2, 1);
  port.arguments[0].numbers = {1, 2, 3};
  expectError(make(port, pixels, source), StatusCode::kInvalidArgument, "3 numbers for `mean`");
  port = imagePort(2, 2, 1);
  port.arguments[1].numbers = {0};
  expectError(make(port, pixels, source), StatusCode::kInvalidArgument, "std = 0");
  port = imagePort(2, 2, 1);
  port.source = "";
  expectError(make(port, pixels, source), StatusCode::kInvalidArgument, "from image()");
  port.source = "audio";
  expectError(make(port, pixels, source), StatusCode::kInvalidArgument, "`from audio`");
  port.batched = false;
  expectError(make(port, pixels, source), StatusCode::kInvalidArgument, "rows of a batch");
}

TEST(Classes, RangeIsCheckedRowByRow) {
  const Column labels = column("labels", {}, {3, 9, 10});
  std::unique_ptr<Source> source;
  expectError(make(labelPort(), labels, source), StatusCode::kInvalidData, "row 2 has the label 10");
  const Column good = column("labels", {}, {3, 9, 0});
  ASSERT_TRUE(make(labelPort(), good, source).ok());
  int32_t value;
  fill(*source, 1, &value);
  EXPECT_EQ(value, 9);
  InputPort named = labelPort();
  named.source = "classes";
  named.arguments = {{"", {}, {"cat", "dog"}}};
  expectError(make(named, labels, source), StatusCode::kInvalidData, "row 0 has the label 3");
  InputPort wrong = labelPort();
  wrong.type = ElementType::f32;
  EXPECT_FALSE(make(wrong, labels, source).ok());
}

TEST(Shuffle, IsAPermutationOfSeedAndEpoch) {
  for (uint32_t rows : {1u, 2u, 17u, 1000u}) {
    auto order = shuffledRows(1, 0, rows);
    EXPECT_EQ(order, shuffledRows(1, 0, rows));
    auto sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (uint32_t i = 0; i < rows; ++i)
      EXPECT_EQ(sorted[i], i);
  }
  EXPECT_NE(shuffledRows(1, 0, 1000), shuffledRows(1, 1, 1000));
  EXPECT_NE(shuffledRows(1, 0, 1000), shuffledRows(2, 0, 1000));
  EXPECT_NE(shuffledRows(1, 0, 1000), shuffledRows(uint64_t(1) << 32 | 1, 0, 1000));
  EXPECT_TRUE(shuffledRows(1, 0, 0).empty());
}

TEST(Shuffle, EveryOrderIsAlikeLikely) {
  // 6 orders of 3 rows, 6000 epochs: chi-square with 5 degrees of freedom stays below 20.5 with probability 0.999.
  int counts[27] = {};
  for (uint32_t epoch = 0; epoch < 6000; ++epoch) {
    auto order = shuffledRows(7, epoch, 3);
    ++counts[order[0] * 9 + order[1] * 3 + order[2]];
  }
  double chi = 0;
  int seen = 0;
  for (int count : counts)
    if (count) {
      chi += (count - 1000.0) * (count - 1000.0) / 1000.0;
      ++seen;
    }
  EXPECT_EQ(seen, 6);
  EXPECT_LT(chi, 20.5);
}

static std::vector<std::vector<int32_t>> batches(const BatchSource &source, std::vector<uint32_t> order, int64_t begin,
                                                 int64_t rows) {
  BatchLoader loader(source, std::move(order), begin, rows);
  std::vector<std::vector<int32_t>> result;
  while (const Batch *batch = loader.next()) {
    EXPECT_EQ(batch->tensors[0].shape, std::vector<int64_t>{batch->rows});
    auto *values = static_cast<int32_t *>(batch->tensors[0].data);
    result.emplace_back(values, values + batch->rows);
  }
  EXPECT_EQ(loader.next(), nullptr);
  return result;
}

TEST(Batches, LastIsPartialAndResumeFindsItsPlace) {
  const Column labels = column("labels", {}, {0, 1, 2, 3, 4, 5, 6});
  BatchSource source;
  source.rows = 7;
  source.inputs.push_back({labelPort(), 0, nullptr});
  ASSERT_TRUE(make(source.inputs[0].port, labels, source.inputs[0].source).ok());
  using Lists = std::vector<std::vector<int32_t>>;
  EXPECT_EQ(batches(source, {}, 0, 3), (Lists{{0, 1, 2}, {3, 4, 5}, {6}}));
  EXPECT_EQ(batches(source, {6, 5, 4, 3, 2, 1, 0}, 3, 3), (Lists{{3, 2, 1}, {0}}));
  EXPECT_EQ(batches(source, {}, 7, 3), Lists{});
  EXPECT_EQ(batches(source, {}, 0, 100), (Lists{{0, 1, 2, 3, 4, 5, 6}}));
  // Given up in the middle.
  BatchLoader loader(source, {}, 0, 1);
  ASSERT_NE(loader.next(), nullptr);
}

TEST(Saver, NumberedNames) {
  EXPECT_EQ(numberedPath("lenet5.safetensors", 938), "lenet5-938.safetensors");
  EXPECT_EQ(numberedPath("a.b/run", 1), "a.b/run-1");
  EXPECT_EQ(numberedPath("a.b/.run", 1), "a.b/.run-1");
}
