//===- Vocabulary.h - what the numbers of words and classes stand for --------------===//
#ifndef ARGENT_RUNTIME_DATA_VOCABULARY_H
#define ARGENT_RUNTIME_DATA_VOCABULARY_H

#include "argent/Status.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace argent {

class Module;

/// The numbers that words begin with.
constexpr int32_t kPadding = 0, kStart = 1, kEnd = 2, kUnknown = 3, kFirstWord = 4;

/// By name: that of the input, or of the side of a pair that several inputs share. The words from number 4 on, or the
/// classes from 0. They are learned from the training data; a module or a checkpoint has them for what comes later.
using Vocabularies = std::map<std::string, std::vector<std::string>>;

/// Those in the module: empty, unless it was compiled with data.
Vocabularies moduleVocabularies(const Module &module);

/// Counts words; memory depends on how many different ones there are.
class WordCounter {
public:
  void add(std::string_view word);
  /// The most frequent `most` words, first the most frequent, equally frequent ones in the order of their first place.
  std::vector<std::string> mostFrequent(size_t most) const;

private:
  struct Entry {
    int64_t count = 0;
    size_t place = 0; // among the different words
  };
  std::unordered_map<std::string, Entry> entries_;
};

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_VOCABULARY_H
