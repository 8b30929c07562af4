//===- ExpandMath.cpp - transcendental functions as arithmetic -------------===//
//   1. Walk the bodies of hl.func; a `math` operation that Halide would turn into a call of libm, or into a scalar call per lane, is one to expand.
//   2. Narrow types are computed in f32.
//   3. Replace it by arithmetic: range reduction, a polynomial or rational function, reconstruction by the exponent's bits.
// What Halide has as an instruction (sqrt, floor, ceil, trunc, roundeven, absf, fma) stays. Numbers are finite (law 4 of hl): arguments are clamped
// to where the result is, so that no infinity or NaN arises. Measured by test/compiler/codegen/ExpandMathTest.cpp.
//
// | function    | f32: range, largest error            | f64: range, largest error         | source                                    |
// |-------------|--------------------------------------|-----------------------------------|-------------------------------------------|
// | exp         | -87.33 … 88.37, clamped; 2 ulp       | -708.3 … 709.4, clamped; 2 ulp    | Cephes expf, exp                          |
// | log         | from 1.18e-38, clamped; 2 ulp        | from 2.3e-308, clamped; 2 ulp     | Cephes logf, log                          |
// | tanh        | all; 5 ulp                           | all; 3 ulp                        | Eigen (13/6 minimax), Cephes tanh         |
// | erf         | all; 6 ulp                           | all; 3 ulp                        | Eigen (minimax), Cephes erf               |
// | sin, cos    | |x| <= 8192; 1e-7 absolute           | |x| <= 1e6; 4e-16 absolute        | Cephes sinf, sin                          |
// | expm1,log1p | as exp, log; 3 ulp                   | as exp, log; 4 ulp                | the same polynomials without the 1        |
// | pow         | x >= 0; (2 + |y ln x|) ulp           | the same                          | exp(y log x); small whole y by products   |
#include "compiler/codegen/MathBuilder.h"
#include "compiler/Passes.h"

#include "dialects/hl/HL.h"
#include "llvm/ADT/TypeSwitch.h"

namespace argent {
#define GEN_PASS_DEF_EXPANDMATH
#include "compiler/Passes.h.inc"
} // namespace argent

using namespace mlir;
using namespace argent;

namespace {

/// The functions on one type: f32 or f64.
class Functions : public MathBuilder {
public:
  using MathBuilder::MathBuilder;

  /// Undefined for an operation that is not expanded.
  Number expand(Operation *op);

private:
  Number exp(Number x) { return reduceExp(x, [](Number power, Number q) { return q * power + power; }); }
  Number expm1(Number x) { return reduceExp(x, [&](Number power, Number q) { return q * power + subtractInOrder(power, number(1.0)); }); }
  Number exp2(Number x);
  Number log(Number x) { return logarithm(x, std::nullopt); }
  Number log1p(Number x) { return logarithm(x + number(1.0), x); }
  Number tanh(Number x);
  Number erf(Number x);
  Number sinOrCos(Number x, bool isCos);
  Number pow(Number x, Number y);
  Number wholePower(Number x, int64_t y);

  /// e^r - 1 for |r| <= ln(2) / 2.
  Number expm1Polynomial(Number r);
  /// x = n ln 2 + r: gives combine(2^n, e^r - 1).
  template <typename Combine>
  Number reduceExp(Number x, Combine combine);
  /// log(x); `minusOne`, where it is known better than x - 1, is used near 0.
  Number logarithm(Number x, std::optional<Number> minusOne);
};

struct ExpandMath : argent::impl::ExpandMathBase<ExpandMath> {
  void runOnOperation() override;
};

} // namespace

//===----------------------------------------------------------------------===//
// exp and log
//===----------------------------------------------------------------------===//

Number Functions::expm1Polynomial(Number r) {
  if (isSingle()) {
    Number p = polynomial(r, {1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1});
    return p * (r * r) + r;
  }
  Number z = r * r;
  Number p = r * polynomial(z, {1.26177193074810590878e-4, 3.02994407707441961300e-2, 9.99999999999999999910e-1});
  Number q = polynomial(z, {3.00198505138664455042e-6, 2.52448340349684104192e-3, 2.27265548208155028766e-1, 2.00000000000000000005e0});
  return number(2.0) * p / (q - p);
}

