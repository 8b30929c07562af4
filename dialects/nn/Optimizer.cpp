//===- Optimizer.cpp - formulas of the optimizers --------------------------===//
// g is the gradient, t the count of updates with this one. Moments begin as zeros; every formula keeps elements at zero
// whose gradient is always zero, so that the padding of the arenas stays zero.
#include "dialects/nn/Optimizer.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace mlir;

namespace argent::nn {

//===- The numbers of formulas -------------------------------------------===//

static TensorNumber apply(TensorNumber a, Value result) { return {a.builder, result}; }
static Value splatLike(TensorNumber a, double b) { return a.builder->number(a.value, b); }

static TensorNumber operator+(TensorNumber a, TensorNumber b) { return apply(a, a.builder->add(a.value, b.value)); }
static TensorNumber operator*(TensorNumber a, TensorNumber b) { return apply(a, a.builder->mul(a.value, b.value)); }
static TensorNumber operator/(TensorNumber a, TensorNumber b) { return apply(a, a.builder->div(a.value, b.value)); }
static TensorNumber operator+(TensorNumber a, double b) { return apply(a, a.builder->add(a.value, splatLike(a, b))); }
static TensorNumber operator*(TensorNumber a, double b) { return apply(a, a.builder->mul(a.value, splatLike(a, b))); }
static TensorNumber root(TensorNumber a) { return apply(a, a.builder->make<SqrtOp>(a.value)); }
static double root(double a) { return std::sqrt(a); }

//===- Formulas ------------------------------------------------------------===//

using Range = OptimizerNumber::Range;

/// The running mean of x: rho * old + (1 - rho) * x.
template <typename Number> static Number average(Number old, Number x, double rho) { return old * rho + x * (1 - rho); }

/// Gradient descent with momentum as PyTorch's SGD has it; Nesterov's form after Sutskever et al. 2013.
///   v = momentum * v + g;  step = v, or g + momentum * v
template <typename Number> static Number sgd(OptimizerStep<Number> &s) {
  if (s.moments.empty())
    return s.gradient;
  double momentum = s.number("momentum");
  Number velocity = s.moments[0] = s.moments[0] * momentum + s.gradient;
  return s.number("nesterov") != 0 ? s.gradient + velocity * momentum : velocity;
}

/// Kingma and Ba 2015, Algorithm 1; with decay apart from the gradient Loshchilov and Hutter 2019, Algorithm 2, the
/// decay times the rate.
///   m = average(m, g, beta1);  v = average(v, g^2, beta2);  step = m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) +
///   epsilon)
template <typename Number> static Number adam(OptimizerStep<Number> &s) {
  double beta1 = s.number("beta1"), beta2 = s.number("beta2");
  Number m = s.moments[0] = average(s.moments[0], s.gradient, beta1);
  Number v = s.moments[1] = average(s.moments[1], s.gradient * s.gradient, beta2);
  return m * s.unbias(beta1) / (root(v * s.unbias(beta2)) + s.number("epsilon"));
}

/// Tieleman and Hinton 2012 (lecture 6.5); momentum as PyTorch's RMSprop has it.
///   v = average(v, g^2, rho);  x = g / (sqrt(v) + epsilon);  u = momentum * u + x;  step = u
template <typename Number> static Number rmsprop(OptimizerStep<Number> &s) {
  Number v = s.moments[0] = average(s.moments[0], s.gradient * s.gradient, s.number("rho"));
  Number scaled = s.gradient / (root(v) + s.number("epsilon"));
  if (s.moments.size() == 1)
    return scaled;
  return s.moments[1] = s.moments[1] * s.number("momentum") + scaled;
}

/// Duchi, Hazan and Singer 2011, the diagonal form.
///   s = s + g^2;  step = g / (sqrt(s) + epsilon)
template <typename Number> static Number adagrad(OptimizerStep<Number> &s) {
  Number sum = s.moments[0] = s.moments[0] + s.gradient * s.gradient;
  return s.gradient / (root(sum) + s.number("epsilon"));
}

/// Zeiler 2012, Algorithm 1.
///   v = average(v, g^2, rho);  step = sqrt(u + epsilon) / sqrt(v + epsilon) * g;  u = average(u, step^2, rho)
template <typename Number> static Number adadelta(OptimizerStep<Number> &s) {
  double rho = s.number("rho"), epsilon = s.number("epsilon");
  Number v = s.moments[0] = average(s.moments[0], s.gradient * s.gradient, rho);
  Number step = root(s.moments[1] + epsilon) / root(v + epsilon) * s.gradient;
  s.moments[1] = average(s.moments[1], step * step, rho);
  return step;
}

//===- The table -----------------------------------------------------------===//

template <unsigned count> static unsigned always(OptimizerAttr) { return count; }
/// One more where there is a momentum.
template <unsigned count> static unsigned andMomentum(OptimizerAttr optimizer) {
  return count + (optimizer.getNumber("momentum") != 0);
}

static const OptimizerNumber kSgdNumbers[] = {{"momentum", 0, Range::fraction}, {"nesterov", 0, Range::flag}};
static const OptimizerNumber kAdamNumbers[] = {
    {"beta1", 0.9, Range::fraction}, {"beta2", 0.999, Range::fraction}, {"epsilon", 1e-8, Range::epsilon}};
static const OptimizerNumber kRmspropNumbers[] = {
    {"rho", 0.9, Range::fraction}, {"momentum", 0, Range::fraction}, {"epsilon", 1e-8, Range::epsilon}};
static const OptimizerNumber kAdagradNumbers[] = {{"epsilon", 1e-8, Range::epsilon}};
static const OptimizerNumber kAdadeltaNumbers[] = {{"rho", 0.95, Range::fraction}, {"epsilon", 1e-6, Range::epsilon}};

static const Optimizer kTable[] = {
    // name, numbers, moments, counts updates, decays apart, formula
    {"sgd", kSgdNumbers, andMomentum<0>, false, false, sgd, sgd},
    {"adam", kAdamNumbers, always<2>, true, false, adam, adam},
    {"adamw", kAdamNumbers, always<2>, true, true, adam, adam},
    {"rmsprop", kRmspropNumbers, andMomentum<1>, false, false, rmsprop, rmsprop},
    {"adagrad", kAdagradNumbers, always<1>, false, false, adagrad, adagrad},
    {"adadelta", kAdadeltaNumbers, always<2>, false, false, adadelta, adadelta},
};

const Optimizer *findOptimizer(StringRef name) {
  auto found = llvm::find_if(kTable, [&](const Optimizer &optimizer) { return optimizer.name == name; });
  return found == std::end(kTable) ? nullptr : found;
}

std::string optimizerNames() {
  return llvm::join(llvm::map_range(kTable, [](const Optimizer &optimizer) { return optimizer.name; }), ", ");
}

//===- #nn.optimizer -------------------------------------------------------===//

bool OptimizerNumber::holds(double value) const {
  switch (range) {
  case Range::fraction:
    return value >= 0 && value < 1;
  case Range::epsilon:
    return value >= 1e-30 && std::isfinite(value);
  case Range::flag:
    return value == 0 || value == 1;
  }
  llvm_unreachable("all ranges are covered");
}

StringRef OptimizerNumber::expected() const {
  switch (range) {
  case Range::fraction:
    return "in [0, 1)";
  case Range::epsilon:
    return "at least 1e-30";
  case Range::flag:
    return "false or true";
  }
  llvm_unreachable("all ranges are covered");
}

/// The number of an attribute; nothing if it is none.
static std::optional<double> toNumber(Attribute value) {
  if (auto number = dyn_cast_or_null<FloatAttr>(value))
    return number.getValueAsDouble();
  if (auto flag = dyn_cast_or_null<BoolAttr>(value))
    return flag.getValue();
  return std::nullopt;
}

LogicalResult OptimizerAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef kind,
                                    DictionaryAttr numbers) {
  const Optimizer *optimizer = findOptimizer(kind);
  if (!optimizer)
    return emitError() << "(C1) unknown optimizer \"" << kind << "\", expected one of " << optimizerNames();
  for (NamedAttribute entry : numbers ? numbers.getValue() : ArrayRef<NamedAttribute>()) {
    auto number =
        llvm::find_if(optimizer->numbers, [&](const OptimizerNumber &n) { return n.name == entry.getName(); });
    if (number == optimizer->numbers.end())
      return emitError() << "(C1) " << kind << " has no number " << entry.getName();
    std::optional<double> value = toNumber(entry.getValue());
    if (!value || !number->holds(*value) ||
        isa<BoolAttr>(entry.getValue()) != (number->range == OptimizerNumber::Range::flag))
      return emitError() << "(C2) " << number->name << " of " << kind << " is " << number->expected() << ", found "
                         << entry.getValue();
  }
  return success();
}

