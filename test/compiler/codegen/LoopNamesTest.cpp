//===- LoopNamesTest.cpp - no name of a loop changes what is computed ------===//
#include "test/compiler/codegen/KernelHarness.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace argent;
using namespace argent::test;

/// x @ w, with `lane` as the name of the vectorized loop inside the split columns.
static std::string getProduct(const std::string &lane) {
  std::string split = "    hl.split \"m\" into \"mo\", \"" + lane + "\" by 8\n";
  std::string vectorize = "    hl.vectorize \"" + lane + "\"\n";
  return R"(
hl.pipeline @product(%x: !hl.buffer<?x24xf32>, %w: !hl.buffer<24x32xf32>) -> (!hl.buffer<?x32xf32>) {
  %acc = hl.func "acc" [%n, %m] -> f32 {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%n, %m] over [%k in 24] {
    %a = hl.at %x[%n, %k] : !hl.buffer<?x24xf32> -> f32
    %b = hl.at %w[%k, %m] : !hl.buffer<24x32xf32> -> f32
    %old = hl.self[%n, %m] : f32
    %p = arith.mulf %a, %b fastmath<reassoc,contract> : f32
    %sum = arith.addf %old, %p fastmath<reassoc,contract> : f32
    hl.yield %sum : f32
  }
  hl.output %acc : !hl.func<2, f32>
  hl.schedule %acc : !hl.func<2, f32> {
)" + split +
         vectorize + R"(  }
  hl.schedule %acc update(0) : !hl.func<2, f32> {
)" + split +
         "    hl.reorder [\"" + lane + "\", \"k\", \"mo\", \"n\"]\n" + vectorize + "  }\n}\n";
}

// Halide names values "m.s", "m.min", ... and the inner loop of a split of "m" after both.
TEST(LoopNames, MayBeAny) {
  for (const char *lane : {"s", "min", "max", "extent", "loop_min", "loop_max", "loop_extent", "mi"}) {
    std::string error;
    auto kernel = LoadedKernel::load(getProduct(lane), error);
    ASSERT_TRUE(kernel) << lane << ": " << error;
    alignas(64) float x[3 * 24], w[24 * 32], y[3 * 32]; // whole vectors, which kernels take for aligned
    for (int i = 0; i < 3 * 24; ++i)
      x[i] = float(i % 7);
    for (int i = 0; i < 24 * 32; ++i)
      w[i] = float(i % 5) - 2;
    std::fill(std::begin(y), std::end(y), -1.f);
    Memory mx(ElementType::f32, {3, 24}, x), mw(ElementType::f32, {24, 32}, w), my(ElementType::f32, {3, 32}, y);
    ASSERT_EQ(kernel->run(3, {&mx, &mw, &my}), 0) << lane;
    int wrong = 0;
    for (int n = 0; n < 3; ++n)
      for (int m = 0; m < 32; ++m) {
        float sum = 0;
        for (int k = 0; k < 24; ++k)
          sum += x[n * 24 + k] * w[k * 32 + m];
        wrong += y[n * 32 + m] != sum;
      }
    EXPECT_EQ(wrong, 0) << "elements, with a loop named " << lane;
  }
}
