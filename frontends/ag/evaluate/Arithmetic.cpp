//===- Arithmetic.cpp - operators on numbers, dimensions and tensors --------------------------===//
#include "frontends/ag/evaluate/Evaluator.h"

#include "frontends/ag/syntax/Printer.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace argent::ag;
using llvm::Twine;

//===- Compile time --------------------------------------------------------------------------------===//

/// Rounds down, as `//` and `%` do.
static int64_t floorDivide(int64_t a, int64_t b) { return a / b - ((a % b != 0) && ((a < 0) != (b < 0))); }

Value Evaluator::dimensions(Operator op, Dim left, Dim right, Range range) {
  switch (op) {
  case Operator::multiply: {
    if (left.open && right.open)
      return fail(range, "a dimension must be an integer or an integer times N; found N * N");
    Dim result{0, true};
    if (llvm::MulOverflow(left.value, right.value, result.value))
      return fail(range, "the integer does not fit in 64 bits");
    return Value::dimension(result);
  }
  case Operator::floorDivide:
    if (left.open && !right.open && right.value != 0 && left.value % right.value == 0)
      return Value::dimension({left.value / right.value, true});
    if (left.open && right.open && left.value % right.value == 0)
      return Value::integer(left.value / right.value);
    return fail(range, toString(left) + " // " + toString(right) + " is not exact: the batch N can be any number",
                "only multiples of N can be divided, as in 4 * N // 2");
  case Operator::equal:
    return Value::boolean(left == right);
  case Operator::notEqual:
    return Value::boolean(left != right);
  default:
    return fail(range, "the batch N is not known at compile time: only `*`, exact `//` and `==` work on it; found `" +
                           spelling(op) + "`");
  }
}

Value Evaluator::numbers(Operator op, const Given &left, const Given &right, Range range) {
  const Value &a = left.value, &b = right.value;
  if (a.isInteger() && b.isInteger()) {
    int64_t x = a.asInteger(), y = b.asInteger(), result = 0;
    bool overflow = false;
    switch (op) {
    case Operator::add:
      overflow = llvm::AddOverflow(x, y, result);
      break;
    case Operator::subtract:
      overflow = llvm::SubOverflow(x, y, result);
      break;
    case Operator::multiply:
      overflow = llvm::MulOverflow(x, y, result);
      break;
    case Operator::floorDivide:
    case Operator::remainder:
      if (y == 0)
        return fail(right.range, "division by zero");
      if (y == -1) {
        overflow = op == Operator::floorDivide && llvm::SubOverflow<int64_t>(0, x, result);
        break;
      }
      result = floorDivide(x, y);
      if (op == Operator::remainder)
        result = x - result * y;
      break;
    case Operator::power: {
      if (y < 0)
        return Value::floating(std::pow(static_cast<double>(x), static_cast<double>(y)));
      result = 1;
      if (x == 0 || x == 1 || x == -1)
        result = y == 0 ? 1 : x == -1 && y % 2 == 0 ? 1 : x;
      else
        for (int64_t i = 0; i != y && !overflow; ++i)
          overflow = llvm::MulOverflow(result, x, result);
      break;
    }
    case Operator::divide:
      if (y == 0)
        return fail(right.range, "division by zero");
      return Value::floating(static_cast<double>(x) / static_cast<double>(y));
    case Operator::less:
      return Value::boolean(x < y);
    case Operator::lessEqual:
      return Value::boolean(x <= y);
    case Operator::greater:
      return Value::boolean(x > y);
    case Operator::greaterEqual:
      return Value::boolean(x >= y);
    default:
      llvm_unreachable("binary() sees to the others");
    }
    if (overflow)
      return fail(range, "the integer does not fit in 64 bits");
    return Value::integer(result);
  }
  double x = a.asNumber(), y = b.asNumber(), result = 0;
  switch (op) {
  case Operator::add:
    result = x + y;
    break;
  case Operator::subtract:
    result = x - y;
    break;
  case Operator::multiply:
    result = x * y;
    break;
  case Operator::divide:
  case Operator::floorDivide:
  case Operator::remainder:
    if (y == 0)
      return fail(right.range, "division by zero");
    result = op == Operator::divide        ? x / y
             : op == Operator::floorDivide ? std::floor(x / y)
                                           : x - y * std::floor(x / y);
    break;
  case Operator::power:
    result = std::pow(x, y);
    break;
  case Operator::less:
    return Value::boolean(x < y);
  case Operator::lessEqual:
    return Value::boolean(x <= y);
  case Operator::greater:
    return Value::boolean(x > y);
  case Operator::greaterEqual:
    return Value::boolean(x >= y);
  default:
    llvm_unreachable("binary() sees to the others");
  }
  if (!std::isfinite(result))
    return fail(range, "the result is not a finite number");
  return Value::floating(result);
}

