//===- TensorArithmetic.cpp - operators on tensors -------------------------------------------------------------===//
#include "frontends/ag/evaluate/Arithmetic.h"
#include "frontends/ag/evaluate/ShapeOrigin.h"

using namespace argent::ag;
using llvm::Twine;

namespace nn = argent::nn;

static std::optional<nn::Predicate> predicateOf(Operator op) {
  using nn::Predicate;
  switch (op) {
  case Operator::equal:
    return Predicate::eq;
  case Operator::notEqual:
    return Predicate::ne;
  case Operator::less:
    return Predicate::lt;
  case Operator::lessEqual:
    return Predicate::le;
  case Operator::greater:
    return Predicate::gt;
  case Operator::greaterEqual:
    return Predicate::ge;
  default:
    return std::nullopt;
  }
}

/// The shape that the value had if the reduction that it is made of kept its dimensions; none if there is no such
/// reduction.
static std::optional<Dims> keptShape(mlir::Value value) {
  // What is done to its result, as the division of a mean, changes no dimension.
  while (mlir::Operation *op = value.getDefiningOp()) {
    if (auto reduce = llvm::dyn_cast<nn::ReduceOp>(op)) {
      if (reduce.getKeepdims())
        return std::nullopt;
      Dims shape = dimsOf(reduce.getX());
      for (int64_t axis : reduce.getAxes())
        shape[axis] = Dim{1};
      return shape;
    }
    if (op->getNumOperands() == 0 || op->getOperand(0).getType() != value.getType())
      break;
    value = op->getOperand(0);
  }
  return std::nullopt;
}

static Value power(Tensors &t, mlir::Value base, mlir::Value exponent, const Given &left, const Given &right,
                   Range range) {
  if (isFloat(elementOf(base))) {
    if (left.value.isNumber() && left.value.asNumber() <= 0)
      return t.fail(left.range,
                    "the base of `**` must be above 0 when the exponent is a tensor; found " + toText(left.value));
    return Value(t.emit<nn::PowOp>(base, exponent));
  }
  // Integers: by multiplication.
  if (!right.value.isInteger() || right.value.asInteger() < 1 || right.value.asInteger() > 16)
    return t.fail(right.range,
                  "the exponent of an integer tensor must be an int from 1 to 16; found " + describe(right.value));
  mlir::Value result = base;
  for (int64_t i = 1; i != right.value.asInteger(); ++i)
    result = t.emit<nn::MulOp>(result, base);
  return Value(result);
}

static Value matmul(Tensors &t, const Given &left, const Given &right, Range range) {
  for (const Given *side : {&left, &right})
    if (!side->value.isTensor())
      return t.fail(side->range, "`@` multiplies tensors; found " + describe(side->value),
                    "to multiply by a number write `*`");
  mlir::Value a = left.value.asTensor(), b = right.value.asTensor();
  if (elementOf(a) != elementOf(b) || !isFloat(elementOf(a)))
    return t.fail(range,
                  "`@` needs tensors of floats of one element type; found " + toText(left.value) + " and " +
                      toText(right.value),
                  "cast them: f32(…)");
  Dims shapeA = dimsOf(a), shapeB = dimsOf(b);
  if (shapeA.empty() || shapeB.empty())
    return t.fail(range, "`@` needs at least one dimension on each side; found " + toText(left.value) + " and " +
                             toText(right.value));
  unsigned innerA = shapeA.size() - 1, innerB = shapeB.size() == 1 ? 0 : shapeB.size() - 2;
  if (shapeA[innerA] != shapeB[innerB]) {
    Report report =
        t.error(range, "`@` needs equal inner dimensions; dimension " + Twine(innerA) + " is " +
                           toString(shapeA[innerA]) + " in " + toText(left.value) + " and dimension " + Twine(innerB) +
                           " is " + toString(shapeB[innerB]) + " in " + toText(right.value));
    noteShapes(report, t.context, left, right, innerA, innerB);
    return {};
  }
  bool vectorA = shapeA.size() == 1, vectorB = shapeB.size() == 1;
  if (vectorA)
    shapeA.insert(shapeA.begin(), {1, false});
  if (vectorB)
    shapeB.push_back({1, false});
  Dims leadA(shapeA.begin(), shapeA.end() - 2), leadB(shapeB.begin(), shapeB.end() - 2), lead = leadA;
  if (!leadB.empty()) {
    auto common = nn::broadcastDims(leadA, leadB);
    if (!common)
      return t.fail(range,
                    "`@` needs equal leading dimensions; found " + toText(left.value) + " and " + toText(right.value));
    lead = *common;
  }
  auto join = [](Dims shape, Dim x, Dim y) {
    shape.push_back(x);
    shape.push_back(y);
    return shape;
  };
  Dim rows = shapeA[shapeA.size() - 2], inner = shapeA.back(), columns = shapeB.back();
  Dims result = join(lead, rows, columns);
  if (!t.checkSize(result, elementOf(a), range))
    return {};
  a = t.broadcast(t.reshape(a, shapeA), join(lead, rows, inner));
  b = t.reshape(b, shapeB);
  if (!leadB.empty())
    b = t.broadcast(b, join(lead, inner, columns));
  mlir::Value product = t.emit<nn::MatmulOp>(a, b, false, false);
  if (vectorA)
    result.erase(result.end() - 2);
  if (vectorB)
    result.pop_back();
  return Value(t.reshape(product, result));
}

