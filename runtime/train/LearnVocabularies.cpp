//===- LearnVocabularies.cpp - words and classes of the training data -----------------===//
#include "runtime/data/SplitWords.h"
#include "runtime/data/TextFile.h"
#include "runtime/data/Tokenizer.h"
#include "runtime/train/Bind.h"

#include <algorithm>

namespace argent {

/// Counts the words of a column that have no number of their own, up to the row or line that goes beyond `mostBytes`.
static Status countWords(const Column &column, bool lower, size_t mostBytes, WordCounter &counter, bool &isCut) {
  size_t bytes = 0;
  isCut = false;
  auto count = [&](std::string_view text) {
    isCut = text.size() > mostBytes - bytes;
    if (isCut)
      return;
    bytes += text.size();
    splitWords(text, lower, [&](std::string_view word) {
      if (!specialWord(word))
        counter.add(word);
    });
  };
  for (int64_t row = 0; column.text() && row < column.rows() && !isCut; ++row)
    count((*column.text())[row]);
  if (const TextStream *stream = column.stream()) {
    TextFile file(stream->path);
    std::string piece;
    do {
      ARGENT_RETURN_IF_ERROR(file.next(piece));
      count(piece);
    } while (!piece.empty() && !isCut);
  }
  return Status();
}

static bool isLower(const InputPort &port) { return port.number("lower").value_or(1) != 0; }

/// Names of classes are lines of a checkpoint, and the model has a number for each.
static Status checkClasses(const InputPort &port, const Column &column, const std::vector<std::string> &classes) {
  for (const std::string &name : classes)
    if (name.empty() || name.find('\n') != name.npos)
      return Status(StatusCode::kInvalidData,
                    column.description + ": the name of a class is " + (name.empty() ? "empty" : "more than one line"));
  if (port.ranged && static_cast<int64_t>(classes.size()) > port.high + 1)
    return Status(StatusCode::kInvalidData, column.description + " has " + std::to_string(classes.size()) +
                                                " classes, and " + port.describe() + " takes " +
                                                std::to_string(port.high + 1));
  return Status();
}

Status learnVocabularies(const std::vector<DataPort> &ports, const DataSet &set, Vocabularies &vocabularies,
                         size_t mostBytes, std::set<std::string> *cut) {
  std::vector<const Column *> columns;
  ARGENT_RETURN_IF_ERROR(matchColumns(ports, set, columns));
  Vocabularies learned;
  for (size_t i = 0; i < ports.size(); ++i) {
    const InputPort &port = ports[i].port;
    const std::string name = vocabularyName(port);
    if (vocabularies.count(name) || learned.count(name))
      continue;
    if (port.source == "words" && !columns[i]->numbers()) {
      // Inputs that share a vocabulary may use less of it.
      double most = 0;
      for (const DataPort &other : ports)
        if (other.port.source == "words" && vocabularyName(other.port) == name) {
          most = std::max(most, other.port.number("vocabulary").value_or(0));
          if (isLower(other.port) != isLower(port))
            return Status(StatusCode::kInvalidArgument, port.describe() + " and " + other.port.describe() +
                                                            " share the words of `" + name +
                                                            "`, so both or neither must have lower=false");
        }
      WordCounter counter;
      bool isCut = false;
      ARGENT_RETURN_IF_ERROR(countWords(*columns[i], isLower(port), mostBytes, counter, isCut));
      if (isCut && cut)
        cut->insert(name);
      learned[name] = counter.mostFrequent(most > kFirstWord ? static_cast<size_t>(most) - kFirstWord : 0);
    } else if ((port.source == "classes" || port.source.empty()) && port.rowShape.empty()) {
      std::vector<std::string> classes = learnClasses(port, *columns[i]);
      ARGENT_RETURN_IF_ERROR(checkClasses(port, *columns[i], classes));
      if (!classes.empty())
        learned[name] = std::move(classes);
    }
  }
  vocabularies.merge(learned);
  return Status();
}

} // namespace argent
