//===- Folds.h - cross-validation ----------------------------------------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_FOLDS_H
#define ARGENT_RUNTIME_TRAIN_FOLDS_H

#include "runtime/train/Train.h"

namespace argent {

/// Loss and metrics of each fold on its held-out rows after the last epoch, with their mean and deviation (of a sample:
/// divided by folds - 1).
struct FoldResults {
  std::vector<MetricValues> folds;
  MetricValues mean, deviation;
};

/// Trains `options.holdOut.folds` times, each time from the same initial values and without another fold of the rows of
/// the train split. `save` and `log`: fold 3 of `w.safetensors` is `w-fold3.safetensors`; one log holds all.
///
/// Errors: as train; kInvalidArgument  fewer than 2 folds, more folds than rows, or `resume`.
Status crossValidate(std::shared_ptr<const Module> module, const TrainOptions &options, TrainObserver &observer,
                     const StopFunction &stop, FoldResults &results);

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_FOLDS_H
