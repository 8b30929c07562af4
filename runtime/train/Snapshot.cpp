//===- Snapshot.cpp - values out of a session and back -------------------------------===//
#include "runtime/train/Snapshot.h"

namespace argent {

Status Snapshot::take(Session &session, const TrainingPosition &position) {
  std::vector<LogicalValues> values;
  ARGENT_RETURN_IF_ERROR(finiteValues(session, values));
  ARGENT_RETURN_IF_ERROR(session.rows(rows_));
  values_ = std::move(values);
  position_ = position;
  return Status();
}

Status Snapshot::restore(Session &session, TrainingPosition &position) const {
  for (size_t which = 0; which < values_.size(); ++which)
    ARGENT_RETURN_IF_ERROR(session.setValues(static_cast<int>(which), values_[which]));
  ARGENT_RETURN_IF_ERROR(session.setRows(rows_));
  position = position_;
  return Status();
}

} // namespace argent
