//===- WindowTest.cpp - windows and their phases, against counting ---------===//
#include "dialects/nn/Window.h"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <set>

using namespace argent::nn;

namespace {

/// All small windows that fit.
void forWindows(const std::function<void(const Window &)> &check) {
  int count = 0;
  for (int64_t input = 1; input <= 9; ++input)
    for (int64_t size = 1; size <= 4; ++size)
      for (int64_t stride = 1; stride <= 4; ++stride)
        for (int64_t before = 0; before <= 3; ++before)
          for (int64_t after = 0; after <= 3; ++after)
            for (int64_t dilation = 1; dilation <= 3; ++dilation) {
              Window window = {input, size, stride, before, after, dilation};
              if (!window.fits())
                continue;
              SCOPED_TRACE(testing::Message() << "input " << input << " size " << size << " stride " << stride
                                              << " padding " << before << ", " << after << " dilation " << dilation);
              check(window);
              ++count;
            }
  EXPECT_GT(count, 4000);
}

TEST(Window, ByHand) {
  // 28 pixels, 5 taps, padding 2: as many positions as pixels.
  EXPECT_EQ((Window{28, 5, 1, 2, 2, 1}).positions(), 28);
  // (7 - 3) / 2 + 1; the last element is left out of (8 - 3) / 2 + 1, rounded down.
  EXPECT_EQ((Window{7, 3, 2}).positions(), 3);
  EXPECT_EQ((Window{8, 3, 2}).positions(), 3);
  // Three taps with a gap between two.
  EXPECT_EQ((Window{10, 3, 3, 0, 0, 2}).extent(), 5);
  EXPECT_EQ((Window{10, 3, 3, 0, 0, 2}).positions(), 2);
  EXPECT_TRUE((Window{3, 5, 1, 1, 1}).fits());
  EXPECT_FALSE((Window{3, 5, 1, 1, 0}).fits());
  // The first tap of the second position, and one that looks at padding.
  EXPECT_EQ((Window{10, 3, 3, 1, 0, 2}).element(1, 0), 2);
  EXPECT_EQ((Window{10, 3, 3, 1, 0, 2}).element(0, 0), -1);
}

TEST(Window, HasEveryPositionThatStaysInThePaddedInput) {
  forWindows([](const Window &window) {
    int64_t count = 0;
    while (window.element(count, window.size - 1) < window.input + window.after)
      ++count;
    EXPECT_EQ(window.positions(), count);
    EXPECT_EQ(window.element(0, 0), -window.before);
  });
}

TEST(Phases, ExistWithoutACommonDivisor) {
  EXPECT_TRUE(Phases::exist({9, 3, 2, 0, 0, 1}));
  EXPECT_TRUE(Phases::exist({9, 3, 2, 0, 0, 3}));
  EXPECT_TRUE(Phases::exist({9, 3, 1, 0, 0, 2}));
  EXPECT_FALSE(Phases::exist({9, 3, 2, 0, 0, 2}));
  EXPECT_FALSE(Phases::exist({9, 3, 4, 0, 0, 2}));
}

/// The (position, tap) pairs that look at element `h`.
using Looks = std::set<std::pair<int64_t, int64_t>>;

TEST(Phases, LookWhereTheWindowLooked) {
  forWindows([](const Window &window) {
    if (!Phases::exist(window))
      return;
    Phases phases(window);
    EXPECT_EQ(phases.stride, window.stride);
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (int64_t phase = 0; phase < phases.stride; ++phase)
      for (int64_t q = 0; q < phases.count; ++q) {
        int64_t h = phases.stride * q + phase;
        Looks direct, turned;
        for (int64_t position = 0; position < window.positions(); ++position)
          for (int64_t tap = 0; tap < window.size; ++tap)
            if (window.element(position, tap) == h)
              direct.insert({position, tap});
        for (int64_t u = 0; u < phases.taps; ++u) {
          int64_t tap = window.size - 1 - (phases.firstTap(phase) + phases.stride * u);
          int64_t position = q + phases.dilation * u + phases.shift(phase);
          first = std::min(first, position);
          last = std::max(last, position);
          if (tap >= 0 && position >= 0 && position < window.positions())
            turned.insert({position, tap});
        }
        if (h < window.input) {
          EXPECT_EQ(direct, turned) << "element " << h;
        }
      }
    EXPECT_GE(phases.stride * phases.count, window.input);
    EXPECT_EQ(phases.firstPosition(), first);
    EXPECT_EQ(phases.lastPosition(), last);
  });
}

} // namespace
