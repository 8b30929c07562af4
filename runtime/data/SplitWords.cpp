//===- SplitWords.cpp - text to words -------------------------------------------===//
#include "runtime/data/SplitWords.h"

#include "runtime/data/Utf8.h"

#include <algorithm>

namespace argent {

/// The code point at `at`, which moves behind it; 0 at the end.
static char32_t pointAt(std::string_view text, size_t &at) {
  char32_t point = 0;
  if (at < text.size())
    at += std::max<size_t>(decodeUtf8(text, at, point), 1);
  return point;
}

/// Whether `point` between `before`, a letter or digit, and `after` belongs to a word.
static bool joins(char32_t before, char32_t point, char32_t after) {
  if (point == '.' || point == ',')
    return isDigit(before) && isDigit(after);
  return (point == '\'' || point == U'’' || point == '-' || point == '_') && isWordPoint(after);
}

/// The bytes of "<unk>" at the beginning of `text`, or 0.
static size_t bracketedBytes(std::string_view text) {
  const size_t begin = text.starts_with("</") ? 2 : 1;
  size_t end = begin;
  while (end < text.size() && (text[end] | 32) >= 'a' && (text[end] | 32) <= 'z')
    ++end;
  return text[0] == '<' && end > begin && end < text.size() && text[end] == '>' ? end + 1 : 0;
}

/// Where the word that begins at `begin`, which is no white space, ends.
static size_t wordEnd(std::string_view text, size_t begin) {
  if (size_t bytes = bracketedBytes(text.substr(begin)))
    return begin + bytes;
  size_t end = begin;
  char32_t before = pointAt(text, end);
  for (size_t next = end; isWordPoint(before) && end < text.size(); end = next) {
    const char32_t point = pointAt(text, next);
    if (size_t behind = next; !isWordPoint(point)) {
      if (!joins(before, point, pointAt(text, behind)))
        break;
      before = pointAt(text, next);
    } else {
      before = point;
    }
  }
  return end;
}

void splitWords(std::string_view text, bool lower, const std::function<void(std::string_view)> &take) {
  std::string word;
  for (size_t at = 0; at < text.size();) {
    size_t behind = at;
    if (isSpace(pointAt(text, behind))) {
      at = behind;
      continue;
    }
    const size_t end = wordEnd(text, at);
    if (!lower) {
      take(text.substr(at, end - at));
      at = end;
      continue;
    }
    word.clear();
    while (at < end)
      appendUtf8(word, toLower(pointAt(text, at)));
    take(word);
  }
}

} // namespace argent
