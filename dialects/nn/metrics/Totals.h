//===- Totals.h - what is combined over the batches of a data set ----------===//
#ifndef ARGENT_DIALECTS_NN_METRICS_TOTALS_H
#define ARGENT_DIALECTS_NN_METRICS_TOTALS_H

#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

namespace argent::nn {

/// How an op's results for batches make that for the data set; nothing if it is no reduction over N, or one that cannot
/// be combined.
std::optional<TotalKind> getTotalKind(mlir::Operation *op);

/// Whether an op makes values of the whole batch from rows. A count of other dimensions does not look at the rows.
bool reducesBatch(mlir::Operation *op);

/// How many elements a count counts; nothing for other values.
std::optional<ElementCount> getCounted(mlir::Value value);

/// Whether two totals are one: the same value, or counts of equally many elements.
bool isSameTotal(mlir::Value a, mlir::Value b);

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_METRICS_TOTALS_H
