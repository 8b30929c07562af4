//===- Evaluate.h - loss and metrics over a data set -----------------------------===//
// A batch gives totals (sums, counts, largest, smallest); they are combined in f64 in the order of the batches; the
// entry point `metrics` turns the result into values. So a metric is one of the whole data set, not a mean of the
// batches'.
#ifndef ARGENT_RUNTIME_TRAIN_EVALUATE_H
#define ARGENT_RUNTIME_TRAIN_EVALUATE_H

#include "runtime/train/Bind.h"

#include "argent/Session.h"

#include <functional>

namespace argent {

/// A name and its value: `loss` first, then the metrics as the model orders them.
using MetricValues = std::vector<std::pair<std::string, double>>;

/// Whether a run should stop early; asked after each step.
using StopFunction = std::function<bool()>;

/// How many totals a batch of this module gives.
size_t totalCount(const Module &module);
/// Adds a batch's totals; an empty `totals` takes them over.
void combineTotals(const Module &module, const std::vector<float> &batch, std::vector<double> &totals);
/// "the loss is nan, `accuracy` inf": those of the values that are not finite; empty if all are.
std::string nonFiniteText(const MetricValues &values);
/// Runs the entry point `metrics`.
Status metricValues(Session &session, std::vector<double> totals, MetricValues &values);

/// Runs `evaluate` over `rows` of the source (empty: all), `batchRows` at a time (at most the session's maxBatch).
///
/// `progress` (may be empty) is told the rows done. `nonFinite` says which of the values are not finite, and where the
/// first such number is computed; it is empty if all are. Errors: kInterrupted when `stop` (may be empty) says so;
/// those of Session::run.
Status evaluate(Session &session, const BatchSource &source, const std::vector<uint32_t> &rows, int64_t batchRows,
                const std::function<void(int64_t)> &progress, const StopFunction &stop, MetricValues &values,
                std::string &nonFinite);

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_EVALUATE_H
