//===- Saver.h - which checkpoint is written when, and which are removed -------------===//
#ifndef ARGENT_RUNTIME_TRAIN_SAVER_H
#define ARGENT_RUNTIME_TRAIN_SAVER_H

#include "runtime/checkpoint/Checkpoint.h"

namespace argent {

/// The name of a numbered checkpoint: `lenet5.safetensors` at update 938 is `lenet5-938.safetensors`.
std::string numberedPath(const std::string &path, int64_t update);

/// A path with something before its extension: `lenet5.safetensors` and "-fold2" give `lenet5-fold2.safetensors`.
std::string suffixedPath(const std::string &path, const std::string &suffix);

class Saver {
public:
  /// `keep` > 0: periodic() writes numbered files and removes the oldest of those that this run, or the one that it
  /// resumes at `update`, wrote.
  Saver(std::string path, int64_t keep, int64_t update);

  bool enabled() const { return !path_.empty(); }
  /// Every `--save-every` updates.
  Status periodic(Session &session, const TrainingPosition &position);
  /// After an epoch, at the end, when stopped.
  Status save(Session &session, const TrainingPosition &position);
  /// The file written last, by this run or the resumed one; empty if there is none.
  const std::string &lastGood() const { return lastGood_; }
  void setLastGood(std::string path) { lastGood_ = std::move(path); }

private:
  Status write(const std::string &path, Session &session, const TrainingPosition &position);

  std::string path_, lastGood_;
  int64_t keep_;
  std::vector<int64_t> numbered_; // ascending
};

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_SAVER_H
