//===- HoldOut.h - which rows of the train split are not trained on ------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_HOLDOUT_H
#define ARGENT_RUNTIME_TRAIN_HOLDOUT_H

#include <cstdint>
#include <string>
#include <vector>

namespace argent {

/// A share of the rows for validation, or one of K folds, or (as made) none.
struct HoldOut {
  double share = 0;            // in (0, 1), or 0
  int64_t folds = 0, fold = 0; // folds 0: none; fold from 0

  bool any() const { return share > 0 || folds > 0; }
  bool operator==(const HoldOut &) const = default;
  /// "", "share 0x1.999999999999ap-4", "fold 2 of 5": for a checkpoint; parse reads it back, and is false for anything
  /// else.
  std::string text() const;
  static bool parse(const std::string &text, HoldOut &result);
  /// "a validation share of 0.1", "fold 2 of 5", "no validation": for a message.
  std::string describe() const;
};

/// Both ascending; both empty: all rows are trained on.
struct RowSplit {
  std::vector<uint32_t> trained, heldOut;
};

/// A function of its arguments alone: the first places, or the fold's, of shuffledRows(seed, 2^32 - 1, rows), an epoch
/// that no training reaches. A share is rounded to whole rows; at least one row is held out and one trained on (rows >=
/// 2, and for folds rows >= folds).
RowSplit splitRows(const HoldOut &holdOut, uint64_t seed, uint32_t rows);

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_HOLDOUT_H