double OptimizerAttr::getNumber(StringRef name) const {
  if (DictionaryAttr numbers = getNumbers())
    if (std::optional<double> given = toNumber(numbers.get(name)))
      return *given;
  for (const OptimizerNumber &number : findOptimizer(getKind())->numbers)
    if (number.name == name)
      return number.initial;
  llvm_unreachable("the optimizer has no number of this name");
}

//===- #nn.settings ----------------------------------------------------------===//

LogicalResult SettingsAttr::verify(function_ref<InFlightDiagnostic()> emitError, APFloat decay, APFloat rate,
                                   APFloat maxNorm, bool frozen) {
  double d = decay.convertToDouble(), r = rate.convertToDouble(), m = maxNorm.convertToDouble();
  if (!(d >= 0) || !(r >= 0) || !(m >= 0) || !std::isfinite(d) || !std::isfinite(r) || !std::isfinite(m))
    return emitError() << "(C1) decay " << d << ", rate " << r << ", max_norm " << m
                       << ": decay and rate are at least 0, max_norm is above 0";
  bool isPlain = d == 0 && r == 1 && m == 0;
  if (frozen && !isPlain)
    return emitError() << "(C2) what is frozen has no other settings";
  if (!frozen && isPlain)
    return emitError() << "(C3) settings that say nothing are left out";
  return success();
}

