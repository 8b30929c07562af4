//===- Log.h - a training run as JSON lines ----------------------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_LOG_H
#define ARGENT_RUNTIME_TRAIN_LOG_H

#include "runtime/checkpoint/Checkpoint.h"
#include "runtime/train/FillWordVectors.h"
#include "runtime/train/Train.h"

#include <cstdio>
#include <optional>

namespace argent {

/// One JSON object a line: {"event": "start" | "word_vectors" | "step" | "epoch" | "restore" | "end" | "folds", …}.
/// Numbers have all their digits. Each line is written at once and whole, for `tail -f` and for a process that is
/// killed. A resumed run appends; where it repeats steps after a crash, the later line counts.
class TrainLog {
public:
  TrainLog() = default;
  ~TrainLog();
  TrainLog(const TrainLog &) = delete;
  TrainLog &operator=(const TrainLog &) = delete;

  /// An empty path: no log, and the other functions do nothing. A last line without an end, as a machine that failed
  /// leaves it, is cut off before anything is appended.
  Status open(const std::string &path, bool append);
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
  void write(const std::string &line);
  Status check();
  std::FILE *file_ = nullptr;
  std::string path_;
};

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_LOG_H
