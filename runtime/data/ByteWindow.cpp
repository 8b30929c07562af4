//===- ByteWindow.cpp - a file's bytes, through a window that moves ------------===//
#include "runtime/data/ByteWindow.h"

#include <algorithm>

namespace argent {

static constexpr size_t kPieceBytes = 1 << 20;

/// Has at least `bytes` bytes behind `at_`, if the file has.
Status ByteWindow::fill(size_t bytes) {
  if (atEnd_ || read_.size() - at_ >= bytes)
    return Status();
  read_.erase(0, at_);
  dropped_ += at_;
  at_ = 0;
  const size_t had = read_.size(), wanted = std::max(bytes - had, kPieceBytes);
  size_t count = 0;
  read_.resize(had + wanted);
  Status status = file_.read(read_.data() + had, wanted, count);
  read_.resize(had + count);
  atEnd_ = count < wanted;
  return status;
}

Status ByteWindow::peek(size_t bytes, std::string_view &view) {
  ARGENT_RETURN_IF_ERROR(fill(bytes));
  view = std::string_view(read_).substr(at_, bytes);
  return Status();
}

Status ByteWindow::peekTo(char end, size_t most, std::string_view &view) {
  for (size_t looked = 0, bytes = std::min<size_t>(most, 1 << 10);; bytes = std::min(most, 2 * bytes)) {
    ARGENT_RETURN_IF_ERROR(peek(bytes, view));
    if (const size_t found = view.find(end, looked); found != view.npos) {
      view = view.substr(0, found + 1);
      return Status();
    }
    looked = view.size();
    if (looked < bytes || bytes == most)
      return Status();
  }
}

} // namespace argent
