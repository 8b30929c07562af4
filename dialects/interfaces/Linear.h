//===- Linear.h - a quantity that grows with the batch ---------------------===//
#ifndef ARGENT_DIALECTS_INTERFACES_LINEAR_H
#define ARGENT_DIALECTS_INTERFACES_LINEAR_H

#include <cstdint>

namespace argent {

/// constant + perBatch * N: bytes, operations.
struct Linear {
  int64_t constant = 0;
  int64_t perBatch = 0;

  int64_t at(int64_t batch) const { return constant + perBatch * batch; }
  Linear &operator+=(const Linear &other) {
    constant += other.constant;
    perBatch += other.perBatch;
    return *this;
  }
  friend Linear operator+(Linear a, const Linear &b) { return a += b; }
  friend Linear operator*(int64_t factor, const Linear &a) { return {factor * a.constant, factor * a.perBatch}; }
  bool operator==(const Linear &other) const = default;
};

} // namespace argent

#endif // ARGENT_DIALECTS_INTERFACES_LINEAR_H
