//===- Worker.h - what one thread of a session brings to the kernels -------===//
#ifndef ARGENT_RUNTIME_DEVICE_CPU_WORKER_H
#define ARGENT_RUNTIME_DEVICE_CPU_WORKER_H

#include "runtime/KernelContext.h"
#include "runtime/device/cpu/Scratch.h"

#include <atomic>
#include <mutex>
#include <string>

namespace argent {

class ThreadPool;

/// What went wrong in a kernel since it was last taken: the first message that it reported, or that it found no memory.
/// Shared by the threads of a session.
class KernelError {
public:
  void report(const char *message);
  /// So many bytes, of which there were none, ended the kernel.
  void refuse(size_t bytes);
  /// The message, and nothing is left.
  std::string take();
  bool reported() const { return reported_.load(std::memory_order_relaxed); }
  /// 0: every request was granted.
  size_t refusedBytes() const { return refusedBytes_.load(std::memory_order_relaxed); }

private:
  std::mutex mutex_;
  std::atomic<bool> reported_{false};
  std::atomic<size_t> refusedBytes_{0};
  std::string message_;
};

/// The user context of one thread; its address is what kernels get.
struct Worker {
  KernelContext functions;
  ThreadPool *pool = nullptr;
  KernelError *error = nullptr;
  Scratch scratch;

  explicit Worker(KernelError &error);
};

} // namespace argent

#endif // ARGENT_RUNTIME_DEVICE_CPU_WORKER_H
