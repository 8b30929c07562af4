//===- BuiltinsReduce.cpp - reductions, softmax, statistics --------------------------------------------------===//
#include "frontends/ag/operations/Builtins.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

/// The axes that an argument names, sorted; nothing after an error.
std::optional<llvm::SmallVector<int64_t>> argent::ag::readAxes(Evaluator &e, Call &call, unsigned i, int64_t rank) {
  llvm::SmallVector<int64_t> axes;
  const Value &value = call[i];
  if (value.isNone()) {
    for (int64_t axis = 0; axis != rank; ++axis)
      axes.push_back(axis);
    return axes;
  }
  std::vector<Value> list = value.isList() ? value.asList() : std::vector<Value>{value};
  for (const Value &element : list) {
    if (!element.isInteger()) {
      e.error(call.at(i), call.name + " needs `axis`, an int or a list[int]; found " + describe(value));
      return std::nullopt;
    }
    int64_t axis = element.asInteger();
    if (axis < -rank || axis >= rank) {
      e.error(call.at(i), "axis " + Twine(axis) + " is out of range for " + toText(call[0]) + ", which has " +
                              Twine(rank) + (rank == 1 ? " dimension" : " dimensions"));
      return std::nullopt;
    }
    axes.push_back(axis < 0 ? axis + rank : axis);
  }
  llvm::sort(axes);
  if (auto twice = std::adjacent_find(axes.begin(), axes.end()); twice != axes.end()) {
    Report report = e.error(call.at(i), "axis " + Twine(*twice) + " is given twice; found " + describe(value));
    if (llvm::any_of(list, [&](const Value &v) { return v.asInteger() == *twice - rank; }))
      report.help("axis " + Twine(*twice - rank) + " of " + toText(call[0]) + " is axis " + Twine(*twice));
    return std::nullopt;
  }
  return axes;
}

bool argent::ag::isFloatTensor(const Value &value) {
  return value.isTensor() && llvm::isa<mlir::FloatType>(elementOf(value.asTensor()));
}

/// Reports an argument that is no tensor of floats.
bool argent::ag::needsFloats(Evaluator &e, Call &call, unsigned i) {
  if (isFloatTensor(call[i]))
    return true;
  Report report = e.error(call.at(i), call.name + " needs a tensor of floats; found " + describe(call[i]));
  e.noteDeclaration(report, call.arguments[i]);
  if (call[i].isTensor())
    report.help("cast it: f32(…)");
  return false;
}

bool argent::ag::fitTogether(Evaluator &e, Call &call, llvm::ArrayRef<mlir::Value> tensors, mlir::Value condition) {
  for (mlir::Value other : llvm::drop_begin(tensors))
    if (elementOf(other) != elementOf(tensors[0])) {
      e.error(call.range, call.name + " needs equal element types; found " + toText(Value(tensors[0])) + " and " +
                              toText(Value(other)))
          .help("cast one of them: " + elementName(elementOf(tensors[0])) + "(…)");
      return false;
    }
  llvm::SmallVector<mlir::Value> all(tensors);
  if (condition)
    all.push_back(condition);
  unsigned clash, dimA, dimB;
  for (size_t i = 0; i != all.size(); ++i)
    for (size_t j = 0; j != i; ++j)
      if (!broadcast(shapeOf(all[j]), shapeOf(all[i]), clash)) {
        e.error(call.range, call.name + " needs equal shapes; " + describeClash(all[j], all[i], clash, dimA, dimB));
        return false;
      }
  return true;
}

std::optional<int64_t> argent::ag::readAxis(Evaluator &e, Call &call, unsigned i, int64_t rank) {
  auto axes = readAxes(e, call, i, rank);
  if (!axes)
    return std::nullopt;
  return axes->front();
}

