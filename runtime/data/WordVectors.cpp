//===- WordVectors.cpp - files of word vectors -------------------------------------===//
//   1. A first line of two whole numbers is "COUNT WIDTH"; else the file is GloVe's, and the line its first vector.
//   2. Behind "COUNT WIDTH" comes text or binary data. A line of a word and WIDTH numbers is text; else it is damaged
//      text if it looks like words and numbers, and has no bytes that only f32 have.
//   3. Vector by vector to the end, which must be where the count says.
#include "runtime/data/WordVectors.h"

#include "runtime/data/ByteWindow.h"
#include "runtime/data/Utf8.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

namespace argent {

namespace {

/// A line of a text, or a word of a binary file, is not longer; what is, is no file of word vectors.
constexpr size_t kMostLineBytes = 64 << 20, kMostWordBytes = 1 << 16;

struct Header {
  int64_t count = 0, width = 0;
};

class VectorReader {
public:
  using Take = std::function<void(std::string_view, std::span<const float>)>;
  VectorReader(const std::string &path, int64_t width, const Take &take)
      : path_(path), bytes_(path), vector_(static_cast<size_t>(width)), take_(take) {}

  Status read();

private:
  Status readHeader();
  Status findForm(bool &isBinary);
  Status readText();
  Status readBinary();
  Status parseLine(std::string_view line);
  Status parseNumber(std::string_view text, size_t place, std::string_view word, float &number) const;

  Status invalid(const std::string &message) const { return Status(StatusCode::kInvalidData, message); }
  std::string line() const { return path_ + ":" + std::to_string(line_); }
  int64_t width() const { return static_cast<int64_t>(vector_.size()); }
  std::string wanted() const { return ", and vectors of " + std::to_string(width()) + " are wanted"; }

