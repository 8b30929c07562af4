//===- GzipFile.cpp - a file as a stream of bytes, unpacked where it is gzip -----===//
#include "runtime/data/GzipFile.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace argent {

GzipFile::GzipFile(const std::string &path) : path_(path), file_(std::fopen(path.c_str(), "rbe")), openError_(errno) {}

GzipFile::~GzipFile() {
  if (file_)
    std::fclose(file_);
  if (packed_)
    inflateEnd(&stream_);
}

Status GzipFile::read(void *destination, size_t bytes, size_t &count) {
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

Status GzipFile::start() {
  if (!file_)
    return Status(openError_ == ENOENT ? StatusCode::kNotFound : StatusCode::kIoError,
                  "cannot open " + path_ + ": " + std::strerror(openError_));
  started_ = true;
  ARGENT_RETURN_IF_ERROR(refill());
  packed_ = stream_.avail_in >= 2 && buffer_[0] == 0x1f && buffer_[1] == 0x8b;
  if (packed_ && inflateInit2(&stream_, 15 + 16) != Z_OK) {
    packed_ = false;
    return Status(StatusCode::kOutOfMemory, "no memory to unpack " + path_);
  }
  return Status();
}

Status GzipFile::refill() {
  errno = 0;
  stream_.avail_in = static_cast<unsigned>(std::fread(buffer_, 1, sizeof(buffer_), file_));
  stream_.next_in = buffer_;
  return std::ferror(file_) ? Status(StatusCode::kIoError, "cannot read " + path_ + ": " + std::strerror(errno))
                            : Status();
}

Status readUnpacked(const std::string &path, std::string &bytes) {
  GzipFile file(path);
  std::string read;
  for (size_t count = 1; count > 0;) {
    const size_t end = read.size();
    read.resize(end + (1 << 20));
    ARGENT_RETURN_IF_ERROR(file.read(read.data() + end, 1 << 20, count));
    read.resize(end + count);
  }
  bytes = std::move(read);
  return Status();
}

} // namespace argent
