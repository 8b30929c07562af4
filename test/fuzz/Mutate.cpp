//===- Mutate.cpp - changes texts by tokens, bracketed parts and lines ----------------------===//
// Bytes that change at random seldom leave a text that parses. Three of four changes are made here, on the lexer's
// tokens; the fourth is libFuzzer's own, which also knows the dictionary and what the code compared.
#include "frontends/ag/evaluate/Builtin.h"
#include "frontends/ag/syntax/Lexer.h"
#include "frontends/ag/syntax/StandardLibrary.h"

#include "llvm/Support/raw_ostream.h"

#include <cstring>
#include <random>

using namespace argent::ag;
using llvm::StringRef;

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

namespace {

constexpr StringRef kNumbers[] = {
    "0",   "1",    "2",     "3",    "7",     "64", "255",        "256",        "65536",      "1000000",
    "0.0", "0.5",  "1e-45", "1e38", "1e308", "-1", "2147483647", "2147483648", "4294967296", "9223372036854775807",
    "N",   "none", "true",  "\"\"", "[]"};
/// What is put around a part, which stands where `@` is.
constexpr StringRef kFrames[] = {"(@)",
                                 "[@]",
                                 "-@",
                                 "not @",
                                 "*@",
                                 "[@ for a in range(3)]",
                                 "@[0]",
                                 "@[-1 :]",
                                 "@ |> tanh",
                                 "\"{@}\"",
                                 "@ ** 2",
                                 "@ // 2",
                                 "@ % 3",
                                 "2 * @",
                                 "f32(@)",
                                 "i32(@)",
                                 "str(@)",
                                 "range(@)",
                                 "shape(@)",
                                 "[@, @]",
                                 "(@, @)",
                                 "@ == @",
                                 "if true then @ else 0"};
/// What may stand between two tokens.
constexpr StringRef kGaps[] = {"", " ", "  ", "\n", "\n    ", "\n\n\n", " # c\n", "\n# c\n", "\t", "\r\n", ";"};
constexpr StringRef kBetween[] = {" ",  ", ",  " + ", " * ",        " @ ",  " |> ",
                                  "\n", " = ", ": ",  " for x in ", " if ", "; "};

using Random = std::minstd_rand;

template <typename T> const T &oneOf(llvm::ArrayRef<T> list, Random &random) { return list[random() % list.size()]; }

std::vector<StringRef> tokensOf(StringRef text) {
  Diagnostics silent(llvm::nulls());
  std::vector<StringRef> tokens;
  for (const Token &token : lex(text, silent))
    if (!token.text.empty())
      tokens.push_back(token.text);
  return tokens;
}

/// A token, or what the bracket that it opens or that follows it encloses.
StringRef partOf(llvm::ArrayRef<StringRef> tokens, Random &random) {
  size_t first = random() % tokens.size(), last = first;
  auto opens = [&](size_t i) { return i < tokens.size() && StringRef("([{").contains(tokens[i][0]); };
  if (random() % 2 && (opens(first) || opens(first + 1))) {
    last = opens(first) ? first : first + 1;
    for (int depth = 1; depth && last + 1 < tokens.size();) {
      ++last;
      depth += opens(last) ? 1 : StringRef(")]}").contains(tokens[last][0]) ? -1 : 0;
    }
  } else {
    last = std::min(tokens.size() - 1, first + (random() % 4 ? 0 : random() % 6));
  }
  return StringRef(tokens[first].begin(), tokens[last].end() - tokens[first].begin());
}

/// A line, with its end.
StringRef lineOf(StringRef text, Random &random) {
  size_t at = random() % text.size();
  size_t begin = text.rfind('\n', at ? at - 1 : 0), end = text.find('\n', at);
  begin = begin == StringRef::npos ? 0 : begin + 1;
  return text.slice(begin, end == StringRef::npos ? text.size() : end + 1);
}

const std::vector<StringRef> &libraryTokens() {
  static const std::string text = [] {
    std::string all;
    for (const LibraryFile &file : standardLibrary())
      all += file.text;
    return all;
  }();
  static const std::vector<StringRef> tokens = tokensOf(text);
  return tokens;
}

const std::vector<StringRef> &operationNames() {
  static const std::vector<StringRef> names = [] {
    std::vector<StringRef> all;
    for (auto family : builtinFamilies())
      for (const BuiltinFamily &line : family)
        llvm::append_range(all, line.split());
    return all;
  }();
  return names;
}

/// `text` with `part`, which lies in it, replaced.
std::string replaced(StringRef text, StringRef part, const llvm::Twine &by) {
  return (llvm::Twine(text.take_front(part.begin() - text.begin())) + by + text.substr(part.end() - text.begin()))
      .str();
}

std::string change(StringRef text, Random &random) {
  std::vector<StringRef> tokens = tokensOf(text);
  if (tokens.empty())
    return "model m(x: f32[N, 4]) -> (y: f32[N, 4]) {\n    y = x\n}\n";
  StringRef part = partOf(tokens, random);
  StringRef other = random() % 3 ? partOf(tokens, random) : partOf(libraryTokens(), random);
  switch (random() % 12) {
  case 0:
  case 1:
    return replaced(text, part, other);
  case 2:
    return replaced(text, part, "");
  case 3:
    return replaced(text, part, part + oneOf<StringRef>(kBetween, random) + other);
  case 4:
    return replaced(text, oneOf<StringRef>(tokens, random), oneOf<StringRef>(operationNames(), random));
  case 5: { // numbers are where limits are
    std::vector<StringRef> numbers;
    llvm::copy_if(tokens, std::back_inserter(numbers), [](StringRef token) { return llvm::isDigit(token[0]); });
    return replaced(text, oneOf<StringRef>(numbers.empty() || random() % 4 == 0 ? tokens : numbers, random),
                    oneOf<StringRef>(kNumbers, random));
  }
  case 6: {
    std::string framed;
    for (char c : oneOf<StringRef>(kFrames, random))
      c == '@' ? framed += part : framed += c;
    return replaced(text, part, framed);
  }
  case 7:
    return replaced(text, lineOf(text, random), "");
  case 8: {
    StringRef at = lineOf(text, random), line = lineOf(text, random);
    return replaced(text, at, line + at);
  }
  case 9:
  case 10: { // the layout
    size_t second = 1 + random() % tokens.size();
    const char *begin = tokens[second - 1].end();
    const char *end = second == tokens.size() ? text.end() : tokens[second].begin();
    return replaced(text, StringRef(begin, end - begin), oneOf<StringRef>(kGaps, random));
  }
  default: { // one token by another of its kind
    StringRef token = oneOf<StringRef>(tokens, random), same;
    for (int tries = 0; tries != 20; ++tries) {
      same = random() % 2 ? oneOf<StringRef>(tokens, random) : oneOf<StringRef>(libraryTokens(), random);
      if (llvm::isAlpha(same[0]) == llvm::isAlpha(token[0]) && llvm::isDigit(same[0]) == llvm::isDigit(token[0]))
        break;
    }
    return replaced(text, token, same);
  }
  }
}

size_t store(StringRef text, uint8_t *data, size_t maxSize) {
  text = text.take_front(maxSize);
  std::memcpy(data, text.data(), text.size());
  return text.size();
}

} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  Random random(seed + 1);
  if (random() % 4 == 0)
    return LLVMFuzzerMutate(data, size, maxSize);
  std::string text(reinterpret_cast<const char *>(data), size);
  for (unsigned count = 1 + random() % 3; count; --count)
    text = change(text, random);
  return store(text, data, maxSize);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size, const uint8_t *otherData,
                                            size_t otherSize, uint8_t *out, size_t maxSize, unsigned seed) {
  Random random(seed + 1);
  StringRef text(reinterpret_cast<const char *>(data), size),
      other(reinterpret_cast<const char *>(otherData), otherSize);
  std::vector<StringRef> tokens = tokensOf(text), others = tokensOf(other);
  if (tokens.empty() || others.empty())
    return store(text, out, maxSize);
  switch (random() % 3) {
  case 0:
    return store((text + "\n" + other).str(), out, maxSize);
  case 1: {
    StringRef at = lineOf(text, random);
    return store(replaced(text, at, at + lineOf(other, random)), out, maxSize);
  }
  default:
    return store(replaced(text, partOf(tokens, random), partOf(others, random)), out, maxSize);
  }
}
