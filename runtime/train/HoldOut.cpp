//===- HoldOut.cpp - shares and folds of rows ------------------------------------------===//
#include "runtime/train/HoldOut.h"

#include "runtime/checkpoint/Checkpoint.h"
#include "runtime/train/Shuffle.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace argent {

static std::string formatted(const char *format, double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof(buffer), format, value);
  return buffer;
}

std::string HoldOut::text() const {
  if (folds > 0)
    return "fold " + std::to_string(fold + 1) + " of " + std::to_string(folds);
  return share > 0 ? "share " + shortestText(share) : "";
}

bool HoldOut::parse(const std::string &text, HoldOut &result) {
  HoldOut parsed;
  int used = 0;
  long long fold = 0, folds = 0;
  if (std::sscanf(text.c_str(), "share %la%n", &parsed.share, &used) == 1 && used == static_cast<int>(text.size())) {
    if (!(parsed.share > 0 && parsed.share < 1))
      return false;
  } else if (std::sscanf(text.c_str(), "fold %lld of %lld%n", &fold, &folds, &used) == 2 &&
             used == static_cast<int>(text.size())) {
    if (fold < 1 || fold > folds)
      return false;
    parsed = {0, folds, fold - 1};
  } else if (!text.empty()) {
    return false;
  }
  result = parsed;
  return true;
}

std::string HoldOut::describe() const {
  if (folds > 0)
    return text();
  return share > 0 ? "a validation share of " + formatted("%g", share) : "no validation";
}

RowSplit splitRows(const HoldOut &holdOut, uint64_t seed, uint32_t rows) {
  if (!holdOut.any() || rows < 2)
    return {};
  std::vector<uint32_t> order = shuffledRows(seed, UINT32_MAX, rows);
  uint64_t begin = 0, end;
  if (holdOut.folds > 0) {
    begin = static_cast<uint64_t>(holdOut.fold) * rows / static_cast<uint64_t>(holdOut.folds);
    end = static_cast<uint64_t>(holdOut.fold + 1) * rows / static_cast<uint64_t>(holdOut.folds);
  } else {
    end = std::clamp<uint64_t>(static_cast<uint64_t>(std::llround(holdOut.share * rows)), 1, rows - 1);
  }
  auto first = order.begin() + static_cast<int64_t>(begin), last = order.begin() + static_cast<int64_t>(end);
  RowSplit split;
  split.heldOut.assign(first, last);
  split.trained.assign(order.begin(), first);
  split.trained.insert(split.trained.end(), last, order.end());
  std::sort(split.heldOut.begin(), split.heldOut.end());
  std::sort(split.trained.begin(), split.trained.end());
  return split;
}

} // namespace argent
