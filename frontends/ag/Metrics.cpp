//===- Metrics.cpp - totals over a data set --------------------------------------------------------------===//
// A metric is a formula over reductions over the batch. Each such reduction is a total: the graph returns it for one
// batch, the runtime combines it over the batches, and the function `metrics` computes the formulas from what came out,
// in f64.
//   1. From each metric walk back to the first reductions over N, and to counts of rows.
//   2. In evaluation, look behind each for another one: a total that flows back into per-row work is an error.
//   3. Copy what lies between the totals and the metrics into `metrics`.
#include "frontends/ag/Evaluator.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

static bool spansBatch(mlir::Value x, llvm::ArrayRef<int64_t> axes) {
  Shape shape = shapeOf(x);
  return llvm::any_of(axes, [&](int64_t axis) { return shape[axis].open; });
}

/// The kind of total that an op makes of one batch; empty if it is none.
static StringRef totalKind(mlir::Operation *op) {
  if (auto count = llvm::dyn_cast<argent::nn::CountOp>(op))
    return spansBatch(count.getX(), count.getAxes()) ? "sum" : "";
  auto reduce = llvm::dyn_cast<argent::nn::ReduceOp>(op);
  if (!reduce || !spansBatch(reduce.getX(), reduce.getAxes()))
    return "";
  switch (reduce.getKind()) {
  case argent::nn::ReduceKind::sum:
    return "sum";
  case argent::nn::ReduceKind::max:
    return "max";
  case argent::nn::ReduceKind::min:
    return "min";
  default:
    return "other";
  }
}

/// Whether two counts are the same number: equally many elements are counted.
static bool sameCount(mlir::Value a, mlir::Value b) {
  auto countOf = [](mlir::Value value) -> std::optional<Count> {
    auto op = value.getDefiningOp<argent::nn::CountOp>();
    if (!op)
      return std::nullopt;
    Shape shape = shapeOf(op.getX()), counted;
    for (int64_t axis : op.getAxes())
      counted.push_back(shape[axis]);
    return elementCount(counted);
  };
  auto x = countOf(a), y = countOf(b);
  return x && y && *x == *y;
}

std::optional<Evaluator::Totals> Evaluator::findTotals(llvm::ArrayRef<MetricValue> metrics, bool checkFlow) {
  Totals totals;
  for (const MetricValue &metric : metrics) {
    if (!metric.value)
      return std::nullopt;
    llvm::SetVector<mlir::Value> reached, found;
    reached.insert(metric.value);
    for (size_t i = 0; i != reached.size(); ++i) {
      mlir::Operation *op = reached[i].getDefiningOp();
      StringRef kind = op ? totalKind(op) : "";
      if (kind == "other") {
        notEvaluatedYet(metric.range, "a metric with `prod`, `any` or `all` over the batch");
        return std::nullopt;
      }
      if (!kind.empty()) {
        if (!shapeOf(reached[i]).empty()) {
          notEvaluatedYet(metric.range, "a metric with several totals in one tensor");
          return std::nullopt;
        }
        found.insert(reached[i]);
        continue;
      }
      if (!op || llvm::isa<nn::ParameterOp, nn::StateOp>(op)) {
        // A scalar that is the same for all batches is none of the batches' business.
        notEvaluatedYet(metric.range, "a metric that depends on more than reductions over the batch");
        return std::nullopt;
      }
      reached.insert(op->operand_begin(), op->operand_end());
    }
    for (mlir::Value total : found) {
      if (checkFlow) {
        llvm::SetVector<mlir::Value> behind;
        if (llvm::isa<nn::ReduceOp>(total.getDefiningOp()))
          behind.insert(total.getDefiningOp()->getOperand(0));
        for (size_t i = 0; i != behind.size(); ++i) {
          mlir::Operation *op = behind[i].getDefiningOp();
          if (!op)
            continue;
          if (!totalKind(op).empty()) {
            error(metric.range, "a total over the data set flows back into per-row work: `" + metric.name +
                                    "` cannot be computed batch by batch");
            return std::nullopt;
          }
          behind.insert(op->operand_begin(), op->operand_end());
        }
      }
      bool known =
          llvm::any_of(totals.values, [&](mlir::Value other) { return other == total || sameCount(other, total); });
      if (known)
        continue;
      totals.values.push_back(total);
      totals.kinds.push_back(totalKind(total.getDefiningOp()).str());
    }
  }
  return totals;
}

void Evaluator::buildMetrics(llvm::ArrayRef<MetricValue> metrics, const Totals &totals) {
  builder.setInsertionPointToEnd(module->getBody());
  auto scalar = mlir::RankedTensorType::get({}, builder.getF64Type());
  llvm::SmallVector<mlir::Type> inputs(totals.values.size(), scalar), outputs(metrics.size(), scalar);
  auto function = mlir::func::FuncOp::create(builder, graph->function.getLoc(), "metrics",
                                             builder.getFunctionType(inputs, outputs));
  mlir::Block *block = function.addEntryBlock();
  builder.setInsertionPointToStart(block);
  llvm::DenseMap<mlir::Value, mlir::Value> copies;

  auto in64 = [&](mlir::Type type) -> mlir::Type {
    auto tensor = llvm::cast<mlir::RankedTensorType>(type);
    return llvm::isa<mlir::FloatType>(tensor.getElementType()) ? tensor.clone(builder.getF64Type()) : tensor;
  };
  // Recursion is as deep as the formula, which the parser bounds.
  auto copy = [&](mlir::Value value, auto &&self) -> mlir::Value {
    for (auto [index, total] : llvm::enumerate(totals.values))
      if (value == total || sameCount(value, total))
        return block->getArgument(index);
    if (mlir::Value known = copies.lookup(value))
      return known;
    mlir::Operation *op = value.getDefiningOp();
    mlir::OperationState state(op->getLoc(), op->getName());
    for (mlir::Value operand : op->getOperands())
      state.operands.push_back(self(operand, self));
    state.types.push_back(in64(value.getType()));
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
    mlir::Value result = builder.create(state)->getResult(0);
    copies[value] = result;
    return result;
  };

  llvm::SmallVector<mlir::Value> results;
  for (const MetricValue &metric : metrics)
    results.push_back(copy(metric.value, copy));
  mlir::func::ReturnOp::create(builder, function.getLoc(), results);
  for (unsigned i = 0; i != inputs.size(); ++i)
    function.setArgAttrs(i, builder.getDictionaryAttr({portName("totals")}));
  for (auto [index, metric] : llvm::enumerate(metrics))
    function.setResultAttrs(index, builder.getDictionaryAttr({portName(metric.name)}));
}
