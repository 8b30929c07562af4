//===- Pointwise.h - loops of funcs without updates ------------------------===//
#ifndef ARGENT_COMPILER_SCHEDULE_POINTWISE_H
#define ARGENT_COMPILER_SCHEDULE_POINTWISE_H

#include "compiler/schedule/Analysis.h"

namespace argent::schedule {

/// How the loops of a func without updates that is stored (an output, or staged) run. At most one of the three kinds of
/// tasks is above 0.
struct PointwiseDecision {
  int64_t axis = -1;        // the innermost that has more than one point
  int64_t lanes = 0;        // of the vectors along it; 0: none
  bool isOneVector = false; // its points are less than a register holds: no predicate, no tail
  hl::TailStrategy tail = hl::TailStrategy::Auto;
  int64_t taskVectors = 0; // a task is so many vectors of the axis, of one N if there is an axis outside
  int64_t taskRows = 0;    // a task is so many points of the second axis, of one N
  int64_t taskPoints = 0;  // a task is so many points of the first axis
};

/// `inplace`: the func is written over an input.
PointwiseDecision decidePointwise(const Func &func, const Target &target, bool inplace);
void writePointwise(Func &func, const PointwiseDecision &decision);

} // namespace argent::schedule

#endif // ARGENT_COMPILER_SCHEDULE_POINTWISE_H