template <typename Combine>
Number Functions::reduceExp(Number x, Combine combine) {
  x = isSingle() ? clamp(x, -87.33654, 88.37626) : clamp(x, -708.39, 709.4);
  Number n = floor(x * number(1.44269504088896341) + number(0.5));
  // ln 2 in two parts: n times the first is exact. Both steps in order: LLVM looks at the flags of the second alone.
  Number r = subtractInOrder(x, n * number(isSingle() ? 0.693359375 : 6.93145751953125e-1));
  r = subtractInOrder(r, n * number(isSingle() ? -2.12194440e-4 : 1.42860682030941723212e-6));
  return combine(powerOfTwo(n), expm1Polynomial(r));
}

Number Functions::exp2(Number x) {
  x = isSingle() ? clamp(x, -126.0, 127.49) : clamp(x, -1022.0, 1023.49);
  Number n = floor(x + number(0.5));
  Number power = powerOfTwo(n);
  return expm1Polynomial((x - n) * number(0.693147180559945309417)) * power + power;
}

Number Functions::logarithm(Number x, std::optional<Number> minusOne) {
  x = max(x, number(isSingle() ? 1.17549435e-38 : 2.2250738585072014e-308));
  auto [mantissa, exponent] = splitExponent(x); // mantissa in 0.5 … 1
  Value isLow = mantissa < number(0.70710678118654752440);
  Number e = select(isLow, exponent - number(1.0), exponent);
  Number m = select(isLow, mantissa + mantissa, mantissa) - number(1.0);
  if (minusOne) {
    Value isNear = both(x > number(0.70710678), x < number(1.41421356));
    e = select(isNear, number(0.0), e);
    m = select(isNear, *minusOne, m);
  }
  Number z = m * m;
  Number y = isSingle() ? polynomial(m, {7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
                                         2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1}) * m * z
                        : m * (z * polynomial(m, {1.01875663804580931796e-4, 4.97494994976747001425e-1, 4.70579119878881725854e0,
                                                  1.44989225341610930846e1, 1.79368678507819816313e1, 7.70838733755885391666e0}) /
                               polynomial(m, {1.0, 1.12873587189167450590e1, 4.52279145837532221105e1, 8.29875266912776603211e1,
                                              7.11544750618563894466e1, 2.31251620126765340583e1}));
  y = y - e * number(2.121944400546905827679e-4) - number(0.5) * z;
  return m + y + e * number(0.693359375);
}

//===----------------------------------------------------------------------===//
// tanh, erf, sin, cos, pow
//===----------------------------------------------------------------------===//

Number Functions::tanh(Number x) {
  if (isSingle()) {
    x = clamp(x, -7.90531110763549805, 7.90531110763549805);
    Number z = x * x;
    Number p = polynomial(z, {-2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-08, 1.48572235717979e-05,
                              6.37261928875436e-04, 4.89352455891786e-03});
    Number q = polynomial(z, {1.19825839466702e-06, 1.18534705686654e-04, 2.26843463243900e-03, 4.89352518554385e-03});
    return x * p / q;
  }
  Number a = abs(x), z = x * x;
  Number tail = number(1.0) - number(2.0) / (exp(number(2.0) * min(a, number(20.0))) + number(1.0));
  Number p = polynomial(z, {-9.64399179425052238628e-1, -9.92877231001918586564e1, -1.61468768441708447952e3});
  Number q = polynomial(z, {1.0, 1.12811678491632931402e2, 2.23548839060100448583e3, 4.84406305325125486048e3});
  return select(a < number(0.625), x + x * z * (p / q), select(x < number(0.0), -tail, tail));
}

