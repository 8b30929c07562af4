//===- Utf8.h - code points, and what of them words are made of ---------------===//
#ifndef ARGENT_RUNTIME_DATA_UTF8_H
#define ARGENT_RUNTIME_DATA_UTF8_H

#include <cstddef>
#include <string>
#include <string_view>

namespace argent {

/// Reads the code point at `at`; returns how many bytes it has, or 0 where the text is not UTF-8 (cut short, longer
/// than needed, a surrogate, above U+10FFFF).
size_t decodeUtf8(std::string_view text, size_t at, char32_t &point);

void appendUtf8(std::string &text, char32_t point);

/// Where the first byte lies that is not UTF-8; npos: nowhere.
size_t findInvalidUtf8(std::string_view text);

/// The beginning of a text between quotation marks, for a message: bytes that are not UTF-8 and control characters are
/// "?".
std::string quotedBegin(std::string_view text);

/// The small letter of a Latin, Greek or Cyrillic capital; anything else as it is.
char32_t toLower(char32_t point);

bool isSpace(char32_t point);
bool isDigit(char32_t point); // 0 to 9
/// Letters and digits: of ASCII, and all beyond it but white space and the signs of Latin-1, General Punctuation,
/// Chinese and Japanese.
bool isWordPoint(char32_t point);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_UTF8_H
