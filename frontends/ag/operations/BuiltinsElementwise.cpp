//===- BuiltinsElementwise.cpp - one element in, one element out; casts -------------------------------------===//
// What has no op of its own is composed of those that have.
#include "frontends/ag/operations/Builtins.h"

#include <cmath>

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

namespace {

/// Short forms for the compositions below: numbers become constants of the tensor's element type.
struct Formula {
  Tensors &t;
  mlir::Type element;
  mlir::Value number(double v) { return t.constant(v, element); }
  mlir::Value add(mlir::Value a, mlir::Value b) { return t.emit<nn::AddOp>(a, b); }
  mlir::Value add(mlir::Value a, double b) { return add(a, number(b)); }
  mlir::Value sub(mlir::Value a, mlir::Value b) { return t.emit<nn::SubOp>(a, b); }
  mlir::Value mul(mlir::Value a, mlir::Value b) { return t.emit<nn::MulOp>(a, b); }
  mlir::Value mul(mlir::Value a, double b) { return mul(a, number(b)); }
  mlir::Value max(mlir::Value a, double b) { return t.emit<nn::MaxOp>(a, number(b)); }
  mlir::Value min(mlir::Value a, double b) { return t.emit<nn::MinOp>(a, number(b)); }
  mlir::Value expm1(mlir::Value a) { return t.emit<nn::Expm1Op>(a); }
  mlir::Value abs(mlir::Value a) { return t.emit<nn::AbsOp>(a); }
  mlir::Value neg(mlir::Value a) { return t.emit<nn::NegOp>(a); }
  mlir::Value sigmoid(mlir::Value a) { return t.emit<nn::SigmoidOp>(a); }
  mlir::Value relu(mlir::Value a) { return t.emit<nn::ReluOp>(a); }
  mlir::Value above(mlir::Value a, double b) { return t.emit<nn::CompareOp>(nn::Predicate::gt, a, number(b)); }
  mlir::Value where(mlir::Value c, mlir::Value a, mlir::Value b) { return t.emit<nn::SelectOp>(c, a, b); }
  mlir::Value softplus(mlir::Value a) { return t.emit<nn::SoftplusOp>(a); }
  /// (x + 3) / 6 in 0 … 1: the sum is exact near -3, and so is what is left of it.
  mlir::Value hardSigmoid(mlir::Value x) { return mul(min(max(add(x, 3.0), 0.0), 6.0), 1.0 / 6); }
};

using Unary = mlir::Value (*)(Tensors &, mlir::Value);
struct Function {
  StringRef name;
  double (*number)(double); // null: of tensors only
  Unary tensor;
};

template <typename Op> mlir::Value direct(Tensors &t, mlir::Value x) { return t.emit<Op>(x); }

const Function kFunctions[] = {
    {"exp", [](double x) { return std::exp(x); }, direct<nn::ExpOp>},
    {"expm1", [](double x) { return std::expm1(x); }, direct<nn::Expm1Op>},
    {"log", [](double x) { return std::log(x); }, direct<nn::LogOp>},
    {"log1p", [](double x) { return std::log1p(x); }, direct<nn::Log1pOp>},
    {"sqrt", [](double x) { return std::sqrt(x); }, direct<nn::SqrtOp>},
    {"rsqrt", [](double x) { return 1 / std::sqrt(x); }, direct<nn::RsqrtOp>},
    {"abs", [](double x) { return std::fabs(x); }, direct<nn::AbsOp>},
    {"sign", [](double x) { return double((x > 0) - (x < 0)); }, direct<nn::SignOp>},
    {"floor", [](double x) { return std::floor(x); }, direct<nn::FloorOp>},
    {"ceil", [](double x) { return std::ceil(x); }, direct<nn::CeilOp>},
    {"round", [](double x) { return std::nearbyint(x); }, direct<nn::RoundOp>},
    {"sin", [](double x) { return std::sin(x); }, direct<nn::SinOp>},
    {"cos", [](double x) { return std::cos(x); }, direct<nn::CosOp>},
    {"erf", [](double x) { return std::erf(x); }, direct<nn::ErfOp>},
    {"tanh", [](double x) { return std::tanh(x); }, direct<nn::TanhOp>},
    {"sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }, direct<nn::SigmoidOp>},
    {"relu", [](double x) { return std::max(x, 0.0); }, direct<nn::ReluOp>},
    {"gelu", [](double x) { return 0.5 * x * std::erfc(-x * std::sqrt(0.5)); },
     [](Tensors &t, mlir::Value x) { return Formula{t, elementOf(x)}.mul(x, t.emit<nn::NormalCdfOp>(x)); }},
    {"silu", [](double x) { return x / (1 + std::exp(-x)); },
     [](Tensors &t, mlir::Value x) {
       Formula f{t, elementOf(x)};
       return f.mul(x, f.sigmoid(x));
     }},
    {"softplus", [](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); },
     direct<nn::SoftplusOp>},
    {"hard_sigmoid", [](double x) { return std::clamp(x / 6 + 0.5, 0.0, 1.0); },
     [](Tensors &t, mlir::Value x) { return Formula{t, elementOf(x)}.hardSigmoid(x); }},
    {"hard_swish", [](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); },
     [](Tensors &t, mlir::Value x) {
       Formula f{t, elementOf(x)};
       return f.mul(x, f.hardSigmoid(x));
     }},
    // Klambauer et al. 2017.
    {"selu", [](double x) { return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * std::expm1(x)); },
     [](Tensors &t, mlir::Value x) {
       Formula f{t, elementOf(x)};
       mlir::Value below = f.mul(f.expm1(f.min(x, 0.0)), 1.6732632423543772);
       return f.mul(f.where(f.above(x, 0.0), x, below), 1.0507009873554805);
     }},
};

