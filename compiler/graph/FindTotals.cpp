//===- FindTotals.cpp - metrics to totals over a data set ------------------===//
//   1. Take the metrics of @evaluate apart (dialects/nn/metrics/Formula.h), and number their totals.
//   2. @metrics computes the formulas from the totals, in f64.
//   3. Take those of @train_step apart, and put their totals where evaluation has them. Where a formula is another one
//      and evaluation's is a mean, the value stands for the sum, once for each counted element.
//   4. Return the totals in the place of the metrics, and drop what only metrics needed.
#include "compiler/Passes.h"
#include "dialects/interfaces/Help.h"
#include "dialects/nn/gradient/GradientBuilder.h"
#include "dialects/nn/metrics/Formula.h"
#include "dialects/nn/metrics/Totals.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "runtime/PortNames.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_FINDTOTALS
#include "compiler/Passes.h.inc"

namespace {

constexpr StringLiteral kEvaluate = "evaluate", kTrainStep = "train_step", kMetrics = "metrics";

/// What both functions return, and where the formulas of evaluation have their totals among it.
struct Totals {
  SmallVector<Value> values;
  SmallVector<nn::TotalKind> kinds;
  SmallVector<nn::Formula> formulas;
  SmallVector<SmallVector<size_t>> places; // of each formula's totals
};

bool isMetric(func::FuncOp function, unsigned result) {
  return static_cast<bool>(function.getResultAttr(result, "nn.metric"));
}

SmallVector<nn::Metric> metricsOf(func::FuncOp function) {
  SmallVector<nn::Metric> metrics;
  for (auto [i, value] : llvm::enumerate(function.front().getTerminator()->getOperands()))
    if (isMetric(function, i)) {
      auto written = function.getResultAttrOfType<LocationAttr>(i, "nn.location");
      metrics.push_back({function.getResultAttrOfType<StringAttr>(i, "nn.name"), value,
                         written ? Location(written) : value.getLoc()});
    }
  return metrics;
}

/// The inputs that tell of a run of training.
SmallVector<Value> runInputs(func::FuncOp function) {
  SmallVector<Value> inputs;
  for (BlockArgument argument : function.getArguments())
    if (auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "nn.name");
        name && llvm::is_contained(kRunPorts, std::string_view(name.getValue())))
      inputs.push_back(argument);
  return inputs;
}

LogicalResult reportDifferent(const nn::Metric &metric) {
  InFlightDiagnostic error = emitError(metric.location) << "`" << metric.name.getValue()
                                                        << "` is computed differently in training and in evaluation";
  attachHelp(error, "only a mean can differ; give what is added in training another name");
  return error;
}

/// Both functions return metrics of the same names in the same order.
LogicalResult checkNames(ArrayRef<nn::Metric> evaluated, ArrayRef<nn::Metric> trained) {
  for (size_t i = 0, count = std::max(evaluated.size(), trained.size()); i != count; ++i) {
    if (i < evaluated.size() && i < trained.size() && evaluated[i].name == trained[i].name)
      continue;
    return reportDifferent(i < trained.size() ? trained[i] : evaluated[i]);
  }
  return success();
}

FailureOr<Totals> findTotals(func::FuncOp function, ArrayRef<nn::Metric> metrics) {
  nn::FormulaReader reader(function, nn::FormulaReader::Phase::evaluation, runInputs(function));
  Totals totals;
  bool hasFailed = false; // each metric that has no totals is reported
  for (const nn::Metric &metric : metrics) {
    FailureOr<nn::Formula> formula = reader.read(metric);
    if (failed(formula)) {
      hasFailed = true;
      continue;
    }
    SmallVector<size_t> &places = totals.places.emplace_back();
    for (auto [i, total] : llvm::enumerate(formula->totals)) {
      auto *same = llvm::find_if(totals.values, [&](Value other) { return nn::isSameTotal(other, total); });
      places.push_back(same - totals.values.begin());
      if (same != totals.values.end())
        continue;
      totals.values.push_back(total);
      totals.kinds.push_back(formula->getKind(i));
    }
    totals.formulas.push_back(std::move(*formula));
  }
  if (hasFailed)
    return failure();
  return totals;
}

/// The values that training returns in the places of evaluation's totals.
FailureOr<SmallVector<Value>> matchTotals(func::FuncOp function, ArrayRef<nn::Metric> metrics,
                                          const Totals &evaluated) {
  nn::FormulaReader reader(function, nn::FormulaReader::Phase::training);
  SmallVector<Value> values(evaluated.values.size());
  for (auto [i, metric] : llvm::enumerate(metrics)) {
    FailureOr<nn::Formula> formula = reader.read(metric);
    if (failed(formula))
      return failure();
    const nn::Formula &other = evaluated.formulas[i];
    SmallVector<Value> totals = formula->totals;
    if (!nn::isSameFormula(*formula, other)) {
      if (!other.meanOf)
        return reportDifferent(metric);
      auto ofMean = reader.makeTotalsOfMean(metric, *other.meanOf);
      if (failed(ofMean))
        return failure();
      totals.assign(ofMean->begin(), ofMean->end());
    }
    for (auto [place, total] : llvm::zip(evaluated.places[i], totals))
      if (!values[place])
        values[place] = total;
  }
  return values;
}

