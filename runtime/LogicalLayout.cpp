//===- LogicalLayout.cpp - where parameters and states lie in logical layout ===//
#include "runtime/LogicalLayout.h"
#include "runtime/ModuleFormat.h"

namespace argent {

namespace {

/// At most one factor has N (checked at opening), so the product is linear.
Amount bytesOf(const format::TensorType &type, uint32_t rounding) {
  Amount bytes;
  bytes.constant = static_cast<int64_t>(elementBytes(elementType(type.element_type())));
  List dims(type.dims());
  for (uint32_t i = 0; i < dims.size(); ++i) {
    Amount dim(dims[i]);
    bytes.perBatch = bytes.perBatch * dim.constant + bytes.constant * dim.perBatch;
    bytes.constant *= dim.constant;
  }
  auto roundUp = [](int64_t bytes, int64_t multiple) { return (bytes + multiple - 1) / multiple * multiple; };
  constexpr int64_t kAlignment = static_cast<int64_t>(kTensorAlignment);
  bytes.constant = roundUp(bytes.constant, kAlignment);
  bytes.perBatch = roundUp(bytes.perBatch, kAlignment / rounding);
  return bytes;
}

} // namespace

std::vector<Amount> logicalOffsets(const format::Module &module, uint32_t rounding) {
  std::vector<Amount> offsets;
  Amount next;
  List parameters(module.parameters());
  for (uint32_t i = 0; i < parameters.size(); ++i) {
    offsets.push_back(next);
    Amount bytes = bytesOf(*parameters[i]->type(), rounding);
    next.constant += bytes.constant;
    next.perBatch += bytes.perBatch;
  }
  return offsets;
}

Amount logicalBytes(const format::Module &module, uint32_t rounding) {
  Amount total;
  List parameters(module.parameters());
  for (uint32_t i = 0; i < parameters.size(); ++i) {
    Amount bytes = bytesOf(*parameters[i]->type(), rounding);
    total.constant += bytes.constant;
    total.perBatch += bytes.perBatch;
  }
  return total;
}

} // namespace argent
