//===- Rows.h - row-major indices of known shapes --------------------------===//
#ifndef ARGENT_DIALECTS_NN_ROWS_H
#define ARGENT_DIALECTS_NN_ROWS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace argent::nn {

/// Calls `f` with each index of `shape`, in row-major order.
template <typename F> void forEachIndex(llvm::ArrayRef<int64_t> shape, F f) {
  llvm::SmallVector<int64_t, 6> index(shape.size(), 0);
  for (int64_t extent : shape)
    if (extent == 0)
      return;
  while (true) {
    f(llvm::ArrayRef<int64_t>(index));
    size_t axis = shape.size();
    while (axis > 0 && ++index[axis - 1] == shape[axis - 1])
      index[--axis] = 0;
    if (axis == 0)
      return;
  }
}

/// The row-major number of the element at `index`.
inline int64_t rowOf(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape) {
  int64_t row = 0;
  for (size_t i = 0; i < shape.size(); ++i)
    row = row * shape[i] + index[i];
  return row;
}

/// The same for a tensor of `shape` that stretches to where `index` counts.
inline int64_t broadcastRow(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape) {
  index = index.take_back(shape.size());
  int64_t row = 0;
  for (size_t i = 0; i < shape.size(); ++i)
    row = row * shape[i] + (shape[i] == 1 ? 0 : index[i]);
  return row;
}

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_ROWS_H
