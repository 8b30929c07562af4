//===- Metrics.cpp - totals over a data set --------------------------------------------------------------------===//
// A metric is a formula over reductions over the batch. Each such reduction is a total: the graph returns it for one
// batch, the runtime combines it over the batches, and the function `metrics` computes the formulas from what came out,
// in f64.
//   1. From each metric walk back to the first reductions over N, and to counts of rows. What does not depend on the
//      batch, such as the norm of a weight, is averaged over the rows: its total is the value times the rows.
//   2. In evaluation, look behind each total for another one: what flows back into per-row work is an error.
//   3. Copy what lies between the totals and the metrics into `metrics`.
//   4. In training, put each metric's totals where evaluation has them. Where the formula is another one there (a loss
//      with an auxiliary head) and evaluation's is a mean, the value stands for the sum, once for each counted element.
#include "frontends/ag/evaluate/Metrics.h"

#include "frontends/ag/evaluate/Tensors.h"

#include "llvm/ADT/SetVector.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

Metrics::Metrics(Tensors &tensors) : Part(tensors.context), tensors_(tensors) {}

static bool isOpen(mlir::Value x) {
  return llvm::any_of(dimsOf(x), [](Dim dim) { return dim.isOpen; });
}

static bool spansBatch(mlir::Value x, llvm::ArrayRef<int64_t> axes) {
  Dims shape = dimsOf(x);
  return llvm::any_of(axes, [&](int64_t axis) { return shape[axis].isOpen; });
}

/// Whether an op makes values of the whole batch from rows. A count of other dimensions does not look at the rows.
static bool reducesBatch(mlir::Operation *op) {
  if (auto count = llvm::dyn_cast<nn::CountOp>(op))
    return spansBatch(count.getX(), count.getAxes());
  return llvm::any_of(op->getOperands(), isOpen) && !llvm::any_of(op->getResults(), isOpen);
}

/// The kind of total that an op makes of one batch; empty if it is none.
static StringRef totalKind(mlir::Operation *op) {
  if (auto count = llvm::dyn_cast<nn::CountOp>(op))
    return spansBatch(count.getX(), count.getAxes()) ? "sum" : "";
  auto reduce = llvm::dyn_cast<nn::ReduceOp>(op);
  if (!reduce || !spansBatch(reduce.getX(), reduce.getAxes()))
    return "";
  switch (reduce.getKind()) {
  case nn::ReduceKind::sum:
    return "sum";
  case nn::ReduceKind::max:
    return "max";
  case nn::ReduceKind::min:
    return "min";
  default:
    return "";
  }
}

/// How many elements a count counts; nothing for other values.
static std::optional<nn::ElementCount> countedBy(mlir::Value value) {
  auto op = value.getDefiningOp<nn::CountOp>();
  if (!op)
    return std::nullopt;
  Dims dims = dimsOf(op.getX()), counted;
  for (int64_t axis : op.getAxes())
    counted.push_back(dims[axis]);
  return countOf(counted);
}

static bool sameTotal(mlir::Value a, mlir::Value b) {
  auto x = countedBy(a), y = countedBy(b);
  return a == b || (x && y && *x == *y);
}

namespace {
/// What a value is computed from.
enum class Source { constants, uniform, batch };
} // namespace

static Source sourceOf(mlir::Value value, llvm::DenseMap<mlir::Value, Source> &known) {
  if (auto found = known.find(value); found != known.end())
    return found->second;
  mlir::Operation *op = value.getDefiningOp();
  Source source = Source::constants;
  if (isOpen(value))
    source = Source::batch;
  else if (!op || (op->getNumOperands() == 0 && !llvm::isa<nn::ConstantOp>(op)))
    source = Source::uniform; // an input without N, a parameter, a state
  else
    for (mlir::Value operand : op->getOperands())
      source = std::max(source, sourceOf(operand, known));
  known[value] = source;
  return source;
}

//===- One metric ---------------------------------------------------------------------------------------------===//

/// The number of rows of this batch; null without an input that has them.
mlir::Value Metrics::countRows() {
  for (mlir::BlockArgument argument : context.graph->function.getArguments())
    for (auto [axis, dim] : llvm::enumerate(dimsOf(argument)))
      if (dim == Dim{1, true})
        return tensors_.count(argument, static_cast<int64_t>(axis), tensors_.f32());
  return {};
}

/// Whether what lies behind a total is per-row work only.
bool Metrics::checkFlow(const MetricValue &metric, mlir::Value total) {
  llvm::SetVector<mlir::Value> behind;
  if (llvm::isa<nn::ReduceOp>(total.getDefiningOp()))
    behind.insert(total.getDefiningOp()->getOperand(0));
  for (size_t i = 0; i != behind.size(); ++i) {
    mlir::Operation *op = behind[i].getDefiningOp();
    if (!op)
      continue;
    if (reducesBatch(op)) {
      Range at = tensors_.placeOf(op);
      bool isScalar = dimsOf(op->getResult(0)).empty();
      Report report = error(
          at.isValid() ? at : metric.range,
          "`" + metric.name + "` cannot be computed batch by batch: this total over the batch goes back into its rows");
      report.note(metric.range, "`" + metric.name + "` is computed here");
      report.help(isScalar ? "combine totals at the end only, as in mean(x ** 2) - mean(x) ** 2"
                           : "evaluation needs a value that does not depend on the batch: keep a running mean in a "
                             "`state`, as batch_norm "
                             "does, or reduce each row alone, as by axis=1");
      return false;
    }
    behind.insert(op->operand_begin(), op->operand_end());
  }
  return true;
}

