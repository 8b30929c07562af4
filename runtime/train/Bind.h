//===- Bind.h - from a data set to the inputs of an entry point ----------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_BIND_H
#define ARGENT_RUNTIME_TRAIN_BIND_H

#include "runtime/train/Batches.h"

#include "argent/Module.h"

#include <set>

namespace argent {

/// Inputs of `train_step` that no data fills, all f32[]: `epoch`, `update`, `epochs`, `updates_per_epoch`, and
/// `@rate_scale`, which the rate is times.
bool isTrainingPort(std::string_view name);

/// An input that data fills.
struct DataPort {
  InputPort port;
  size_t index;      // among the entry point's inputs
  bool isModelInput; // else the train block's
};

/// The inputs of `entry` but those that the training loop gives. kNotFound: the module has no such entry point.
Status dataPorts(const Module &module, const char *entry, std::vector<DataPort> &ports);
DataForm dataForm(const std::vector<DataPort> &ports);

/// Finds the column that each port reads: that of its name (of its side, for one of a pair), else the only one of its
/// kind. A file may say that a column is for the model's input or a label; a text goes to the inputs from `words` and
/// `characters`; whole numbers and names of classes to labels.
///
/// Errors: kInvalidArgument  an input for which there is no column, or more than one.
Status matchColumns(const std::vector<DataPort> &ports, const DataSet &set, std::vector<const Column *> &columns);

/// Adds the vocabularies that are not known yet: the most frequent words, and classes that are counted from 1. Words
/// are counted in the first `mostBytes` of a text, in whole rows or lines; `cut` receives the vocabularies of texts
/// that are longer.
Status learnVocabularies(const std::vector<DataPort> &ports, const DataSet &set, Vocabularies &vocabularies,
                         size_t mostBytes = SIZE_MAX, std::set<std::string> *cut = nullptr);

/// Numbers the texts that are streams, once for all that reads them.
///
/// Errors: those of TokenStream::make; kInvalidData  streams of different length.
Status numberStreams(const std::vector<DataPort> &ports, const Vocabularies &vocabularies, DataSet &set);

/// Which part of a stream is read, and in how many parallel streams.
struct StreamPart {
  int64_t parallel = 1;
  double share = 0;       // at the end of the text: left out
  bool isHeldOut = false; // or the part that is read
};

/// Makes a source for every port. The data set outlives the sources.
///
/// Errors: kInvalidArgument  an input that the data set cannot fill; kInvalidData: a value out of range (row and value
///         named), a stream that is too short for one batch.
Status bindData(const std::vector<DataPort> &ports, const DataSet &set, const Vocabularies &vocabularies,
                const StreamPart &part, BatchSource &source);

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_BIND_H
