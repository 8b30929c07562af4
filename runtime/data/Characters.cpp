//===- Characters.cpp - `from characters(alphabet, …)`: places in an alphabet ----------===//
#include "runtime/data/Tokenizer.h"
#include "runtime/data/Utf8.h"

#include <algorithm>

namespace argent {

namespace {

class Characters : public Tokenizer {
public:
  Characters(std::vector<char32_t> alphabet, bool lower, bool takesOthers, std::string input)
      : alphabet_(std::move(alphabet)), lower_(lower), takesOthers_(takesOthers), input_(std::move(input)) {
    for (size_t i = 0; i < alphabet_.size(); ++i)
      places_.emplace(alphabet_[i], static_cast<int32_t>(i));
  }

  Status number(std::string_view text, std::vector<int32_t> &numbers) const override {
    char32_t point;
    for (size_t at = 0; at < text.size();) {
      at += std::max<size_t>(decodeUtf8(text, at, point), 1);
      if (lower_)
        point = toLower(point);
      auto place = places_.find(point);
      if (place == places_.end() && !takesOthers_)
        return Status(StatusCode::kInvalidData, "the character " + describe(point) + " is not in the alphabet, and " +
                                                    input_ + " does not take -1, the number of all others");
      numbers.push_back(place == places_.end() ? -1 : place->second);
    }
    return Status();
  }

  std::string text(std::span<const int32_t> numbers) const override {
    std::string result;
    for (int32_t number : numbers)
      if (number >= 0 && static_cast<size_t>(number) < alphabet_.size())
        appendUtf8(result, alphabet_[static_cast<size_t>(number)]);
    return result;
  }

  std::optional<int32_t> lineEnd() const override { return std::nullopt; }
  int32_t padding() const override { return -1; }
  int32_t last() const override { return static_cast<int32_t>(alphabet_.size()) - 1; }

private:
  /// "\"é\" (U+00E9)"; a control character by its number alone.
  static std::string describe(char32_t point) {
    char code[16];
    std::snprintf(code, sizeof(code), "U+%04X", static_cast<unsigned>(point));
    if (point < ' ' || (point >= 0x7f && point < 0xa0))
      return code;
    std::string text = "\"";
    appendUtf8(text, point);
    return text + "\" (" + code + ")";
  }

  std::vector<char32_t> alphabet_;
  std::unordered_map<char32_t, int32_t> places_;
  bool lower_, takesOthers_;
  std::string input_;
};

} // namespace

Status makeCharacters(const InputPort &port, const Vocabularies &, std::unique_ptr<Tokenizer> &tokenizer) {
  const std::string text = port.string("alphabet");
  std::vector<char32_t> alphabet;
  char32_t point;
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = decodeUtf8(text, at, point);
    if (bytes == 0)
      return Status(StatusCode::kInvalidArgument, port.describe() + ": its alphabet is not UTF-8");
    alphabet.push_back(point);
    at += bytes;
  }
  if (alphabet.empty())
    return Status(StatusCode::kInvalidArgument, port.describe() + ": `characters` has no alphabet");
  if (port.ranged && static_cast<int64_t>(alphabet.size()) - 1 > port.high)
    return Status(StatusCode::kInvalidArgument, port.describe() + " takes numbers up to " + std::to_string(port.high) +
                                                    ", fewer than its alphabet has");
  tokenizer = std::make_unique<Characters>(std::move(alphabet), port.number("lower").value_or(0) != 0,
                                           !port.ranged || port.low < 0, port.describe());
  return Status();
}

} // namespace argent
