//===- StridedCopyTest.cpp - boxes against plain loops ---------------------===//
#include "runtime/device/cpu/StridedCopy.h"

#include <cstring>
#include <gtest/gtest.h>
#include <vector>

using namespace argent;

namespace {

HalideBuffer buffer(void *host, std::vector<HalideDimension> &dims) {
  HalideBuffer result;
  result.host = static_cast<uint8_t *>(host);
  result.dimensions = static_cast<int32_t>(dims.size());
  result.dim = dims.data();
  return result;
}

template <typename T>
void check(std::vector<int32_t> extents, std::vector<int32_t> fromStrides, std::vector<int32_t> toStrides) {
  std::vector<HalideDimension> fromDims, toDims;
  for (size_t d = 0; d < extents.size(); ++d) {
    fromDims.push_back({0, extents[d], fromStrides[d]});
    toDims.push_back({0, extents[d], toStrides[d]});
  }
  std::vector<T> from(2000), to(2000, T(0)), filled(2000, T(0)), expected(2000, T(0)), expectedFill(2000, T(0));
  for (size_t i = 0; i < from.size(); ++i)
    from[i] = static_cast<T>(i * 7 + 1);
  std::vector<int32_t> index(extents.size());
  for (bool more = true; more;) {
    int source = 0, target = 0;
    for (size_t d = 0; d < extents.size(); ++d) {
      source += index[d] * fromStrides[d];
      target += index[d] * toStrides[d];
    }
    expected[target] = from[source];
    std::memset(&expectedFill[target], 0xAB, sizeof(T));
    more = false;
    for (size_t d = 0; d < extents.size() && !more; ++d) {
      more = ++index[d] < extents[d];
      if (!more)
        index[d] = 0;
    }
  }
  copyBox(buffer(from.data(), fromDims), buffer(to.data(), toDims), sizeof(T));
  EXPECT_EQ(to, expected);
  fillBox(buffer(filled.data(), toDims), sizeof(T), 0xAB);
  EXPECT_EQ(std::memcmp(filled.data(), expectedFill.data(), filled.size() * sizeof(T)), 0);
}

template <typename T> void checkAll() {
  check<T>({}, {}, {});
  check<T>({7}, {1}, {1});
  check<T>({7}, {3}, {1});
  check<T>({7}, {1}, {3});
  check<T>({4, 5, 6}, {1, 4, 20}, {1, 4, 20});
  check<T>({4, 5, 6}, {1, 4, 20}, {1, 8, 50});
  check<T>({4, 5, 6}, {30, 6, 1}, {1, 4, 20}); // transposed
  check<T>({4, 1, 6}, {1, 99, 4}, {1, 7, 4});
  check<T>({4, 5, 6}, {1, 0, 4}, {1, 4, 20}); // one row, many times
  check<T>({2, 2, 2, 2, 2}, {1, 2, 5, 11, 23}, {16, 8, 4, 2, 1});
}

} // namespace

TEST(StridedCopyTest, EqualsPlainLoops) {
  checkAll<uint8_t>();
  checkAll<uint16_t>();
  checkAll<float>();
  checkAll<double>();
}