Number Functions::erf(Number x) {
  if (isSingle()) {
    x = clamp(x, -4.0, 4.0);
    Number z = x * x;
    Number p = polynomial(z, {-2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05, -7.34990630326855e-04,
                              -2.95459980854025e-03, -1.60960333262415e-02});
    Number q = polynomial(z, {-1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03, -1.42647390514189e-02});
    return clamp(x * p / q, -1.0, 1.0);
  }
  Number a = min(abs(x), number(6.0)), z = x * x;
  Number near = x * polynomial(z, {9.60497373987051638749e0, 9.00260197203842689217e1, 2.23200534594684319226e3, 7.00332514112805075473e3,
                                   5.55923013010394962768e4}) /
                polynomial(z, {1.0, 3.35617141647503099647e1, 5.21357949780152679795e2, 4.59432382970980127987e3, 2.26290000613890934246e4,
                               4.92673942608635921086e4});
  Number p = polynomial(a, {2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687e0, 4.86371970985681366614e1,
                            1.96520832956077098242e2, 5.26445194995477358631e2, 9.34528527171957607540e2, 1.02755188689515710272e3,
                            5.57535335369399327526e2});
  Number q = polynomial(a, {1.0, 1.32281951154744992508e1, 8.67072140885989742329e1, 3.54937778887819891062e2, 9.75708501743205489753e2,
                            1.82390916687909736289e3, 2.24633760818710981792e3, 1.65666309194161350182e3, 5.57535340817727675546e2});
  Number far = number(1.0) - exp(-(a * a)) * p / q;
  return select(a < number(1.0), near, select(x < number(0.0), -far, far));
}

Number Functions::sinOrCos(Number x, bool isCos) {
  // x = y pi/4 + r with even y; the octant y selects sine or cosine of r, and the sign.
  x = isSingle() ? clamp(x, -1.0e6, 1.0e6) : clamp(x, -1.0e9, 1.0e9);
  Value octant = toEvenOctant(abs(x) * number(1.27323954473516268615));
  Number y = fromInteger(octant);
  Number r = abs(x);
  for (double part : isSingle() ? std::array{0.78515625, 2.4187564849853515625e-4, 3.77489497744594108e-8}
                                : std::array{7.85398125648498535156e-1, 3.77489470793079817668e-8, 2.69515142907905952645e-15})
    r = subtractInOrder(r, y * number(part));
  Number z = r * r;
  Number sine, cosine;
  if (isSingle()) {
    sine = polynomial(z, {-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1}) * z * r + r;
    cosine = polynomial(z, {2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2}) * z * z - number(0.5) * z + number(1.0);
  } else {
    sine = r + r * z * polynomial(z, {1.58962301576546568060e-10, -2.50507477628578072866e-8, 2.75573136213857245213e-6,
                                      -1.98412698295895385996e-4, 8.33333333332211858878e-3, -1.66666666666666307295e-1});
    cosine = number(1.0) - number(0.5) * z + z * z * polynomial(z, {-1.13585365213876817300e-11, 2.08757008419747316778e-9, -2.75573141792967388112e-7,
                                                                   2.48015872888517045348e-5, -1.38888888888730564116e-3, 4.16666666666665929218e-2});
  }
  // Octants 2 and 6 exchange sine and cosine; sine changes sign from 4 on, cosine in 2 … 5.
  Value exchanges = hasBit(octant, 2);
  Number magnitude = isCos ? select(exchanges, sine, cosine) : select(exchanges, cosine, sine);
  Value isNegative = isCos ? different(hasBit(octant, 2), hasBit(octant, 4)) : different(hasBit(octant, 4), x < number(0.0));
  return select(isNegative, -magnitude, magnitude);
}

Number Functions::wholePower(Number x, int64_t y) {
  if (y < 0)
    return number(1.0) / wholePower(x, -y);
  if (y == 0)
    return number(1.0);
  if (y == 1)
    return x;
  Number half = wholePower(x, y / 2);
  return y % 2 ? half * half * x : half * half;
}

