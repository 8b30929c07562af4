//===- ExpandMathTest.cpp - the error of --hl-expand-math ------------------===//
// Compiles each function for f32 and f64, as shipped kernels are, and compares with libm in a wider type: f32 with
// double, f64 with long double. The bounds are those of the table in compiler/kernel/ExpandMath.cpp.
#include "test/compiler/codegen/KernelHarness.h"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <limits>

using namespace argent;
using namespace argent::test;

namespace {

struct Case {
  const char *op;
  long double (*reference)(long double);
  double low32, high32, ulp32; // range and largest error
  double low64, high64, ulp64;
  double absolute32 = 0, absolute64 = 0; // an absolute error that is allowed as well
};

constexpr int kCount = 1 << 16;

template <typename T> std::string getText(const char *op) {
  std::string type = sizeof(T) == 4 ? "f32" : "f64", buffer = "!hl.buffer<65536x" + type + ">";
  return "hl.pipeline @f(%x: " + buffer + ") -> (" + buffer + ") {\n  %out = hl.func \"out\" [%i] -> " + type +
         " {\n    %a = hl.at %x[%i] : " + buffer + " -> " + type + "\n    %r = " + op + " %a : " + type +
         "\n    hl.yield %r : " + type + "\n  }\n  hl.output %out : !hl.func<1, " + type +
         ">\n  hl.schedule %out : !hl.func<1, " + type + "> { hl.vectorize \"i\" by 8 }\n}\n";
}

template <typename T> void check(const Case &test, double low, double high, double ulp, double absolute) {
  std::string error;
  auto kernel = LoadedKernel::load(getText<T>(test.op), error, /*checked=*/false, /*expandMath=*/true);
  ASSERT_TRUE(kernel) << error;
  // Evenly over the range, and near 0 on a logarithmic scale; the extremes of the type at the end.
  std::vector<T> x(kCount), y(kCount);
  int inRange = kCount - 8;
  for (int i = 0; i < inRange; ++i) {
    double t = double(i) / (inRange - 1);
    x[i] = i % 4 ? T(low + (high - low) * t) : T((i % 8 ? 1 : -1) * std::pow(10.0, -6 + 6.5 * t));
    if (x[i] < T(low) || x[i] > T(high))
      x[i] = T(low + (high - low) * t);
  }
  const T extremes[8] = {T(0),
                         std::numeric_limits<T>::max(),
                         std::numeric_limits<T>::lowest(),
                         std::numeric_limits<T>::min(),
                         T(-1),
                         T(1),
                         T(1e30),
                         T(-1e30)};
  std::copy(extremes, extremes + 8, x.begin() + inRange);
  Memory mx(sizeof(T) == 4 ? ElementType::f32 : ElementType::f64, {kCount}, x.data()),
      my(sizeof(T) == 4 ? ElementType::f32 : ElementType::f64, {kCount}, y.data());
  ASSERT_EQ(kernel->run(1, {&mx, &my}), 0);
  double worst = 0, worstAt = 0;
  for (int i = 0; i < inRange; ++i) {
    long double expected = test.reference(x[i]);
    double difference = std::abs(double(y[i] - expected));
    if (difference <= absolute)
      continue;
    T rounded = T(expected);
    double unit = std::max(double(std::nextafter(std::abs(rounded), std::numeric_limits<T>::max()) - std::abs(rounded)),
                           double(std::numeric_limits<T>::min()));
    if (difference / unit > worst) {
      worst = difference / unit;
      worstAt = x[i];
    }
  }
  EXPECT_LE(worst, ulp) << test.op << (sizeof(T) == 4 ? " f32" : " f64") << " at " << worstAt;
  for (int i = 0; i < kCount; ++i)
    EXPECT_TRUE(std::isfinite(y[i])) << test.op << " of " << x[i];
  std::printf("%-14s %s %6.2f ulp at %g\n", test.op, sizeof(T) == 4 ? "f32" : "f64", worst, worstAt);
}

const Case kCases[] = {
    {"math.exp", [](long double x) { return std::exp(x); }, -87.336, 88.722, 2, -708.39, 709.78, 2},
    {"math.exp2", [](long double x) { return std::exp2(x); }, -125.9, 127.99, 2, -1021.9, 1023.99, 2},
    {"math.expm1", [](long double x) { return std::expm1(x); }, -87, 88.722, 2, -708, 709.78, 3},
    {"math.log", [](long double x) { return std::log(x); }, 1e-6, 1e6, 2, 1e-6, 1e6, 3},
    {"math.log1p", [](long double x) { return std::log1p(x); }, -0.999, 1e4, 2, -0.999, 1e4, 3},
    {"math.tanh", [](long double x) { return std::tanh(x); }, -10, 10, 6, -30, 30, 3},
    {"math.erf", [](long double x) { return std::erf(x); }, -5, 5, 7, -7, 7, 3},
    {"hl.normal_cdf", [](long double x) { return std::erfc(x * -0.707106781186547524400844362104849039L) / 2; }, -12.9,
     10, 7, -37.4, 10, 8},
    {"math.sin", [](long double x) { return std::sin(x); }, -0x1p28, 0x1p28, 2, -0x1p28, 0x1p28, 2, 0, 1e-15},
    {"math.cos", [](long double x) { return std::cos(x); }, -0x1p28, 0x1p28, 2, -0x1p28, 0x1p28, 2, 0, 1e-15},
};

class Functions : public ::testing::TestWithParam<Case> {};

} // namespace

TEST_P(Functions, ErrorIsAsStated) {
  const Case &test = GetParam();
  check<float>(test, test.low32, test.high32, test.ulp32, test.absolute32);
  check<double>(test, test.low64, test.high64, test.ulp64, test.absolute64);
}

INSTANTIATE_TEST_SUITE_P(ExpandMath, Functions, ::testing::ValuesIn(kCases),
                         [](const auto &info) { return llvm::StringRef(info.param.op).split('.').second.str(); });

// x^1.7 through the logarithm, 0 where x is negative; x^3 by products.
TEST(ExpandMath, Pow) {
  const char *text = R"(
hl.pipeline @f(%x: !hl.buffer<64xf32>) -> (!hl.buffer<64xf32>, !hl.buffer<64xf32>) {
  %out = hl.func "out" [%i] -> (f32, f32) {
    %y = arith.constant 1.7 : f32
    %three = arith.constant 3.0 : f32
    %a = hl.at %x[%i] : !hl.buffer<64xf32> -> f32
    %p = math.powf %a, %y : f32
    %c = math.powf %a, %three : f32
    hl.yield %p, %c : f32, f32
  }
  hl.output %out : !hl.func<1, f32, f32>
}
)";
  std::string error;
  auto kernel = LoadedKernel::load(text, error, /*checked=*/true, /*expandMath=*/true);
  ASSERT_TRUE(kernel) << error;
  std::vector<float> x(64), p(64), c(64);
  for (int i = 0; i < 64; ++i)
    x[i] = float(i - 8) * 1.37f;
  Memory mx(ElementType::f32, {64}, x.data()), mp(ElementType::f32, {64}, p.data()),
      mc(ElementType::f32, {64}, c.data());
  ASSERT_EQ(kernel->run(1, {&mx, &mp, &mc}), 0) << kernel->message;
  for (int i = 0; i < 64; ++i) {
    double expected = x[i] <= 0 ? 0 : std::pow(double(x[i]), double(1.7f));
    EXPECT_NEAR(p[i], expected, 2 * 1.2e-7 * expected);
    EXPECT_NEAR(c[i], double(x[i]) * x[i] * x[i], 3e-7 * std::abs(double(x[i]) * x[i] * x[i]));
  }
}