  const std::string &path_;
  ByteWindow bytes_;
  std::vector<float> vector_;
  const Take &take_;
  std::optional<Header> header_;
  int64_t line_ = 0;  // of the text, from 1
  int64_t count_ = 0; // of the vectors so far
};

} // namespace

static bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static std::string_view trimEnd(std::string_view text) {
  while (!text.empty() && isBlank(text.back()))
    text.remove_suffix(1);
  return text;
}

/// Takes the last field of a line off.
static std::string_view takeLast(std::string_view &line) {
  size_t begin = line.size();
  while (begin > 0 && !isBlank(line[begin - 1]))
    --begin;
  std::string_view field = line.substr(begin);
  line = trimEnd(line.substr(0, begin));
  return field;
}

/// Whether a number that is beyond an f64's range is too small for it, else too large.
static bool isTooSmall(std::string_view text) {
  const size_t end = std::min(text.find_first_of("eE"), text.size());
  const std::string_view digits = text.substr(0, end);
  const size_t point = std::min(digits.find('.'), digits.size()), first = digits.find_first_of("123456789");
  int64_t exponent = 0;
  if (std::string_view rest = text.substr(std::min(end + 1, text.size())); !rest.empty()) {
    const bool isNegative = rest.starts_with('-');
    rest.remove_prefix(rest.starts_with('+') ? 1 : 0);
    if (std::from_chars(rest.data(), rest.data() + rest.size(), exponent).ec != std::errc())
      exponent = isNegative ? INT64_MIN / 2 : INT64_MAX / 2; // more than any number of digits
    exponent = std::clamp(exponent, INT64_MIN / 2, INT64_MAX / 2);
  }
  return static_cast<int64_t>(point) - static_cast<int64_t>(first) + exponent < 0;
}

static bool readNumber(std::string_view text, double &number) {
  if (text.starts_with('+') && !text.starts_with("+-"))
    text.remove_prefix(1);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) {
    number = isTooSmall(text.substr(0, static_cast<size_t>(end - text.data()))) ? 0 : HUGE_VAL;
    error = {};
  }
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

/// Takes the numbers off that stand behind a word. Returns how many they are.
static int64_t takeNumbers(std::string_view &word) {
  double number = 0;
  for (int64_t count = 0;; ++count) {
    std::string_view rest = word;
    if (!readNumber(takeLast(rest), number) || rest.empty())
      return count;
    word = rest;
  }
}

Status VectorReader::parseNumber(std::string_view text, size_t place, std::string_view word, float &number) const {
  double value = 0;
  const bool isNumber = readNumber(text, value);
  number = static_cast<float>(value);
  if (isNumber && std::isfinite(number))
    return Status();
  return invalid(line() + ": number " + std::to_string(place + 1) + " of " + quotedBegin(word) + " is " +
                 quotedBegin(text) + ", no finite number");
}

/// A word and its vector.
Status VectorReader::parseLine(std::string_view text) {
  std::vector<std::string_view> fields(vector_.size());
  size_t missing = vector_.size();
  // The word keeps blanks within; where a line begins with one, nothing is left for it.
  std::string_view word = text;
  while (missing > 0 && !word.empty())
    fields[--missing] = takeLast(word);
  if (missing > 0 || (word.empty() && !isBlank(text.front())))
    return invalid(line() + ": after the word " + quotedBegin(missing ? fields[missing] : fields[0]) + " stand " +
                   std::to_string(vector_.size() - missing - 1) + " numbers" + wanted());
  word.remove_prefix(std::min(word.find_first_not_of(" \t\r"), word.size()));
  // The file's width is known from here on, so that a later word may end in a number.
  if (const int64_t more = header_ || count_ > 0 ? 0 : takeNumbers(word))
    return invalid(line() + ": after the word " + quotedBegin(word) + " stand " + std::to_string(width() + more) +
                   " numbers" + wanted());
  for (size_t i = 0; i < fields.size(); ++i)
    ARGENT_RETURN_IF_ERROR(parseNumber(fields[i], i, word, vector_[i]));
  ++count_;
  take_(word, vector_);
  return Status();
}

Status VectorReader::readText() {
  while (true) {
    std::string_view text;
    ARGENT_RETURN_IF_ERROR(bytes_.peekTo('\n', kMostLineBytes, text));
    if (text.empty())
      break;
    ++line_;
    if (text.size() == kMostLineBytes && text.back() != '\n')
      return invalid(line() + ": this line is longer than 64 MiB: the file is neither GloVe's nor word2vec's");
    if (std::string_view trimmed = trimEnd(text); !trimmed.empty())
      ARGENT_RETURN_IF_ERROR(parseLine(trimmed));
    bytes_.skip(text.size());
    if (header_ && count_ > header_->count)
      return invalid(line() + ": the first line says " + std::to_string(header_->count) +
                     " vectors, and here is one more");
  }
  if (header_ && count_ < header_->count)
    return invalid(path_ + ": the first line says " + std::to_string(header_->count) + " vectors, and there are " +
                   std::to_string(count_));
  return Status();
}

Status VectorReader::readBinary() {
  const size_t vectorBytes = vector_.size() * sizeof(float);
  for (; count_ < header_->count; ++count_) {
    auto which = [&] { return "word " + std::to_string(count_ + 1) + " of " + std::to_string(header_->count); };
    auto at = [&] { return " at byte " + std::to_string(bytes_.offset()); };
    std::string_view next;
    ARGENT_RETURN_IF_ERROR(bytes_.peek(1, next));
    while (next == "\n") {
      bytes_.skip(1);
      ARGENT_RETURN_IF_ERROR(bytes_.peek(1, next));
    }
    ARGENT_RETURN_IF_ERROR(bytes_.peekTo(' ', kMostWordBytes, next));
    if (!next.ends_with(' '))
      return invalid(path_ + (next.size() < kMostWordBytes
                                  ? ": the file ends within " + which() + ", which begins" + at()
                                  : ": " + which() + at() + " is longer than 64 KiB: what comes before it is damaged"));
    const size_t wordBytes = next.size() - 1;
    ARGENT_RETURN_IF_ERROR(bytes_.peek(next.size() + vectorBytes, next));
    if (next.size() < wordBytes + 1 + vectorBytes)
      return invalid(path_ + ": the file ends within the vector of " + which() + ", which begins" + at());
    const std::string_view word = next.substr(0, wordBytes);
    std::memcpy(vector_.data(), next.data() + wordBytes + 1, vectorBytes);
    auto bad = std::find_if_not(vector_.begin(), vector_.end(), [](float number) { return std::isfinite(number); });
    if (bad != vector_.end())
      return invalid(path_ + ": number " + std::to_string(bad - vector_.begin() + 1) + " of " + which() + ", " +
                     quotedBegin(word) + at() + ", is not finite");
    take_(word, vector_);
    bytes_.skip(next.size());
  }
  std::string_view rest;
  ARGENT_RETURN_IF_ERROR(bytes_.peek(2, rest));
  if (!trimEnd(rest).empty())
    return invalid(path_ + ": the first line says " + std::to_string(header_->count) +
                   " vectors, and behind them there is more, at byte " + std::to_string(bytes_.offset()));
  return Status();
}

/// Step 1.
Status VectorReader::readHeader() {
  std::string_view mark, first;
  ARGENT_RETURN_IF_ERROR(bytes_.peek(3, mark));
  if (mark == "\xef\xbb\xbf")
    bytes_.skip(3);
  ARGENT_RETURN_IF_ERROR(bytes_.peekTo('\n', kMostLineBytes, first));
  std::string_view rest = trimEnd(first);
  if (rest.empty())
    return invalid(path_ + (first.empty() ? ": the file is empty" : ":1: the file begins with an empty line"));
  Header header;
  bool isHeader = true;
  for (int64_t *number : {&header.width, &header.count}) {
    const std::string_view field = takeLast(rest);
    auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), *number);
    isHeader &= error == std::errc() && end == field.data() + field.size() && !field.empty();
  }
  if (!isHeader || !rest.empty())
    return Status();
  bytes_.skip(first.size());
  line_ = 1;
  if (header.width != width())
    return invalid(line() + ": the file has vectors of " + std::to_string(header.width) + " numbers" + wanted());
  if (header.count < 1)
    return invalid(line() + ": the file has " + std::to_string(header.count) + " vectors");
  header_ = header;
  return Status();
}

