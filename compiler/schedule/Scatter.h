//===- Scatter.h - updates that store at computed indices ------------------===//
#ifndef ARGENT_COMPILER_SCHEDULE_SCATTER_H
#define ARGENT_COMPILER_SCHEDULE_SCATTER_H

#include "compiler/schedule/Pointwise.h"

namespace argent::schedule {

/// How the loops of one update run. At most one of the three kinds of tasks is parallel: the first below that is there.
struct ScatterUpdateDecision {
  enum class Vectors { None, Last, Part }; // along the last axis, or the only reduction variable
  Vectors vectors = Vectors::None;
  int64_t lanes = 0;
  int64_t taskRows = 0;    // a task is so many points of the second axis, of one N
  int64_t taskAxis = -1;   // a task is …
  int64_t taskPoints = 0;  // … so many points of this axis
  int64_t taskVectors = 0; // a task is so many vectors of the last axis, if the update is work for several
  bool hasTasks = false;   // it is
};

struct ScatterDecision {
  std::optional<PointwiseDecision> init; // none where the updates write every point
  llvm::SmallVector<ScatterUpdateDecision> updates;
};

ScatterDecision decideScatter(const Func &func, const Target &target);
void writeScatter(Func &func, const ScatterDecision &decision);

} // namespace argent::schedule

#endif // ARGENT_COMPILER_SCHEDULE_SCATTER_H
