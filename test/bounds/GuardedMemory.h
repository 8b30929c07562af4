//===- GuardedMemory.h - memory between pages that nothing may touch -------===//
// What lies outside of a buffer is either a page without access, so that touching it is a fault, or, where an alignment
// leaves a few bytes between the buffer and that page, a known pattern that is compared afterwards.
#ifndef ARGENT_TEST_BOUNDS_GUARDEDMEMORY_H
#define ARGENT_TEST_BOUNDS_GUARDEDMEMORY_H

#include <cstddef>
#include <cstdint>
#include <functional>

namespace argent::test {

/// Which end of the buffer meets a page without access.
enum class Placement { kEnd, kStart };

class GuardedMemory {
public:
  /// `bytes` of memory whose address is `phase` modulo `alignment`, a power of two up to a page, as near to the guarded
  /// page as that allows.
  GuardedMemory(size_t bytes, size_t alignment, size_t phase, Placement placement);
  ~GuardedMemory();
  GuardedMemory(GuardedMemory &&other) noexcept;
  GuardedMemory &operator=(GuardedMemory &&) = delete;

  char *data() const { return data_; }
  size_t bytes() const { return bytes_; }
  /// Whether the address lies in this memory or in the pages around it.
  bool owns(const void *address) const;
  /// How many bytes before the beginning (negative) or behind the last byte (positive) the address lies; 0: inside.
  ptrdiff_t distance(const void *address) const;
  /// The distance of the first byte outside of the buffer that was written to; 0: none was.
  ptrdiff_t firstWritten() const;
  /// Every byte before it is written to: NaN in every floating-point type, so that a result shows what was read of it.
  static constexpr unsigned char kPattern = 0xFF;

private:
  char *mapping_;
  size_t mappedBytes_;
  char *data_;
  size_t bytes_;
};

struct Fault {
  const void *address = nullptr; // null: there was none
  bool write = false;
};

/// Calls `function` and returns at the first access to memory that is not mapped or may not be touched. What the
/// function held is then lost.
Fault catchFault(const std::function<void()> &function);

} // namespace argent::test

#endif // ARGENT_TEST_BOUNDS_GUARDEDMEMORY_H
