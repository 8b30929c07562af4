//===- Tokenizer.h - from text to numbers and back -----------------------------------===//
// One file for each source of text (Words.cpp, Characters.cpp).
#ifndef ARGENT_RUNTIME_DATA_TOKENIZER_H
#define ARGENT_RUNTIME_DATA_TOKENIZER_H

#include "runtime/data/InputPort.h"
#include "runtime/data/Vocabulary.h"

#include <memory>
#include <span>

namespace argent {

class Tokenizer {
public:
  virtual ~Tokenizer() = default;

  /// Appends the numbers of a text, which is UTF-8.
  ///
  /// Errors: kInvalidData  a word or character whose number the input does not take.
  virtual Status number(std::string_view text, std::vector<int32_t> &numbers) const = 0;
  /// The text that numbers stand for, as people read it.
  virtual std::string text(std::span<const int32_t> numbers) const = 0;
  /// What stands for the end of a line in a stream; none: the line's end is in the text already.
  virtual std::optional<int32_t> lineEnd() const = 0;
  /// What a row is filled with behind its end.
  virtual int32_t padding() const = 0;
  /// The largest number; the smallest is -1 or 0.
  virtual int32_t last() const = 0;
};

/// Whether the port's source makes numbers of text.
bool readsText(const InputPort &port);

/// The tokenizer of a port from `words` or `characters`; words need the vocabulary of vocabularyName(port).
Status makeTokenizer(const InputPort &port, const Vocabularies &vocabularies, std::unique_ptr<Tokenizer> &tokenizer);

/// The name under which the words of a port have their numbers: the pair's side, else the input itself.
std::string vocabularyName(const InputPort &port);

/// The number that `<pad>`, `<s>`, `</s>`, `<eos>` and `<unk>` have in a text; none: any other word.
std::optional<int32_t> specialWord(std::string_view word);

// `makeTokenizer` finds them by the port's source.
Status makeWords(const InputPort &port, const Vocabularies &vocabularies, std::unique_ptr<Tokenizer> &tokenizer);
Status makeCharacters(const InputPort &port, const Vocabularies &vocabularies, std::unique_ptr<Tokenizer> &tokenizer);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_TOKENIZER_H
