//===- Table.h - small helpers over the generated accessors of module.fbs --===//
// FlatBuffers gives null for what is absent; these give empty values instead.
#ifndef ARGENT_RUNTIME_TABLE_H
#define ARGENT_RUNTIME_TABLE_H

#include "argent/Tensor.h"
#include "runtime/PortNames.h"
#include "runtime/module_generated.h"

#include <string>
#include <string_view>
#include <vector>

namespace argent {

inline std::string_view text(const flatbuffers::String *string) {
  return string == nullptr ? std::string_view() : std::string_view(string->data(), string->size());
}

/// `text` between quotation marks, for messages.
inline std::string quoted(std::string_view string) {
  std::string result = "\"";
  result += string;
  return result += '"';
}

/// A vector of the table; empty when absent. Elements as the generated code gives them.
template <typename T> class List {
public:
  List(const flatbuffers::Vector<T> *vector) : vector_(vector) {}
  uint32_t size() const { return vector_ == nullptr ? 0 : vector_->size(); }
  bool empty() const { return size() == 0; }
  auto operator[](uint32_t i) const { return vector_->Get(i); }

private:
  const flatbuffers::Vector<T> *vector_;
};
template <typename T> List(const flatbuffers::Vector<T> *) -> List<T>;

/// format::Linear, absent ones as 0.
struct Amount {
  int64_t constant = 0;
  int64_t perBatch = 0;

  Amount() = default;
  Amount(const format::Linear *linear) {
    if (linear != nullptr) {
      constant = linear->constant();
      perBatch = linear->per_batch();
    }
  }
  int64_t at(int64_t batch) const { return constant + perBatch * batch; }
  bool operator==(const Amount &) const = default;
};

inline bool drawsRandom(const format::EntryPoint &entry) {
  List inputs(entry.inputs());
  return !inputs.empty() && text(inputs[inputs.size() - 1]->name()) == kRandomPort;
}
/// How many inputs a caller gives.
inline uint32_t givenInputs(const format::EntryPoint &entry) {
  return List(entry.inputs()).size() - drawsRandom(entry);
}

inline ElementType elementType(format::ElementType type) { return static_cast<ElementType>(type); }

/// The extents of a type for a batch of `n`.
inline std::vector<int64_t> shapeAt(const format::TensorType &type, int64_t n) {
  std::vector<int64_t> shape;
  List dims(type.dims());
  for (uint32_t i = 0; i < dims.size(); ++i)
    shape.push_back(Amount(dims[i]).at(n));
  return shape;
}

/// Of format::Loop::counter: it has none.
inline constexpr uint32_t kNoView = 0xffffffff;

/// Where a kernel's code begins in the image.
inline uint64_t codeOffset(const format::Kernel &kernel) {
  return kernel.code_offset() ? kernel.code_offset() : kernel.image_offset();
}

/// A type for messages: "f32[N, 28, 28, 1]", "f32[35N, 8]".
std::string typeText(const format::TensorType &type);

} // namespace argent

#endif // ARGENT_RUNTIME_TABLE_H
