//===- ByteWindow.h - a file's bytes, through a window that moves --------------===//
#ifndef ARGENT_RUNTIME_DATA_BYTEWINDOW_H
#define ARGENT_RUNTIME_DATA_BYTEWINDOW_H

#include "runtime/data/GzipFile.h"

#include <cstdint>
#include <string_view>

namespace argent {

/// Reads a file, plain or gzip, whose records are found byte by byte: text and binary data may follow each other.
/// Memory is that of the longest piece that was asked for. Errors are those of GzipFile::read.
class ByteWindow {
public:
  explicit ByteWindow(const std::string &path) : file_(path) {}

  /// The next `bytes` bytes, fewer only at the end; valid until the next call. They stay the next ones.
  Status peek(size_t bytes, std::string_view &view);
  /// The bytes up to the first `end`, which is among them, or the rest of the file, but no more than `most`.
  Status peekTo(char end, size_t most, std::string_view &view);
  /// Goes on behind bytes that were peeked at.
  void skip(size_t bytes) { at_ += bytes; }
  /// Where the next byte stands in the file, unpacked.
  uint64_t offset() const { return dropped_ + at_; }

private:
  Status fill(size_t bytes);

  GzipFile file_;
  std::string read_; // from `at_` on not yet skipped
  size_t at_ = 0;
  uint64_t dropped_ = 0; // bytes before `read_`
  bool atEnd_ = false;
};

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_BYTEWINDOW_H
