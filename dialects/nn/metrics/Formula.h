//===- Formula.h - a metric as a formula over totals -----------------------===//
// A metric of a data set is a formula over reductions over the rows. Each such reduction is a total: a function returns
// it for one batch, the runtime combines it over the batches, and the formula is computed from what came out. What does
// not depend on the rows, such as the norm of a weight, is averaged over them: its total is the value times the rows.
#ifndef ARGENT_DIALECTS_NN_METRICS_FORMULA_H
#define ARGENT_DIALECTS_NN_METRICS_FORMULA_H

#include "dialects/nn/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseSet.h"
#include <array>

namespace argent::nn {

/// What a function returns as a metric.
struct Metric {
  mlir::StringAttr name;
  mlir::Value value; // tensor<f32>
  mlir::Location location;
};

struct Formula {
  /// What a formula is computed from: a total; or, with `rows`, the mean over the rows of what does not depend on them.
  struct Term {
    size_t total;
    std::optional<size_t> rows;
    bool operator==(const Term &) const = default;
  };

  mlir::Value value;
  llvm::SmallVector<mlir::Value> totals; // each once, in the order in which the formula comes to them
  llvm::DenseMap<mlir::Value, Term> terms;
  std::optional<int64_t> meanOf; // it is totals[0] / totals[1], a count: of so many elements for each row

  TotalKind getKind(size_t total) const;
};

/// Whether two formulas, of two functions, compute the same from totals of the same kinds.
bool isSameFormula(const Formula &a, const Formula &b);

/// Takes the metrics of a function apart. What it computes for totals is built at the function's end.
class FormulaReader {
public:
  /// Evaluation sees one batch after the other: there no total may go back into rows, and `onlyInTraining` is not
  /// known.
  enum class Phase { evaluation, training };
  FormulaReader(mlir::func::FuncOp function, Phase phase, llvm::ArrayRef<mlir::Value> onlyInTraining = {});

  /// Fails after an error that names the metric.
  mlir::FailureOr<Formula> read(const Metric &metric);
  /// The totals that stand for a metric as if it was the mean of so many elements of each row: a sum and a count.
  mlir::FailureOr<std::array<mlir::Value, 2>> makeTotalsOfMean(const Metric &metric, int64_t elementsOfRow);

private:
  /// What a value is computed from; the larger counts.
  enum class Source { constants, uniform, batch };
  mlir::LogicalResult readTerm(const Metric &metric, mlir::Value value, Formula &formula);
  mlir::LogicalResult checkRowsBehind(const Metric &metric, mlir::Value total);
  mlir::FailureOr<mlir::Value> countRows(const Metric &metric);
  mlir::LogicalResult reportTime(const Metric &metric);
  mlir::Location nameLocation(llvm::StringRef name);

  mlir::func::FuncOp function_;
  Phase phase_;
  mlir::OpBuilder builder_;
  llvm::DenseMap<mlir::Value, Source> sources_;
  llvm::DenseSet<mlir::Value> onlyInTraining_; // and what depends on it
};

/// Builds formulas in another function, in f64, where totals have come out of the data set. What one has in common with
/// those before it is computed once, as long as they find their terms in the same totals.
class FormulaBuilder {
public:
  explicit FormulaBuilder(mlir::OpBuilder &builder) : builder_(builder) {}

  /// `totals`: for each total of the formula its value there.
  mlir::Value build(const Formula &formula, llvm::ArrayRef<mlir::Value> totals);

private:
  mlir::Value buildTerm(mlir::Value value, const Formula::Term &term, llvm::ArrayRef<mlir::Value> totals);

  mlir::OpBuilder &builder_;
  mlir::IRMapping built_;
  llvm::DenseMap<mlir::Value, std::pair<mlir::Value, mlir::Value>> totalsOf_; // of a term: its total and rows
};

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_METRICS_FORMULA_H
