//===- BuiltinsElementwise.cpp - one element in, one element out; casts -------------------------------------===//
// What has no op of its own is composed of those that have.
#include "frontends/ag/operations/Builtins.h"

#include <cmath>

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace {

/// Short forms for the compositions below: numbers become constants of the tensor's element type.
struct Formula {
  Evaluator &e;
  mlir::Type element;
  mlir::Value number(double v) { return e.constant(v, element); }
  mlir::Value add(mlir::Value a, mlir::Value b) { return e.emit<argent::nn::AddOp>(a, b); }
  mlir::Value add(mlir::Value a, double b) { return add(a, number(b)); }
  mlir::Value sub(mlir::Value a, mlir::Value b) { return e.emit<argent::nn::SubOp>(a, b); }
  mlir::Value mul(mlir::Value a, mlir::Value b) { return e.emit<argent::nn::MulOp>(a, b); }
  mlir::Value mul(mlir::Value a, double b) { return mul(a, number(b)); }
  mlir::Value max(mlir::Value a, double b) { return e.emit<argent::nn::MaxOp>(a, number(b)); }
  mlir::Value min(mlir::Value a, double b) { return e.emit<argent::nn::MinOp>(a, number(b)); }
  mlir::Value expm1(mlir::Value a) { return e.emit<argent::nn::Expm1Op>(a); }
  mlir::Value abs(mlir::Value a) { return e.emit<argent::nn::AbsOp>(a); }
  mlir::Value neg(mlir::Value a) { return e.emit<argent::nn::NegOp>(a); }
  mlir::Value sigmoid(mlir::Value a) { return e.emit<argent::nn::SigmoidOp>(a); }
  mlir::Value relu(mlir::Value a) { return e.emit<argent::nn::ReluOp>(a); }
  mlir::Value above(mlir::Value a, double b) {
    return e.emit<argent::nn::CompareOp>(argent::nn::Predicate::gt, a, number(b));
  }
  mlir::Value where(mlir::Value c, mlir::Value a, mlir::Value b) { return e.emit<argent::nn::SelectOp>(c, a, b); }
  mlir::Value softplus(mlir::Value a) { return e.emit<argent::nn::SoftplusOp>(a); }
  /// (x + 3) / 6 in 0 … 1: the sum is exact near -3, and so is what is left of it.
  mlir::Value hardSigmoid(mlir::Value x) { return mul(min(max(add(x, 3.0), 0.0), 6.0), 1.0 / 6); }
};

using Unary = mlir::Value (*)(Evaluator &, mlir::Value);
struct Function {
  StringRef name;
  double (*number)(double); // null: of tensors only
  Unary tensor;
};

template <typename Op> mlir::Value direct(Evaluator &e, mlir::Value x) { return e.emit<Op>(x); }

const Function kFunctions[] = {
    {"exp", [](double x) { return std::exp(x); }, direct<argent::nn::ExpOp>},
    {"expm1", [](double x) { return std::expm1(x); }, direct<argent::nn::Expm1Op>},
    {"log", [](double x) { return std::log(x); }, direct<argent::nn::LogOp>},
    {"log1p", [](double x) { return std::log1p(x); }, direct<argent::nn::Log1pOp>},
    {"sqrt", [](double x) { return std::sqrt(x); }, direct<argent::nn::SqrtOp>},
    {"rsqrt", [](double x) { return 1 / std::sqrt(x); }, direct<argent::nn::RsqrtOp>},
    {"abs", [](double x) { return std::fabs(x); }, direct<argent::nn::AbsOp>},
    {"sign", [](double x) { return double((x > 0) - (x < 0)); }, direct<argent::nn::SignOp>},
    {"floor", [](double x) { return std::floor(x); }, direct<argent::nn::FloorOp>},
    {"ceil", [](double x) { return std::ceil(x); }, direct<argent::nn::CeilOp>},
    {"round", [](double x) { return std::nearbyint(x); }, direct<argent::nn::RoundOp>},
    {"sin", [](double x) { return std::sin(x); }, direct<argent::nn::SinOp>},
    {"cos", [](double x) { return std::cos(x); }, direct<argent::nn::CosOp>},
    {"erf", [](double x) { return std::erf(x); }, direct<argent::nn::ErfOp>},
    {"tanh", [](double x) { return std::tanh(x); }, direct<argent::nn::TanhOp>},
    {"sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }, direct<argent::nn::SigmoidOp>},
    {"relu", [](double x) { return std::max(x, 0.0); }, direct<argent::nn::ReluOp>},
    {"gelu", [](double x) { return 0.5 * x * std::erfc(-x * std::sqrt(0.5)); },
     [](Evaluator &e, mlir::Value x) { return Formula{e, elementOf(x)}.mul(x, e.emit<argent::nn::NormalCdfOp>(x)); }},
    {"silu", [](double x) { return x / (1 + std::exp(-x)); },
     [](Evaluator &e, mlir::Value x) {
       Formula f{e, elementOf(x)};
       return f.mul(x, f.sigmoid(x));
     }},
    {"softplus", [](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); },
     direct<argent::nn::SoftplusOp>},
    {"hard_sigmoid", [](double x) { return std::clamp(x / 6 + 0.5, 0.0, 1.0); },
     [](Evaluator &e, mlir::Value x) { return Formula{e, elementOf(x)}.hardSigmoid(x); }},
    {"hard_swish", [](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); },
     [](Evaluator &e, mlir::Value x) {
       Formula f{e, elementOf(x)};
       return f.mul(x, f.hardSigmoid(x));
     }},
    // Klambauer et al. 2017.
    {"selu", [](double x) { return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * std::expm1(x)); },
     [](Evaluator &e, mlir::Value x) {
       Formula f{e, elementOf(x)};
       mlir::Value below = f.mul(f.expm1(f.min(x, 0.0)), 1.6732632423543772);
       return f.mul(f.where(f.above(x, 0.0), x, below), 1.0507009873554805);
     }},
};

