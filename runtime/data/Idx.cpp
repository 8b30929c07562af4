//===- Idx.cpp - reader of IDX, plain or gzip ------------------------------===//
#include "runtime/data/Idx.h"

#include "runtime/data/GzipFile.h"

#include <algorithm>
#include <cstring>

namespace argent {

Status readIdx(const std::string &path, size_t minRank, size_t maxRank, Idx &idx) {
  auto bad = [&](const std::string &what) { return Status(StatusCode::kInvalidData, path + ": " + what); };
  GzipFile file(path);
  uint8_t magic[4];
  size_t count;
  ARGENT_RETURN_IF_ERROR(file.read(magic, 4, count));
  if (count < 4 || magic[0] != 0 || magic[1] != 0)
    return bad("not an IDX file: it does not begin with two zero bytes, a type and a rank");
  if (magic[2] != 8)
    return bad("its elements have IDX type " + std::to_string(magic[2]) + "; only 8, unsigned bytes, is supported");
  size_t rank = magic[3];
  if (rank < minRank || rank > maxRank)
    return bad("it has " + std::to_string(rank) + " dimensions; expected " + std::to_string(minRank) +
               (maxRank > minRank ? " or " + std::to_string(maxRank) : "") +
               (maxRank == 1 ? ", for labels" : ", for images"));
  std::vector<int64_t> shape;
  size_t bytes = 1;
  for (size_t i = 0; i < rank; ++i) {
    uint8_t extent[4];
    ARGENT_RETURN_IF_ERROR(file.read(extent, 4, count));
    if (count < 4)
      return bad("truncated in its header");
    uint32_t value = uint32_t(extent[0]) << 24 | uint32_t(extent[1]) << 16 | uint32_t(extent[2]) << 8 | extent[3];
    if (value == 0)
      return bad("one of its dimensions is 0");
    if (__builtin_mul_overflow(bytes, value, &bytes) || bytes > (size_t(1) << 40))
      return bad("its dimensions are too large");
    shape.push_back(value);
  }
  // Memory grows with what the file really holds: a damaged header must not ask for a terabyte.
  std::vector<uint8_t> values;
  constexpr size_t kPieceBytes = size_t(64) << 20;
  while (values.size() < bytes) {
    size_t have = values.size(), piece = std::min(bytes - have, kPieceBytes);
    values.resize(have + piece);
    ARGENT_RETURN_IF_ERROR(file.read(values.data() + have, piece, count));
    if (count < piece)
      return bad("truncated: its header promises " + std::to_string(bytes) + " bytes of data, there are " +
                 std::to_string(have + count));
  }
  uint8_t more;
  ARGENT_RETURN_IF_ERROR(file.read(&more, 1, count));
  if (count)
    return bad("it goes on after the " + std::to_string(bytes) + " bytes of data that its header promises");
  idx.shape = std::move(shape);
  idx.values = std::move(values);
  return Status();
}

} // namespace argent
