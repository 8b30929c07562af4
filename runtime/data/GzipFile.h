//===- GzipFile.h - a file as a stream of bytes, unpacked where it is gzip -----===//
#ifndef ARGENT_RUNTIME_DATA_GZIPFILE_H
#define ARGENT_RUNTIME_DATA_GZIPFILE_H

#include "argent/Status.h"

#include <cstdio>
#include <string>
#include <zlib.h>

namespace argent {

/// Gzip is told by its first two bytes and unpacked; anything else passes through. (zlib's own gzread does not notice a
/// file that ends in the last eight bytes, where the checksum is.)
class GzipFile {
public:
  /// Opens the file; a failure is the status of the first read.
  explicit GzipFile(const std::string &path);
  ~GzipFile();
  GzipFile(const GzipFile &) = delete;
  GzipFile &operator=(const GzipFile &) = delete;

  /// Reads up to `bytes`; `count` is fewer only at the end.
  ///
  /// Errors: kNotFound, kIoError  with the system's words; kInvalidData  gzip that is damaged or cut short.
  Status read(void *destination, size_t bytes, size_t &count);

private:
  Status start();
  Status refill();

  std::string path_;
  std::FILE *file_;
  int openError_;
  bool started_ = false, packed_ = false, atStreamEnd_ = false;
  z_stream stream_ = {};
  Bytef buffer_[1 << 16];
};

/// The whole file, unpacked. Errors as GzipFile::read.
Status readUnpacked(const std::string &path, std::string &bytes);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_GZIPFILE_H
