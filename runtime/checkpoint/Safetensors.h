//===- Safetensors.h - named tensors in a file -----------------------------===//
// The format of huggingface/safetensors: u64 length of the header (little-endian), a JSON object (name -> dtype, shape,
// data_offsets; and "__metadata__": text -> text), then the tensors' bytes. A file is data from outside: everything in
// it is checked before use.
#ifndef ARGENT_RUNTIME_CHECKPOINT_SAFETENSORS_H
#define ARGENT_RUNTIME_CHECKPOINT_SAFETENSORS_H

#include "argent/Status.h"
#include "argent/Tensor.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace argent {

struct NamedTensor {
  std::string name;
  TensorView tensor;
};

/// A safetensors file in memory. The views of `tensors` point into `bytes` (not aligned) and are for reading only.
struct Safetensors {
  std::map<std::string, std::string> metadata;
  std::vector<NamedTensor> tensors; // in the order of their offsets
  std::string bytes;

  Safetensors() = default;
  Safetensors(const Safetensors &) = delete;
  Safetensors &operator=(const Safetensors &) = delete;

  /// The tensor of this name, or null.
  const TensorView *find(std::string_view name) const;
};

/// Reads and checks a file.
///
/// Errors: kNotFound, kIoError  the file cannot be read.
///         kInvalidData         truncated, a header that is no such JSON, a name given twice, an unknown dtype, sizes
///                              that do not fit, tensors that overlap or leave gaps. The message names file and tensor.
Status readSafetensors(const std::string &path, Safetensors &file);
/// The same from memory; `name` is for messages.
Status parseSafetensors(std::string bytes, const std::string &name, Safetensors &file);

/// Writes atomically (File.h). Equal contents give equal bytes: tensors in the given order, metadata sorted by key.
Status writeSafetensors(const std::string &path, const std::map<std::string, std::string> &metadata,
                        const std::vector<NamedTensor> &tensors);

} // namespace argent

#endif // ARGENT_RUNTIME_CHECKPOINT_SAFETENSORS_H
