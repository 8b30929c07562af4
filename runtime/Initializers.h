//===- Initializers.h - the first values of parameters and states ----------===//
#ifndef ARGENT_RUNTIME_INITIALIZERS_H
#define ARGENT_RUNTIME_INITIALIZERS_H

#include "argent/Status.h"
#include "runtime/Table.h"

namespace argent {

/// Fills `tensor` (dense, aligned to its elements); rows that come from word vectors are drawn like the others
/// (train/FillWordVectors.h then sets them). Element i depends on the initializer, the shape, the path, the seed
/// and i only; orthogonal: on all elements of the matrix.
///
///   fan-in = the product of all dimensions but the last, fan-out = the product of all but the last but one.
///   glorot_uniform  ±sqrt(6 / (fan-in + fan-out))     glorot_normal  deviation sqrt(2 / (fan-in + fan-out))
///   he_uniform      ±sqrt(6 / fan-in)                 he_normal      deviation sqrt(2 / fan-in)
///   orthogonal      the tensor as a matrix of fan-in rows has orthonormal columns (or rows, where there are fewer):
///                   Q of a normal matrix's QR, with R's diagonal positive (Saxe et al. 2013)
Status fillInitialValue(const format::Initializer &initializer, const std::string &path, uint64_t seed,
                        TensorView &tensor);

} // namespace argent

#endif // ARGENT_RUNTIME_INITIALIZERS_H
