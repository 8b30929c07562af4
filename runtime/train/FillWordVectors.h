//===- FillWordVectors.h - rows of tables from files of word vectors --------------===//
#ifndef ARGENT_RUNTIME_TRAIN_FILLWORDVECTORS_H
#define ARGENT_RUNTIME_TRAIN_FILLWORDVECTORS_H

#include "argent/Session.h"
#include "runtime/data/Vocabulary.h"

namespace argent {

/// What a file of word vectors gave a parameter or state.
struct FilledVectors {
  std::string path;       // the table's
  std::string file;       // as the model names it
  std::string vocabulary; // the name under which the words have their numbers
  int64_t words = 0;      // of the vocabulary that the table has rows for
  int64_t found = 0;      // of these, in the file

  /// "embedding_1.table begins with the vectors of 812 of the 1000 words of `tokens` from vectors.txt".
  std::string describe() const;
};

/// Gives the tables of an initialized session that begin with word vectors the rows of the words that the files have;
/// the other rows stay as they were drawn. `<pad>`, `<s>`, `</s>`, `<eos>` and `<unk>` of a file are the rows of their
/// numbers. Of a word that stands twice in a file the first one counts. A file is read once for all tables that are
/// alike in vocabulary and width. A relative path begins at the current directory, as those of data do.
///
/// Errors: those of readWordVectors, with the table that the file is for; kInvalidArgument  the vocabulary is not
///         known: the data gave numbers instead of words. The tables are unchanged.
Status fillWordVectors(Session &session, const Vocabularies &vocabularies, std::vector<FilledVectors> &filled);

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_FILLWORDVECTORS_H
