//===- PlotAxis.h - what charts share: colours, axes and their ticks -----------------------===//
#ifndef ARGENT_TOOLS_ARGENT_PLOTAXIS_H
#define ARGENT_TOOLS_ARGENT_PLOTAXIS_H

#include "Canvas.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace argent::tool {

inline constexpr Color kText = {0.20f, 0.20f, 0.22f}, kGrid = {0.90f, 0.90f, 0.91f}, kAxis = {0.55f, 0.55f, 0.58f};
// Distinct for most colour-blind readers: Wong 2011, "Points of view: Color blindness", without its yellow.
inline constexpr Color kPalette[] = {{0.00f, 0.45f, 0.70f}, {0.84f, 0.37f, 0.00f}, {0.00f, 0.62f, 0.45f},
                                     {0.80f, 0.47f, 0.65f}, {0.90f, 0.62f, 0.00f}, {0.34f, 0.71f, 0.91f},
                                     {0.30f, 0.30f, 0.30f}};

/// What an axis can show, either side of 0: sums and ratios of such values are finite.
inline constexpr double kGreatest = 1e290, kLeast = 1e-290;
/// Doubles, in which charts count updates, are exact up to here.
inline constexpr int64_t kMostUpdates = int64_t{1} << 53;

struct Axis {
  double low = 0, high = 1;
  bool logarithmic = false; // then low > 0
  bool isWhole = false;     // its values are whole numbers

  /// 0 at `low`, 1 at `high`; of what a logarithmic axis cannot show, below 0.
  double share(double value) const;
  /// Round values of the range and how they are written, at most about `count`; none of a range that is none.
  std::vector<std::pair<double, std::string>> ticks(double count) const;
};

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_PLOTAXIS_H
