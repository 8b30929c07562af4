//===- FindVocabularies.h - the words and classes of a training ---------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_FINDVOCABULARIES_H
#define ARGENT_RUNTIME_TRAIN_FINDVOCABULARIES_H

#include "runtime/train/Bind.h"
#include "runtime/train/Train.h"

namespace argent {

constexpr size_t kComparedBytes = 16 << 20;

/// The vocabularies of a run: those that are known, and for the others what the training data gives. The observer is
/// told, in a line each, where the data would give the words of a known vocabulary other numbers, with how many of them
/// are unknown; and where it counts classes from 1.
///
/// For the first of these the words of a text's first 16 MiB are counted (kComparedBytes), so that a long text is not
/// read once more at each start. Of a longer text the most frequent words are others than those of its beginning: it is
/// told only if more than a quarter of these are unknown.
///
/// Errors: those of learnVocabularies.
Status findVocabularies(const std::vector<DataPort> &ports, const DataSet &set, Vocabularies known,
                        TrainObserver &observer, Vocabularies &vocabularies);

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_FINDVOCABULARIES_H