/// The metric's formula: its totals, and its text, which names them `$0`, `$1`, …; nothing after an error.
std::optional<Metrics::Formula> Metrics::takeApart(const MetricValue &metric) {
  Formula formula;
  llvm::DenseMap<mlir::Value, Source> sources;
  llvm::DenseMap<mlir::Value, std::string> names;
  llvm::raw_string_ostream text(formula.text);
  auto fail = [&](const Twine &message) {
    error(metric.range, message);
    return false;
  };
  auto addTotal = [&](mlir::Value total) {
    auto *same = llvm::find_if(formula.totals, [&](mlir::Value other) { return sameTotal(other, total); });
    size_t index = same - formula.totals.begin();
    if (same == formula.totals.end())
      formula.totals.push_back(total);
    return "$" + std::to_string(index);
  };
  // Recursion is as deep as the formula; the stack holds more than a graph may have operations.
  auto visit = [&](mlir::Value value, auto &&self) -> bool {
    if (names.count(value))
      return true;
    mlir::Operation *op = value.getDefiningOp();
    if (op && !totalKind(op).empty()) {
      if (!dimsOf(value).empty()) {
        error(metric.range,
              "a total over the data set must be one number; `" + metric.name + "` needs " + toText(Value(value)))
            .help("reduce over all dimensions at once, or write one metric for each element");
        return false;
      }
      if (!context.graph->training && !checkFlow(metric, value))
        return false;
      names[value] = addTotal(value);
      return true;
    }
    bool isUniform = sourceOf(value, sources) == Source::uniform;
    if (isUniform && !context.graph->training && context.graph->isTime(value)) {
      error(metric.range,
            "`" + metric.name +
                "` cannot depend on `epoch`, `update` or the length of the run, which are only known in training")
          .help("a metric is also computed in evaluation: leave them out");
      return false;
    }
    if (isUniform && op && !context.graph->training) // look for `epoch` behind
      for (mlir::Value operand : op->getOperands())
        if (context.graph->isTime(operand) && !self(operand, self))
          return false;
    if (isUniform && value.getType() == mlir::RankedTensorType::get({}, tensors_.f32())) {
      mlir::Value rows = countRows();
      if (!rows) {
        error(metric.range, "`" + metric.name + "` does not depend on the batch")
            .help("give the inputs the dimension N: x: f32[N, 8]");
        return false;
      }
      mlir::Value total = tensors_.emit<nn::MulOp>(value, rows);
      std::string sum = addTotal(total), count = addTotal(rows);
      formula.uniform[value] = {total, rows};
      names[value] = "(" + sum + " / " + count + ")";
      return true;
    }
    if (op && reducesBatch(op)) {
      auto reduce = llvm::dyn_cast<nn::ReduceOp>(op);
      std::string name = reduce ? stringifyEnum(reduce.getKind()).str() : op->getName().stripDialect().str();
      Report report = error(metric.range, "`" + metric.name + "` cannot use `" + name +
                                              "` over the batch; only sum, mean, max and min work over a data set");
      if (name == "any" || name == "all")
        report.help("write " + Twine(name == "any" ? "max" : "min") + "(f32(…))");
      return false;
    }
    if (!op)
      return fail("`" + metric.name + "` cannot use the input " + toText(Value(value)) +
                  ", which is not a total over the batch");
    for (mlir::Value operand : op->getOperands())
      if (!self(operand, self))
        return false;
    text << op->getName() << ' ' << op->getAttrDictionary();
    for (mlir::Value operand : op->getOperands())
      text << ' ' << names[operand];
    text << '\n';
    for (mlir::OpResult result : op->getResults())
      names[result] = "%" + std::to_string(names.size());
    return true;
  };
  if (!visit(metric.value, visit))
    return std::nullopt;
  text << names[metric.value];
  if (auto division = metric.value.getDefiningOp<nn::DivOp>(); division && formula.totals.size() == 2)
    if (auto count = countedBy(division.getRhs()); count && count->power == 1 && division.getLhs() == formula.totals[0])
      formula.meanOf = count->factor;
  return formula;
}

//===- All metrics ------------------------------------------------------------------------------------------------===//

std::optional<Totals> Metrics::findTotals(llvm::ArrayRef<MetricValue> metrics) {
  Totals totals;
  formulas_.clear();
  for (const MetricValue &metric : metrics) {
    auto formula = metric.value ? takeApart(metric) : std::nullopt;
    if (!formula)
      return std::nullopt;
    for (mlir::Value total : formula->totals) {
      auto *same = llvm::find_if(totals.values, [&](mlir::Value other) { return sameTotal(other, total); });
      formula->slots.push_back(same - totals.values.begin());
      if (same != totals.values.end())
        continue;
      totals.values.push_back(total);
      StringRef kind = totalKind(total.getDefiningOp());
      totals.kinds.push_back(kind.empty() ? "sum" : kind.str());
    }
    formula->name = metric.name;
    formulas_.push_back(std::move(*formula));
  }
  evaluated_ = totals;
  return totals;
}

