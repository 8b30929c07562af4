//===- Tensor.cpp - element types by size and name -------------------------===//
#include "argent/Tensor.h"

namespace argent {

size_t elementBytes(ElementType type) {
  switch (type) {
  case ElementType::f64:
  case ElementType::i64:
    return 8;
  case ElementType::f32:
  case ElementType::i32:
    return 4;
  case ElementType::f16:
  case ElementType::bf16:
    return 2;
  case ElementType::u8:
  case ElementType::boolean:
    return 1;
  }
  return 0;
}

const char *elementTypeName(ElementType type) {
  switch (type) {
  case ElementType::f32:
    return "f32";
  case ElementType::f64:
    return "f64";
  case ElementType::f16:
    return "f16";
  case ElementType::bf16:
    return "bf16";
  case ElementType::i32:
    return "i32";
  case ElementType::i64:
    return "i64";
  case ElementType::u8:
    return "u8";
  case ElementType::boolean:
    return "bool";
  }
  return "unknown";
}

std::string typeString(ElementType type, const std::vector<int64_t> &shape) {
  std::string text = std::string(elementTypeName(type)) + "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i != 0)
      text += ", ";
    text += shape[i] < 0 ? "N" : std::to_string(shape[i]);
  }
  return text + "]";
}

} // namespace argent
