//===- BuiltinsReduce.cpp - reductions, softmax, statistics --------------------------------------------------===//
#include "frontends/ag/operations/Builtins.h"

#include "frontends/ag/evaluate/Arithmetic.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

std::optional<llvm::SmallVector<int64_t>> argent::ag::readAxes(Tensors &t, Call &call, const Value &value, Range range,
                                                               mlir::Value x) {
  llvm::SmallVector<int64_t> axes;
  int64_t rank = static_cast<int64_t>(dimsOf(x).size());
  if (value.isNone())
    return nn::axisRange(0, rank);
  std::vector<Value> list = value.isList() ? value.asList() : std::vector<Value>{value};
  for (const Value &element : list) {
    if (!element.isInteger()) {
      t.error(range, call.name + " needs `axis`, an int or a list[int]; found " + describe(value));
      return std::nullopt;
    }
    int64_t axis = element.asInteger();
    if (axis < -rank || axis >= rank) {
      t.error(range, "axis " + Twine(axis) + " is out of range for " + toText(Value(x)) + ", which has " + Twine(rank) +
                         (rank == 1 ? " dimension" : " dimensions"));
      return std::nullopt;
    }
    axes.push_back(axis < 0 ? axis + rank : axis);
  }
  llvm::sort(axes);
  if (auto twice = std::adjacent_find(axes.begin(), axes.end()); twice != axes.end()) {
    Report report = t.error(range, "axis " + Twine(*twice) + " is given twice; found " + describe(value));
    if (llvm::any_of(list, [&](const Value &v) { return v.asInteger() == *twice - rank; }))
      report.help("axis " + Twine(*twice - rank) + " of " + toText(Value(x)) + " is axis " + Twine(*twice));
    return std::nullopt;
  }
  return axes;
}

std::optional<llvm::SmallVector<int64_t>> argent::ag::readAxes(Tensors &t, Call &call, StringRef argument,
                                                               mlir::Value x) {
  return readAxes(t, call, call[argument], call.at(argument), x);
}

std::optional<int64_t> argent::ag::readAxis(Tensors &t, Call &call, StringRef argument, mlir::Value x) {
  auto axes = readAxes(t, call, argument, x);
  if (!axes)
    return std::nullopt;
  return axes->front();
}

bool argent::ag::isFloatTensor(const Value &value) {
  return value.isTensor() && llvm::isa<mlir::FloatType>(elementOf(value.asTensor()));
}

bool argent::ag::needsFloats(Tensors &t, Call &call, StringRef argument) {
  const Value &value = call[argument];
  if (isFloatTensor(value))
    return true;
  Report report = t.error(call.at(argument), call.name + " needs a tensor of floats; found " + describe(value));
  t.noteDeclaration(report, call.given(argument));
  if (value.isTensor())
    report.help("cast it: f32(…)");
  return false;
}

bool argent::ag::fitTogether(Tensors &t, Call &call, llvm::ArrayRef<mlir::Value> tensors, mlir::Value condition) {
  for (mlir::Value other : llvm::drop_begin(tensors))
    if (elementOf(other) != elementOf(tensors[0])) {
      t.error(call.range, call.name + " needs equal element types; found " + toText(Value(tensors[0])) + " and " +
                              toText(Value(other)))
          .help("cast one of them: " + elementName(elementOf(tensors[0])) + "(…)");
      return false;
    }
  llvm::SmallVector<mlir::Value> all(tensors);
  if (condition)
    all.push_back(condition);
  unsigned dimA, dimB;
  for (size_t i = 0; i != all.size(); ++i)
    for (size_t j = 0; j != i; ++j)
      if (auto clash = findClash(dimsOf(all[j]), dimsOf(all[i]))) {
        t.error(call.range, call.name + " needs equal shapes; " + describeClash(all[j], all[i], *clash, dimA, dimB));
        return false;
      }
  return true;
}

