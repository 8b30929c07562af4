//===- Device.h - what runs kernels and holds their memory -----------------===//
// The seam between a session and the hardware: one device for each session. What a session asks of it is done in order,
// on one stream: copy(), fill() and launch() may return before they are done, each sees what those before it have done,
// and the host sees it after synchronize(). One thread at a time calls a device.
//
// A kernel's entry is host code on every device (KernelContext.h): where the loops run elsewhere, it is the stub that
// starts them, through the functions of the device's context.
#ifndef ARGENT_RUNTIME_DEVICE_DEVICE_H
#define ARGENT_RUNTIME_DEVICE_DEVICE_H

#include "argent/Status.h"
#include "runtime/HalideBuffer.h"
#include "runtime/module_generated.h"

#include <memory>

namespace argent {

using MemorySpace = format::MemorySpace;

/// A block of a device's memory; the destructor gives it back.
class DeviceMemory {
public:
  virtual ~DeviceMemory() = default;
  DeviceMemory(const DeviceMemory &) = delete;
  DeviceMemory &operator=(const DeviceMemory &) = delete;

  /// Where it begins. Offsets may be added in every space; only in MemorySpace::host may the host look there.
  char *data() const { return data_; }
  size_t bytes() const { return bytes_; }

protected:
  DeviceMemory() = default;
  char *data_ = nullptr;
  size_t bytes_ = 0;
};

class Device {
public:
  using KernelEntry = int (*)(void **argv);

  virtual ~Device() = default;
  Device(const Device &) = delete;
  Device &operator=(const Device &) = delete;

  /// Whether there is memory of this space.
  virtual bool has(MemorySpace space) const = 0;
  /// Bytes of a space that there are in all.
  virtual size_t capacity(MemorySpace space) const = 0;
  /// Zeroed memory, aligned to kTensorAlignment; null when there is none, or no such space. Blocks that are walked
  /// together at equal offsets get different `number`s, so that a device can set their addresses apart.
  virtual std::unique_ptr<DeviceMemory> allocate(MemorySpace space, size_t bytes, size_t number) = 0;

  /// The space in which kernels see inputs and outputs.
  virtual MemorySpace portSpace() const = 0;
  /// Whether kernels can use this memory of the caller in place; else a port's values go through memory of portSpace().
  virtual bool reaches(const void *host) const = 0;

  /// Copies bytes between any two spaces. The two do not overlap.
  virtual void copy(void *to, MemorySpace toSpace, const void *from, MemorySpace fromSpace, size_t bytes) = 0;
  /// Copies every element of `from` to the same place of `to`; equal extents and element sizes. The two do not overlap.
  virtual void copy(const HalideBuffer &to, const HalideBuffer &from, size_t elementSize) = 0;
  /// Sets every byte.
  virtual void fill(DeviceMemory &memory, uint8_t value) = 0;
  /// Sets every byte of every element.
  virtual void fill(const HalideBuffer &to, size_t elementSize, uint8_t value) = 0;

  /// The user context that kernels get: argv[0] points to a pointer to it. It lives as long as the device.
  virtual void *context() = 0;
  /// Runs a kernel, or starts it. Its buffers' addresses are set by setAddress().
  ///
  /// Errors: kKernelFailure  a checked kernel found an error; the message is what it said.
  ///         kOutOfMemory    there was no memory for what the kernel keeps while it runs; it has ended, and what it
  ///                         writes is unspecified. The device can go on.
  ///         kDeviceFailure  of this or of something before it that had not ended; the device is finished.
  virtual Status launch(KernelEntry entry, void **argv) = 0;
  /// Waits until everything is done.
  ///
  /// Errors: kDeviceFailure, as launch().
  virtual Status synchronize() = 0;

  /// Threads of the host that compute, the calling one included.
  virtual int threads() const = 0;

protected:
  Device() = default;
};

/// Lets the buffer begin at an address of this space.
inline void setAddress(HalideBuffer &buffer, char *address, MemorySpace space) {
  const bool onHost = space == MemorySpace::host;
  buffer.host = onHost ? reinterpret_cast<uint8_t *>(address) : nullptr;
  buffer.device = onHost ? 0 : reinterpret_cast<uintptr_t>(address);
}

} // namespace argent

#endif // ARGENT_RUNTIME_DEVICE_DEVICE_H