/// Whether the line is a word and `width` numbers.
static bool isVector(std::string_view line, size_t width) {
  double number = 0;
  line = trimEnd(line);
  while (width > 0 && readNumber(takeLast(line), number) && !line.empty())
    --width;
  return width == 0;
}

/// Whether a field begins as a number does: "1", "-.5x", "0,25".
static bool hasNumbers(std::string_view line) {
  for (line = trimEnd(line); !line.empty();) {
    std::string_view field = takeLast(line);
    field.remove_prefix(std::min(field.find_first_not_of("+-."), field.size()));
    if (!field.empty() && field.front() >= '0' && field.front() <= '9')
      return true;
  }
  return false;
}

/// Step 2.
Status VectorReader::findForm(bool &isBinary) {
  isBinary = false;
  std::string_view line, view;
  ARGENT_RETURN_IF_ERROR(bytes_.peek(1, view));
  while (view == "\n") {
    bytes_.skip(1);
    ++line_;
    ARGENT_RETURN_IF_ERROR(bytes_.peek(1, view));
  }
  ARGENT_RETURN_IF_ERROR(bytes_.peekTo('\n', kMostLineBytes, line));
  const size_t blank = line.find(' '); // ends each word of a binary file
  if (blank == line.npos || isVector(line, vector_.size()))
    return Status();
  // No line of text ends behind a word's blank, while an f32 may begin with this byte.
  isBinary = line.substr(blank + 1).starts_with('\n') || !hasNumbers(line.substr(blank + 1));
  const size_t vectorBytes = vector_.size() * sizeof(float);
  ARGENT_RETURN_IF_ERROR(bytes_.peek(blank + 1 + vectorBytes + 3, view)); // with the rest of the last character
  view.remove_prefix(blank + 1);
  isBinary |= findInvalidUtf8(view) < vectorBytes;
  for (char c : view.substr(0, vectorBytes))
    isBinary |= static_cast<unsigned char>(c) < ' ' && !isBlank(c);
  return Status();
}

Status VectorReader::read() {
  ARGENT_RETURN_IF_ERROR(readHeader());
  bool isBinary = false;
  if (header_)
    ARGENT_RETURN_IF_ERROR(findForm(isBinary));
  return isBinary ? readBinary() : readText();
}

Status readWordVectors(const std::string &path, int64_t width,
                       const std::function<void(std::string_view word, std::span<const float> vector)> &take) {
  return VectorReader(path, width, take).read();
}

} // namespace argent
