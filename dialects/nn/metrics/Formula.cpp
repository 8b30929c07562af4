//===- Formula.cpp - formulas over totals: compared, and built -------------===//
#include "dialects/nn/metrics/Formula.h"

#include "dialects/nn/Constants.h"
#include "dialects/nn/metrics/Totals.h"
#include "mlir/IR/OperationSupport.h"

using namespace mlir;

namespace argent::nn {

TotalKind Formula::getKind(size_t total) const {
  // What is averaged over the rows is added.
  return getTotalKind(totals[total].getDefiningOp()).value_or(TotalKind::sum);
}

//===- Comparison -------------------------------------------------------------------------------------------------===//

bool isSameFormula(const Formula &a, const Formula &b) {
  if (a.totals.size() != b.totals.size())
    return false;
  for (size_t i = 0; i != a.totals.size(); ++i)
    if (a.getKind(i) != b.getKind(i))
      return false;
  DenseSet<std::pair<Value, Value>> seen;
  SmallVector<std::pair<Value, Value>> left{{a.value, b.value}};
  while (!left.empty()) {
    auto [x, y] = left.pop_back_val();
    if (!seen.insert({x, y}).second)
      continue;
    auto termOfX = a.terms.find(x), termOfY = b.terms.find(y);
    bool isTerm = termOfX != a.terms.end();
    if (isTerm != (termOfY != b.terms.end()) || (isTerm && termOfX->second != termOfY->second))
      return false;
    if (isTerm)
      continue;
    // Only a term is an argument.
    auto resultX = cast<OpResult>(x), resultY = cast<OpResult>(y);
    if (resultX.getResultNumber() != resultY.getResultNumber() ||
        !OperationEquivalence::isEquivalentTo(resultX.getOwner(), resultY.getOwner(),
                                              OperationEquivalence::ignoreValueEquivalence, /*markEquivalent=*/nullptr,
                                              OperationEquivalence::IgnoreLocations))
      return false;
    for (auto [operandOfX, operandOfY] :
         llvm::zip(resultX.getOwner()->getOperands(), resultY.getOwner()->getOperands()))
      left.push_back({operandOfX, operandOfY});
  }
  return true;
}

//===- Building ---------------------------------------------------------------------------------------------------===//

/// All floats of an op's results become f64.
static void widen(Operation *op) {
  Type wide = Float64Type::get(op->getContext());
  for (OpResult result : op->getResults())
    if (isa<FloatType>(getElementTypeOrSelf(result)))
      result.setType(withElementType(result.getType(), wide));
  if (auto constant = dyn_cast<ConstantOp>(op))
    if (auto elements = cast<DenseElementsAttr>(constant.getValue()); isa<FloatType>(elements.getElementType()))
      constant.setValueAttr(fromFloats(cast<RankedTensorType>(constant.getType()), getFloats(elements)));
}

Value FormulaBuilder::buildTerm(Value value, const Formula::Term &term, ArrayRef<Value> totals) {
  Value total = totals[term.total];
  if (term.rows)
    total = DivOp::create(builder_, value.getLoc(), total, totals[*term.rows]);
  // An integer was given out as a float, and is one again.
  if (!isa<FloatType>(getElementTypeOrSelf(value)))
    total = CastOp::create(builder_, value.getLoc(), value.getType(), total);
  return total;
}

Value FormulaBuilder::build(const Formula &formula, ArrayRef<Value> totals) {
  auto getTotals = [&](const Formula::Term &term) {
    return std::pair(totals[term.total], term.rows ? totals[*term.rows] : Value());
  };
  if (llvm::any_of(formula.terms, [&](const auto &entry) {
        auto before = totalsOf_.find(entry.first);
        return before != totalsOf_.end() && before->second != getTotals(entry.second);
      })) {
    built_.clear();
    totalsOf_.clear();
  }
  // The ops that wait for their operands. A formula may be as deep as a graph is long: no recursion.
  SmallVector<std::pair<Operation *, unsigned>> path;
  auto enter = [&](Value value) {
    if (built_.contains(value))
      return;
    auto term = formula.terms.find(value);
    if (term == formula.terms.end()) {
      path.push_back({value.getDefiningOp(), 0});
      return;
    }
    totalsOf_[value] = getTotals(term->second);
    built_.map(value, buildTerm(value, term->second, totals));
  };
  enter(formula.value);
  while (!path.empty()) {
    auto &[op, next] = path.back();
    if (next != op->getNumOperands()) {
      enter(op->getOperand(next++));
      continue;
    }
    widen(builder_.clone(*op, built_));
    path.pop_back();
  }
  return built_.lookup(formula.value);
}

} // namespace argent::nn
