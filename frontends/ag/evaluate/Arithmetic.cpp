//===- Arithmetic.cpp - operators on numbers, dimensions, bools and lists --------------------------------------===//
#include "frontends/ag/evaluate/Arithmetic.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace argent::ag;
using llvm::Twine;

//===- Compile time --------------------------------------------------------------------------------===//

/// Rounds down, as `//` and `%` do.
static int64_t floorDivide(int64_t a, int64_t b) { return a / b - ((a % b != 0) && ((a < 0) != (b < 0))); }

static Value dimensions(Tensors &t, Operator op, Dim left, Dim right, Range range) {
  switch (op) {
  case Operator::multiply: {
    if (left.isOpen && right.isOpen)
      return t.fail(range, "a dimension must be an integer or an integer times N; found N * N");
    Dim result{0, true};
    if (llvm::MulOverflow(left.size, right.size, result.size))
      return t.fail(range, "the integer does not fit in 64 bits");
    return Value::dimension(result);
  }
  case Operator::floorDivide:
    if (left.isOpen && !right.isOpen && right.size != 0 && left.size % right.size == 0)
      return Value::dimension({left.size / right.size, true});
    if (left.isOpen && right.isOpen && left.size % right.size == 0)
      return Value::integer(left.size / right.size);
    return t.fail(range, toString(left) + " // " + toString(right) + " is not exact: the batch N can be any number",
                  "only multiples of N can be divided, as in 4 * N // 2");
  case Operator::equal:
    return Value::boolean(left == right);
  case Operator::notEqual:
    return Value::boolean(left != right);
  default:
    return t.fail(range, "the batch N is not known at compile time: only `*`, exact `//` and `==` work on it; found `" +
                             spelling(op) + "`");
  }
}

/// Of operators that order numbers what they give; of others nothing.
template <typename T> static std::optional<bool> compare(Operator op, T x, T y) {
  switch (op) {
  case Operator::less:
    return x < y;
  case Operator::lessEqual:
    return x <= y;
  case Operator::greater:
    return x > y;
  case Operator::greaterEqual:
    return x >= y;
  default:
    return std::nullopt;
  }
}

static Value arithmetic(Tensors &t, Operator op, const Given &left, const Given &right, Range range) {
  const Value &a = left.value, &b = right.value;
  if (a.isInteger() && b.isInteger()) {
    int64_t x = a.asInteger(), y = b.asInteger(), result = 0;
    bool overflow = false;
    if (auto ordered = compare(op, x, y))
      return Value::boolean(*ordered);
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
        return t.fail(right.range, "division by zero");
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
        return t.fail(right.range, "division by zero");
      return Value::floating(static_cast<double>(x) / static_cast<double>(y));
    default:
      llvm_unreachable("binary() sees to the others");
    }
    if (overflow)
      return t.fail(range, "the integer does not fit in 64 bits");
    return Value::integer(result);
  }
  double x = a.asNumber(), y = b.asNumber(), result = 0;
  if (auto ordered = compare(op, x, y))
    return Value::boolean(*ordered);
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
      return t.fail(right.range, "division by zero");
    result = op == Operator::divide        ? x / y
             : op == Operator::floorDivide ? std::floor(x / y)
                                           : x - y * std::floor(x / y);
    break;
  case Operator::power:
    result = std::pow(x, y);
    break;
  default:
    llvm_unreachable("binary() sees to the others");
  }
  if (!std::isfinite(result))
    return t.fail(range, "the result is not a finite number");
  return Value::floating(result);
}

std::optional<bool> argent::ag::equal(Context &context, const Value &a, const Value &b, Range range) {
  if (!context.step(range))
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
      auto same = equal(context, x, y, range);
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

Value argent::ag::binary(Tensors &t, Operator op, const Given &left, const Given &right, Range range) {
  const Value &a = left.value, &b = right.value;
  if (a.failed() || b.failed())
    return {};
  bool isEquality = op == Operator::equal || op == Operator::notEqual;
  // `x == none` asks whether an optional argument was given, also of a tensor.
  if (isEquality && (a.isNone() || b.isNone()))
    return Value::boolean((a.isNone() && b.isNone()) == (op == Operator::equal));
  if (a.isTensor() || b.isTensor())
    return binaryOfTensors(t, op, left, right, range);
  if (op == Operator::logicalAnd || op == Operator::logicalOr) {
    for (const Given *side : {&left, &right})
      if (!side->value.is<bool>())
        return t.fail(side->range, "`" + spelling(op) + "` needs bools; found " + describe(side->value));
    return op == Operator::logicalAnd ? b : Value::boolean(a.get<bool>() || b.get<bool>());
  }
  if (a.is<OpenDim>() || b.is<OpenDim>()) {
    if (a.isDimension() && b.isDimension())
      return dimensions(t, op, a.asDim(), b.asDim(), range);
  } else if (a.isNumber() && b.isNumber() && !isEquality) {
    if (op == Operator::matmul)
      return t.fail(range, "`@` multiplies tensors; found " + describe(a) + ", and " + describe(b),
                    "to multiply numbers write `*`");
    return arithmetic(t, op, left, right, range);
  }
  if (isEquality) {
    auto same = equal(t.context, a, b, range);
    return same ? Value::boolean(*same == (op == Operator::equal)) : Value();
  }
  Report report = t.error(range, "`" + spelling(op) + "` does not work on " + describe(a) + ", and " + describe(b));
  if (op == Operator::add && a.isList() && b.isList())
    report.help("to join lists write [*a, *b]");
  else if (op == Operator::multiply && (a.isList() || b.isList()))
    report.help("to repeat an element write [x for i in range(3)]");
  else if (a.isString() || b.isString())
    report.help("names in braces put values into a str: \"layer{i}\"");
  return {};
}

Value argent::ag::unary(Tensors &t, Operator op, const Given &operand, Range range) {
  const Value &x = operand.value;
  if (x.failed())
    return {};
  if (op == Operator::logicalNot) {
    if (x.is<bool>())
      return Value::boolean(!x.get<bool>());
    if (x.isTensor() && elementOf(x.asTensor()).isInteger(1))
      return Value(t.emit<nn::NotOp>(x.asTensor()));
    Report report = t.error(operand.range, "`not` needs a bool; found " + describe(x));
    if (x.isNone())
      report.help("write x == none");
    return {};
  }
  if (x.isInteger()) {
    int64_t result;
    if (llvm::SubOverflow<int64_t>(0, x.asInteger(), result))
      return t.fail(range, "the integer does not fit in 64 bits");
    return Value::integer(result);
  }
  if (x.is<double>())
    return Value::floating(-x.get<double>());
  if (x.isTensor() && !elementOf(x.asTensor()).isInteger(1))
    return Value(t.emit<nn::NegOp>(x.asTensor()));
  return t.fail(operand.range, "`-` needs a number or a tensor of numbers; found " + describe(x));
}
