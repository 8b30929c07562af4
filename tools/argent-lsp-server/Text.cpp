//===- Text.cpp - a document's text, by offset and by the protocol's positions --------===//
#include "Text.h"

#include <algorithm>

using namespace argent::lsp;
using llvm::StringRef;
namespace json = llvm::json;

Text::Text(StringRef given) : text_(given.str()), lineBegins_{0} {
  for (unsigned i = 0; i != text_.size(); ++i)
    if (text_[i] == '\n')
      lineBegins_.push_back(i + 1);
}

StringRef Text::lineAt(unsigned line) const {
  unsigned end = line + 1 < lineBegins_.size() ? lineBegins_[line + 1] - 1 : text_.size();
  StringRef result = StringRef(text_).slice(lineBegins_[line], end);
  result.consume_back("\r");
  return result;
}

/// Bytes of the character that `lead` begins.
static unsigned bytesOf(unsigned char lead) { return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

unsigned Text::offset(unsigned line, unsigned character) const {
  if (line >= lineBegins_.size())
    return text_.size();
  StringRef content = lineAt(line);
  unsigned at = 0;
  for (unsigned units = 0; at < content.size() && units < character;) {
    unsigned bytes = bytesOf(content[at]);
    units += bytes == 4 ? 2 : 1; // beyond the basic plane, a pair
    if (units > character)
      break; // inside of a pair: before it
    at += bytes;
  }
  return lineBegins_[line] + std::min<unsigned>(at, content.size());
}

unsigned Text::offset(const json::Value *position) const {
  const json::Object *object = position ? position->getAsObject() : nullptr;
  if (!object)
    return 0;
  auto number = [&](StringRef key) -> unsigned {
    return std::clamp<int64_t>(object->getInteger(key).value_or(0), 0, INT32_MAX);
  };
  return offset(number("line"), number("character"));
}

json::Value Text::position(unsigned offset) const {
  offset = std::min<unsigned>(offset, text_.size());
  unsigned line = std::upper_bound(lineBegins_.begin(), lineBegins_.end(), offset) - lineBegins_.begin() - 1;
  unsigned units = 0;
  for (unsigned at = lineBegins_[line]; at < offset;) {
    unsigned bytes = bytesOf(text_[at]);
    units += bytes == 4 ? 2 : 1;
    at += bytes;
  }
  return json::Object{{"line", line}, {"character", units}};
}

json::Value Text::range(unsigned begin, unsigned end) const {
  return json::Object{{"start", position(begin)}, {"end", position(std::max(begin, end))}};
}

unsigned Text::offsetOfPlace(unsigned line, unsigned column) const {
  if (line == 0 || line > lineBegins_.size())
    return 0;
  StringRef content = lineAt(line - 1);
  unsigned at = 0;
  for (unsigned characters = 1; characters < column && at < content.size(); ++characters)
    at += bytesOf(content[at]);
  return lineBegins_[line - 1] + std::min<unsigned>(at, content.size());
}

std::string argent::lsp::applyChange(const std::string &text, const json::Object &change) {
  StringRef replacement = change.getString("text").value_or("");
  const json::Object *range = change.getObject("range");
  if (!range)
    return replacement.str();
  Text lines(text);
  unsigned begin = lines.offset(range->get("start")), end = std::max(begin, lines.offset(range->get("end")));
  return text.substr(0, begin) + replacement.str() + text.substr(end);
}

std::string argent::lsp::clean(StringRef text) { return json::isUTF8(text) ? text.str() : json::fixUTF8(text); }
