//===- Worker.cpp - the functions that kernels call ------------------------===//
#include "runtime/device/cpu/Worker.h"
#include "runtime/device/cpu/Escape.h"
#include "runtime/device/cpu/ThreadPool.h"

#include <algorithm>

namespace argent {

namespace {

Worker &worker(void *context) { return *static_cast<Worker *>(context); }

int doParFor(void *context, KernelContext::Task task, int min, int size, uint8_t *closure) {
  const int result = worker(context).pool->parallelFor(context, task, min, size, closure);
  // What is missing of the loop's results the kernel would take for computed.
  if (worker(context).error->refusedBytes() != 0)
    escape();
  return result;
}

void *allocate(void *context, size_t bytes) {
  void *memory = worker(context).scratch.allocate(bytes);
  if (memory == nullptr) {
    worker(context).error->refuse(bytes);
    escape();
  }
  return memory;
}
void release(void *context, void *pointer) { worker(context).scratch.release(pointer); }
void error(void *context, const char *message) { worker(context).error->report(message); }

} // namespace

Worker::Worker(KernelError &error) : functions{doParFor, allocate, release, argent::error}, error(&error) {}

void KernelError::report(const char *message) {
  std::lock_guard lock(mutex_);
  reported_ = true;
  if (!message_.empty() || message == nullptr)
    return;
  try {
    message_ = message;
  } catch (const std::bad_alloc &) {
    // The kernel's result still says that it failed.
  }
}

void KernelError::refuse(size_t bytes) {
  refusedBytes_ = std::max<size_t>(bytes, 1);
  reported_ = true;
}

std::string KernelError::take() {
  std::lock_guard lock(mutex_);
  reported_ = false;
  refusedBytes_ = 0;
  return std::exchange(message_, std::string());
}

} // namespace argent
