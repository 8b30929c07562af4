//===- LineFile.cpp - a file that is written line by line ----------------------------===//
#include "runtime/train/LineFile.h"

#include "runtime/checkpoint/File.h"

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace argent {

LineFile::~LineFile() {
  if (file_)
    std::fclose(file_);
}

/// Shortens a file of lines to its last whole line.
static Status cutTornLine(const std::string &path) {
  std::string text;
  if (isSpecialFile(path) || !readFile(path, text).ok() || text.empty() || text.back() == '\n')
    return Status(); // what cannot be read is an error where it is opened
  const size_t whole = text.rfind('\n') == text.npos ? 0 : text.rfind('\n') + 1;
  return ::truncate(path.c_str(), static_cast<off_t>(whole)) == 0
             ? Status()
             : Status(StatusCode::kIoError, "cannot write " + path + ": " + std::strerror(errno));
}

Status LineFile::open(const std::string &path, bool append) {
  if (path.empty())
    return Status();
  path_ = path;
  if (append)
    ARGENT_RETURN_IF_ERROR(cutTornLine(path));
  file_ = std::fopen(path.c_str(), append ? "ae" : "we");
  if (file_)
    std::setvbuf(file_, nullptr, _IONBF, 0);
  return file_ ? Status() : Status(StatusCode::kIoError, "cannot write " + path + ": " + std::strerror(errno));
}

void LineFile::write(const std::string &line) {
  const std::string whole = line + '\n';
  if (file_)
    std::fwrite(whole.data(), 1, whole.size(), file_);
}

Status LineFile::check() {
  if (file_ && std::ferror(file_))
    return Status(StatusCode::kIoError, "cannot write " + path_ + ": " + std::strerror(errno));
  return Status();
}

} // namespace argent
