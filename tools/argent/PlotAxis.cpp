//===- PlotAxis.cpp - axes and their ticks ------------------------------------------------===//
#include "PlotAxis.h"

#include <algorithm>
#include <cmath>

namespace argent::tool {

static std::string numberText(double value, double step) {
  if (value == 0 || std::fabs(value) < step * 1e-6)
    return "0";
  char text[64];
  if (std::fabs(value) >= 1e6 || std::fabs(value) < 1e-4) {
    std::snprintf(text, sizeof(text), "%.2g", value);
  } else {
    int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 12);
    std::snprintf(text, sizeof(text), "%.*f", digits, value);
  }
  return text;
}

/// 1, 2 or 5 times a power of ten: at most `count` steps of it in the range.
static double tickStep(double range, double count) {
  double power = std::pow(10.0, std::floor(std::log10(range / count)));
  for (double factor : {1.0, 2.0, 5.0, 10.0})
    if (power * factor * count >= range * (1 - 1e-9))
      return power * factor;
  return power * 10;
}

double Axis::share(double value) const {
  if (logarithmic)
    return (std::log(std::max(value, low * 1e-6)) - std::log(low)) / (std::log(high) - std::log(low));
  return (value - low) / (high - low);
}

std::vector<std::pair<double, std::string>> Axis::ticks(double count) const {
  std::vector<std::pair<double, std::string>> result;
  if (!std::isfinite(high - low) || !(low < high) || (logarithmic && !(low > 0)))
    return result;
  // Within less than a power of ten, round steps are enough of both.
  if (logarithmic && high > 5 * low) {
    // A double has no more than some hundred powers of ten.
    const int first = static_cast<int>(std::floor(std::log10(low)));
    const int last = static_cast<int>(std::floor(std::log10(high)));
    // All of 1, 2, 5 times a power of ten, or fewer where that is too many.
    for (const std::vector<double> &factors : {std::vector<double>{1, 2, 3, 5}, {1, 2, 5}, {1, 3}, {1}}) {
      result.clear();
      for (int exponent = first; exponent <= last; ++exponent)
        for (double factor : factors) {
          const double power = std::pow(10.0, exponent);
          if (double value = power * factor; value >= low * 0.999 && value <= high * 1.001)
            result.emplace_back(value, numberText(value, power));
        }
      if (static_cast<double>(result.size()) <= count)
        return result;
    }
    // Over many powers some of them.
    for (int apart = 2; static_cast<double>(result.size()) > count && apart <= last - first + 1; ++apart) {
      result.clear();
      for (int exponent = static_cast<int>(std::ceil(std::log10(low) / apart)) * apart; exponent <= last;
           exponent += apart)
        result.emplace_back(std::pow(10.0, exponent), numberText(std::pow(10.0, exponent), std::pow(10.0, exponent)));
    }
    return result;
  }
  double step = tickStep(high - low, count);
  if (isWhole)
    step = std::max(step, 1.0);
  // Where the range is less than the numbers there can tell apart, a tick follows itself.
  constexpr int kMost = 100;
  const double first = std::ceil(low / step - 1e-9);
  for (int i = 0; i < kMost && (first + i) * step <= high + step * 1e-9; ++i)
    result.emplace_back((first + i) * step, numberText((first + i) * step, step));
  return result;
}

} // namespace argent::tool
