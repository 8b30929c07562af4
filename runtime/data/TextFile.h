//===- TextFile.h - a text, a line at a time -----------------------------------===//
#ifndef ARGENT_RUNTIME_DATA_TEXTFILE_H
#define ARGENT_RUNTIME_DATA_TEXTFILE_H

#include "runtime/data/GzipFile.h"

namespace argent {

/// A UTF-8 text, plain or gzip, in pieces: a line with its '\n', or a part of a line that is longer than 1 MiB, cut at
/// white space where it has any. "\r\n" is read as "\n", and a byte-order mark at the start is left out. Memory does
/// not depend on the file's length.
class TextFile {
public:
  explicit TextFile(const std::string &path) : path_(path), file_(path) {}

  /// The next piece; an empty one is the end.
  ///
  /// Errors: those of GzipFile::read; kInvalidData  not UTF-8: the line is named.
  Status next(std::string &piece);
  /// "bible.txt:12": where the last piece began.
  std::string place() const { return path_ + ":" + std::to_string(line_); }

private:
  Status fill();

  std::string path_;
  GzipFile file_;
  std::string read_; // unpacked, from `at_` on not yet given out
  size_t at_ = 0;
  bool atEnd_ = false, started_ = false, lineEnded_ = true;
  int64_t line_ = 0;
};

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_TEXTFILE_H