std::optional<bool> Evaluator::equal(const Value &a, const Value &b, Range range) {
  if (!step(range))
    return std::nullopt;
  if (a.isNumber() && b.isNumber())
    return a.isInteger() && b.isInteger() ? a.asInteger() == b.asInteger() : a.asNumber() == b.asNumber();
  if (a.isDimension() && b.isDimension())
    return a.asDim() == b.asDim();
  if (a.isString() && b.isString())
    return a.asString() == b.asString();
  if (a.is<bool>() && b.is<bool>())
    return a.get<bool>() == b.get<bool>();
  if (a.isList() && b.isList()) {
    if (a.asList().size() != b.asList().size())
      return false;
    for (auto [x, y] : llvm::zip(a.asList(), b.asList())) {
      auto same = equal(x, y, range);
      if (!same || !*same)
        return same;
    }
    return true;
  }
  if (a.is<Definee>() && b.is<Definee>())
    return a.get<Definee>().definition == b.get<Definee>().definition;
  if (a.isInstance() && b.isInstance())
    return a.asInstance() == b.asInstance();
  return a.isNone() && b.isNone();
}

Value Evaluator::binary(Operator op, const Given &left, const Given &right, Range range) {
  const Value &a = left.value, &b = right.value;
  if (a.failed() || b.failed())
    return {};
  bool isEquality = op == Operator::equal || op == Operator::notEqual;
  // `x == none` asks whether an optional argument was given, also of a tensor.
  if (isEquality && (a.isNone() || b.isNone()))
    return Value::boolean((a.isNone() && b.isNone()) == (op == Operator::equal));
  if (a.isTensor() || b.isTensor())
    return tensors(op, left, right, range);
  if (op == Operator::logicalAnd || op == Operator::logicalOr) {
    for (const Given *side : {&left, &right})
      if (!side->value.is<bool>())
        return fail(side->range, "`" + spelling(op) + "` needs bools; found " + describe(side->value));
    return op == Operator::logicalAnd ? b : Value::boolean(a.get<bool>() || b.get<bool>());
  }
  if (a.is<OpenDim>() || b.is<OpenDim>()) {
    if (a.isDimension() && b.isDimension())
      return dimensions(op, a.asDim(), b.asDim(), range);
  } else if (a.isNumber() && b.isNumber() && !isEquality) {
    if (op == Operator::matmul)
      return fail(range, "`@` multiplies tensors; found " + describe(a) + ", and " + describe(b),
                  "to multiply numbers write `*`");
    return numbers(op, left, right, range);
  }
  if (isEquality) {
    auto same = equal(a, b, range);
    return same ? Value::boolean(*same == (op == Operator::equal)) : Value();
  }
  Report report = error(range, "`" + spelling(op) + "` does not work on " + describe(a) + ", and " + describe(b));
  if (op == Operator::add && a.isList() && b.isList())
    report.help("to join lists write [*a, *b]");
  else if (op == Operator::multiply && (a.isList() || b.isList()))
    report.help("to repeat an element write [x for i in range(3)]");
  else if (a.isString() || b.isString())
    report.help("names in braces put values into a str: \"layer{i}\"");
  return {};
}

Value Evaluator::unary(Operator op, const Given &operand, Range range) {
  const Value &x = operand.value;
  if (x.failed())
    return {};
  if (op == Operator::logicalNot) {
    if (x.is<bool>())
      return Value::boolean(!x.get<bool>());
    if (x.isTensor() && elementOf(x.asTensor()).isInteger(1))
      return Value(emit<nn::NotOp>(x.asTensor()));
    Report report = error(operand.range, "`not` needs a bool; found " + describe(x));
    if (x.isNone())
      report.help("write x == none");
    return {};
  }
  if (x.isInteger()) {
    int64_t result;
    if (llvm::SubOverflow<int64_t>(0, x.asInteger(), result))
      return fail(range, "the integer does not fit in 64 bits");
    return Value::integer(result);
  }
  if (x.is<double>())
    return Value::floating(-x.get<double>());
  if (x.isTensor() && !elementOf(x.asTensor()).isInteger(1))
    return Value(emit<nn::NegOp>(x.asTensor()));
  return fail(operand.range, "`-` needs a number or a tensor of numbers; found " + describe(x));
}

//===- Tensors --------------------------------------------------------------------------------------===//