/// A tensor of floats, or nothing after an error.
mlir::Value floats(Evaluator &e, Call &call, unsigned i) {
  return needsFloats(e, call, i) ? call[i].asTensor() : mlir::Value();
}

Value elementwise(Evaluator &e, Call &call) {
  const Function *function = llvm::find_if(kFunctions, [&](const Function &f) { return f.name == call.name; });
  const Value &x = call[0];
  if (x.isNumber()) {
    double result = function->number(x.asNumber());
    if (!std::isfinite(result))
      return e.fail(call.at(0), call.name + " of " + toText(x) + " is not a finite number");
    bool staysInteger = x.isInteger() && (call.name == "abs" || call.name == "sign" || call.name == "relu");
    if (staysInteger && std::fabs(result) < 0x1p53)
      return Value::integer(static_cast<int64_t>(result));
    return Value::floating(result);
  }
  bool integersToo = call.name == "abs";
  if (integersToo && !elementOf(x.asTensor()).isInteger(1))
    return Value(function->tensor(e, x.asTensor()));
  mlir::Value tensor = floats(e, call, 0);
  return tensor ? Value(function->tensor(e, tensor)) : Value();
}

Value elu(Evaluator &e, Call &call) {
  mlir::Value x = floats(e, call, 0);
  if (!x)
    return {};
  Formula f{e, elementOf(x)};
  mlir::Value below =
      call.name == "elu" ? f.mul(f.expm1(f.min(x, 0.0)), call[1].asNumber()) : f.mul(x, call[1].asNumber());
  return Value(f.where(f.above(x, 0.0), x, below));
}

