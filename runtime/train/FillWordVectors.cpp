//===- FillWordVectors.cpp - rows of tables from files of word vectors ------------===//
#include "runtime/train/FillWordVectors.h"

#include "runtime/Table.h"
#include "runtime/data/Tokenizer.h"
#include "runtime/data/WordVectors.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

namespace argent {

/// File, vocabulary and width: what one reading is for.
using Key = std::tuple<std::string, std::string, int64_t>;

std::string FilledVectors::describe() const {
  return path + " begins with the vectors of " + std::to_string(found) + " of the " + std::to_string(words) +
         " words of `" + vocabulary + "` from " + file;
}

/// Writes a row of a table of f32 or f64; other tables have no word vectors.
static void storeRow(const TensorView &table, int64_t row, std::span<const float> vector) {
  auto store = [&](auto element) {
    auto *to = static_cast<decltype(element) *>(table.data) + row * table.shape[1];
    std::copy(vector.begin(), vector.end(), to);
  };
  table.type == ElementType::f64 ? store(double()) : store(float());
}

/// "word vectors of `embedding_1.table` (textcnn.ag:17)".
static std::string describeTable(const format::Parameter &parameter) {
  std::string place;
  if (const format::SourceLocation *location = parameter.location(); location && location->line())
    place = " (" + std::string(text(location->file())) + ":" + std::to_string(location->line()) + ")";
  return "word vectors of `" + std::string(text(parameter.path())) + "`" + place;
}

/// Reads one file for the tables `which` of `values`, which have its width, and reports each.
static Status fillTables(const Key &key, const std::vector<std::string> &words, const std::vector<size_t> &which,
                         const LogicalValues &values, std::vector<FilledVectors> &filled) {
  auto &[file, vocabulary, width] = key;
  // Inputs that share a vocabulary may use less of it: a table has rows for the first of the words.
  auto wordsOf = [&](size_t i) {
    return std::clamp<int64_t>(values.tensors[i].shape[0] - kFirstWord, 0, static_cast<int64_t>(words.size()));
  };
  size_t known = 0;
  for (size_t i : which)
    known = std::max(known, static_cast<size_t>(wordsOf(i)));
  std::unordered_map<std::string_view, int32_t> rows;
  for (size_t i = 0; i < known; ++i)
    rows.emplace(words[i], static_cast<int32_t>(i) + kFirstWord);
  std::vector<bool> isFilled(known + kFirstWord);
  auto take = [&](std::string_view word, std::span<const float> vector) {
    auto found = rows.find(word);
    const std::optional<int32_t> row = found != rows.end() ? found->second : specialWord(word);
    if (!row || isFilled[static_cast<size_t>(*row)])
      return;
    isFilled[static_cast<size_t>(*row)] = true;
    for (size_t i : which)
      if (*row < values.tensors[i].shape[0])
        storeRow(values.tensors[i], *row, vector);
  };
  ARGENT_RETURN_IF_ERROR(readWordVectors(file, width, take));
  for (size_t i : which) {
    const auto begin = isFilled.begin() + kFirstWord;
    filled.push_back({values.paths[i], file, vocabulary, wordsOf(i), std::count(begin, begin + wordsOf(i), true)});
  }
  return Status();
}

Status fillWordVectors(Session &session, const Vocabularies &vocabularies, std::vector<FilledVectors> &filled) {
  const format::Module &table = session.module().table();
  List parameters(table.parameters());
  std::map<Key, std::vector<size_t>> readings;
  for (uint32_t i = 0; i < parameters.size(); ++i)
    if (const format::WordVectors *vectors = parameters[i]->initializer()->vectors())
      readings[{std::string(text(vectors->file())), std::string(text(vectors->vocabulary())),
                Amount(List(parameters[i]->type()->dims())[1]).constant}]
          .push_back(i);
  filled.clear();
  if (readings.empty())
    return Status();
  LogicalValues values;
  ARGENT_RETURN_IF_ERROR(session.values(0, values));
  for (auto &[key, which] : readings) {
    auto &[file, vocabulary, width] = key;
    const std::string where = describeTable(*parameters[static_cast<uint32_t>(which.front())]);
    auto words = vocabularies.find(vocabulary);
    if (words == vocabularies.end())
      return Status(StatusCode::kInvalidArgument,
                    where + ": it is not known which word has which number, because the data has numbers for `" +
                        vocabulary + "` instead of words: compile the model with --data of words");
    if (Status status = fillTables(key, words->second, which, values, filled); !status.ok())
      return Status(status.code(), where + ": " + status.message() +
                                       (status.code() == StatusCode::kNotFound && !file.starts_with('/')
                                            ? " (a relative path begins at the current directory)"
                                            : ""));
  }
  return session.setValues(0, values);
}

} // namespace argent
