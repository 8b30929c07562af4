//===- Idx.cpp - reader of IDX, plain or gzip ------------------------------===//
#include "runtime/data/Idx.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <zlib.h>

namespace argent {

namespace {
/// A file as a stream of bytes: gzip is unpacked, anything else passes through. (zlib's own gzread does not notice a
/// file that ends in the last eight bytes, where the checksum is.)
class GzipFile {
public:
  explicit GzipFile(const std::string &path) : path_(path), file_(std::fopen(path.c_str(), "rbe")) {}
  ~GzipFile() {
    if (file_)
      std::fclose(file_);
    if (packed_)
      inflateEnd(&stream_);
  }
  GzipFile(const GzipFile &) = delete;
  GzipFile &operator=(const GzipFile &) = delete;

  bool isOpen() const { return file_; }

  /// Reads up to `bytes`; fewer only at the end.
  Status read(void *destination, size_t bytes, size_t &count) {
    count = 0;
    if (!started_)
      ARGENT_RETURN_IF_ERROR(start());
    while (count < bytes) {
      if (stream_.avail_in == 0)
        ARGENT_RETURN_IF_ERROR(refill());
      size_t want = std::min<size_t>(bytes - count, 1u << 30);
      if (!packed_) {
        size_t got = std::min<size_t>(want, stream_.avail_in);
        if (got == 0)
          return Status();
        std::memcpy(static_cast<char *>(destination) + count, stream_.next_in, got);
        stream_.next_in += got;
        stream_.avail_in -= static_cast<unsigned>(got);
        count += got;
        continue;
      }
      if (stream_.avail_in == 0)
        return atStreamEnd_ ? Status() : Status(StatusCode::kInvalidData, path_ + ": the gzip file is truncated");
      // Another stream may follow one that has ended.
      if (atStreamEnd_)
        inflateReset(&stream_);
      stream_.next_out = static_cast<Bytef *>(destination) + count;
      stream_.avail_out = static_cast<unsigned>(want);
      int code = inflate(&stream_, Z_NO_FLUSH);
      count += want - stream_.avail_out;
      atStreamEnd_ = code == Z_STREAM_END;
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
        return Status(StatusCode::kInvalidData,
                      path_ + ": the gzip file is damaged" + (stream_.msg ? std::string(": ") + stream_.msg : ""));
    }
    return Status();
  }

private:
  Status start() {
    started_ = true;
    ARGENT_RETURN_IF_ERROR(refill());
    packed_ = stream_.avail_in >= 2 && buffer_[0] == 0x1f && buffer_[1] == 0x8b;
    if (packed_ && inflateInit2(&stream_, 15 + 16) != Z_OK) {
      packed_ = false;
      return Status(StatusCode::kOutOfMemory, "no memory to unpack " + path_);
    }
    return Status();
  }
  Status refill() {
    errno = 0;
    stream_.avail_in = static_cast<unsigned>(std::fread(buffer_, 1, sizeof(buffer_), file_));
    stream_.next_in = buffer_;
    return std::ferror(file_) ? Status(StatusCode::kIoError, "cannot read " + path_ + ": " + std::strerror(errno))
                              : Status();
  }

  std::string path_;
  std::FILE *file_;
  bool started_ = false, packed_ = false, atStreamEnd_ = false;
  z_stream stream_ = {};
  Bytef buffer_[1 << 16];
};
} // namespace

Status readIdx(const std::string &path, size_t minRank, size_t maxRank, Idx &idx) {
  auto bad = [&](const std::string &what) { return Status(StatusCode::kInvalidData, path + ": " + what); };
  errno = 0;
  GzipFile file(path);
  if (!file.isOpen())
    return Status(errno == ENOENT ? StatusCode::kNotFound : StatusCode::kIoError,
                  "cannot open " + path + ": " + std::strerror(errno));
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
