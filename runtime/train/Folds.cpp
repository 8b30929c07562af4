//===- Folds.cpp - cross-validation --------------------------------------------------===//
#include "runtime/train/Folds.h"

#include "runtime/train/Log.h"
#include "runtime/train/Saver.h"

#include <cmath>

namespace argent {

static void summarize(FoldResults &results) {
  auto count = static_cast<double>(results.folds.size());
  for (size_t i = 0; i < results.folds.front().size(); ++i) {
    double mean = 0, squares = 0;
    for (const MetricValues &fold : results.folds)
      mean += fold[i].second / count;
    for (const MetricValues &fold : results.folds)
      squares += (fold[i].second - mean) * (fold[i].second - mean);
    results.mean.emplace_back(results.folds.front()[i].first, mean);
    results.deviation.emplace_back(results.folds.front()[i].first, std::sqrt(squares / (count - 1)));
  }
}

Status crossValidate(std::shared_ptr<const Module> module, const TrainOptions &options, TrainObserver &observer,
                     const StopFunction &stop, FoldResults &results) {
  if (options.holdOut.folds < 2 || !options.resume.empty())
    return Status(StatusCode::kInvalidArgument, options.resume.empty()
                                                    ? "cross-validation needs at least 2 folds"
                                                    : "cross-validation begins anew: it cannot be resumed");
  FoldResults made;
  for (int64_t fold = 0; fold < options.holdOut.folds; ++fold) {
    TrainOptions own = options;
    own.holdOut.fold = fold;
    own.appendLog = fold > 0;
    if (!options.save.empty())
      own.save = suffixedPath(options.save, "-fold" + std::to_string(fold + 1));
    observer.fold(fold, options.holdOut.folds);
    MetricValues last;
    ARGENT_RETURN_IF_ERROR(train(module, own, observer, stop, &last));
    made.folds.push_back(std::move(last));
  }
  summarize(made);
  TrainLog log;
  ARGENT_RETURN_IF_ERROR(log.open(options.log, true));
  ARGENT_RETURN_IF_ERROR(log.folds(made.mean, made.deviation));
  results = std::move(made);
  return Status();
}

} // namespace argent