Number Functions::pow(Number x, Number y) {
  if (std::optional<double> constant = getConstant(y)) {
    if (*constant == std::floor(*constant) && std::abs(*constant) <= 64)
      return wholePower(x, int64_t(*constant));
    if (*constant == 0.5)
      return sqrt(max(x, number(0.0)));
    if (*constant == -0.5)
      return number(1.0) / sqrt(max(x, number(0.0)));
  }
  Number result = exp(y * log(x));
  Number atZero = select(y <= number(0.0), number(1.0), number(0.0));
  return select(x <= number(0.0), atZero, result);
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

Number Functions::expand(Operation *op) {
  auto operand = [&](unsigned i) { return wrap(op->getOperand(i)); };
  return llvm::TypeSwitch<Operation *, Number>(op)
      .Case<math::ExpOp>([&](auto) { return exp(operand(0)); })
      .Case<math::Exp2Op>([&](auto) { return exp2(operand(0)); })
      .Case<math::ExpM1Op>([&](auto) { return expm1(operand(0)); })
      .Case<math::LogOp>([&](auto) { return log(operand(0)); })
      .Case<math::Log1pOp>([&](auto) { return log1p(operand(0)); })
      .Case<math::Log2Op>([&](auto) { return log(operand(0)) * number(1.44269504088896340736); })
      .Case<math::Log10Op>([&](auto) { return log(operand(0)) * number(0.43429448190325182765); })
      .Case<math::TanhOp>([&](auto) { return tanh(operand(0)); })
      .Case<math::SinhOp>([&](auto) {
        // Through e^x - 1, which is exact near 0.
        Number a = expm1(abs(operand(0)));
        Number magnitude = number(0.5) * (a + a / (a + number(1.0)));
        return select(operand(0) < number(0.0), -magnitude, magnitude);
      })
      .Case<math::CoshOp>([&](auto) {
        Number a = exp(abs(operand(0)));
        return number(0.5) * (a + number(1.0) / a);
      })
      .Case<math::ErfOp>([&](auto) { return erf(operand(0)); })
      .Case<math::SinOp>([&](auto) { return sinOrCos(operand(0), /*isCos=*/false); })
      .Case<math::CosOp>([&](auto) { return sinOrCos(operand(0), /*isCos=*/true); })
      .Case<math::TanOp>([&](auto) { return sinOrCos(operand(0), false) / sinOrCos(operand(0), true); })
      .Case<math::RsqrtOp>([&](auto) { return number(1.0) / sqrt(operand(0)); })
      .Case<math::PowFOp>([&](auto) { return pow(operand(0), operand(1)); })
      .Default([](Operation *) { return Number(); });
}

static void expand(Operation *op) {
  Type type = op->getNumResults() == 1 ? op->getResult(0).getType() : Type();
  if (!type || !isa<FloatType>(type) || !llvm::all_of(op->getOperandTypes(), [&](Type operand) { return operand == type; }))
    return;
  OpBuilder builder(op);
  if (type.isF32() || type.isF64()) {
    Number result = Functions(builder, op->getLoc(), cast<FloatType>(type)).expand(op);
    if (!result.value)
      return;
    op->getResult(0).replaceAllUsesWith(result.value);
    op->erase();
    return;
  }
  // (2)
  OperationState state(op->getLoc(), op->getName());
  for (Value operand : op->getOperands())
    state.addOperands(arith::ExtFOp::create(builder, op->getLoc(), builder.getF32Type(), operand).getResult());
  state.addTypes(builder.getF32Type());
  Operation *wide = builder.create(state);
  Number result = Functions(builder, op->getLoc(), builder.getF32Type()).expand(wide);
  if (result.value) {
    op->getResult(0).replaceAllUsesWith(arith::TruncFOp::create(builder, op->getLoc(), type, result.value).getResult());
    op->erase();
    wide->erase();
    return;
  }
  for (Value operand : llvm::to_vector(wide->getOperands())) {
    if (wide)
      wide->erase();
    wide = nullptr;
    operand.getDefiningOp()->erase();
  }
}

void ExpandMath::runOnOperation() {
  SmallVector<Operation *> ops;
  getOperation()->walk([&](hl::FuncOp func) {
    func->walk([&](Operation *op) {
      if (isa<math::MathDialect>(op->getDialect()))
        ops.push_back(op);
    });
  });
  for (Operation *op : ops)
    expand(op);
}
