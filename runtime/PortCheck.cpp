//===- PortCheck.cpp - whether a caller's tensors fit ports and parameters -===//
#include "runtime/PortCheck.h"

#include <algorithm>

namespace argent {

namespace {

using Ports = List<flatbuffers::Offset<format::Port>>;

struct Call {
  const format::EntryPoint &entry;
  int64_t maxBatch;
  int64_t n = 0;          // not known yet
  std::string nFrom = {}; // the port that said so

  Status invalid(const std::string &message) const {
    return Status(StatusCode::kInvalidArgument, std::string(text(entry.name())) + ": " + message);
  }
};

std::string portText(const char *kind, const format::Port &port) {
  return std::string(kind) + " " + quoted(text(port.name()));
}

Status checkShape(Call &call, const char *kind, const format::Port &port, const TensorView &tensor) {
  List dims(port.type()->dims());
  auto mismatch = [&] {
    return call.invalid(portText(kind, port) + ": expected " + typeText(*port.type()) + ", got " +
                        typeString(tensor.type, tensor.shape));
  };
  if (tensor.type != elementType(port.type()->element_type()) || tensor.shape.size() != dims.size())
    return mismatch();
  for (uint32_t i = 0; i < dims.size(); ++i) {
    Amount dim(dims[i]);
    const int64_t extent = tensor.shape[i];
    if (dim.perBatch == 0) {
      if (extent != dim.constant)
        return mismatch();
      continue;
    }
    if ((extent - dim.constant) % dim.perBatch != 0)
      return mismatch();
    const int64_t n = (extent - dim.constant) / dim.perBatch;
    if (n < 1)
      return call.invalid(portText(kind, port) + ": a batch of " + std::to_string(n) + "; N is at least 1");
    if (n > call.maxBatch)
      return call.invalid(portText(kind, port) + ": a batch of " + std::to_string(n) +
                          ", but the session was opened for at most " + std::to_string(call.maxBatch));
    if (call.n != 0 && n != call.n)
      return call.invalid(portText(kind, port) + ": N is " + std::to_string(n) + " here, but " +
                          std::to_string(call.n) + " in " + call.nFrom);
    if (call.n == 0) {
      call.n = n;
      call.nFrom = portText(kind, port);
    }
  }
  if (tensor.data == nullptr)
    return call.invalid(portText(kind, port) + ": no memory given");
  return {};
}

/// `wanted`: how many a caller gives.
Status checkShapes(Call &call, const char *kind, Ports ports, uint32_t wanted, std::span<const TensorView> tensors) {
  if (tensors.size() != ports.size())
    return call.invalid("expected " + std::to_string(wanted) + " " + kind + "s, got " + std::to_string(tensors.size()));
  for (uint32_t i = 0; i < ports.size(); ++i)
    ARGENT_RETURN_IF_ERROR(checkShape(call, kind, *ports[i], tensors[i]));
  return {};
}

/// The index of the first element outside of low … high, or -1. Elements may be unaligned.
template <typename T> int64_t firstOutside(const TensorView &tensor, int64_t low, int64_t high) {
  const char *data = static_cast<const char *>(tensor.data);
  const int64_t count = tensor.elementCount();
  for (int64_t begin = 0; begin < count; begin += 1024) {
    const int64_t end = std::min(count, begin + 1024);
    bool outside = false;
    for (int64_t i = begin; i < end; ++i) {
      T value;
      __builtin_memcpy(&value, data + i * sizeof(T), sizeof(T));
      outside |= value < low || value > high;
    }
    if (!outside)
      continue;
    for (int64_t i = begin; i < end; ++i) {
      T value;
      __builtin_memcpy(&value, data + i * sizeof(T), sizeof(T));
      if (value < low || value > high)
        return i;
    }
  }
  return -1;
}

Status checkRange(const Call &call, const format::Port &port, const TensorView &tensor) {
  const int64_t low = port.range()->low(), high = port.range()->high();
  int64_t index = -1, value = 0;
  const char *data = static_cast<const char *>(tensor.data);
  auto find = [&](auto zero) {
    using T = decltype(zero);
    index = firstOutside<T>(tensor, low, high);
    if (index >= 0) {
      T found;
      __builtin_memcpy(&found, data + index * sizeof(T), sizeof(T));
      value = found;
    }
  };
  switch (tensor.type) {
  case ElementType::i32:
    find(int32_t());
    break;
  case ElementType::i64:
    find(int64_t());
    break;
  default:
    find(uint8_t());
    break;
  }
  if (index < 0)
    return {};
  std::string where = portText("input", port);
  if (!tensor.shape.empty()) {
    const int64_t perRow = tensor.elementCount() / tensor.shape[0];
    where += ", row " + std::to_string(index / perRow);
    if (perRow > 1)
      where += ", element " + std::to_string(index % perRow);
  }
  return call.invalid(where + ": the value " + std::to_string(value) + " is not in " + std::to_string(low) + " … " +
                      std::to_string(high));
}

bool overlap(const TensorView &a, const TensorView &b) {
  const char *beginA = static_cast<const char *>(a.data), *beginB = static_cast<const char *>(b.data);
  return beginA < beginB + b.byteCount() && beginB < beginA + a.byteCount();
}

} // namespace

Status checkCall(const format::EntryPoint &entry, std::span<const TensorView> inputs,
                 std::span<const TensorView> outputs, int64_t maxBatch, int64_t &n) {
  Call call{entry, maxBatch};
  Ports inputPorts(entry.inputs()), outputPorts(entry.outputs());
  ARGENT_RETURN_IF_ERROR(checkShapes(call, "input", inputPorts, givenInputs(entry), inputs));
  ARGENT_RETURN_IF_ERROR(checkShapes(call, "output", outputPorts, outputPorts.size(), outputs));
  for (uint32_t i = 0; i < outputs.size(); ++i) {
    for (uint32_t j = 0; j < inputs.size(); ++j)
      if (overlap(outputs[i], inputs[j]))
        return call.invalid(portText("output", *outputPorts[i]) + " overlaps " + portText("input", *inputPorts[j]));
    for (uint32_t j = 0; j < i; ++j)
      if (overlap(outputs[i], outputs[j]))
        return call.invalid(portText("output", *outputPorts[i]) + " overlaps " + portText("output", *outputPorts[j]));
  }
  for (uint32_t i = 0; i < inputs.size(); ++i)
    if (inputPorts[i]->range() != nullptr)
      ARGENT_RETURN_IF_ERROR(checkRange(call, *inputPorts[i], inputs[i]));
  n = call.n == 0 ? 1 : call.n;
  return {};
}

Status checkValue(const format::Parameter &parameter, int64_t maxBatch, const TensorView &value) {
  const ElementType type = elementType(parameter.type()->element_type());
  const std::vector<int64_t> shape = shapeAt(*parameter.type(), maxBatch);
  if (value.type == type && value.shape == shape && value.data != nullptr)
    return {};
  return Status(StatusCode::kInvalidArgument,
                "parameter " + quoted(text(parameter.path())) + " is " + typeString(type, shape) + ", got " +
                    (value.data == nullptr ? "no memory" : typeString(value.type, value.shape)));
}

} // namespace argent
