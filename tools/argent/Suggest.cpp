//===- Suggest.cpp - what a mistyped name may have meant ---------------------------------===//
#include "Suggest.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace argent::tool {

/// Single-character edits from `a` to `b` (Levenshtein).
static size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0]++;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t next = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = std::exchange(row[j], next);
    }
  }
  return row.back();
}

std::string closest(const std::string &name, const std::vector<std::string> &candidates) {
  std::string best;
  size_t least = name.size() / 2 + 1;
  for (const std::string &candidate : candidates) {
    size_t distance = name.size() >= 3 && candidate.find(name) != std::string::npos ? 1 : editDistance(name, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

} // namespace argent::tool
