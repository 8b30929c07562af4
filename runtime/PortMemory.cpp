//===- PortMemory.cpp - where kernels see inputs and outputs ---------------===//
#include "runtime/PortMemory.h"
#include "runtime/ByteText.h"
#include "runtime/ModuleFormat.h"

namespace argent {

Status PortMemory::bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) {
  inputs_.clear();
  outputs_.clear();
  staged_.clear();
  for (const TensorView &tensor : inputs)
    ARGENT_RETURN_IF_ERROR(place(tensor, /*isOutput=*/false, inputs_));
  for (const TensorView &tensor : outputs)
    ARGENT_RETURN_IF_ERROR(place(tensor, /*isOutput=*/true, outputs_));
  return {};
}

Status PortMemory::place(const TensorView &tensor, bool isOutput, std::vector<char *> &places) {
  const size_t alignment = isOutput ? kTensorAlignment : elementBytes(tensor.type);
  if (device_.reaches(tensor.data) && reinterpret_cast<uintptr_t>(tensor.data) % alignment == 0) {
    places.push_back(static_cast<char *>(tensor.data));
    return {};
  }
  const size_t number = staged_.size(), bytes = tensor.byteCount();
  if (number == memory_.size())
    memory_.emplace_back();
  std::unique_ptr<DeviceMemory> &memory = memory_[number];
  if (memory == nullptr || memory->bytes() < bytes) {
    memory.reset();
    memory = device_.allocate(device_.portSpace(), bytes, number);
    if (memory == nullptr)
      return Status(StatusCode::kOutOfMemory, "no memory for an input or output of " + byteText(bytes));
  }
  // An output keeps what the kernels do not write.
  device_.copy(memory->data(), device_.portSpace(), tensor.data, MemorySpace::host, bytes);
  staged_.push_back({isOutput ? &tensor : nullptr, memory->data()});
  places.push_back(memory->data());
  return {};
}

Status PortMemory::giveBack() {
  for (const Staged &staged : staged_)
    if (staged.output != nullptr)
      device_.copy(staged.output->data, MemorySpace::host, staged.data, device_.portSpace(),
                   staged.output->byteCount());
  return device_.synchronize();
}

} // namespace argent