namespace {

/// `max(a, b, …)` of numbers, `sum(list)`.
Value reduceNumbers(Evaluator &e, Call &call, llvm::ArrayRef<Value> values) {
  for (const Value &value : values)
    if (!value.isNumber())
      return e.fail(call.range, call.name + " works on tensors or on numbers; found " + describe(value));
  if (values.empty())
    return call.name == "sum" ? Value::integer(0) : e.fail(call.range, call.name + " needs at least one value");
  Value result = values[0];
  for (const Value &value : values.drop_front()) {
    if (call.name == "sum")
      result = e.binary(Operator::add, result, value, call.range);
    else if (call.name == "prod")
      result = e.binary(Operator::multiply, result, value, call.range);
    else if ((call.name == "max") == (value.asNumber() > result.asNumber()))
      result = value;
    if (result.failed())
      return {};
  }
  if (call.name == "mean")
    return e.fail(call.range, "mean works on tensors only; found numbers", "write sum(xs) / len(xs)");
  return result;
}

Value reduce(Evaluator &e, Call &call) {
  // Positional arguments behind the first: of a tensor axis and keepdims, else more numbers.
  std::vector<Value> rest = call[1].isList() ? call[1].asList() : std::vector<Value>();
  if (!call[0].isTensor()) {
    std::vector<Value> values = call[0].isList() ? call[0].asList() : std::vector<Value>{call[0]};
    values.insert(values.end(), rest.begin(), rest.end());
    if (call.name == "sum" && !values.empty() && values[0].isTensor()) {
      Value total = values[0];
      for (const Value &value : llvm::ArrayRef(values).drop_front())
        total = e.binary(Operator::add, total, value, call.range);
      return total;
    }
    for (const Value &value : values)
      if (value.isTensor()) {
        Report report = e.error(call.range, call.name + " takes one tensor, or numbers");
        if (call.name == "max" || call.name == "min")
          report.help("to compare elements write " + call.name + "imum(x, y)");
        return {};
      }
    return reduceNumbers(e, call, values);
  }
  if (rest.size() > 2)
    return e.fail(call.at(1), "too many arguments for " + call.name + ": it takes a tensor, `axis` and `keepdims`");
  bool isExtremum = call.name == "max" || call.name == "min";
  if (!rest.empty() && (rest[0].isTensor() || rest[0].is<double>())) {
    Report report = e.error(call.at(1), call.name + " needs `axis`, an int or a list[int]; found " + describe(rest[0]));
    if (isExtremum)
      report.help("to compare elements write " + call.name + "imum(x, " + (rest[0].isTensor() ? "y" : toText(rest[0])) +
                  ")");
    return {};
  }
  Shape shape = shapeOf(call[0].asTensor());
  if (isExtremum && rest.size() == 1 && rest[0].isInteger() && rest[0].asInteger() == 0 && !shape.empty() &&
      shape[0].open)
    e.warning(call.range, call.name + "(x, 0) is the " + (call.name == "max" ? "largest" : "smallest") +
                              " of the batch, along axis 0")
        .help("to compare elements with 0 write " + call.name + "imum(x, 0); if the axis is meant, axis=0");
  if (!rest.empty()) {
    call.arguments[2].value = rest[0];
    call.arguments[2].range = call.at(1);
  }
  if (rest.size() == 2) {
    if (!rest[1].is<bool>()) {
      Report report = e.error(call.at(1), call.name + " needs `keepdims`, a bool; found " + describe(rest[1]));
      if (rest[0].isInteger() && rest[1].isInteger())
        report.help("several axes are a list: axis=[" + toText(rest[0]) + ", " + toText(rest[1]) + "]");
      return {};
    }
    call.arguments[3].value = rest[1];
  }
  mlir::Value x = call[0].asTensor();
  auto axes = readAxes(e, call, 2, shapeOf(x).size());
  if (!axes)
    return {};
  bool keepdims = call[3].get<bool>();
  bool isBool = elementOf(x).isInteger(1);
  if (call.name == "any" || call.name == "all") {
    if (!isBool)
      return e.fail(call.at(0), call.name + " needs a bool tensor; found " + toText(call[0]),
                    "compare it: " + call.name + "(x > 0)");
  } else if (isBool) {
    if (call.name != "sum" && call.name != "mean")
      return e.fail(call.at(0), call.name + " needs numbers; found " + toText(call[0]), "cast it: f32(…)");
    x = e.cast(x, e.f32()); // counts the true elements
  }
  if ((call.name == "mean" || call.name == "logsumexp") && !isBool && !needsFloats(e, call, 0))
    return {};
  if (axes->empty())
    return Value(x);
  auto combine = [&](nn::ReduceKind kind, mlir::Value value, bool keep) {
    return e.emitNamed<nn::ReduceOp>(call.name, kind, value, e.builder.getDenseI64ArrayAttr(*axes), keep);
  };
  if (call.name == "mean")
    return Value(e.mean(x, *axes, keepdims));
  if (call.name == "logsumexp") {
    mlir::Value top = e.emit<nn::StopGradientOp>(combine(nn::ReduceKind::max, x, true));
    mlir::Value total = combine(nn::ReduceKind::sum, e.emit<nn::ExpOp>(e.emit<nn::SubOp>(x, top)), keepdims);
    return Value(e.emit<nn::AddOp>(e.emit<nn::LogOp>(total), e.reshape(top, shapeOf(total))));
  }
  auto kind = llvm::StringSwitch<nn::ReduceKind>(call.name)
                  .Case("max", nn::ReduceKind::max)
                  .Case("min", nn::ReduceKind::min)
                  .Case("prod", nn::ReduceKind::prod)
                  .Case("any", nn::ReduceKind::any)
                  .Case("all", nn::ReduceKind::all)
                  .Default(nn::ReduceKind::sum);
  return Value(combine(kind, x, keepdims));
}

Value argmax(Evaluator &e, Call &call) {
  mlir::Value x = call[0].asTensor();
  if (elementOf(x).isInteger(1) || shapeOf(x).empty())
    return e.fail(call.at(0), call.name + " needs numbers along at least one dimension; found " + toText(call[0]));
  auto axis = readAxis(e, call, 1, shapeOf(x).size());
  if (!axis)
    return {};
  return Value(e.emit<nn::ArgmaxOp>(x, static_cast<uint64_t>(*axis), call.name == "argmin"));
}

Value cumulative(Evaluator &e, Call &call) {
  mlir::Value x = call[0].asTensor();
  Shape shape = shapeOf(x);
  if (elementOf(x).isInteger(1) || shape.empty()) {
    Report report =
        e.error(call.at(0), call.name + " needs numbers along at least one dimension; found " + toText(call[0]));
    e.noteDeclaration(report, call.arguments[0]);
    if (elementOf(x).isInteger(1))
      report.help("cast it: f32(…)");
    return {};
  }
  auto axis = readAxis(e, call, 1, shape.size());
  if (!axis)
    return {};
  if (shape[*axis].open)
    return e.fail(call.at(1), call.name + " cannot run along the batch; axis " + Twine(*axis) + " of " +
                                  toText(call[0]) + " is " + toString(shape[*axis]));
  auto kind = llvm::StringSwitch<nn::ReduceKind>(call.name)
                  .Case("cumsum", nn::ReduceKind::sum)
                  .Case("cumprod", nn::ReduceKind::prod)
                  .Case("cummax", nn::ReduceKind::max)
                  .Default(nn::ReduceKind::min);
  bool exclusive = call.arguments.size() > 3 && call[3].get<bool>();
  return Value(
      e.emitNamed<nn::CumulativeOp>(call.name, kind, x, static_cast<uint64_t>(*axis), call[2].get<bool>(), exclusive));
}

Value softmax(Evaluator &e, Call &call) {
  if (!needsFloats(e, call, 0))
    return {};
  mlir::Value x = call[0].asTensor();
  if (shapeOf(x).empty())
    return e.fail(call.at(0), call.name + " needs at least one dimension; found " + toText(call[0]));
  auto axis = readAxis(e, call, 1, shapeOf(x).size());
  if (!axis)
    return {};
  auto attribute = e.builder.getI64IntegerAttr(*axis);
  return Value(call.name == "softmax" ? e.emit<nn::SoftmaxOp>(x.getType(), x, attribute)
                                      : e.emit<nn::LogSoftmaxOp>(x.getType(), x, attribute));
}

Value moments(Evaluator &e, Call &call) {
  if (!needsFloats(e, call, 0))
    return {};
  mlir::Value x = call[0].asTensor();
  auto axes = readAxes(e, call, 1, shapeOf(x).size());
  if (!axes)
    return {};
  bool keepdims = call[2].get<bool>();
  // Without its leading dimensions the mean stretches back to x by itself.
  bool isLeading = axes->empty() || axes->back() == static_cast<int64_t>(axes->size()) - 1;
  mlir::Value mean = e.mean(x, *axes, !isLeading);
  // The sum of squares is least at the mean: its derivative to the mean is 0.
  mlir::Value off = e.emit<nn::SubOp>(x, e.emit<nn::StopGradientOp>(mean));
  mlir::Value variance = e.mean(e.emit<nn::MulOp>(off, off), *axes, keepdims);
  return Value::list({Value(e.reshape(mean, shapeOf(variance))), Value(variance)});
}

Value normalize(Evaluator &e, Call &call) {
  for (unsigned i : {0u, 1u, 2u})
    if (!needsFloats(e, call, i))
      return {};
  mlir::Value x = call[0].asTensor(), mean = call[1].asTensor(), variance = call[2].asTensor();
  unsigned clash;
  for (unsigned i : {1u, 2u})
    if (!broadcast(shapeOf(x), shapeOf(call[i].asTensor()), clash) || elementOf(call[i].asTensor()) != elementOf(x))
      return e.fail(call.at(i), Twine("normalize needs a ") + (i == 1 ? "`mean`" : "`variance`") +
                                    " that broadcasts to " + toText(call[0]) + "; found " + toText(call[i]));
  if (call[3].asNumber() <= 0)
    return e.fail(call.at(3), "`epsilon` must be above 0; found " + toText(call[3]));
  mlir::Value epsilon = e.constant(call[3].asNumber(), elementOf(x));
  mlir::Value scale = e.emit<nn::RsqrtOp>(e.emit<nn::AddOp>(variance, epsilon));
  return Value(e.emitNamed<nn::MulOp>("normalize", e.emit<nn::SubOp>(x, mean), scale));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::reduceBuiltins() {
  static const BuiltinFamily table[] = {
      {"sum mean max min prod logsumexp any all",
       "x: value, others: rest, axis: none | int | list[int] = none, keepdims: bool = false", reduce},
      {"argmax argmin", "x: tensor, axis: int = -1", argmax},
      {"cumsum cumprod", "x: tensor, axis: int = -1, reverse: bool = false, exclusive: bool = false", cumulative},
      {"cummax cummin", "x: tensor, axis: int = -1, reverse: bool = false", cumulative},
      {"softmax log_softmax", "x: tensor, axis: int = -1", softmax},
      {"moments", "x: tensor, axis: none | int | list[int], keepdims: bool = false", moments},
      {"normalize", "x: tensor, mean: tensor, variance: tensor, epsilon: float = 1e-5", normalize},
  };
  return table;
}
