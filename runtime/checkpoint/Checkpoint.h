//===- Checkpoint.h - a training run in a file ----------------------------------===//
// Safetensors: parameters and states under their paths; `@moment1/PATH` …; the rest as text in the metadata, numbers
// with as many digits as give their bits back. A weights file is the same without names that begin with `@`.
#ifndef ARGENT_RUNTIME_CHECKPOINT_CHECKPOINT_H
#define ARGENT_RUNTIME_CHECKPOINT_CHECKPOINT_H

#include "argent/Session.h"
#include "runtime/data/Vocabulary.h"

#include <optional>

namespace argent {

/// Where a training run stands, besides its tensors.
struct TrainingPosition {
  uint64_t seed = 0;
  int64_t batch = 0;
  int64_t epoch = 0;          // whole epochs done
  int64_t update = 0;         // steps done
  int64_t rows = 0;           // of this epoch, consumed
  std::vector<double> totals; // of this epoch so far; empty before its first step
  std::string dataSet;
  int64_t dataSetRows = 0;
  std::string heldOut;  // HoldOut::text(): the rows that are not trained on
  double rateScale = 1; // times the optimizer's rate; less than 1 after restorations
  /// What the module's compile-time parameters were, "NAME=VALUE" each; empty: not known.
  std::vector<std::string> settings;
  Vocabularies vocabularies; // of what was trained on
  // Which module made it. Filled in by saveCheckpoint.
  std::string target;
  std::string moduleHash;
};

/// Writes parameters, states and moments of a training session, atomically.
///
/// Errors: kNonFinite  a value is Inf or NaN: nothing is written; the message names the tensor.
///         kIoError    the file could not be written; what was there before is as it was.
Status saveCheckpoint(const std::string &path, Session &session, const TrainingPosition &position);

/// The compile-time parameters of a module, as TrainingPosition has them.
std::vector<std::string> compileSettings(const Module &module);

/// As many digits as give the number back: "0.1".
std::string shortestText(double value);

/// What saveCheckpoint writes, as copies: parameters and states, then each moment. kNonFinite as there.
Status finiteValues(Session &session, std::vector<LogicalValues> &values);

/// Reads a checkpoint into a training session. The position says under which module and target it was written.
///
/// Errors: as readSafetensors; kInvalidData  a weights file, which has no training run in it;
///         kIncompatible  another model: the first parameter that is missing, in excess or of another shape is named;
///         kNonFinite     a value is Inf or NaN: it is named. The session is unchanged.
Status loadCheckpoint(const std::string &path, Session &session, TrainingPosition &position);

/// Reads only the position, to find the batch that the session must be made for.
Status readPosition(const std::string &path, TrainingPosition &position);

/// Reads only the vocabularies: of a checkpoint, or of a weights file that keeps its metadata; else there are none.
Status readVocabularies(const std::string &path, Vocabularies &vocabularies);

/// Reads parameters and states from a weights file or a checkpoint. Errors as loadCheckpoint.
Status loadWeights(const std::string &path, Session &session);

} // namespace argent

#endif // ARGENT_RUNTIME_CHECKPOINT_CHECKPOINT_H
