//===- Reports.h - why a training stopped, in words ---------------------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_REPORTS_H
#define ARGENT_RUNTIME_TRAIN_REPORTS_H

#include "runtime/train/Start.h"

namespace argent {

/// Four digits; NaN without its sign, which says nothing.
std::string shortText(double value);

/// Loss and gradient norm of the step that was made last, the first value that is not finite (`found`, as far as it is
/// known), the first such parameter and gradient, and the checkpoint to go back to.
std::string describeNonFinite(const TrainingRun &run, std::string found, int restorations);

/// The rate that is negative or not finite, with its place in the source.
std::string describeBadRate(const TrainingRun &run);

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_REPORTS_H
