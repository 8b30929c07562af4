//===- SourceFiles.cpp - texts, places in them, and how a message shows them ===//
#include "frontends/source/SourceFiles.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Unicode.h"

using namespace argent;
using llvm::StringRef;

const llvm::MemoryBuffer &SourceFiles::add(std::unique_ptr<llvm::MemoryBuffer> buffer) {
  unsigned id = sources_.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  return *sources_.getMemoryBuffer(id);
}

const llvm::MemoryBuffer *SourceFiles::find(StringRef file) const {
  for (unsigned id = 1; id <= sources_.getNumBuffers(); ++id)
    if (sources_.getMemoryBuffer(id)->getBufferIdentifier() == file)
      return sources_.getMemoryBuffer(id);
  return nullptr;
}

static bool isContinuationByte(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

SourceFiles::Place SourceFiles::place(llvm::SMLoc location) const {
  unsigned id = location.isValid() ? sources_.FindBufferContainingLoc(location) : 0;
  if (!id)
    return {};
  const llvm::MemoryBuffer *buffer = sources_.getMemoryBuffer(id);
  Place result;
  result.file = buffer->getBufferIdentifier();
  result.line = sources_.FindLineNumber(location, id);
  result.column = 1;
  for (const char *p = location.getPointer(); p != buffer->getBufferStart() && p[-1] != '\n'; --p)
    if (!isContinuationByte(p[-1]))
      ++result.column;
  return result;
}

llvm::SMLoc SourceFiles::find(StringRef file, unsigned line, unsigned column, Column kind) const {
  const llvm::MemoryBuffer *buffer = find(file);
  if (!buffer || line == 0)
    return {};
  StringRef rest = buffer->getBuffer();
  for (; line > 1; --line) {
    size_t end = rest.find('\n');
    if (end == StringRef::npos)
      return {};
    rest = rest.drop_front(end + 1);
  }
  StringRef text = rest.take_until([](char c) { return c == '\n' || c == '\r'; });
  size_t at = 0;
  for (; column > 1 && at < text.size(); --column) {
    ++at;
    while (kind == Column::Character && at < text.size() && isContinuationByte(text[at]))
      ++at;
  }
  return llvm::SMLoc::getFromPointer(text.data() + at);
}

/// The bytes of the character that begins at `p`; 1 for a byte that begins none.
static size_t characterLength(const char *p, const char *end) {
  unsigned length =
      llvm::getUTF8SequenceSize(reinterpret_cast<const llvm::UTF8 *>(p), reinterpret_cast<const llvm::UTF8 *>(end));
  return std::max(length, 1u);
}

void SourceFiles::printLine(llvm::raw_ostream &out, llvm::SMRange range, unsigned line) const {
  const llvm::MemoryBuffer *buffer = sources_.getMemoryBuffer(sources_.FindBufferContainingLoc(range.Start));
  const char *begin = range.Start.getPointer(), *lineBegin = begin, *lineEnd = begin;
  while (lineBegin != buffer->getBufferStart() && lineBegin[-1] != '\n')
    --lineBegin;
  while (lineEnd != buffer->getBufferEnd() && *lineEnd != '\n' && *lineEnd != '\r')
    ++lineEnd;

  // A line that is too long to read is shown around the mark only.
  constexpr ptrdiff_t kMaxBefore = 100, kMaxAfter = 100;
  if (begin - lineBegin > kMaxBefore)
    for (lineBegin = begin - kMaxBefore; isContinuationByte(*lineBegin);)
      ++lineBegin;
  if (lineEnd - begin > kMaxAfter)
    for (lineEnd = begin + kMaxAfter; lineEnd != begin && isContinuationByte(*lineEnd);)
      --lineEnd;

  const char *markEnd = std::min(std::max(range.End.getPointer(), begin + 1), lineEnd);
  std::string text, mark;
  for (const char *p = lineBegin; p < lineEnd;) {
    size_t length = characterLength(p, lineEnd);
    unsigned char first = *p;
    bool readable = first == '\t' || (first >= 0x20 && first < 0x7F) || length > 1;
    text += readable ? std::string(p, length) : std::string("?");
    int width = 1;
    if (length > 1)
      width = std::max(1, llvm::sys::unicode::columnWidthUTF8(StringRef(p, length)));
    if (p < begin)
      mark += first == '\t' ? std::string("\t") : std::string(width, ' ');
    else if (p == begin)
      mark += '^' + std::string(width - 1, '~');
    else if (p < markEnd)
      mark += std::string(width, '~');
    p += length;
  }
  if (begin >= lineEnd)
    mark += '^';
  std::string number = std::to_string(line);
  out << number << " | " << text << '\n' << std::string(number.size(), ' ') << " | " << mark << '\n';
}

void SourceFiles::print(llvm::raw_ostream &out, llvm::SMRange range, StringRef kind, const llvm::Twine &message,
                        bool withLine) const {
  Place at = place(range.Start);
  if (at.line)
    out << at.file << ':' << at.line << ':' << at.column << ": ";
  out << kind << ": " << message << '\n';
  if (at.line && withLine)
    printLine(out, range, at.line);
}
