//===- Source.h - from raw columns to an input's elements ---------------------===//
// One file for each source of a `from` clause that reads a column (Image.cpp, Classes.cpp, TextSource.cpp,
// TokenStream.cpp). A source is made once for an input and a column and checks everything then: equal rows give equal
// bits, in any order, from any thread.
#ifndef ARGENT_RUNTIME_DATA_SOURCE_H
#define ARGENT_RUNTIME_DATA_SOURCE_H

#include "runtime/data/DataSet.h"
#include "runtime/data/InputPort.h"
#include "runtime/data/Vocabulary.h"

#include <optional>

namespace argent {

class Source {
public:
  virtual ~Source() = default;
  /// Writes the elements of one row. Fails only where a disk does.
  virtual Status fill(int64_t row, void *destination) const = 0;
};

/// Whether the column is the port's tensor already: it then goes through no `from` clause, but class numbers do.
bool isTensor(const InputPort &port, const Column &column);

/// The source that makes `port` from `column`: as it is, or by the port's `from` clause. The column outlives the
/// source. Text is TextSource.h's.
Status makeSource(const InputPort &port, const Column &column, const Vocabularies &vocabularies,
                  std::unique_ptr<Source> &source);

// The sources; `makeSource` finds them by name.
Status makeImageSource(const InputPort &port, const Column &column, const Vocabularies &vocabularies,
                       std::unique_ptr<Source> &source);
Status makeClassesSource(const InputPort &port, const Column &column, const Vocabularies &vocabularies,
                         std::unique_ptr<Source> &source);

/// Whether the column is of a type that classes have: for each row a text or one whole number.
bool canHoldClasses(const Column &column);

/// The first row of text that is no class of the port, neither a whole number nor one of its names.
std::optional<int64_t> firstNoClass(const InputPort &port, const Column &column);

/// The names of a port's classes that the training data gives: "1", "2", … where it counts them from 1; where the model
/// has no names and the data no numbers, the data's names, sorted. Empty: numbers are as they are.
std::vector<std::string> learnClasses(const InputPort &port, const Column &column);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_SOURCE_H
