//===- Vocabulary.cpp - what the numbers of words and classes stand for ------------===//
#include "runtime/data/Vocabulary.h"

#include "runtime/Table.h"

#include "argent/Module.h"

#include <algorithm>

namespace argent {

Vocabularies moduleVocabularies(const Module &module) {
  Vocabularies result;
  List vocabularies(module.table().vocabularies());
  for (uint32_t i = 0; i < vocabularies.size(); ++i) {
    std::vector<std::string> &entries = result[std::string(text(vocabularies[i]->name()))];
    List strings(vocabularies[i]->entries());
    for (uint32_t k = 0; k < strings.size(); ++k)
      entries.emplace_back(text(strings[k]));
  }
  return result;
}

void WordCounter::add(std::string_view word) {
  auto [entry, isNew] = entries_.try_emplace(std::string(word));
  if (isNew)
    entry->second.place = entries_.size();
  ++entry->second.count;
}

std::vector<std::string> WordCounter::mostFrequent(size_t most) const {
  std::vector<const std::pair<const std::string, Entry> *> order;
  order.reserve(entries_.size());
  for (const auto &entry : entries_)
    order.push_back(&entry);
  most = std::min(most, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<int64_t>(most), order.end(), [](auto *a, auto *b) {
    return a->second.count != b->second.count ? a->second.count > b->second.count : a->second.place < b->second.place;
  });
  std::vector<std::string> words;
  for (size_t i = 0; i < most; ++i)
    words.push_back(order[i]->first);
  return words;
}

} // namespace argent
