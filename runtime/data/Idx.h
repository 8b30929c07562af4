//===- Idx.h - IDX files, the format of MNIST and its kin -------------------===//
// Big-endian: two zero bytes, the element type (8: u8), the rank, the extents as u32, the data. Plain or gzip, told
// apart by the first bytes. Only u8 data: that is what images and labels are.
#ifndef ARGENT_RUNTIME_DATA_IDX_H
#define ARGENT_RUNTIME_DATA_IDX_H

#include "argent/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace argent {

struct Idx {
  std::vector<int64_t> shape; // outermost first: items, rows, columns
  std::vector<uint8_t> values;
};

/// Reads a file of the given rank (1 labels, 3 grey images, 4 images with channels last).
///
/// Errors: kNotFound, kIoError; kInvalidData for another magic number, type or rank, a truncated or damaged file, bytes
/// after the end.
Status readIdx(const std::string &path, size_t minRank, size_t maxRank, Idx &idx);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_IDX_H
