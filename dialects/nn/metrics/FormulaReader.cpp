//===- FormulaReader.cpp - a metric taken apart ----------------------------===//
//   1. From the metric walk back to the first reductions over N, and to what does not depend on the batch: its terms.
//   2. In evaluation, look behind each total for another one: what flows back into per-row work is an error.
#include "dialects/interfaces/Help.h"
#include "dialects/nn/Constants.h"
#include "dialects/nn/metrics/Formula.h"
#include "dialects/nn/metrics/Totals.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace argent::nn {

/// What an op is computed from: its operands, and what its regions see of the block around it.
static SetVector<Value> readsOf(Operation *op) {
  SetVector<Value> reads(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), reads);
  return reads;
}

static bool isOpen(Value value) { return !cast<ShapedType>(value.getType()).hasStaticShape(); }

FormulaReader::FormulaReader(func::FuncOp function, Phase phase, ArrayRef<Value> onlyInTraining)
    : function_(function), phase_(phase), builder_(function.front().getTerminator()),
      onlyInTraining_(onlyInTraining.begin(), onlyInTraining.end()) {
  for (Value argument : function.getArguments())
    sources_[argument] = isOpen(argument) ? Source::batch : Source::uniform;
  for (Operation &op : function.front()) {
    SetVector<Value> reads = readsOf(&op);
    bool isParameter = reads.empty() && !op.hasTrait<OpTrait::ConstantLike>(); // or a state
    Source source = isParameter ? Source::uniform : Source::constants;
    for (Value read : reads)
      source = std::max(source, sources_.at(read));
    bool isOnlyInTraining = llvm::any_of(reads, [&](Value read) { return onlyInTraining_.contains(read); });
    for (Value result : op.getResults()) {
      sources_[result] = isOpen(result) ? Source::batch : source;
      if (isOnlyInTraining)
        onlyInTraining_.insert(result);
    }
  }
}

Location FormulaReader::nameLocation(StringRef name) {
  return NameLoc::get(builder_.getStringAttr(name), function_.getLoc());
}

FailureOr<Value> FormulaReader::countRows(const Metric &metric) {
  for (Value argument : function_.getArguments())
    for (auto [axis, dim] : llvm::enumerate(getDims(argument.getType())))
      if (dim == Dim{1, true})
        return Value(CountOp::create(builder_, nameLocation("count"), metric.value.getType(), argument,
                                     builder_.getDenseI64ArrayAttr(static_cast<int64_t>(axis))));
  InFlightDiagnostic error = emitError(metric.location)
                             << "`" << metric.name.getValue() << "` does not depend on the batch";
  attachHelp(error, "give the inputs the dimension N: x: f32[N, 8]");
  return error;
}

LogicalResult FormulaReader::reportTime(const Metric &metric) {
  InFlightDiagnostic error =
      emitError(metric.location)
      << "`" << metric.name.getValue()
      << "` cannot depend on `epoch`, `update` or the length of the run, which are only known in "
         "training";
  attachHelp(error, "a metric is also computed in evaluation: leave them out");
  return error;
}

LogicalResult FormulaReader::checkRowsBehind(const Metric &metric, Value total) {
  if (onlyInTraining_.contains(total))
    return reportTime(metric);
  // A count looks at no element.
  llvm::SetVector<Value> behind;
  if (auto reduce = total.getDefiningOp<ReduceOp>())
    behind.insert(reduce.getX());
  for (size_t i = 0; i != behind.size(); ++i) {
    Operation *op = behind[i].getDefiningOp();
    if (!op)
      continue;
    if (reducesBatch(op)) {
      StringRef name = metric.name;
      InFlightDiagnostic error =
          emitError(op->getLoc())
          << "`" << name << "` cannot be computed batch by batch: this total over the batch goes back into its rows";
      error.attachNote(metric.location) << "`" << name << "` is computed here";
      bool isScalar = cast<RankedTensorType>(op->getResult(0).getType()).getRank() == 0;
      attachHelp(error, isScalar ? "combine totals at the end only, as in mean(x ** 2) - mean(x) ** 2"
                                 : "evaluation needs a value that does not depend on the batch: keep a running mean in "
                                   "a `state`, as batch_norm does, or reduce each row alone, as by axis=1");
      return error;
    }
    behind.insert_range(readsOf(op));
  }
  return success();
}