Value extremum(Evaluator &e, Call &call) {
  bool isMax = call.name == "maximum";
  const Value &x = call[0], &y = call[1];
  if (x.isNumber() && y.isNumber()) {
    bool first = isMax ? x.asNumber() >= y.asNumber() : x.asNumber() <= y.asNumber();
    bool mixed = x.isInteger() != y.isInteger();
    const Value &chosen = first ? x : y;
    return mixed ? Value::floating(chosen.asNumber()) : chosen;
  }
  mlir::Type element = elementOf(x.isTensor() ? x.asTensor() : y.asTensor());
  mlir::Value a = e.toTensor(x, element, call.at(0)), b = a ? e.toTensor(y, element, call.at(1)) : mlir::Value();
  if (!b)
    return {};
  if (element.isInteger(1))
    return e.fail(call.at(x.isTensor() ? 0 : 1), call.name + " needs numbers; found " + toText(x.isTensor() ? x : y));
  if (!fitTogether(e, call, {a, b}))
    return {};
  return Value(isMax ? e.emit<argent::nn::MaxOp>(a, b) : e.emit<argent::nn::MinOp>(a, b));
}

Value clamp(Evaluator &e, Call &call) {
  if (!call[0].isTensor()) {
    if (!call[1].isNumber() || !call[2].isNumber())
      return e.fail(call.range, "clamp of a number needs numbers as its bounds; found " + toText(call[1]) + " and " +
                                    toText(call[2]));
    double x = std::min(std::max(call[0].asNumber(), call[1].asNumber()), call[2].asNumber());
    bool whole = call[0].isInteger() && call[1].isInteger() && call[2].isInteger();
    return whole ? Value::integer(static_cast<int64_t>(x)) : Value::floating(x);
  }
  mlir::Value x = call[0].asTensor();
  mlir::Value low = e.toTensor(call[1], elementOf(x), call.at(1));
  mlir::Value high = low ? e.toTensor(call[2], elementOf(x), call.at(2)) : mlir::Value();
  if (!high)
    return {};
  if (!fitTogether(e, call, {x, low, high}))
    return {};
  return Value(e.emit<argent::nn::MinOp>(e.emit<argent::nn::MaxOp>(x, low), high));
}

