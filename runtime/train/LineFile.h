//===- LineFile.h - a file that is written line by line ------------------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_LINEFILE_H
#define ARGENT_RUNTIME_TRAIN_LINEFILE_H

#include "argent/Status.h"

#include <cstdio>
#include <string>

namespace argent {

/// Each line is written at once and whole, for `tail -f` and for a process that is killed.
class LineFile {
public:
  LineFile() = default;
  ~LineFile();
  LineFile(const LineFile &) = delete;
  LineFile &operator=(const LineFile &) = delete;

  /// An empty path: no file, and the other functions do nothing. A last line without an end, as a machine that failed
  /// leaves it, is cut off before anything is appended.
  Status open(const std::string &path, bool append);
  bool isOpen() const { return file_ != nullptr; }
  /// `line`: without its end.
  void write(const std::string &line);
  /// Errors: kIoError  something could not be written.
  Status check();

private:
  std::FILE *file_ = nullptr;
  std::string path_;
};

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_LINEFILE_H