static std::optional<argent::nn::Predicate> predicateOf(Operator op) {
  using argent::nn::Predicate;
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
static std::optional<Shape> keptShape(mlir::Value value) {
  // What is done to its result, as the division of a mean, changes no dimension.
  while (mlir::Operation *op = value.getDefiningOp()) {
    if (auto reduce = llvm::dyn_cast<argent::nn::ReduceOp>(op)) {
      if (reduce.getKeepdims())
        return std::nullopt;
      Shape shape = shapeOf(reduce.getX());
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

Value Evaluator::tensors(Operator op, const Given &left, const Given &right, Range range) {
  if (op == Operator::matmul)
    return matmul(left, right, range);
  mlir::Type element = elementOf(left.value.isTensor() ? left.value.asTensor() : right.value.asTensor());
  for (const Given *side : {&left, &right})
    if (!side->value.isTensor() && !side->value.isNumber() && !side->value.is<bool>()) {
      Report report =
          error(side->range, "`" + spelling(op) + "` needs tensors or numbers; found " + describe(side->value));
      if (side->value.is<OpenDim>())
        report.help("to average over the batch write mean(…)");
      return {};
    }
  bool isLogical = op == Operator::logicalAnd || op == Operator::logicalOr;
  bool isEquality = op == Operator::equal || op == Operator::notEqual;
  if (!isLogical && !isEquality)
    for (const Given *side : {&left, &right})
      if (side->value.isTensor() && elementOf(side->value.asTensor()).isInteger(1))
        return fail(side->range, "`" + spelling(op) + "` needs numbers; found " + toText(side->value),
                    "to count true as 1, cast it: f32(…)");
  bool divides = op == Operator::divide || op == Operator::floorDivide || op == Operator::remainder;
  if (divides && right.value.isNumber() && right.value.asNumber() == 0)
    return fail(right.range, "division by zero");
  mlir::Value a = toTensor(left.value, element, left.range);
  mlir::Value b = a ? toTensor(right.value, element, right.range) : mlir::Value();
  if (!b)
    return {};
  for (auto [side, value] : {std::pair(&left, a), std::pair(&right, b)})
    if (isLogical && !elementOf(value).isInteger(1))
      return fail(side->range, "`" + spelling(op) + "` needs bool tensors; found " + toText(Value(value)),
                  "compare it, as in x > 0");
  if (elementOf(a) != elementOf(b)) {
    Report report = error(range, "`" + spelling(op) + "` needs equal element types; found " + toText(Value(a)) +
                                     " and " + toText(Value(b)));
    unsigned clash;
    if (broadcast(shapeOf(a), shapeOf(b), clash))
      report.help("cast one side: " + elementName(elementOf(a)) + "(…)");
    return {};
  }
  element = elementOf(a);
  unsigned clash = 0;
  Shape shapeA = shapeOf(a), shapeB = shapeOf(b);
  auto shape = broadcast(shapeA, shapeB, clash);
  if (!shape) {
    unsigned dimA, dimB;
    Report report =
        error(range, "`" + spelling(op) + "` needs equal shapes; " + describeClash(a, b, clash, dimA, dimB));
    noteShapes(report, left, right, dimA, dimB);
    for (auto [side, other] : {std::pair(a, shapeB), std::pair(b, shapeA)})
      if (auto kept = keptShape(side); kept && broadcast(*kept, other, clash))
        report.help("a reduction drops its dimensions; to keep them with size 1 give it keepdims=true");
    return {};
  }
  if (!checkSize(*shape, element, range))
    return {};
  // f32[N, 1] - f32[N]: every row with every row, most likely by mistake.
  auto batches = [](llvm::ArrayRef<Dim> dims) { return llvm::count_if(dims, [](Dim d) { return d.open; }); };
  if (shapeA.size() != shapeB.size() && batches(*shape) > std::max(batches(shapeA), batches(shapeB)))
    warning(range, "`" + spelling(op) + "` combines every row with every row: it makes " + toString(*shape, element) +
                       " of " + toText(Value(a)) + " and " + toText(Value(b)))
        .help("to combine each row with its own, make the shapes equal, as by x[:, 0]");
  bool integers = !isFloat(element);
  if (auto predicate = predicateOf(op))
    return Value(emit<nn::CompareOp>(*predicate, a, b));
  if (isLogical)
    return Value(op == Operator::logicalAnd ? emit<nn::AndOp>(a, b) : emit<nn::OrOp>(a, b));
  switch (op) {
  case Operator::add:
    return Value(emit<nn::AddOp>(a, b));
  case Operator::subtract:
    return Value(emit<nn::SubOp>(a, b));
  case Operator::multiply:
    return Value(emit<nn::MulOp>(a, b));
  case Operator::divide:
    if (integers) {
      a = cast(a, f32());
      b = cast(b, f32());
    }
    return Value(emit<nn::DivOp>(a, b));
  case Operator::floorDivide:
    return Value(integers ? emit<nn::FloorDivOp>(a, b) : emit<nn::FloorOp>(emit<nn::DivOp>(a, b)));
  case Operator::remainder:
    if (integers)
      return Value(emit<nn::ModOp>(a, b));
    return Value(emit<nn::SubOp>(a, emit<nn::MulOp>(b, emit<nn::FloorOp>(emit<nn::DivOp>(a, b)))));
  case Operator::power:
    return power(a, b, left, right, range);
  default:
    llvm_unreachable("comparisons and bools are done above");
  }
}

Value Evaluator::power(mlir::Value base, mlir::Value exponent, const Given &left, const Given &right, Range range) {
  if (isFloat(elementOf(base))) {
    if (left.value.isNumber() && left.value.asNumber() <= 0)
      return fail(left.range,
                  "the base of `**` must be above 0 when the exponent is a tensor; found " + toText(left.value));
    return Value(emit<nn::PowOp>(base, exponent));
  }
  // Integers: by multiplication.
  if (!right.value.isInteger() || right.value.asInteger() < 1 || right.value.asInteger() > 16)
    return fail(right.range,
                "the exponent of an integer tensor must be an int from 1 to 16; found " + describe(right.value));
  mlir::Value result = base;
  for (int64_t i = 1; i != right.value.asInteger(); ++i)
    result = emit<nn::MulOp>(result, base);
  return Value(result);
}

Value Evaluator::matmul(const Given &left, const Given &right, Range range) {
  for (const Given *side : {&left, &right})
    if (!side->value.isTensor())
      return fail(side->range, "`@` multiplies tensors; found " + describe(side->value),
                  "to multiply by a number write `*`");
  mlir::Value a = left.value.asTensor(), b = right.value.asTensor();
  if (elementOf(a) != elementOf(b) || !isFloat(elementOf(a)))
    return fail(range,
                "`@` needs tensors of floats of one element type; found " + toText(left.value) + " and " +
                    toText(right.value),
                "cast them: f32(…)");
  Shape shapeA = shapeOf(a), shapeB = shapeOf(b);
  if (shapeA.empty() || shapeB.empty())
    return fail(range, "`@` needs at least one dimension on each side; found " + toText(left.value) + " and " +
                           toText(right.value));
  unsigned innerA = shapeA.size() - 1, innerB = shapeB.size() == 1 ? 0 : shapeB.size() - 2;
  if (shapeA[innerA] != shapeB[innerB]) {
    Report report = error(range, "`@` needs equal inner dimensions; dimension " + Twine(innerA) + " is " +
                                     toString(shapeA[innerA]) + " in " + toText(left.value) + " and dimension " +
                                     Twine(innerB) + " is " + toString(shapeB[innerB]) + " in " + toText(right.value));
    noteShapes(report, left, right, innerA, innerB);
    return {};
  }
  bool vectorA = shapeA.size() == 1, vectorB = shapeB.size() == 1;
  if (vectorA)
    shapeA.insert(shapeA.begin(), {1, false});
  if (vectorB)
    shapeB.push_back({1, false});
  Shape leadA(shapeA.begin(), shapeA.end() - 2), leadB(shapeB.begin(), shapeB.end() - 2), lead = leadA;
  if (!leadB.empty()) {
    unsigned clash = 0;
    auto common = broadcast(leadA, leadB, clash);
    if (!common)
      return fail(range,
                  "`@` needs equal leading dimensions; found " + toText(left.value) + " and " + toText(right.value));
    lead = *common;
  }
  auto join = [](Shape shape, Dim x, Dim y) {
    shape.push_back(x);
    shape.push_back(y);
    return shape;
  };
  Dim rows = shapeA[shapeA.size() - 2], inner = shapeA.back(), columns = shapeB.back();
  Shape result = join(lead, rows, columns);
  if (!checkSize(result, elementOf(a), range))
    return {};
  a = broadcastTo(reshape(a, shapeA), join(lead, rows, inner));
  b = reshape(b, shapeB);
  if (!leadB.empty())
    b = broadcastTo(b, join(lead, inner, columns));
  mlir::Value product = emit<nn::MatmulOp>(a, b, false, false);
  if (vectorA)
    result.erase(result.end() - 2);
  if (vectorB)
    result.pop_back();
  return Value(reshape(product, result));
}
