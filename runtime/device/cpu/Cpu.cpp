//===- Cpu.cpp - the processor as a device ---------------------------------===//
#include "runtime/device/cpu/Cpu.h"
#include "runtime/ByteText.h"
#include "runtime/device/cpu/CpuMemory.h"
#include "runtime/device/cpu/Escape.h"
#include "runtime/device/cpu/FloatMode.h"
#include "runtime/device/cpu/StridedCopy.h"

#include <algorithm>
#include <cstring>

namespace argent {

static constexpr int kMaxThreads = 1024;

Status Cpu::open(int threads, std::unique_ptr<Device> &device) {
  std::unique_ptr<Cpu> made(new Cpu);
  const int count = std::min(threads == 0 ? ThreadPool::availableProcessors() : threads, kMaxThreads);
  std::vector<void *> contexts;
  for (int i = 0; i < count; ++i) {
    made->workers_.push_back(std::make_unique<Worker>(made->error_));
    contexts.push_back(made->workers_.back().get());
  }
  ARGENT_RETURN_IF_ERROR(ThreadPool::create(std::move(contexts), made->pool_));
  for (std::unique_ptr<Worker> &worker : made->workers_)
    worker->pool = made->pool_.get();
  device = std::move(made);
  return {};
}

size_t Cpu::capacity(MemorySpace space) const { return has(space) ? machineBytes() : 0; }

std::unique_ptr<DeviceMemory> Cpu::allocate(MemorySpace space, size_t bytes, size_t number) {
  return has(space) ? CpuMemory::allocate(bytes, number) : nullptr;
}

void Cpu::copy(void *to, MemorySpace, const void *from, MemorySpace, size_t bytes) {
  if (bytes != 0)
    std::memcpy(to, from, bytes);
}

void Cpu::copy(const HalideBuffer &to, const HalideBuffer &from, size_t elementSize) { copyBox(from, to, elementSize); }

void Cpu::fill(DeviceMemory &memory, uint8_t value) {
  if (memory.bytes() != 0)
    std::memset(memory.data(), value, memory.bytes());
}

void Cpu::fill(const HalideBuffer &to, size_t elementSize, uint8_t value) { fillBox(to, elementSize, value); }

Status Cpu::launch(KernelEntry entry, void **argv) {
  FloatMode mode;
  struct Call {
    KernelEntry entry;
    void **argv;
    int result;
  } call{entry, argv, 0};
  runWithEscape(
      [](void *argument) {
        Call &call = *static_cast<Call *>(argument);
        call.result = call.entry(call.argv);
      },
      &call);
  return call.result == 0 && !error_.reported() ? Status() : failed(call.result);
}

Status Cpu::failed(int result) {
  if (size_t bytes = error_.refusedBytes(); bytes != 0) {
    // Every thread has left the kernel. What its threads held is given back, so that a smaller batch finds memory.
    for (std::unique_ptr<Worker> &worker : workers_)
      worker->scratch.clear();
    error_.take();
    return Status(StatusCode::kOutOfMemory, "no memory for " + byteText(bytes) + " that it needs while it runs");
  }
  std::string message = error_.take();
  return Status(StatusCode::kKernelFailure, message.empty() ? "error " + std::to_string(result) : message);
}

} // namespace argent
