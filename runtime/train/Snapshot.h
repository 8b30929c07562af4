//===- Snapshot.h - the last good state of a training, in memory ---------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_SNAPSHOT_H
#define ARGENT_RUNTIME_TRAIN_SNAPSHOT_H

#include "runtime/checkpoint/Checkpoint.h"

namespace argent {

/// Parameters, states and moments with their position: a checkpoint that is not written.
class Snapshot {
public:
  /// Copies the session's values. kNonFinite if one is Inf or NaN: the snapshot is then what it was.
  Status take(Session &session, const TrainingPosition &position);
  bool taken() const { return !values_.empty(); }
  /// Gives the session the copied values back.
  Status restore(Session &session, TrainingPosition &position) const;

private:
  std::vector<LogicalValues> values_; // [0]: parameters and states; then the moments
  LogicalValues rows_;
  TrainingPosition position_;
};

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_SNAPSHOT_H