Value argent::ag::binaryOfTensors(Tensors &t, Operator op, const Given &left, const Given &right, Range range) {
  if (op == Operator::matmul)
    return matmul(t, left, right, range);
  mlir::Type element = elementOf(left.value.isTensor() ? left.value.asTensor() : right.value.asTensor());
  for (const Given *side : {&left, &right})
    if (!side->value.isTensor() && !side->value.isNumber() && !side->value.is<bool>()) {
      Report report =
          t.error(side->range, "`" + spelling(op) + "` needs tensors or numbers; found " + describe(side->value));
      if (side->value.is<OpenDim>())
        report.help("to average over the batch write mean(…)");
      return {};
    }
  bool isLogical = op == Operator::logicalAnd || op == Operator::logicalOr;
  bool isEquality = op == Operator::equal || op == Operator::notEqual;
  if (!isLogical && !isEquality)
    for (const Given *side : {&left, &right})
      if (side->value.isTensor() && elementOf(side->value.asTensor()).isInteger(1))
        return t.fail(side->range, "`" + spelling(op) + "` needs numbers; found " + toText(side->value),
                      "to count true as 1, cast it: f32(…)");
  bool divides = op == Operator::divide || op == Operator::floorDivide || op == Operator::remainder;
  if (divides && right.value.isNumber() && right.value.asNumber() == 0)
    return t.fail(right.range, "division by zero");
  mlir::Value a = t.toTensor(left.value, element, left.range);
  mlir::Value b = a ? t.toTensor(right.value, element, right.range) : mlir::Value();
  if (!b)
    return {};
  for (auto [side, value] : {std::pair(&left, a), std::pair(&right, b)})
    if (isLogical && !elementOf(value).isInteger(1))
      return t.fail(side->range, "`" + spelling(op) + "` needs bool tensors; found " + toText(Value(value)),
                    "compare it, as in x > 0");
  if (elementOf(a) != elementOf(b)) {
    Report report = t.error(range, "`" + spelling(op) + "` needs equal element types; found " + toText(Value(a)) +
                                       " and " + toText(Value(b)));
    if (!findClash(dimsOf(a), dimsOf(b)))
      report.help("cast one side: " + elementName(elementOf(a)) + "(…)");
    return {};
  }
  element = elementOf(a);
  Dims shapeA = dimsOf(a), shapeB = dimsOf(b);
  if (auto clash = findClash(shapeA, shapeB)) {
    unsigned dimA, dimB;
    Report report =
        t.error(range, "`" + spelling(op) + "` needs equal shapes; " + describeClash(a, b, *clash, dimA, dimB));
    noteShapes(report, t.context, left, right, dimA, dimB);
    for (auto [side, other] : {std::pair(a, shapeB), std::pair(b, shapeA)})
      if (auto kept = keptShape(side); kept && !findClash(*kept, other))
        report.help("a reduction drops its dimensions; to keep them with size 1 give it keepdims=true");
    return {};
  }
  Dims shape = *nn::broadcastDims(shapeA, shapeB);
  if (!t.checkSize(shape, element, range))
    return {};
  // f32[N, 1] - f32[N]: every row with every row, most likely by mistake.
  auto batches = [](llvm::ArrayRef<Dim> dims) { return llvm::count_if(dims, [](Dim d) { return d.isOpen; }); };
  if (shapeA.size() != shapeB.size() && batches(shape) > std::max(batches(shapeA), batches(shapeB)))
    t.warning(range, "`" + spelling(op) + "` combines every row with every row: it makes " + toString(shape, element) +
                         " of " + toText(Value(a)) + " and " + toText(Value(b)))
        .help("to combine each row with its own, make the shapes equal, as by x[:, 0]");
  bool integers = !isFloat(element);
  if (auto predicate = predicateOf(op))
    return Value(t.emit<nn::CompareOp>(*predicate, a, b));
  if (isLogical)
    return Value(op == Operator::logicalAnd ? t.emit<nn::AndOp>(a, b) : t.emit<nn::OrOp>(a, b));
  switch (op) {
  case Operator::add:
    return Value(t.emit<nn::AddOp>(a, b));
  case Operator::subtract:
    return Value(t.emit<nn::SubOp>(a, b));
  case Operator::multiply:
    return Value(t.emit<nn::MulOp>(a, b));
  case Operator::divide:
    if (integers) {
      a = t.cast(a, t.f32());
      b = t.cast(b, t.f32());
    }
    return Value(t.emit<nn::DivOp>(a, b));
  case Operator::floorDivide:
    return Value(integers ? t.emit<nn::FloorDivOp>(a, b) : t.emit<nn::FloorOp>(t.emit<nn::DivOp>(a, b)));
  case Operator::remainder:
    if (integers)
      return Value(t.emit<nn::ModOp>(a, b));
    return Value(t.emit<nn::SubOp>(a, t.emit<nn::MulOp>(b, t.emit<nn::FloorOp>(t.emit<nn::DivOp>(a, b)))));
  case Operator::power:
    return power(t, a, b, left, right, range);
  default:
    llvm_unreachable("comparisons and bools are done above");
  }
}