namespace {

Value combine(Tensors &t, Operator op, const Value &a, const Value &b, Call &call) {
  return binary(t, op, {a, call.range, nullptr, {}}, {b, call.range, nullptr, {}}, call.range);
}

/// `max(a, b, …)` of numbers, `sum(list)`.
Value reduceNumbers(Tensors &t, Call &call, llvm::ArrayRef<Value> values) {
  for (const Value &value : values)
    if (!value.isNumber())
      return t.fail(call.range, call.name + " works on tensors or on numbers; found " + describe(value));
  if (values.empty())
    return call.name == "sum" ? Value::integer(0) : t.fail(call.range, call.name + " needs at least one value");
  Value result = values[0];
  for (const Value &value : values.drop_front()) {
    if (call.name == "sum")
      result = combine(t, Operator::add, result, value, call);
    else if (call.name == "prod")
      result = combine(t, Operator::multiply, result, value, call);
    else if ((call.name == "max") == (value.asNumber() > result.asNumber()))
      result = value;
    if (result.failed())
      return {};
  }
  if (call.name == "mean")
    return t.fail(call.range, "mean works on tensors only; found numbers", "write sum(xs) / len(xs)");
  return result;
}

/// `sum(list)` of tensors, and what works on numbers.
Value reduceList(Tensors &t, Call &call, llvm::ArrayRef<Value> values) {
  if (call.name == "sum" && !values.empty() && values[0].isTensor()) {
    Value total = values[0];
    for (const Value &value : values.drop_front())
      total = combine(t, Operator::add, total, value, call);
    return total;
  }
  if (llvm::any_of(values, [](const Value &value) { return value.isTensor(); })) {
    Report report = t.error(call.range, call.name + " takes one tensor, or numbers");
    if (call.name == "max" || call.name == "min")
      report.help("to compare elements write " + call.name + "imum(x, y)");
    return {};
  }
  return reduceNumbers(t, call, values);
}

/// What a reduction of a tensor does.
struct Reduction {
  llvm::SmallVector<int64_t> axes;
  bool keepDims;
};

/// `axis` and `keepdims`, by name or as the positional arguments `rest`; nothing after an error.
std::optional<Reduction> readReduction(Tensors &t, Call &call, mlir::Value x, llvm::ArrayRef<Value> rest) {
  if (rest.size() > 2) {
    t.error(call.at("others"), "too many arguments for " + call.name + ": it takes a tensor, `axis` and `keepdims`");
    return std::nullopt;
  }
  bool isExtremum = call.name == "max" || call.name == "min";
  if (!rest.empty() && (rest[0].isTensor() || rest[0].is<double>())) {
    Report report =
        t.error(call.at("others"), call.name + " needs `axis`, an int or a list[int]; found " + describe(rest[0]));
    if (isExtremum)
      report.help("to compare elements write " + call.name + "imum(x, " + (rest[0].isTensor() ? "y" : toText(rest[0])) +
                  ")");
    return std::nullopt;
  }
  Dims dims = dimsOf(x);
  if (isExtremum && rest.size() == 1 && rest[0].isInteger() && rest[0].asInteger() == 0 && !dims.empty() &&
      dims[0].isOpen)
    t.warning(call.range, call.name + "(x, 0) is the " + (call.name == "max" ? "largest" : "smallest") +
                              " of the batch, along axis 0")
        .help("to compare elements with 0 write " + call.name + "imum(x, 0); if the axis is meant, axis=0");
  if (rest.size() == 2 && !rest[1].is<bool>()) {
    Report report = t.error(call.at("others"), call.name + " needs `keepdims`, a bool; found " + describe(rest[1]));
    if (rest[0].isInteger() && rest[1].isInteger())
      report.help("several axes are a list: axis=[" + toText(rest[0]) + ", " + toText(rest[1]) + "]");
    return std::nullopt;
  }
  auto axes = rest.empty() ? readAxes(t, call, "axis", x) : readAxes(t, call, rest[0], call.at("others"), x);
  if (!axes)
    return std::nullopt;
  return Reduction{std::move(*axes), (rest.size() == 2 ? rest[1] : call["keepdims"]).get<bool>()};
}

Value reduce(Tensors &t, Call &call) {
  // Positional arguments behind the first: of a tensor axis and keepdims, else more numbers.
  std::vector<Value> rest = call["others"].isList() ? call["others"].asList() : std::vector<Value>();
  if (!call["x"].isTensor()) {
    std::vector<Value> values = call["x"].isList() ? call["x"].asList() : std::vector<Value>{call["x"]};
    llvm::append_range(values, rest);
    return reduceList(t, call, values);
  }
  mlir::Value x = call["x"].asTensor();
  auto reduction = readReduction(t, call, x, rest);
  if (!reduction)
    return {};
  const auto &[axes, keepDims] = *reduction;
  bool isBool = elementOf(x).isInteger(1);
  if (call.name == "any" || call.name == "all") {
    if (!isBool)
      return t.fail(call.at("x"), call.name + " needs a bool tensor; found " + toText(call["x"]),
                    "compare it: " + call.name + "(x > 0)");
  } else if (isBool) {
    if (call.name != "sum" && call.name != "mean")
      return t.fail(call.at("x"), call.name + " needs numbers; found " + toText(call["x"]), "cast it: f32(…)");
    x = t.cast(x, t.f32()); // counts the true elements
  }
  if ((call.name == "mean" || call.name == "logsumexp") && !isBool && !needsFloats(t, call, "x"))
    return {};
  if (axes.empty())
    return Value(x);
  auto make = [&](nn::ReduceKind kind, mlir::Value value, bool keep) {
    return t.emitNamed<nn::ReduceOp>(call.name, kind, value, t.builder.getDenseI64ArrayAttr(axes), keep);
  };
  if (call.name == "mean")
    return Value(t.mean(x, axes, keepDims));
  if (call.name == "logsumexp") {
    mlir::Value top = t.emit<nn::StopGradientOp>(make(nn::ReduceKind::max, x, true));
    mlir::Value total = make(nn::ReduceKind::sum, t.emit<nn::ExpOp>(t.emit<nn::SubOp>(x, top)), keepDims);
    return Value(t.emit<nn::AddOp>(t.emit<nn::LogOp>(total), t.reshape(top, dimsOf(total))));
  }
  return Value(make(*nn::symbolizeReduceKind(call.name), x, keepDims));
}

Value argmax(Tensors &t, Call &call) {
  mlir::Value x = call["x"].asTensor();
  if (elementOf(x).isInteger(1) || dimsOf(x).empty())
    return t.fail(call.at("x"), call.name + " needs numbers along at least one dimension; found " + toText(call["x"]));
  auto axis = readAxis(t, call, "axis", x);
  if (!axis)
    return {};
  return Value(t.emit<nn::ArgmaxOp>(x, static_cast<uint64_t>(*axis), call.name == "argmin"));
}

Value cumulative(Tensors &t, Call &call) {
  mlir::Value x = call["x"].asTensor();
  Dims shape = dimsOf(x);
  if (elementOf(x).isInteger(1) || shape.empty()) {
    Report report =
        t.error(call.at("x"), call.name + " needs numbers along at least one dimension; found " + toText(call["x"]));
    t.noteDeclaration(report, call.given("x"));
    if (elementOf(x).isInteger(1))
      report.help("cast it: f32(…)");
    return {};
  }
  auto axis = readAxis(t, call, "axis", x);
  if (!axis)
    return {};
  if (shape[*axis].isOpen)
    return t.fail(call.at("axis"), call.name + " cannot run along the batch; axis " + Twine(*axis) + " of " +
                                       toText(call["x"]) + " is " + toString(shape[*axis]));
  nn::ReduceKind kind = llvm::StringSwitch<nn::ReduceKind>(call.name)
                            .Case("cumsum", nn::ReduceKind::sum)
                            .Case("cumprod", nn::ReduceKind::prod)
                            .Case("cummax", nn::ReduceKind::max)
                            .Case("cummin", nn::ReduceKind::min);
  bool exclusive = call.has("exclusive") && call["exclusive"].get<bool>();
  return Value(t.emitNamed<nn::CumulativeOp>(call.name, kind, x, static_cast<uint64_t>(*axis),
                                             call["reverse"].get<bool>(), exclusive));
}

Value softmax(Tensors &t, Call &call) {
  if (!needsFloats(t, call, "x"))
    return {};
  mlir::Value x = call["x"].asTensor();
  if (dimsOf(x).empty())
    return t.fail(call.at("x"), call.name + " needs at least one dimension; found " + toText(call["x"]));
  auto axis = readAxis(t, call, "axis", x);
  if (!axis)
    return {};
  auto attribute = t.builder.getI64IntegerAttr(*axis);
  return Value(call.name == "softmax" ? t.emit<nn::SoftmaxOp>(x.getType(), x, attribute)
                                      : t.emit<nn::LogSoftmaxOp>(x.getType(), x, attribute));
}

Value moments(Tensors &t, Call &call) {
  if (!needsFloats(t, call, "x"))
    return {};
  mlir::Value x = call["x"].asTensor();
  auto axes = readAxes(t, call, "axis", x);
  if (!axes)
    return {};
  bool keepdims = call["keepdims"].get<bool>();
  // Without its leading dimensions the mean stretches back to x by itself.
  bool isLeading = axes->empty() || axes->back() == static_cast<int64_t>(axes->size()) - 1;
  mlir::Value mean = t.mean(x, *axes, !isLeading);
  // The sum of squares is least at the mean: its derivative to the mean is 0.
  mlir::Value off = t.emit<nn::SubOp>(x, t.emit<nn::StopGradientOp>(mean));
  mlir::Value variance = t.mean(t.emit<nn::MulOp>(off, off), *axes, keepdims);
  return Value::list({Value(t.reshape(mean, dimsOf(variance))), Value(variance)});
}

Value normalize(Tensors &t, Call &call) {
  for (StringRef argument : {"x", "mean", "variance"})
    if (!needsFloats(t, call, argument))
      return {};
  mlir::Value x = call["x"].asTensor(), mean = call["mean"].asTensor(), variance = call["variance"].asTensor();
  for (StringRef argument : {"mean", "variance"}) {
    mlir::Value statistic = call[argument].asTensor();
    if (findClash(dimsOf(x), dimsOf(statistic)) || elementOf(statistic) != elementOf(x))
      return t.fail(call.at(argument), "normalize needs a `" + argument + "` that broadcasts to " + toText(call["x"]) +
                                           "; found " + toText(call[argument]));
  }
  if (call["epsilon"].asNumber() <= 0)
    return t.fail(call.at("epsilon"), "`epsilon` must be above 0; found " + toText(call["epsilon"]));
  mlir::Value epsilon = t.constant(call["epsilon"].asNumber(), elementOf(x));
  mlir::Value scale = t.emit<nn::RsqrtOp>(t.emit<nn::AddOp>(variance, epsilon));
  return Value(t.emitNamed<nn::MulOp>("normalize", t.emit<nn::SubOp>(x, mean), scale));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::reduceBuiltins() {
  static const BuiltinFamily kTable[] = {
      {"sum mean max min prod logsumexp any all",
       "x: value, others: rest, axis: none | int | list[int] = none, keepdims: bool = false", reduce},
      {"argmax argmin", "x: tensor, axis: int = -1", argmax},
      {"cumsum cumprod", "x: tensor, axis: int = -1, reverse: bool = false, exclusive: bool = false", cumulative},
      {"cummax cummin", "x: tensor, axis: int = -1, reverse: bool = false", cumulative},
      {"softmax log_softmax", "x: tensor, axis: int = -1", softmax},
      {"moments", "x: tensor, axis: none | int | list[int], keepdims: bool = false", moments},
      {"normalize", "x: tensor, mean: tensor, variance: tensor, epsilon: float = 1e-5", normalize},
  };
  return kTable;
}
