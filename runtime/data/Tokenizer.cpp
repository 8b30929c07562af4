//===- Tokenizer.cpp - the sources of text, by name ------------------------------------===//
#include "runtime/data/Tokenizer.h"

namespace argent {

namespace {
struct Kind {
  const char *source;
  Status (*make)(const InputPort &, const Vocabularies &, std::unique_ptr<Tokenizer> &);
};
} // namespace

static constexpr Kind kKinds[] = {{"words", makeWords}, {"characters", makeCharacters}};

bool readsText(const InputPort &port) {
  for (const Kind &kind : kKinds)
    if (port.source == kind.source)
      return true;
  return false;
}

Status makeTokenizer(const InputPort &port, const Vocabularies &vocabularies, std::unique_ptr<Tokenizer> &tokenizer) {
  for (const Kind &kind : kKinds)
    if (port.source == kind.source)
      return kind.make(port, vocabularies, tokenizer);
  return Status(StatusCode::kInvalidArgument, port.describe() + " takes no text: it is not from words or characters");
}

std::string vocabularyName(const InputPort &port) {
  std::string side = port.string("side");
  return side.empty() ? port.name : side;
}

} // namespace argent