/// A tensor of floats, or nothing after an error.
mlir::Value floats(Tensors &t, Call &call, StringRef argument) {
  return needsFloats(t, call, argument) ? call[argument].asTensor() : mlir::Value();
}

Value elementwise(Tensors &t, Call &call) {
  const Function *function = llvm::find_if(kFunctions, [&](const Function &f) { return f.name == call.name; });
  const Value &x = call["x"];
  if (x.isNumber()) {
    double result = function->number(x.asNumber());
    if (!std::isfinite(result))
      return t.fail(call.at("x"), call.name + " of " + toText(x) + " is not a finite number");
    bool staysInteger = x.isInteger() && (call.name == "abs" || call.name == "sign" || call.name == "relu");
    if (staysInteger && std::fabs(result) < 0x1p53)
      return Value::integer(static_cast<int64_t>(result));
    return Value::floating(result);
  }
  bool integersToo = call.name == "abs";
  if (integersToo && !elementOf(x.asTensor()).isInteger(1))
    return Value(function->tensor(t, x.asTensor()));
  mlir::Value tensor = floats(t, call, "x");
  return tensor ? Value(function->tensor(t, tensor)) : Value();
}

/// x where it is above 0, else what `below` makes of it.
template <typename Below> Value leaky(Tensors &t, Call &call, Below below) {
  mlir::Value x = floats(t, call, "x");
  if (!x)
    return {};
  Formula f{t, elementOf(x)};
  mlir::Value negative = below(f, x);
  return Value(f.where(f.above(x, 0.0), x, negative));
}

Value elu(Tensors &t, Call &call) {
  return leaky(t, call,
               [&](Formula &f, mlir::Value x) { return f.mul(f.expm1(f.min(x, 0.0)), call["alpha"].asNumber()); });
}

Value leakyRelu(Tensors &t, Call &call) {
  return leaky(t, call, [&](Formula &f, mlir::Value x) { return f.mul(x, call["slope"].asNumber()); });
}

Value extremum(Tensors &t, Call &call) {
  bool isMax = call.name == "maximum";
  const Value &x = call["x"], &y = call["y"];
  if (x.isNumber() && y.isNumber()) {
    bool first = isMax ? x.asNumber() >= y.asNumber() : x.asNumber() <= y.asNumber();
    bool mixed = x.isInteger() != y.isInteger();
    const Value &chosen = first ? x : y;
    return mixed ? Value::floating(chosen.asNumber()) : chosen;
  }
  mlir::Type element = elementOf(x.isTensor() ? x.asTensor() : y.asTensor());
  mlir::Value a = t.toTensor(x, element, call.at("x")), b = a ? t.toTensor(y, element, call.at("y")) : mlir::Value();
  if (!b)
    return {};
  if (element.isInteger(1))
    return t.fail(call.at(x.isTensor() ? "x" : "y"),
                  call.name + " needs numbers; found " + toText(x.isTensor() ? x : y));
  if (!fitTogether(t, call, {a, b}))
    return {};
  return Value(isMax ? t.emit<nn::MaxOp>(a, b) : t.emit<nn::MinOp>(a, b));
}