Value where(Evaluator &e, Call &call) {
  mlir::Value condition = call[0].asTensor();
  if (!elementOf(condition).isInteger(1)) {
    Report report = e.error(call.at(0), "where needs a bool tensor; found " + toText(call[0]));
    e.noteDeclaration(report, call.arguments[0]);
    report.help("compare it, as in x > 0");
    return {};
  }
  const Value &x = call[1], &y = call[2];
  mlir::Type element = x.isTensor() ? elementOf(x.asTensor()) : y.isTensor() ? elementOf(y.asTensor()) : e.f32();
  mlir::Value a = e.toTensor(x, element, call.at(1)), b = a ? e.toTensor(y, element, call.at(2)) : mlir::Value();
  if (!b)
    return {};
  if (!fitTogether(e, call, {a, b}, condition))
    return {};
  return Value(e.emit<argent::nn::SelectOp>(condition, a, b));
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

Value castTo(Evaluator &e, Call &call) {
  const Value &x = call[0];
  mlir::Type element = elementType(&e.context, call.name);
  if (x.isTensor()) {
    mlir::Value tensor = x.asTensor();
    if (element.isInteger(1) && !elementOf(tensor).isInteger(1))
      return Value(e.emit<argent::nn::CompareOp>(argent::nn::Predicate::ne, tensor, e.constant(0, elementOf(tensor))));
    return Value(e.cast(tensor, element));
  }
  Constant constant;
  constant.add(x);
  if (!constant.isNumeric) {
    Report report =
        e.error(call.at(0), call.name + " needs a tensor, a number or a list of numbers; found " + describe(x));
    if (x.isString())
      report.help("float(…) makes a number of a str");
    return {};
  }
  if (!constant.isRectangular)
    return e.fail(call.at(0), "the rows of a constant tensor must be equally long; found " + describe(x));
  if (constant.fraction && !isFloat(element))
    return e.fail(call.at(0), "a tensor of " + call.name + " cannot hold the float " + toText(*constant.fraction),
                  "write f32(…)");
  llvm::SmallVector<mlir::Attribute> elements;
  for (const Value &number : constant.numbers) {
    unsigned bits = element.getIntOrFloatBitWidth();
    int64_t integer = number.isInteger() ? number.asInteger() : 0;
    bool fits = llvm::isa<mlir::FloatType>(element) ? isFinite(number.asNumber(), element)
                : bits == 1                         ? integer == 0 || integer == 1
                : bits == 8                         ? integer >= 0 && integer < 256
                                                    : bits == 64 || llvm::isInt<32>(integer);
    if (!fits)
      return e.fail(call.at(0), toText(number) + " does not fit in " + call.name);
    if (llvm::isa<mlir::FloatType>(element))
      elements.push_back(e.builder.getFloatAttr(element, number.asNumber()));
    else
      elements.push_back(e.builder.getIntegerAttr(element, integer));
  }
  return Value(e.emit<argent::nn::ConstantOp>(
      mlir::DenseElementsAttr::get(mlir::RankedTensorType::get(constant.shape, element), elements)));
}

Value stopGradient(Evaluator &e, Call &call) { return Value(e.emit<argent::nn::StopGradientOp>(call[0].asTensor())); }

Value binaryCrossEntropy(Evaluator &e, Call &call) {
  mlir::Value x = floats(e, call, 0);
  mlir::Value y = x ? floats(e, call, 1) : mlir::Value();
  if (!y)
    return {};
  Shape shape = shapeOf(x);
  if (!shape.empty() && shape.back().isOne() && shapeOf(y) == Shape(shape.begin(), shape.end() - 1))
    return e.fail(call.at(1),
                  call.name + " needs a target of the type of its first argument, " + toText(call[0]) + "; found " +
                      toText(call[1]),
                  "write target[..., none], which is " + toText(call[0]));
  if (x.getType() != y.getType())
    return e.fail(call.at(1), call.name + " needs a target of the type of its first argument, " + toText(call[0]) +
                                  "; found " + toText(call[1]));
  Formula f{e, elementOf(x)};
  if (call.name == "binary_cross_entropy" && x.getDefiningOp<argent::nn::SigmoidOp>())
    e.warning(call.at(0), "binary_cross_entropy applies sigmoid itself; this is a sigmoid already")
        .help("give it the logits: what goes into sigmoid");
  // -t log s(x) - (1 - t) log(1 - s(x)): no difference of large numbers, whose rounding would be all that is left of a
  // small loss.
  if (call.name == "binary_cross_entropy")
    return Value(f.add(f.mul(y, f.softplus(f.neg(x))), f.mul(f.sub(f.number(1.0), y), f.softplus(x))));
  if (call.name == "hinge")
    return Value(f.relu(f.sub(f.number(1.0), f.mul(x, y))));
  // Huber 1964: quadratic up to delta, then linear.
  double delta = call[2].asNumber();
  if (delta <= 0)
    return e.fail(call.at(2), "`delta` must be above 0; found " + toText(call[2]));
  mlir::Value d = f.abs(f.sub(x, y)), q = f.min(d, delta);
  return Value(f.mul(q, f.sub(d, f.mul(q, 0.5))));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::elementwiseBuiltins() {
  static const BuiltinFamily table[] = {
      {"exp expm1 log log1p sqrt rsqrt abs sign floor ceil round sin cos erf tanh sigmoid relu gelu silu softplus selu "
       "hard_sigmoid hard_swish",
       "x: number", elementwise},
      {"elu", "x: tensor, alpha: float = 1.0", elu},
      {"leaky_relu", "x: tensor, slope: float = 0.01", elu},
      {"clamp", "x: number, low: number, high: number", clamp},
      {"maximum minimum", "x: number, y: number", extremum},
      {"where", "condition: tensor, x: value, y: value", where},
      {"f32 f16 bf16 i32 i64 u8 bool", "x: value", castTo},
      {"stop_gradient", "x: tensor", stopGradient},
      {"binary_cross_entropy", "logits: tensor, target: tensor", binaryCrossEntropy},
      {"hinge", "score: tensor, target: tensor", binaryCrossEntropy},
      {"huber", "x: tensor, y: tensor, delta: float = 1.0", binaryCrossEntropy},
  };
  return table;
}
