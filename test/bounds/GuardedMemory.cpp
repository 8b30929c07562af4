//===- GuardedMemory.cpp - memory between pages that nothing may touch -----===//
#include "test/bounds/GuardedMemory.h"

#include <csetjmp>
#include <csignal>
#include <cstring>
#include <new>
#include <sys/mman.h>
#include <ucontext.h>
#include <utility>

using namespace argent::test;

namespace {

constexpr size_t kPage = 4096;
// Far accesses, a row or two away, are still attributed to their buffer.
constexpr size_t kGuard = 16 * kPage;

} // namespace

GuardedMemory::GuardedMemory(size_t bytes, size_t alignment, size_t phase, Placement placement) : bytes_(bytes) {
  const size_t inner = (bytes + alignment + kPage - 1) / kPage * kPage;
  mappedBytes_ = inner + 2 * kGuard;
  void *memory = mmap(nullptr, mappedBytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    throw std::bad_alloc();
  mapping_ = static_cast<char *>(memory);
  char *begin = mapping_ + kGuard;
  if (mprotect(begin, inner, PROT_READ | PROT_WRITE) != 0)
    throw std::bad_alloc();
  std::memset(begin, kPattern, inner);
  if (placement == Placement::kStart)
    data_ = begin + phase % alignment;
  else {
    char *last = begin + inner - bytes;
    data_ = last - (reinterpret_cast<uintptr_t>(last) - phase) % alignment;
  }
}

GuardedMemory::~GuardedMemory() {
  if (mapping_ != nullptr)
    munmap(mapping_, mappedBytes_);
}

GuardedMemory::GuardedMemory(GuardedMemory &&other) noexcept
    : mapping_(std::exchange(other.mapping_, nullptr)), mappedBytes_(other.mappedBytes_), data_(other.data_),
      bytes_(other.bytes_) {}

bool GuardedMemory::owns(const void *address) const { return address >= mapping_ && address < mapping_ + mappedBytes_; }

ptrdiff_t GuardedMemory::distance(const void *address) const {
  const char *at = static_cast<const char *>(address);
  if (at < data_)
    return at - data_;
  return at < data_ + bytes_ ? 0 : at - (data_ + bytes_) + 1;
}

ptrdiff_t GuardedMemory::firstWritten() const {
  const char *begin = mapping_ + kGuard, *end = mapping_ + mappedBytes_ - kGuard;
  for (const char *at = begin; at < end; ++at) {
    if (at == data_)
      at += bytes_;
    if (at < end && static_cast<unsigned char>(*at) != kPattern)
      return distance(at);
  }
  return 0;
}

//===- Faults --------------------------------------------------------------===//

namespace {

sigjmp_buf *landing = nullptr;
Fault fault;

void onFault(int signal, siginfo_t *info, void *context) {
  if (landing == nullptr) {
    std::signal(signal, SIG_DFL);
    return;
  }
  fault.address = info->si_addr;
#if defined(__x86_64__)
  fault.write = static_cast<ucontext_t *>(context)->uc_mcontext.gregs[REG_ERR] & 2;
#endif
  siglongjmp(*landing, 1);
}

} // namespace

Fault argent::test::catchFault(const std::function<void()> &function) {
  struct sigaction action = {}, segv = {}, bus = {};
  action.sa_sigaction = onFault;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGSEGV, &action, &segv);
  sigaction(SIGBUS, &action, &bus);
  sigjmp_buf here;
  landing = &here;
  fault = {};
  if (sigsetjmp(here, 1) == 0)
    function();
  landing = nullptr;
  sigaction(SIGSEGV, &segv, nullptr);
  sigaction(SIGBUS, &bus, nullptr);
  return fault;
}