NamedAttribute nameOf(OpBuilder &builder, Attribute name) { return builder.getNamedAttr("nn.name", name); }

/// @metrics, behind the function of evaluation.
void buildMetrics(func::FuncOp evaluate, ArrayRef<nn::Metric> metrics, const Totals &totals) {
  OpBuilder builder(evaluate.getContext());
  builder.setInsertionPointAfter(evaluate);
  Type scalar = RankedTensorType::get({}, builder.getF64Type());
  auto function = func::FuncOp::create(builder, evaluate.getLoc(), kMetrics,
                                       builder.getFunctionType(SmallVector<Type>(totals.values.size(), scalar),
                                                               SmallVector<Type>(metrics.size(), scalar)));
  for (unsigned i = 0; i != function.getNumArguments(); ++i)
    function.setArgAttrs(i, nameOf(builder, builder.getStringAttr("totals")));
  for (auto [i, metric] : llvm::enumerate(metrics))
    function.setResultAttrs(i, nameOf(builder, metric.name));
  Block *block = function.addEntryBlock();
  builder.setInsertionPointToStart(block);
  nn::FormulaBuilder formulas(builder);
  SmallVector<Value> results;
  for (auto [formula, places] : llvm::zip(totals.formulas, totals.places))
    results.push_back(formulas.build(
        formula, llvm::map_to_vector(places, [&](size_t place) -> Value { return block->getArgument(place); })));
  func::ReturnOp::create(builder, evaluate.getLoc(), results);
}

/// Returns totals where the first metric was, and no metrics.
void returnTotals(func::FuncOp function, ArrayRef<Value> totals, ArrayRef<nn::TotalKind> kinds) {
  OpBuilder builder(function.getContext());
  Operation *terminator = function.front().getTerminator();
  SmallVector<Value> values;
  SmallVector<DictionaryAttr> attributes;
  bool isFirst = true;
  for (auto [i, value] : llvm::enumerate(terminator->getOperands())) {
    if (!isMetric(function, i)) {
      values.push_back(value);
      attributes.push_back(function.getResultAttrDict(i));
      continue;
    }
    if (!std::exchange(isFirst, false))
      continue;
    for (auto [total, kind] : llvm::zip(totals, kinds)) {
      // The port is a vector of f32.
      builder.setInsertionPoint(terminator);
      values.push_back(isa<IntegerType>(getElementTypeOrSelf(total))
                           ? nn::GradientBuilder(builder, total.getLoc()).cast(total, builder.getF32Type())
                           : total);
      attributes.push_back(builder.getDictionaryAttr(
          {nameOf(builder, builder.getStringAttr("totals")),
           builder.getNamedAttr("nn.total", nn::TotalKindAttr::get(builder.getContext(), kind))}));
    }
  }
  terminator->setOperands(values);
  function.setType(builder.getFunctionType(function.getArgumentTypes(), ValueRange(values).getTypes()));
  function.setAllResultAttrs(attributes);
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(function.front())))
    if (isOpTriviallyDead(&op))
      op.erase();
}

struct FindTotals : impl::FindTotalsBase<FindTotals> {
  void runOnOperation() override {
    SmallVector<nn::Metric> evaluated, trained;
    func::FuncOp evaluate, trainStep;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      SmallVector<nn::Metric> metrics = metricsOf(function);
      if (function.getName() == kEvaluate) {
        evaluate = function;
        evaluated = std::move(metrics);
      } else if (function.getName() == kTrainStep) {
        trainStep = function;
        trained = std::move(metrics);
      } else if (!metrics.empty()) {
        emitError(metrics.front().location)
            << "metrics are results of @evaluate and @train_step, found one of @" << function.getName();
        return signalPassFailure();
      }
    }
    if (evaluated.empty() && trained.empty())
      return;
    if (trainStep && failed(checkNames(evaluated, trained)))
      return signalPassFailure();
    FailureOr<Totals> totals = findTotals(evaluate, evaluated);
    if (failed(totals))
      return signalPassFailure();
    buildMetrics(evaluate, evaluated, *totals);
    if (trainStep) {
      auto values = matchTotals(trainStep, trained, *totals);
      if (failed(values))
        return signalPassFailure();
      returnTotals(trainStep, *values, totals->kinds);
    }
    returnTotals(evaluate, totals->values, totals->kinds);
  }
};

} // namespace
} // namespace argent