std::optional<Totals> Metrics::matchTotals(llvm::ArrayRef<MetricValue> metrics) {
  Totals totals = evaluated_;
  totals.values.assign(evaluated_.kinds.size(), nullptr);
  for (auto [index, metric] : llvm::enumerate(metrics)) {
    auto formula = metric.value ? takeApart(metric) : std::nullopt;
    if (!formula)
      return std::nullopt;
    const Formula *same =
        index < formulas_.size() && formulas_[index].name == metric.name ? &formulas_[index] : nullptr;
    llvm::SmallVector<mlir::Value> values = formula->totals;
    if (!same || (same->text != formula->text && !same->meanOf)) {
      error(metric.range, "`" + metric.name + "` is computed differently in training and in evaluation")
          .help("only a mean can differ; give what is added in training another name");
      return std::nullopt;
    }
    if (same->text != formula->text) {
      mlir::Value count =
          tensors_.emit<nn::MulOp>(countRows(), tensors_.constant(static_cast<double>(*same->meanOf), tensors_.f32()));
      values = {tensors_.emit<nn::MulOp>(metric.value, count), count};
    }
    for (auto [slot, value] : llvm::zip(same->slots, values))
      if (!totals.values[slot])
        totals.values[slot] = value;
  }
  return totals;
}

void Metrics::buildFunction(llvm::ArrayRef<MetricValue> metrics, const Totals &totals) {
  mlir::OpBuilder &builder = tensors_.builder;
  builder.setInsertionPointToEnd(context.graph->function->getBlock());
  auto scalar = mlir::RankedTensorType::get({}, builder.getF64Type());
  llvm::SmallVector<mlir::Type> inputs(totals.values.size(), scalar), outputs(metrics.size(), scalar);
  auto function = mlir::func::FuncOp::create(builder, context.graph->function.getLoc(), "metrics",
                                             builder.getFunctionType(inputs, outputs));
  mlir::Block *block = function.addEntryBlock();
  builder.setInsertionPointToStart(block);
  llvm::DenseMap<mlir::Value, mlir::Value> copies;
  auto argumentOf = [&](mlir::Value total) -> mlir::Value {
    for (auto [index, other] : llvm::enumerate(totals.values))
      if (sameTotal(total, other))
        return block->getArgument(index);
    return {};
  };

  auto in64 = [&](mlir::Type type) -> mlir::Type {
    auto tensor = llvm::cast<mlir::RankedTensorType>(type);
    return llvm::isa<mlir::FloatType>(tensor.getElementType()) ? tensor.clone(builder.getF64Type()) : tensor;
  };
  auto copy = [&](mlir::Value value, auto &&self) -> mlir::Value {
    if (mlir::Value total = argumentOf(value))
      return total;
    if (mlir::Value known = copies.lookup(value))
      return known;
    for (const Formula &formula : formulas_)
      if (auto found = formula.uniform.find(value); found != formula.uniform.end())
        return copies[value] = nn::DivOp::create(builder, value.getLoc(), argumentOf(found->second.first),
                                                 argumentOf(found->second.second))
                                   ->getResult(0);
    mlir::Operation *op = value.getDefiningOp();
    mlir::OperationState state(op->getLoc(), op->getName());
    for (mlir::Value operand : op->getOperands())
      state.operands.push_back(self(operand, self));
    for (mlir::Type type : op->getResultTypes())
      state.types.push_back(in64(type));
    state.attributes = op->getAttrs();
    if (auto constant = llvm::dyn_cast<nn::ConstantOp>(op)) {
      auto elements = llvm::cast<mlir::DenseElementsAttr>(constant.getValue());
      if (llvm::isa<mlir::FloatType>(elements.getElementType())) {
        auto wide = elements.mapValues(builder.getF64Type(), [](const llvm::APFloat &v) {
          llvm::APFloat copy = v;
          bool lost;
          copy.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
          return copy.bitcastToAPInt();
        });
        state.attributes.set("value", wide);
      }
    }
    mlir::Operation *made = builder.create(state);
    for (auto [old, result] : llvm::zip(op->getResults(), made->getResults()))
      copies[old] = result;
    return copies[value];
  };

  llvm::SmallVector<mlir::Value> results;
  for (const MetricValue &metric : metrics)
    results.push_back(copy(metric.value, copy));
  mlir::func::ReturnOp::create(builder, function.getLoc(), results);
  for (unsigned i = 0; i != inputs.size(); ++i)
    function.setArgAttrs(i, builder.getDictionaryAttr({tensors_.portName("totals")}));
  for (auto [index, metric] : llvm::enumerate(metrics))
    function.setResultAttrs(index, builder.getDictionaryAttr({tensors_.portName(metric.name)}));
}
