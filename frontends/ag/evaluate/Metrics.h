//===- Metrics.h - totals over a data set ----------------------------------------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_METRICS_H
#define ARGENT_FRONTENDS_AG_EVALUATE_METRICS_H

#include "frontends/ag/evaluate/Context.h"

#include "llvm/ADT/DenseMap.h"

namespace argent::ag {

class Tensors;

struct MetricValue {
  std::string name;
  mlir::Value value; // null: it failed
  Range range;
};

/// What evaluate and train_step return for the metrics: each value is combined over the batches.
struct Totals {
  llvm::SmallVector<mlir::Value> values;
  llvm::SmallVector<std::string> kinds;
};

class Metrics : public Part {
public:
  explicit Metrics(Tensors &tensors);

  /// The totals of evaluation, each once; nothing after an error.
  std::optional<Totals> findTotals(llvm::ArrayRef<MetricValue> metrics);
  /// The totals of training, in the places that evaluation gave them; nothing after an error.
  std::optional<Totals> matchTotals(llvm::ArrayRef<MetricValue> metrics);
  /// Builds the function `metrics` behind that of evaluation, before what only metrics need is removed from it.
  void buildFunction(llvm::ArrayRef<MetricValue> metrics, const Totals &totals);

private:
  /// A metric as a formula over totals.
  struct Formula {
    std::string name, text;
    llvm::SmallVector<mlir::Value> totals;
    llvm::SmallVector<size_t> slots; // of the totals, among all
    std::optional<int64_t> meanOf;   // totals[0] / totals[1]: how many elements are counted for each row
    llvm::DenseMap<mlir::Value, std::pair<mlir::Value, mlir::Value>> uniform; // what is averaged over the rows
  };
  mlir::Value countRows();
  bool checkFlow(const MetricValue &metric, mlir::Value total);
  std::optional<Formula> takeApart(const MetricValue &metric);

  Tensors &tensors_;
  std::vector<Formula> formulas_; // as evaluation has them
  Totals evaluated_;              // their kinds; the values are of another graph
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_METRICS_H