Attribute SettingsAttr::parse(AsmParser &parser, Type) {
  double decay = 0, rate = 1, maxNorm = 0;
  bool frozen = false;
  auto parseField = [&]() -> ParseResult {
    StringRef field;
    SMLoc location = parser.getCurrentLocation();
    if (parser.parseKeyword(&field))
      return failure();
    if (field == "frozen") {
      frozen = true;
      return success();
    }
    double *number = field == "decay" ? &decay : field == "rate" ? &rate : field == "max_norm" ? &maxNorm : nullptr;
    if (!number)
      return parser.emitError(location) << "expected decay, rate, max_norm or frozen, found " << field;
    return failure(parser.parseEqual() || parser.parseFloat(*number));
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, parseField))
    return {};
  return getChecked([&] { return parser.emitError(parser.getNameLoc()); }, parser.getContext(), APFloat(decay),
                    APFloat(rate), APFloat(maxNorm), frozen);
}

void SettingsAttr::print(AsmPrinter &printer) const {
  const char *separator = "";
  printer << "<";
  auto print = [&](StringRef field, const APFloat &value, double initial) {
    if (value.convertToDouble() == initial)
      return;
    printer << separator << field << " = ";
    printer.printFloat(value);
    separator = ", ";
  };
  print("decay", getDecay(), 0);
  print("rate", getRate(), 1);
  print("max_norm", getMaxNorm(), 0);
  printer << (getFrozen() ? "frozen>" : ">");
}

} // namespace argent::nn
