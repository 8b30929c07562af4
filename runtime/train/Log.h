//===- Log.h - a training run as JSON lines ----------------------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_LOG_H
#define ARGENT_RUNTIME_TRAIN_LOG_H

#include "runtime/checkpoint/Checkpoint.h"
#include "runtime/train/FillWordVectors.h"
#include "runtime/train/LineFile.h"
#include "runtime/train/Train.h"

#include <optional>

namespace argent {

/// One JSON object a line: {"event": "start" | "word_vectors" | "step" | "epoch" | "restore" | "end" | "folds", …}.
/// Numbers have all their digits. A resumed run appends; where it repeats steps after a crash, the later line counts.
class TrainLog {
public:
  /// As of LineFile.
  Status open(const std::string &path, bool append) { return lines_.open(path, append); }
  void start(const Module &module, const std::string &target, const TrainOptions &options,
             const TrainingPosition &position, int64_t rows);
  void wordVectors(const FilledVectors &filled);
  /// `rate`: none where the module does not say it.
  void step(int64_t epoch, int64_t update, float loss, float gradientNorm, std::optional<float> rate);
  Status epoch(const TrainObserver::Epoch &epoch, int64_t update);
  void restore(int64_t update, int64_t toUpdate, double rateScale);
  Status folds(const MetricValues &mean, const MetricValues &deviation);
  Status end(const char *reason, int64_t update);

private:
  LineFile lines_;
};

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_LOG_H
