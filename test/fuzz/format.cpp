//===- format.cpp - fuzzer: text to its canonical layout --------------------------------===//
// What the parser accepts the formatter lays out: the same tree with the same comments, and once more gives the same
// text.
#include "test/fuzz/Messages.h"

#include "frontends/ag/Frontend.h"
#include "frontends/ag/syntax/Parser.h"

using namespace argent::ag;
using llvm::StringRef;

/// The comments of a text: what stands between its tokens, without blanks.
static std::vector<std::string> commentsOf(StringRef text) {
  Diagnostics silent(llvm::nulls());
  std::vector<std::string> comments;
  const char *end = text.begin();
  for (const Token &token : lex(text, silent)) {
    for (StringRef rest(end, token.text.begin() - end); rest.contains('#');) {
      rest = rest.substr(rest.find('#'));
      comments.push_back(rest.take_until([](char c) { return c == '\n'; }).rtrim().str());
      rest = rest.substr(std::min(rest.find('\n'), rest.size()));
    }
    end = token.text.end();
  }
  return comments;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  Diagnostics diagnostics(stream);
  StringRef text(reinterpret_cast<const char *>(data), size);
  const llvm::MemoryBuffer &file = diagnostics.addFile(llvm::MemoryBuffer::getMemBufferCopy(text, "input.ag"));
  auto tree = parse(file, diagnostics);
  if (diagnostics.errorCount())
    return 0;
  std::string result, again;
  if (!formatText(file, result, stream))
    stop("the formatter refuses what parses", messages);
  const llvm::MemoryBuffer &laidOut = diagnostics.addFile(llvm::MemoryBuffer::getMemBufferCopy(result, "formatted.ag"));
  auto other = parse(laidOut, diagnostics);
  if (diagnostics.errorCount() || !sameTree(*tree, *other))
    stop("the layout is another tree:\n" + result, messages);
  if (commentsOf(file.getBuffer()) != commentsOf(result))
    stop("the layout has other comments:\n" + result, messages);
  if (!formatText(laidOut, again, stream) || again != result)
    stop("once more gives another text:\n" + result + "---\n" + again, messages);
  return 0;
}