/// Gives the formula a value that is a term; what is none is computed from its operands.
LogicalResult FormulaReader::readTerm(const Metric &metric, Value value, Formula &formula) {
  StringRef name = metric.name;
  auto addTotal = [&](Value total) {
    auto *same = llvm::find_if(formula.totals, [&](Value other) { return isSameTotal(other, total); });
    size_t index = same - formula.totals.begin();
    if (same == formula.totals.end())
      formula.totals.push_back(total);
    return index;
  };

  Operation *op = value.getDefiningOp();
  if (op && getTotalKind(op)) {
    if (cast<RankedTensorType>(value.getType()).getRank() != 0) {
      InFlightDiagnostic error = emitError(metric.location) << "a total over the data set must be one number; `" << name
                                                            << "` needs " << printType(value.getType());
      attachHelp(error, "reduce over all dimensions at once, or write one metric for each element");
      return error;
    }
    if (phase_ == Phase::evaluation && failed(checkRowsBehind(metric, value)))
      return failure();
    formula.terms[value] = {addTotal(value), std::nullopt};
    return success();
  }
  if (sources_.lookup(value) == Source::uniform) {
    if (onlyInTraining_.contains(value))
      return reportTime(metric);
    if (value.getType() == metric.value.getType()) {
      FailureOr<Value> rows = countRows(metric);
      if (failed(rows))
        return failure();
      Value total = MulOp::create(builder_, nameLocation("mul"), value, *rows);
      size_t sum = addTotal(total), count = addTotal(*rows);
      formula.terms[value] = {sum, count};
      return success();
    }
    if (op && op->getNumOperands() == 0) {
      InFlightDiagnostic error = emitError(metric.location)
                                 << "`" << name << "` cannot use " << printType(value.getType())
                                 << " beside totals over the batch; only numbers go into a formula over them";
      attachHelp(error, "make it a number first, as in sum(w) * mean(x)");
      return error;
    }
  }
  if (op && reducesBatch(op)) {
    auto reduce = dyn_cast<ReduceOp>(op);
    StringRef kind = reduce ? stringifyReduceKind(reduce.getKind()) : op->getName().stripDialect();
    InFlightDiagnostic error = emitError(metric.location)
                               << "`" << name << "` cannot use `" << kind
                               << "` over the batch; only sum, mean, max and min work over a data set";
    if (kind == "any" || kind == "all")
      attachHelp(error, "write " + Twine(kind == "any" ? "max" : "min") + "(f32(…))");
    return error;
  }
  if (!op)
    return emitError(metric.location) << "`" << name << "` cannot use the input " << printType(value.getType())
                                      << ", which is not a total over the batch";
  return success();
}

FailureOr<Formula> FormulaReader::read(const Metric &metric) {
  Formula formula;
  formula.value = metric.value;
  DenseSet<Value> seen;
  // The ops whose operands are being read. A formula may be as deep as a graph is long: no recursion.
  SmallVector<std::pair<Operation *, unsigned>> path;
  auto enter = [&](Value value) -> LogicalResult {
    if (!seen.insert(value).second)
      return success();
    if (failed(readTerm(metric, value, formula)))
      return failure();
    if (!formula.terms.contains(value))
      path.push_back({value.getDefiningOp(), 0});
    return success();
  };
  if (failed(enter(metric.value)))
    return failure();
  while (!path.empty()) {
    auto &[op, next] = path.back();
    if (next == op->getNumOperands())
      path.pop_back();
    else if (failed(enter(op->getOperand(next++))))
      return failure();
  }
  if (auto division = metric.value.getDefiningOp<DivOp>(); division && formula.totals.size() == 2)
    if (auto count = getCounted(division.getRhs());
        count && count->power == 1 && division.getLhs() == formula.totals[0])
      formula.meanOf = count->factor;
  return formula;
}

FailureOr<std::array<Value, 2>> FormulaReader::makeTotalsOfMean(const Metric &metric, int64_t elementsOfRow) {
  FailureOr<Value> rows = countRows(metric);
  if (failed(rows))
    return failure();
  Value count = *rows;
  if (elementsOfRow != 1) {
    Value factor =
        makeSplat(builder_, nameLocation("constant"), metric.value.getType(), static_cast<double>(elementsOfRow));
    count = MulOp::create(builder_, nameLocation("mul"), count, factor);
  }
  Value sum = MulOp::create(builder_, nameLocation("mul"), metric.value, count);
  return std::array<Value, 2>{sum, count};
}

} // namespace argent::nn
