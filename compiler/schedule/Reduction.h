//===- Reduction.h - loops of sums, maxima, pooling windows ----------------===//
#ifndef ARGENT_COMPILER_SCHEDULE_REDUCTION_H
#define ARGENT_COMPILER_SCHEDULE_REDUCTION_H

#include "compiler/schedule/Analysis.h"

namespace argent::schedule {

/// Where a reduction is computed: on its own, in a consumer's loop over its first axes, or in one over all of them.
enum class ReductionPlace { Root, Inside, Point };

struct ReductionDecision {
  ReductionPlace place = ReductionPlace::Root;
  Func *consumer = nullptr; // whose loop it is computed in
  std::string loop;
  int64_t lanes = 0;   // of the vectors along the last axis; 0: none
  int64_t vectors = 1; // of results that the domain is walked for at once
  hl::TailStrategy tail = hl::TailStrategy::Auto;
  int64_t taskRows = 0;    // a task is so many points of the second axis, of one N
  int64_t taskVectors = 0; // a task of an update is so many times `vectors` of one N
  bool isParallel = false; // a task is a point of the first axis, where the two above say nothing

  bool isInside() const { return place != ReductionPlace::Root; }
};

/// A reduction for each point of a prefix of an output's axes (softmax's maximum and sum; an average's window) belongs
/// into the loop over them; any other is computed once, at root, where its tasks are its own.
ReductionDecision decideReduction(const Func &func, const Target &target);
/// At root, whatever the consumers are.
ReductionDecision decideReductionAtRoot(const Func &func, const Target &target);
void writeReduction(Func &func, const ReductionDecision &decision);

} // namespace argent::schedule

#endif // ARGENT_COMPILER_SCHEDULE_REDUCTION_H
