//===- Words.cpp - `from words(vocabulary, …)`: numbers of words -----------------------===//
#include "runtime/data/SplitWords.h"
#include "runtime/data/Tokenizer.h"

namespace argent {

static constexpr std::pair<std::string_view, int32_t> kSpecialWords[] = {
    {"<pad>", kPadding}, {"<s>", kStart}, {"</s>", kEnd}, {"<eos>", kEnd}, {"<unk>", kUnknown}};

std::optional<int32_t> specialWord(std::string_view word) {
  for (auto &[name, number] : kSpecialWords)
    if (word == name)
      return number;
  return std::nullopt;
}

namespace {

struct Hash {
  using is_transparent = void;
  size_t operator()(std::string_view word) const { return std::hash<std::string_view>()(word); }
};

class Words : public Tokenizer {
public:
  Words(std::vector<std::string> words, int32_t vocabulary, bool lower, bool isStream)
      : words_(std::move(words)), vocabulary_(vocabulary), lower_(lower), isStream_(isStream) {
    if (words_.size() > static_cast<size_t>(vocabulary - kFirstWord))
      words_.resize(static_cast<size_t>(vocabulary - kFirstWord));
    for (size_t i = 0; i < words_.size(); ++i)
      numbers_.emplace(words_[i], static_cast<int32_t>(i) + kFirstWord);
  }

  Status number(std::string_view text, std::vector<int32_t> &numbers) const override {
    splitWords(text, lower_, [&](std::string_view word) {
      auto found = numbers_.find(word);
      numbers.push_back(found != numbers_.end() ? found->second : specialWord(word).value_or(kUnknown));
    });
    return Status();
  }

  std::string text(std::span<const int32_t> numbers) const override {
    std::string result;
    for (int32_t number : numbers) {
      // A row is over at its end; a stream goes on with its next line.
      if (number == kEnd && !isStream_)
        break;
      if (number == kEnd)
        result += "\n";
      if (number == kPadding || number == kStart || number == kEnd)
        continue;
      const size_t place = static_cast<size_t>(number) - kFirstWord;
      result += result.empty() || result.back() == '\n' ? "" : " ";
      result += number >= kFirstWord && place < words_.size() ? words_[place] : "<unk>";
    }
    return result;
  }

  std::optional<int32_t> lineEnd() const override { return kEnd; }
  int32_t padding() const override { return kPadding; }
  int32_t last() const override { return vocabulary_ - 1; }

private:
  std::vector<std::string> words_;
  std::unordered_map<std::string, int32_t, Hash, std::equal_to<>> numbers_;
  int32_t vocabulary_;
  bool lower_, isStream_;
};

} // namespace

Status makeWords(const InputPort &port, const Vocabularies &vocabularies, std::unique_ptr<Tokenizer> &tokenizer) {
  const double vocabulary = port.number("vocabulary").value_or(0);
  if (!(vocabulary >= kFirstWord && vocabulary <= 1 << 24))
    return Status(StatusCode::kInvalidArgument, port.describe() + ": `words` has no vocabulary of at least 4 words");
  if (port.ranged && vocabulary - 1 > static_cast<double>(port.high))
    return Status(StatusCode::kInvalidArgument, port.describe() + " takes numbers up to " + std::to_string(port.high) +
                                                    ", fewer than its vocabulary has");
  auto words = vocabularies.find(vocabularyName(port));
  if (words == vocabularies.end())
    return Status(StatusCode::kInvalidArgument,
                  port.describe() + ": it is not known which word has which number: give the checkpoint of the "
                                    "training as --weights, or compile the model with --data");
  tokenizer = std::make_unique<Words>(words->second, static_cast<int32_t>(vocabulary),
                                      port.number("lower").value_or(1) != 0, port.number("stream").value_or(0) != 0);
  return Status();
}

} // namespace argent
