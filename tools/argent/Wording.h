//===- Wording.h - the words behind a model's numbers --------------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_WORDING_H
#define ARGENT_TOOLS_ARGENT_WORDING_H

#include "argent/Module.h"
#include "runtime/data/TextSource.h"

namespace argent::tool {

/// What the model's inputs from `words`, `characters` and `classes` say about the numbers that go in and come out.
class Wording {
public:
  /// The vocabularies are those of the weights, else the module's; `weights` may be empty.
  static Status read(const Module &module, const std::string &weights, Wording &wording);

  /// Gives an entry's input without a `from` clause that of the model's input of the same name and type.
  void adopt(InputPort &port) const;

  /// The numbers of rows of text, a column, for an input from `words` or `characters`.
  Status number(const InputPort &port, const Column &texts, std::shared_ptr<const NumberedRows> &rows,
                std::vector<char> &bytes) const;

  /// What a row of an output says to people; empty: its numbers say it themselves. Whole numbers are text where the
  /// output has the name of an input that is text, or the model translates (then words of the side "target"); a score
  /// for each class, or the number of one, is the class's name.
  std::string describe(const InputPort &output, const char *row) const;

private:
  const std::vector<std::string> *classNames(const InputPort &label) const;

  std::vector<InputPort> ports_; // the model's and the train block's
  Vocabularies vocabularies_;
};

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_WORDING_H
