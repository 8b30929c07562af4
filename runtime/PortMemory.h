//===- PortMemory.h - where kernels see inputs and outputs -----------------===//
// The caller's memory where kernels can use it in place. Else memory of the device, which takes the values there and
// back: where the device does not reach the caller's; of inputs that are not aligned to their elements; and of outputs
// that are not aligned to vectors, because a kernel that reads what it has written to its result does so by vectors,
// which Halide takes for aligned.
#ifndef ARGENT_RUNTIME_PORTMEMORY_H
#define ARGENT_RUNTIME_PORTMEMORY_H

#include "argent/Tensor.h"
#include "runtime/device/Device.h"

#include <span>
#include <vector>

namespace argent {

class PortMemory {
public:
  explicit PortMemory(Device &device) : device_(device) {}

  /// Finds, or makes, the memory for the ports of one call, whose tensors stay as they are until the next one. What was
  /// made is kept for later calls.
  ///
  /// Errors: kOutOfMemory
  Status bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs);
  /// For each port, in portSpace().
  const std::vector<char *> &inputs() const { return inputs_; }
  const std::vector<char *> &outputs() const { return outputs_; }

  /// Gives the caller what the kernels have written, and waits for it.
  Status giveBack();

private:
  struct Staged {
    const TensorView *output; // null: an input
    char *data;
  };
  Status place(const TensorView &tensor, bool isOutput, std::vector<char *> &places);

  Device &device_;
  std::vector<char *> inputs_, outputs_;
  std::vector<Staged> staged_;                        // of this call
  std::vector<std::unique_ptr<DeviceMemory>> memory_; // the n-th for the n-th of them
};

} // namespace argent

#endif // ARGENT_RUNTIME_PORTMEMORY_H
