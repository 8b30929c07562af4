//===- Worker.cpp - the functions that kernels call ------------------------===//
#include "runtime/Worker.h"
#include "runtime/ThreadPool.h"

namespace argent {

namespace {

Worker &worker(void *context) { return *static_cast<Worker *>(context); }

int doParFor(void *context, KernelContext::Task task, int min, int size, uint8_t *closure) {
  return worker(context).pool->parallelFor(context, task, min, size, closure);
}

void *allocate(void *context, size_t bytes) { return worker(context).scratch.allocate(bytes); }
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

std::string KernelError::take() {
  std::lock_guard lock(mutex_);
  reported_ = false;
  return std::exchange(message_, std::string());
}

} // namespace argent
