//===- Npy.h - NumPy's .npy files ------------------------------------------===//
// Versions 1 and 2 of the format (numpy:doc/neps/nep-0001-npy-format.rst): little-endian, C order.
#ifndef ARGENT_RUNTIME_DATA_NPY_H
#define ARGENT_RUNTIME_DATA_NPY_H

#include "argent/Status.h"
#include "argent/Tensor.h"

#include <string>

namespace argent {

/// One array, which owns its bytes.
struct Npy {
  ElementType type = ElementType::f32;
  std::vector<int64_t> shape;
  std::vector<char> bytes;

  TensorView view() { return TensorView{type, shape, bytes.data()}; }
};

/// Errors: kNotFound, kIoError; kInvalidData for another version, big-endian, Fortran order, another dtype, a truncated
/// or too long file.
Status readNpy(const std::string &path, Npy &array);
Status parseNpy(const std::string &bytes, const std::string &name, Npy &array);
/// Writes version 1, atomically.
Status writeNpy(const std::string &path, const TensorView &tensor);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_NPY_H
