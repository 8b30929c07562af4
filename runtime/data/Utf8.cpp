//===- Utf8.cpp - code points, and what of them words are made of -------------===//
#include "runtime/data/Utf8.h"

#include <algorithm>

namespace argent {

size_t decodeUtf8(std::string_view text, size_t at, char32_t &point) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) {
    point = lead;
    return 1;
  }
  const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + bytes > text.size())
    return 0;
  char32_t value = lead & (0xffu >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xc0) != 0x80)
      return 0;
    value = value << 6 | (next & 0x3f);
  }
  static constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[bytes] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
    return 0;
  point = value;
  return bytes;
}

void appendUtf8(std::string &text, char32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
    return;
  }
  const int following = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  static constexpr unsigned char kLead[] = {0, 0xc0, 0xe0, 0xf0};
  text += static_cast<char>(kLead[following] | point >> (6 * following));
  for (int i = following - 1; i >= 0; --i)
    text += static_cast<char>(0x80 | ((point >> (6 * i)) & 0x3f));
}

size_t findInvalidUtf8(std::string_view text) {
  char32_t point;
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = decodeUtf8(text, at, point);
    if (bytes == 0)
      return at;
    at += bytes;
  }
  return std::string_view::npos;
}

static bool within(char32_t point, char32_t low, char32_t high) { return point >= low && point <= high; }

char32_t toLower(char32_t point) {
  if (within(point, 'A', 'Z') || (within(point, 0xc0, 0xde) && point != 0xd7) ||
      (within(point, 0x391, 0x3a9) && point != 0x3a2) || within(point, 0x410, 0x42f))
    return point + 32;
  if (within(point, 0x400, 0x40f))
    return point + 80;
  // Latin Extended-A: a capital and its small letter follow each other, from an even number on or from an odd one.
  if ((within(point, 0x100, 0x137) && point != 0x130) || within(point, 0x14a, 0x177))
    return point | 1;
  if (within(point, 0x139, 0x148) || within(point, 0x179, 0x17e))
    return point + (point & 1);
  return point == 0x178 ? U'\xff' : point;
}

std::string quotedBegin(std::string_view text) {
  constexpr size_t kMostBytes = 40;
  std::string quoted = "\"";
  size_t at = 0;
  while (at < text.size() && at < kMostBytes) {
    char32_t point = 0;
    const size_t bytes = decodeUtf8(text, at, point);
    quoted += bytes == 0 || point < ' ' || point == 0x7f ? "?" : text.substr(at, bytes);
    at += std::max<size_t>(bytes, 1);
  }
  return quoted + (at < text.size() ? "…\"" : "\"");
}

bool isSpace(char32_t point) {
  return point == ' ' || within(point, '\t', '\r') || point == 0x85 || point == 0xa0 || within(point, 0x2000, 0x200a) ||
         point == 0x2028 || point == 0x2029 || point == 0x3000;
}

bool isDigit(char32_t point) { return within(point, '0', '9'); }

bool isWordPoint(char32_t point) {
  if (point < 0x80)
    return isDigit(point) || within(point, 'A', 'Z') || within(point, 'a', 'z');
  static constexpr char32_t kLatinSigns[] = {0xa1, 0xa7, 0xab, 0xb6, 0xb7, 0xbb, 0xbf};
  static constexpr std::pair<char32_t, char32_t> kSigns[] = {{0x2010, 0x205e}, {0x3001, 0x3003}, {0x3008, 0x3011},
                                                             {0x3014, 0x301f}, {0xff01, 0xff0f}, {0xff1a, 0xff1f}};
  return !isSpace(point) && std::find(std::begin(kLatinSigns), std::end(kLatinSigns), point) == std::end(kLatinSigns) &&
         std::none_of(std::begin(kSigns), std::end(kSigns),
                      [&](auto range) { return within(point, range.first, range.second); });
}

} // namespace argent