Value clamp(Tensors &t, Call &call) {
  if (!call["x"].isTensor()) {
    if (!call["low"].isNumber() || !call["high"].isNumber())
      return t.fail(call.range, "clamp of a number needs numbers as its bounds; found " + toText(call["low"]) +
                                    " and " + toText(call["high"]));
    double x = std::min(std::max(call["x"].asNumber(), call["low"].asNumber()), call["high"].asNumber());
    bool whole = call["x"].isInteger() && call["low"].isInteger() && call["high"].isInteger();
    return whole ? Value::integer(static_cast<int64_t>(x)) : Value::floating(x);
  }
  mlir::Value x = call["x"].asTensor();
  mlir::Value low = t.toTensor(call["low"], elementOf(x), call.at("low"));
  mlir::Value high = low ? t.toTensor(call["high"], elementOf(x), call.at("high")) : mlir::Value();
  if (!high)
    return {};
  if (!fitTogether(t, call, {x, low, high}))
    return {};
  return Value(t.emit<nn::MinOp>(t.emit<nn::MaxOp>(x, low), high));
}

Value where(Tensors &t, Call &call) {
  mlir::Value condition = call["condition"].asTensor();
  if (!elementOf(condition).isInteger(1)) {
    Report report = t.error(call.at("condition"), "where needs a bool tensor; found " + toText(call["condition"]));
    t.noteDeclaration(report, call.given("condition"));
    report.help("compare it, as in x > 0");
    return {};
  }
  const Value &x = call["x"], &y = call["y"];
  mlir::Type element = x.isTensor() ? elementOf(x.asTensor()) : y.isTensor() ? elementOf(y.asTensor()) : t.f32();
  mlir::Value a = t.toTensor(x, element, call.at("x")), b = a ? t.toTensor(y, element, call.at("y")) : mlir::Value();
  if (!b)
    return {};
  if (!fitTogether(t, call, {a, b}, condition))
    return {};
  return Value(t.emit<nn::SelectOp>(condition, a, b));
}

/// A nested list of numbers, taken apart.
struct Constant {
  std::vector<Value> numbers; // row by row; a bool is 0 or 1
  llvm::SmallVector<int64_t> shape;
  std::optional<double> fraction; // the first that is written as a float
  bool isRectangular = true, isNumeric = true;

  void add(const Value &value, unsigned depth = 0) {
    if (!value.isList()) {
      isNumeric &= value.isNumber() || value.is<bool>();
      isRectangular &= depth == shape.size();
      if (value.is<double>() && !fraction)
        fraction = value.asNumber();
      if (isNumeric)
        numbers.push_back(value.is<bool>() ? Value::integer(value.get<bool>()) : value);
      return;
    }
    int64_t size = value.asList().size();
    if (numbers.empty() && depth == shape.size())
      shape.push_back(size);
    else
      isRectangular &= depth < shape.size() && shape[depth] == size;
    isNumeric &= size != 0;
    for (const Value &element : value.asList())
      add(element, depth + 1);
  }
};

Value castTo(Tensors &t, Call &call) {
  const Value &x = call["x"];
  mlir::Type element = elementType(t.builder.getContext(), call.name);
  if (x.isTensor()) {
    mlir::Value tensor = x.asTensor();
    if (element.isInteger(1) && !elementOf(tensor).isInteger(1))
      return Value(t.emit<nn::CompareOp>(nn::Predicate::ne, tensor, t.constant(0, elementOf(tensor))));
    return Value(t.cast(tensor, element));
  }
  Constant constant;
  constant.add(x);
  if (!constant.isNumeric) {
    Report report =
        t.error(call.at("x"), call.name + " needs a tensor, a number or a list of numbers; found " + describe(x));
    if (x.isString())
      report.help("float(…) makes a number of a str");
    return {};
  }
  if (!constant.isRectangular)
    return t.fail(call.at("x"), "the rows of a constant tensor must be equally long; found " + describe(x));
  if (constant.fraction && !isFloat(element))
    return t.fail(call.at("x"), "a tensor of " + call.name + " cannot hold the float " + toText(*constant.fraction),
                  "write f32(…)");
  llvm::SmallVector<mlir::Attribute> elements;
  for (const Value &number : constant.numbers) {
    int64_t integer = number.isInteger() ? number.asInteger() : 0;
    bool fits = isFloat(element) ? isFinite(number.asNumber(), element) : holdsInteger(integer, element);
    if (!fits)
      return t.fail(call.at("x"), toText(number) + " does not fit in " + call.name);
    if (isFloat(element))
      elements.push_back(t.builder.getFloatAttr(element, number.asNumber()));
    else
      elements.push_back(t.builder.getIntegerAttr(element, integer));
  }
  return Value(t.emit<nn::ConstantOp>(
      mlir::DenseElementsAttr::get(mlir::RankedTensorType::get(constant.shape, element), elements)));
}

