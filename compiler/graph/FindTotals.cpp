//===- FindTotals.cpp - metrics to totals over a data set ------------------===//
//   1. Take the metrics of @evaluate and @train_step apart (dialects/nn/metrics/Formula.h).
//   2. Number their totals: what one returns in a place is what the other returns there. Where the formulas differ and
//      evaluation's is a mean, the value of training stands for the sum, once for each counted element.
//   3. @metrics computes the formulas from the totals, in f64.
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

/// What both functions return. Metrics have one in common where it is one in both: two formulas may have the same total
/// in evaluation, and others in training.
struct Total {
  nn::TotalKind kind;
  Value evaluated, trained; // trained: null where there is no @train_step
};

/// A metric's formula in evaluation, and where its totals are among all.
struct PlacedFormula {
  nn::Formula formula;
  SmallVector<size_t> places;
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

/// Each metric's formula; each that has none is reported.
FailureOr<SmallVector<nn::Formula>> readFormulas(nn::FormulaReader &reader, ArrayRef<nn::Metric> metrics) {
  SmallVector<nn::Formula> formulas;
  for (const nn::Metric &metric : metrics)
    if (FailureOr<nn::Formula> formula = reader.read(metric); succeeded(formula))
      formulas.push_back(std::move(*formula));
  if (formulas.size() != metrics.size())
    return failure();
  return formulas;
}

/// The values that training returns in the places of the totals of `evaluated`.
FailureOr<SmallVector<Value>> matchTotals(nn::FormulaReader &reader, const nn::Metric &metric,
                                          const nn::Formula &trained, const nn::Formula &evaluated) {
  if (nn::isSameFormula(trained, evaluated))
    return SmallVector<Value>(trained.totals);
  if (!evaluated.meanOf)
    return reportDifferent(metric);
  FailureOr<std::array<Value, 2>> ofMean = reader.makeTotalsOfMean(metric, *evaluated.meanOf);
  if (failed(ofMean))
    return failure();
  return SmallVector<Value>(ofMean->begin(), ofMean->end());
}

/// The place of a total among all, which get it if they do not have it.
size_t placeOf(const Total &total, SmallVectorImpl<Total> &all) {
  auto isSame = [](Value a, Value b) { return a == b || (a && b && nn::isSameTotal(a, b)); };
  auto *found = llvm::find_if(all, [&](const Total &other) {
    return isSame(other.evaluated, total.evaluated) && isSame(other.trained, total.trained);
  });
  size_t place = found - all.begin();
  if (found == all.end())
    all.push_back(total);
  return place;
}

NamedAttribute nameOf(OpBuilder &builder, Attribute name) { return builder.getNamedAttr("nn.name", name); }

/// @metrics, behind the function of evaluation.
void buildMetrics(func::FuncOp evaluate, ArrayRef<nn::Metric> metrics, ArrayRef<PlacedFormula> formulas,
                  size_t totalCount) {
  OpBuilder builder(evaluate.getContext());
  builder.setInsertionPointAfter(evaluate);
  Type scalar = RankedTensorType::get({}, builder.getF64Type());
  auto function = func::FuncOp::create(
      builder, evaluate.getLoc(), kMetrics,
      builder.getFunctionType(SmallVector<Type>(totalCount, scalar), SmallVector<Type>(metrics.size(), scalar)));
  for (unsigned i = 0; i != function.getNumArguments(); ++i)
    function.setArgAttrs(i, nameOf(builder, builder.getStringAttr("totals")));
  for (auto [i, metric] : llvm::enumerate(metrics))
    function.setResultAttrs(i, nameOf(builder, metric.name));
  Block *block = function.addEntryBlock();
  builder.setInsertionPointToStart(block);
  nn::FormulaBuilder formulaBuilder(builder);
  SmallVector<Value> results;
  for (const auto &[formula, places] : formulas)
    results.push_back(formulaBuilder.build(
        formula, llvm::map_to_vector(places, [&](size_t place) -> Value { return block->getArgument(place); })));
  func::ReturnOp::create(builder, evaluate.getLoc(), results);
}

/// Returns totals where the first metric was, and no metrics.
void returnTotals(func::FuncOp function, ArrayRef<Total> totals, Value Total::*ofFunction) {
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
    for (const Total &each : totals) {
      Value total = each.*ofFunction;
      // The port is a vector of f32.
      builder.setInsertionPoint(terminator);
      values.push_back(isa<IntegerType>(getElementTypeOrSelf(total))
                           ? nn::GradientBuilder(builder, total.getLoc()).cast(total, builder.getF32Type())
                           : total);
      attributes.push_back(builder.getDictionaryAttr(
          {nameOf(builder, builder.getStringAttr("totals")),
           builder.getNamedAttr("nn.total", nn::TotalKindAttr::get(builder.getContext(), each.kind))}));
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
    if (Operation *other = getOperation().lookupSymbol(kMetrics)) {
      other->emitError() << "@" << kMetrics << " is what this pass makes of the metrics";
      return signalPassFailure();
    }

    nn::FormulaReader evaluation(evaluate, nn::FormulaReader::Phase::evaluation, runInputs(evaluate));
    auto formulas = readFormulas(evaluation, evaluated);
    if (failed(formulas))
      return signalPassFailure();
    std::optional<nn::FormulaReader> training;
    SmallVector<nn::Formula> trainedFormulas;
    if (trainStep) {
      training.emplace(trainStep, nn::FormulaReader::Phase::training);
      auto read = readFormulas(*training, trained);
      if (failed(read))
        return signalPassFailure();
      trainedFormulas = std::move(*read);
    }

    SmallVector<Total> totals;
    SmallVector<PlacedFormula> placed;
    for (auto [i, formula] : llvm::enumerate(*formulas)) {
      SmallVector<Value> inTraining(formula.totals.size());
      if (training) {
        auto matched = matchTotals(*training, trained[i], trainedFormulas[i], formula);
        if (failed(matched))
          return signalPassFailure();
        inTraining = std::move(*matched);
      }
      SmallVector<size_t> places;
      for (auto [k, total] : llvm::enumerate(formula.totals))
        places.push_back(placeOf({formula.getKind(k), total, inTraining[k]}, totals));
      placed.push_back({std::move(formula), std::move(places)});
    }

    buildMetrics(evaluate, evaluated, placed, totals.size());
    returnTotals(evaluate, totals, &Total::evaluated);
    if (trainStep)
      returnTotals(trainStep, totals, &Total::trained);
  }
};

} // namespace
} // namespace argent
