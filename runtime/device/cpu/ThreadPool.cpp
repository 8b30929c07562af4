//===- ThreadPool.cpp - the threads of one session -------------------------===//
#include "runtime/device/cpu/ThreadPool.h"
#include "runtime/device/cpu/Escape.h"
#include "runtime/device/cpu/FloatMode.h"

#include <algorithm>
#include <chrono>
#include <climits>
#include <cstring>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace argent {

namespace {

// A loop that follows within this time finds the workers awake; a wake-up from sleep costs some 5 us.
constexpr auto kSpinTime = std::chrono::microseconds(40);
// Then the processor is offered to others between looks. With more threads than processors this starts at once.
constexpr auto kPauseTime = std::chrono::microseconds(10);

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));

void futexWait(std::atomic<uint32_t> &word, uint32_t expected) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
}

void futexWake(std::atomic<uint32_t> &word, int count) {
  syscall(SYS_futex, reinterpret_cast<uint32_t *>(&word), FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

void pauseProcessor() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Looks at `done` for at most kSpinTime; false when it did not come true.
template <typename Condition> bool spinUntil(Condition done, bool oversubscribed) {
  auto start = std::chrono::steady_clock::now();
  for (;;) {
    for (int i = 0; i < 32; ++i) {
      if (done())
        return true;
      pauseProcessor();
    }
    auto elapsed = std::chrono::steady_clock::now() - start;
    if (elapsed > kSpinTime)
      return false;
    if (oversubscribed || elapsed > kPauseTime)
      sched_yield();
  }
}

} // namespace

int ThreadPool::availableProcessors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return std::max(1, CPU_COUNT(&set));
  return static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
}

Status ThreadPool::create(std::vector<void *> contexts, std::unique_ptr<ThreadPool> &pool) {
  std::unique_ptr<ThreadPool> made(new ThreadPool);
  made->contexts_ = std::move(contexts);
  made->oversubscribed_ = made->threads() > availableProcessors();

  // Signals are for the threads of the application.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = 0;
  for (int i = 1; i < made->threads() && error == 0; ++i) {
    auto worker = std::make_unique<Worker>(Worker{made.get(), i, {}});
    error = pthread_create(&worker->thread, nullptr, workerMain, worker.get());
    if (error == 0)
      made->workers_.push_back(std::move(worker));
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0)
    return Status(StatusCode::kOutOfMemory,
                  "cannot start " + std::to_string(made->threads()) + " threads: " + std::strerror(error));
  pool = std::move(made);
  return {};
}

ThreadPool::~ThreadPool() {
  stop_ = true;
  ++generation_;
  futexWake(generation_, INT_MAX);
  for (std::unique_ptr<Worker> &worker : workers_)
    pthread_join(worker->thread, nullptr);
}

void *ThreadPool::workerMain(void *argument) {
  auto *worker = static_cast<Worker *>(argument);
  FloatMode mode;
  worker->pool->workerLoop(worker->index);
  return nullptr;
}

int ThreadPool::parallelFor(void *context, Task task, int min, int size, uint8_t *closure) {
  if (size <= 0)
    return 0;
  if (size == 1 || workers_.empty() || busy_.exchange(true)) {
    for (int i = 0; i < size; ++i)
      if (int result = task(context, min + i, closure))
        return result;
    return 0;
  }

  loop_ = {task, closure, min, size};
  next_.store(0, std::memory_order_relaxed);
  result_.store(0, std::memory_order_relaxed);
  open_ = true;
  ++generation_;
  if (int asleep = sleepers_; asleep != 0)
    futexWake(generation_, std::min(asleep, size - 1));

  work(context);
  open_ = false;
  awaitWorkers();
  int result = result_.load(std::memory_order_relaxed);
  busy_ = false;
  return result;
}

/// Takes part in the loop until no index is left or a task fails.
void ThreadPool::work(void *context) {
  struct Part {
    ThreadPool *pool;
    void *context;
  } part{this, context};
  const bool ended = runWithEscape(
      [](void *argument) {
        Part &part = *static_cast<Part *>(argument);
        part.pool->claimIndices(part.context);
      },
      &part);
  if (!ended)
    fail(-1);
}

/// Keeps the first result, and leaves no index to claim.
void ThreadPool::fail(int result) {
  int none = 0;
  result_.compare_exchange_strong(none, result, std::memory_order_relaxed);
  next_.store(loop_.size, std::memory_order_relaxed);
}

void ThreadPool::claimIndices(void *context) {
  const Loop &loop = loop_;
  for (;;) {
    int64_t index = next_.fetch_add(1, std::memory_order_relaxed);
    if (index >= loop.size)
      return;
    if (int result = loop.task(context, loop.min + static_cast<int>(index), loop.closure))
      fail(result);
  }
}

void ThreadPool::workerLoop(int index) {
  uint32_t seen = 0;
  for (;;) {
    seen = awaitChange(seen);
    // The pool says that it ends before it changes the generation for the last time: looked at the other way round, a
    // worker could take the last change for that of a loop, and wait for one more.
    if (stop_)
      return;
    ++inside_;
    if (open_)
      work(contexts_[index]);
    if (--inside_ == 0 && callerSleeps_)
      futexWake(inside_, 1);
  }
}

/// Waits for a generation other than `seen` and returns it.
uint32_t ThreadPool::awaitChange(uint32_t seen) {
  if (!spinUntil([&] { return generation_ != seen; }, oversubscribed_)) {
    ++sleepers_;
    while (generation_ == seen)
      futexWait(generation_, seen);
    --sleepers_;
  }
  return generation_;
}

/// Waits until no worker is inside the loop.
void ThreadPool::awaitWorkers() {
  if (spinUntil([&] { return inside_ == 0; }, oversubscribed_))
    return;
  callerSleeps_ = true;
  for (uint32_t count; (count = inside_) != 0;)
    futexWait(inside_, count);
  callerSleeps_ = false;
}

} // namespace argent