Value stopGradient(Tensors &t, Call &call) { return Value(t.emit<nn::StopGradientOp>(call["x"].asTensor())); }

//===- Losses of one element ----------------------------------------------------------------------------------===//

/// Whether two arguments are tensors of floats of one type; reports if not.
bool arePair(Tensors &t, Call &call, StringRef first, StringRef target) {
  mlir::Value x = floats(t, call, first);
  mlir::Value y = x ? floats(t, call, target) : mlir::Value();
  if (!y)
    return false;
  if (x.getType() == y.getType())
    return true;
  Report report = t.error(call.at(target), call.name + " needs a target of the type of its first argument, " +
                                               toText(call[first]) + "; found " + toText(call[target]));
  Dims dims = dimsOf(x);
  if (!dims.empty() && dims.back().isOne() && dimsOf(y) == Dims(dims.begin(), dims.end() - 1))
    report.help("write target[..., none], which is " + toText(call[first]));
  return false;
}

Value binaryCrossEntropy(Tensors &t, Call &call) {
  if (!arePair(t, call, "logits", "target"))
    return {};
  mlir::Value x = call["logits"].asTensor(), y = call["target"].asTensor();
  Formula f{t, elementOf(x)};
  if (x.getDefiningOp<nn::SigmoidOp>())
    t.warning(call.at("logits"), "binary_cross_entropy applies sigmoid itself; this is a sigmoid already")
        .help("give it the logits: what goes into sigmoid");
  // -t log s(x) - (1 - t) log(1 - s(x)): no difference of large numbers, whose rounding would be all that is left of a
  // small loss.
  return Value(f.add(f.mul(y, f.softplus(f.neg(x))), f.mul(f.sub(f.number(1.0), y), f.softplus(x))));
}

Value hinge(Tensors &t, Call &call) {
  if (!arePair(t, call, "score", "target"))
    return {};
  mlir::Value x = call["score"].asTensor(), y = call["target"].asTensor();
  Formula f{t, elementOf(x)};
  return Value(f.relu(f.sub(f.number(1.0), f.mul(x, y))));
}

/// Huber 1964: quadratic up to delta, then linear.
Value huber(Tensors &t, Call &call) {
  if (!arePair(t, call, "x", "y"))
    return {};
  mlir::Value x = call["x"].asTensor(), y = call["y"].asTensor();
  double delta = call["delta"].asNumber();
  if (delta <= 0)
    return t.fail(call.at("delta"), "`delta` must be above 0; found " + toText(call["delta"]));
  Formula f{t, elementOf(x)};
  mlir::Value d = f.abs(f.sub(x, y)), q = f.min(d, delta);
  return Value(f.mul(q, f.sub(d, f.mul(q, 0.5))));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::elementwiseBuiltins() {
  static const BuiltinFamily kTable[] = {
      {"exp expm1 log log1p sqrt rsqrt abs sign floor ceil round sin cos erf tanh sigmoid relu gelu silu softplus selu "
       "hard_sigmoid hard_swish",
       "x: number", elementwise},
      {"elu", "x: tensor, alpha: float = 1.0", elu},
      {"leaky_relu", "x: tensor, slope: float = 0.01", leakyRelu},
      {"clamp", "x: number, low: number, high: number", clamp},
      {"maximum minimum", "x: number, y: number", extremum},
      {"where", "condition: tensor, x: value, y: value", where},
      {"f32 f16 bf16 i32 i64 u8 bool", "x: value", castTo},
      {"stop_gradient", "x: tensor", stopGradient},
      {"binary_cross_entropy", "logits: tensor, target: tensor", binaryCrossEntropy},
      {"hinge", "score: tensor, target: tensor", hinge},
      {"huber", "x: tensor, y: tensor, delta: float = 1.0", huber},
  };
  return kTable;
}
