//===- ThreadPool.h - the threads of one session ---------------------------===//
// One parallel loop runs at a time; its indices are claimed one by one from a counter, and the calling thread takes
// part. Between loops the workers spin for a short while, then sleep. Which thread runs an index is open; results do
// not depend on it (dialects/hl/HL.td, law 5).
#ifndef ARGENT_RUNTIME_DEVICE_CPU_THREADPOOL_H
#define ARGENT_RUNTIME_DEVICE_CPU_THREADPOOL_H

#include "argent/Status.h"
#include "runtime/KernelContext.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <pthread.h>
#include <vector>

namespace argent {

class ThreadPool {
public:
  using Task = KernelContext::Task;

  /// A pool whose workers 1 … contexts.size() - 1 pass contexts[worker] to the tasks that they run; thread 0 is the
  /// caller of parallelFor. The contexts outlive the pool.
  ///
  /// Errors: kOutOfMemory  the system gives no more threads.
  static Status create(std::vector<void *> contexts, std::unique_ptr<ThreadPool> &pool);
  /// Waits for the workers to end. No parallelFor may be running.
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  /// Runs task(context, i, closure) for each i in min … min + size - 1; the calling thread passes `context`. Returns 0,
  /// or what the first task to fail returned; then some of the others have not run. A task that ends by escape() fails
  /// with -1; where the loop runs on the calling thread alone, it ends what that thread runs. When a loop is already
  /// running (the call comes from inside a task, or from another thread), the whole loop runs on the calling thread.
  int parallelFor(void *context, Task task, int min, int size, uint8_t *closure);

  int threads() const { return static_cast<int>(contexts_.size()); }
  /// Processors that this process may use.
  static int availableProcessors();

private:
  struct Worker {
    ThreadPool *pool;
    int index;
    pthread_t thread;
  };
  struct Loop {
    Task task;
    uint8_t *closure;
    int min;
    int size;
  };

  ThreadPool() = default;
  static void *workerMain(void *worker);
  void work(void *context);
  void claimIndices(void *context);
  void fail(int result);
  void workerLoop(int index);
  uint32_t awaitChange(uint32_t seen);
  void awaitWorkers();

  std::vector<void *> contexts_;
  std::vector<std::unique_ptr<Worker>> workers_;
  bool oversubscribed_ = false;

  // A worker enters by counting itself in `inside_` and only then looks whether `open_` holds; the caller closes the
  // loop and only then waits for `inside_` to become 0. So no worker sees `loop_` change, and a late one finds the door
  // closed.
  Loop loop_ = {};
  std::atomic<bool> busy_{false};
  alignas(64) std::atomic<uint32_t> generation_{0}; // futex of sleeping workers: changes with each loop, and at the end
  std::atomic<bool> open_{false};
  std::atomic<bool> stop_{false};
  std::atomic<int> result_{0};
  alignas(64) std::atomic<int64_t> next_{0};
  alignas(64) std::atomic<uint32_t> inside_{0}; // futex of the caller
  std::atomic<bool> callerSleeps_{false};
  alignas(64) std::atomic<int> sleepers_{0};
};

} // namespace argent

#endif // ARGENT_RUNTIME_DEVICE_CPU_THREADPOOL_H
