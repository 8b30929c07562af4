//===- Scratch.h - memory that kernels ask for while they run --------------===//
// Free lists of blocks by powers of two, one set for each thread of a session: after the first calls nothing is asked
// of the system. A small lock guards it all the same, because a task may have been given another thread's context.
#ifndef ARGENT_RUNTIME_DEVICE_CPU_SCRATCH_H
#define ARGENT_RUNTIME_DEVICE_CPU_SCRATCH_H

#include <atomic>
#include <cstddef>

namespace argent {

class Scratch {
public:
  Scratch() = default;
  ~Scratch() { clear(); }
  Scratch(const Scratch &) = delete;
  Scratch &operator=(const Scratch &) = delete;

  /// Aligned to kScratchAlignment, with as many readable bytes before and after; null when there is no memory.
  void *allocate(size_t bytes);
  /// Takes back what allocate returned, also that of another Scratch of the session; null is allowed.
  void release(void *pointer);
  /// Frees every block made here, in use or not. What other Scratches of the session have taken back of them is
  /// forgotten only when they are cleared, too.
  void clear();

private:
  struct Header;
  static constexpr int kClasses = 48;

  void lock() {
    while (locked_.test_and_set(std::memory_order_acquire)) {
    }
  }
  void unlock() { locked_.clear(std::memory_order_release); }

  std::atomic_flag locked_ = ATOMIC_FLAG_INIT;
  Header *free_[kClasses] = {};
  Header *owned_ = nullptr; // every block made here, in use or free
};

} // namespace argent

#endif // ARGENT_RUNTIME_DEVICE_CPU_SCRATCH_H
