//===- CpuMemory.h - memory of the host ------------------------------------===//
#ifndef ARGENT_RUNTIME_DEVICE_CPU_CPUMEMORY_H
#define ARGENT_RUNTIME_DEVICE_CPU_CPUMEMORY_H

#include "runtime/device/Device.h"

namespace argent {

/// Zeroed memory from the system, with a vector's length behind its end; large ones in huge pages where the system has
/// them.
class CpuMemory final : public DeviceMemory {
public:
  /// Null when there is no memory; there is none beyond machineBytes(). Blocks of different `number` start at different
  /// places of a page: parameters, gradients and moments are walked together at equal offsets, and loads and stores
  /// that agree in the low 12 bits wait for each other.
  static std::unique_ptr<DeviceMemory> allocate(size_t bytes, size_t number);
  ~CpuMemory() override;

private:
  void *mapping_ = nullptr;
  size_t mappedBytes_ = 0;
};

/// What the machine has: its memory and what it may swap out.
size_t machineBytes();

} // namespace argent

#endif // ARGENT_RUNTIME_DEVICE_CPU_CPUMEMORY_H
