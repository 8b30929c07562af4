//===- FindVocabularies.cpp - the words and classes of a training -------------------===//
//   1. What is known stays; the rest is learned from the data. A label that is none of the known classes is an error at
//      its row.
//   2. The words of the data's beginning are compared with the known ones.
#include "runtime/train/FindVocabularies.h"

#include "runtime/data/Tokenizer.h"

#include <algorithm>
#include <unordered_set>

namespace argent {

/// Empty: there is nothing to tell.
static std::string describeWords(const std::string &name, const std::vector<std::string> &known,
                                 const std::vector<std::string> &learned, bool isCut, const DataSet &set) {
  const std::unordered_set<std::string_view> words(known.begin(), known.end());
  const auto unknown = static_cast<size_t>(
      std::count_if(learned.begin(), learned.end(), [&](const std::string &word) { return !words.count(word); }));
  if (isCut ? unknown <= learned.size() / 4 : learned == known)
    return "";
  return "the words of `" + name + "` keep the numbers that they have; of the " + std::to_string(learned.size()) +
         " words that " + (isCut ? "the first " + std::to_string(kComparedBytes >> 20) + " MiB of " : "") + set.name +
         " would give numbers, " + std::to_string(unknown) + " are unknown";
}

/// Whether learnVocabularies found that the data counts the classes from 1.
static bool isFromOne(const DataPort &data, const std::vector<std::string> &classes) {
  for (size_t i = 0; i < classes.size(); ++i)
    if (classes[i] != std::to_string(i + 1))
      return false;
  return !readsText(data.port) && !classes.empty();
}

Status findVocabularies(const std::vector<DataPort> &ports, const DataSet &set, Vocabularies known,
                        TrainObserver &observer, Vocabularies &vocabularies) {
  vocabularies = known;
  ARGENT_RETURN_IF_ERROR(learnVocabularies(ports, set, vocabularies));
  Vocabularies compared = vocabularies;
  for (const DataPort &data : ports)
    if (const std::string name = vocabularyName(data.port); readsText(data.port) && known.count(name))
      compared.erase(name);
  std::set<std::string> cut, told; // inputs may share a vocabulary
  ARGENT_RETURN_IF_ERROR(learnVocabularies(ports, set, compared, kComparedBytes, &cut));
  for (const DataPort &data : ports) {
    const std::string name = vocabularyName(data.port);
    const auto before = known.find(name), now = compared.find(name);
    if (now == compared.end() || !told.insert(name).second)
      continue;
    if (before != known.end())
      if (std::string text = describeWords(name, before->second, now->second, cut.count(name), set); !text.empty())
        observer.message(text);
    if (before == known.end() && isFromOne(data, now->second))
      observer.message(data.port.describe() + ": " + set.name + " counts classes from 1 to " + now->second.back() +
                       "; 1 is the first one");
  }
  return Status();
}

} // namespace argent
