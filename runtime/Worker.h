//===- Worker.h - what one thread of a session brings to the kernels -------===//
#ifndef ARGENT_RUNTIME_WORKER_H
#define ARGENT_RUNTIME_WORKER_H

#include "runtime/KernelContext.h"
#include "runtime/Scratch.h"

#include <atomic>
#include <mutex>
#include <string>

namespace argent {

class ThreadPool;

/// The first message that a kernel reported since it was last taken. Shared by the threads of a session.
class KernelError {
public:
  void report(const char *message);
  /// The message, and none is left.
  std::string take();
  bool reported() const { return reported_.load(std::memory_order_relaxed); }

private:
  std::mutex mutex_;
  std::atomic<bool> reported_{false};
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

#endif // ARGENT_RUNTIME_WORKER_H
