//===- Limits.h - what the machine can do, measured -----------------------------------===//
// The two roofs of a kernel: multiply-adds a second, and bytes a second. Both are measured by as many threads as the
// session has, a little in every round of a benchmark, so that a machine that is busy or hot is so for both sides of a
// ratio.
#ifndef ARGENT_TOOLS_ARGENT_LIMITS_H
#define ARGENT_TOOLS_ARGENT_LIMITS_H

#include <cstddef>
#include <memory>
#include <vector>

namespace argent::tool {

class Limits {
public:
  /// `vectorBits`: of the kernels' vectors, 128, 256 or 512 (the processor has them). `workingSetBytes`: what the
  /// measured program touches.
  Limits(int threads, int vectorBits, size_t workingSetBytes);
  ~Limits();

  /// One round, some 30 ms.
  void measure();

  // Medians of the rounds.
  double fmaGflops() const; // f32; a multiply-add counts as two
  double memoryBandwidth()
      const; // bytes/s of a = b + s * c over arrays that no cache holds: three accesses of 4 bytes an element
  double workingSetBandwidth() const; // the same over arrays of the working set's size
  size_t workingSetBytes() const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The middle one of the values (of an even number the upper), at `share` 0.25 and 0.75 the quartiles; 0 without
/// values.
double quantile(std::vector<double> values, double share = 0.5);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_LIMITS_H
