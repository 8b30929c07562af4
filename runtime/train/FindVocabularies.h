//===- FindVocabularies.h - the words and classes of a training ---------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_FINDVOCABULARIES_H
#define ARGENT_RUNTIME_TRAIN_FINDVOCABULARIES_H

#include "runtime/train/Bind.h"
#include "runtime/train/Train.h"

namespace argent {

/// The vocabularies of a run: those that are known, and for the others what the training data gives. The observer is
/// told, in a line each, where the data would give the words of a known vocabulary other numbers, with how many of them
/// are unknown; and where it counts classes from 1.
///
/// Errors: those of learnVocabularies.
Status findVocabularies(const std::vector<DataPort> &ports, const DataSet &set, Vocabularies known,
                        TrainObserver &observer, Vocabularies &vocabularies);

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_FINDVOCABULARIES_H
