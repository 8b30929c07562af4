//===- TextFile.cpp - a text, a line at a time ---------------------------------===//
#include "runtime/data/TextFile.h"

#include "runtime/data/Utf8.h"

namespace argent {

static constexpr size_t kPieceBytes = 1 << 20;

/// Moves what is left to the front and reads more behind it.
Status TextFile::fill() {
  read_.erase(0, at_);
  at_ = 0;
  const size_t had = read_.size();
  size_t count = 0;
  read_.resize(had + kPieceBytes);
  ARGENT_RETURN_IF_ERROR(file_.read(read_.data() + had, kPieceBytes, count));
  read_.resize(had + count);
  atEnd_ = count < kPieceBytes;
  return Status();
}

/// Where a line that is too long for one piece is cut: behind its last white space, else before a code point.
static size_t cutLine(std::string_view line) {
  if (size_t space = line.find_last_of(" \t"); space != line.npos && space > 0)
    return space + 1;
  size_t end = line.size();
  while (end > 1 && (static_cast<unsigned char>(line[end - 1]) & 0xc0) == 0x80)
    --end;
  return end > 1 ? end - 1 : line.size();
}

Status TextFile::next(std::string &piece) {
  size_t end = read_.find('\n', at_);
  while (end == read_.npos && !atEnd_ && read_.size() - at_ < kPieceBytes) {
    ARGENT_RETURN_IF_ERROR(fill());
    end = read_.find('\n', at_);
  }
  std::string_view rest = std::string_view(read_).substr(at_);
  const bool isWhole = end != read_.npos;
  size_t bytes = isWhole ? end + 1 - at_ : rest.size();
  if (bytes > kPieceBytes || (!isWhole && !atEnd_))
    bytes = cutLine(rest.substr(0, kPieceBytes));
  piece = rest.substr(0, bytes);
  at_ += bytes;
  if (piece.empty())
    return Status();
  line_ += lineEnded_;
  lineEnded_ = piece.back() == '\n';
  if (findInvalidUtf8(piece) != piece.npos)
    return Status(StatusCode::kInvalidData, place() + ": the text is not UTF-8");
  if (piece.ends_with("\r\n"))
    piece.erase(piece.size() - 2, 1);
  if (!started_ && piece.starts_with("\xef\xbb\xbf"))
    piece.erase(0, 3);
  started_ = true;
  return piece.empty() ? next(piece) : Status();
}

} // namespace argent
