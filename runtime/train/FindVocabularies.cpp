//===- FindVocabularies.cpp - the words and classes of a training -------------------===//
//   1. Words are learned from the data in any case, to be compared; classes only where they are not known: a label that
//      is none of the known ones is an error at its row.
//   2. What is known stays.
#include "runtime/train/FindVocabularies.h"

#include "runtime/data/Tokenizer.h"

#include <algorithm>
#include <unordered_set>

namespace argent {

static std::string describeWords(const std::string &name, const std::vector<std::string> &known,
                                 const std::vector<std::string> &learned, const DataSet &set) {
  const std::unordered_set<std::string_view> words(known.begin(), known.end());
  const int64_t unknown =
      std::count_if(learned.begin(), learned.end(), [&](const std::string &word) { return !words.count(word); });
  return "the words of `" + name + "` keep the numbers that they have; of the " + std::to_string(learned.size()) +
         " words that " + set.name + " would give numbers, " + std::to_string(unknown) + " are unknown";
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
  Vocabularies learned = known;
  for (const DataPort &data : ports)
    if (readsText(data.port))
      learned.erase(vocabularyName(data.port));
  ARGENT_RETURN_IF_ERROR(learnVocabularies(ports, set, learned));
  std::unordered_set<std::string> told; // inputs may share a vocabulary
  for (const DataPort &data : ports) {
    const std::string name = vocabularyName(data.port);
    const auto before = known.find(name), now = learned.find(name);
    if (now == learned.end() || !told.insert(name).second)
      continue;
    if (before != known.end() && before->second != now->second)
      observer.message(describeWords(name, before->second, now->second, set));
    if (before == known.end() && isFromOne(data, now->second))
      observer.message(data.port.describe() + ": " + set.name + " counts classes from 1 to " + now->second.back() +
                       "; 1 is the first one");
  }
  known.merge(learned);
  vocabularies = std::move(known);
  return Status();
}

} // namespace argent
