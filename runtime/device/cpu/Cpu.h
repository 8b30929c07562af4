//===- Cpu.h - the processor as a device -----------------------------------===//
// Everything is done when a call returns. A kernel's parallel loops run on the threads of a pool, and the memory that
// it asks for while it runs is its thread's Scratch.
#ifndef ARGENT_RUNTIME_DEVICE_CPU_CPU_H
#define ARGENT_RUNTIME_DEVICE_CPU_CPU_H

#include "runtime/device/Device.h"
#include "runtime/device/cpu/ThreadPool.h"
#include "runtime/device/cpu/Worker.h"

#include <vector>

namespace argent {

class Cpu final : public Device {
public:
  /// Starts the threads; 0: one for each processor that this process may use.
  ///
  /// Errors: kOutOfMemory  the system gives no more threads.
  static Status open(int threads, std::unique_ptr<Device> &device);

  bool has(MemorySpace space) const override { return space == MemorySpace::host; }
  size_t capacity(MemorySpace space) const override;
  std::unique_ptr<DeviceMemory> allocate(MemorySpace space, size_t bytes, size_t number) override;
  MemorySpace portSpace() const override { return MemorySpace::host; }
  bool reaches(const void *) const override { return true; }
  void copy(void *to, MemorySpace toSpace, const void *from, MemorySpace fromSpace, size_t bytes) override;
  void copy(const HalideBuffer &to, const HalideBuffer &from, size_t elementSize) override;
  void fill(DeviceMemory &memory, uint8_t value) override;
  void fill(const HalideBuffer &to, size_t elementSize, uint8_t value) override;
  void *context() override { return workers_[0].get(); }
  Status launch(KernelEntry entry, void **argv) override;
  Status synchronize() override { return {}; }
  int threads() const override { return pool_->threads(); }

private:
  Cpu() = default;
  Status failed(int result);

  KernelError error_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<ThreadPool> pool_; // after the workers: its threads use them
};

} // namespace argent

#endif // ARGENT_RUNTIME_DEVICE_CPU_CPU_H
