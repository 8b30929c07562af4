//===- ExpandMath.cpp - transcendental functions as arithmetic -------------===//
//   1. Walk the bodies of hl.func; an operation that Halide would turn into a call of libm, or into a scalar call per
//      lane, is one to expand.
//   2. Narrow types are computed in f32.
//   3. Replace it by arithmetic: range reduction, a polynomial or rational function, reconstruction by the exponent's
//      bits.
// What Halide has as an instruction (sqrt, floor, ceil, trunc, roundeven, absf, fma) stays. Of a finite argument every
// function here is finite: outside of its domain it has the value at the domain's end, and it saturates where the
// result is beyond the type's range. Operands and results below the least normal number are 0. Errors are measured by
// test/compiler/codegen/ExpandMathTest.cpp, and of the language's functions over every exponent by
// test/numerics/functions_test.py.
//
// | function    | f32                        | f64                            | source of the coefficients                        |
// |-------------|----------------------------|--------------------------------|---------------------------------------------------|
// | exp, expm1  | 2 ulp                      | 2, 3 ulp                       | least relative error on |r| < ln(2)/2; Cephes exp |
// | log, log1p  | 2 ulp                      | 3 ulp                          | Cephes logf, log                                  |
// | tanh        | 6 ulp                      | 3 ulp                          | least relative error, degrees 9/8; Cephes tanh    |
// | erf         | 7 ulp                      | 3 ulp                          | least relative error, degrees 11/10; Cephes ndtr  |
// | normal_cdf  | 7 ulp                      | 8 ulp                          | least relative error, degrees 4/5; Cephes ndtr    |
// | sin, cos    | |x| <= 2^28, 2 ulp         | |x| <= 2^28, 1e-15 absolute    | Cephes sinf, sin                                  |
// | pow         | 2 ulp                      | (2 + |y ln x|) ulp             | log2 by atanh's series in f64; exp(y log x)       |
#include "compiler/Passes.h"
#include "compiler/kernel/MathBuilder.h"

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
  Number exp(Number x) { return expOfSum(x, std::nullopt); }
  Number expm1(Number x);
  Number exp2(Number x);
  Number log(Number x);
  Number log1p(Number x);
  Number tanh(Number x);
  Number erf(Number x);
  /// erf in f64 for |x| <= 1.
  Number erfNearZero(Number x);
  Number normalCdf(Number x);
  Number sinOrCos(Number x, bool isCos);
  Number pow(Number x, Number y);
  Number wholePower(Number x, int64_t y);

  Number smallest() { return number(isSingle() ? 0x1p-126 : 0x1p-1022); }
  /// The largest number whose exponential is finite.
  Number largestExponent() { return number(isSingle() ? 88.72283172607421875 : 709.782712893383973096); }
  /// The logarithm of `smallest`, rounded up: the exponentials from here on are normal.
  Number leastExponent() { return number(isSingle() ? -87.3365402221679688 : -708.396418532264079); }

  /// e^(x + rest); the rest is small.
  Number expOfSum(Number x, std::optional<Number> rest);
  /// e^r - 1 for |r| <= ln(2) / 2.
  Number expm1Polynomial(Number r);
  /// x + rest = n ln(2) + r: n and r.
  std::pair<Number, Number> reduceExp(Number x, std::optional<Number> rest);
  /// x = (1 + m) 2^e with 1 + m in sqrt(0.5) … sqrt(2): m and e.
  std::pair<Number, Number> reduceLog(Number x);
  /// log((1 + m) 2^e).
  Number logarithm(Number m, Number e);
  /// log2 of a positive x, of type f32, in f64.
  Number log2InDouble(Number x, MathBuilder &wide);
  /// x = n pi/2 + r with |r| <= pi/4: n and r; in f64.
  std::pair<Number, Number> reduceQuarter(Number x);
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
    Number p = polynomial(r, {1.388252174e-3, 8.366519002e-3, 4.166719981e-2, 1.666654363e-1, 4.999999815e-1});
    return p * multiplyInOrder(r, r) + r;
  }
  Number z = r * r;
  Number p = r * polynomial(z, {1.26177193074810590878e-4, 3.02994407707441961300e-2, 9.99999999999999999910e-1});
  Number q = polynomial(
      z, {3.00198505138664455042e-6, 2.52448340349684104192e-3, 2.27265548208155028766e-1, 2.00000000000000000005e0});
  return number(2.0) * p / (q - p);
}

std::pair<Number, Number> Functions::reduceExp(Number x, std::optional<Number> rest) {
  Number n = floor(x * number(1.44269504088896341) + number(0.5));
  // ln 2 in two parts: n times the first is exact. Both steps in order: LLVM looks at the flags of the second alone.
  Number r = subtractInOrder(x, n * number(isSingle() ? 0.693359375 : 6.93145751953125e-1));
  r = subtractInOrder(r, n * number(isSingle() ? -2.12194440e-4 : 1.42860682030941723212e-6));
  return {n, rest ? addInOrder(r, *rest) : r};
}

Number Functions::expOfSum(Number x, std::optional<Number> rest) {
  // Below 2^-126 (2^-1022) the exponent's bits run over: what they give is not selected.
  auto [n, r] = reduceExp(min(x, largestExponent()), rest);
  Number power = scale(addInOrder(expm1Polynomial(r), number(1.0)), n);
  return select(x < leastExponent(), number(0.0), power);
}

Number Functions::expm1(Number x) {
  x = min(max(x, leastExponent()), largestExponent());
  auto [n, r] = reduceExp(x, std::nullopt);
  // Of half the power: n is up to 128 (1024).
  Number half = powerOfTwo(n - number(1.0));
  return number(2.0) * addInOrder(expm1Polynomial(r) * half, subtractInOrder(half, number(0.5)));
}

Number Functions::exp2(Number x) {
  Number bounded = min(x, number(isSingle() ? 127.99999237060546875 : 1023.99999999999988631));
  Number n = floor(bounded + number(0.5));
  Number r = (bounded - n) * number(0.693147180559945309417);
  Number power = scale(addInOrder(expm1Polynomial(r), number(1.0)), n);
  return select(x < number(isSingle() ? -126.0 : -1022.0), number(0.0), power);
}

std::pair<Number, Number> Functions::reduceLog(Number x) {
  auto [mantissa, exponent] = splitExponent(x); // mantissa in 0.5 … 1
  Value isLow = mantissa < number(0.70710678118654752440);
  return {subtractInOrder(select(isLow, mantissa + mantissa, mantissa), number(1.0)),
          select(isLow, exponent - number(1.0), exponent)};
}

Number Functions::logarithm(Number m, Number e) {
  // m - z/2 + m z p - e c1 + e c2, with ln 2 = c2 - c1 and e c2 exact.
  Number z = multiplyInOrder(m, m), y = z;
  if (isSingle()) {
    Number p = polynomial(m, {7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
                              -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1, -0.5});
    y = multiplyInOrder(p, z);
  } else {
    Number p = polynomial(m, {1.01875663804580931796e-4, 4.97494994976747001425e-1, 4.70579119878881725854e0,
                              1.44989225341610930846e1, 1.79368678507819816313e1, 7.70838733755885391666e0});
    Number q = polynomial(m, {1.0, 1.12873587189167450590e1, 4.52279145837532221105e1, 8.29875266912776603211e1,
                              7.11544750618563894466e1, 2.31251620126765340583e1});
    y = subtractInOrder(multiplyInOrder(m, multiplyInOrder(z, p) / q), number(0.5) * z);
  }
  y = subtractInOrder(y, e * number(2.121944400546905827679e-4));
  return addInOrder(addInOrder(m, y), e * number(0.693359375));
}

Number Functions::log(Number x) {
  auto [m, e] = reduceLog(max(x, smallest()));
  return logarithm(m, e);
}

Number Functions::log1p(Number x) {
  // The neighbour of -1.
  x = max(x, number(isSingle() ? -1.0 + 0x1p-24 : -1.0 + 0x1p-53));
  auto [rounded, e] = reduceLog(x + number(1.0));
  // (1 + x) 2^-e - 1 from x itself, without the rounding of 1 + x; 2^-e by its quadruple, which is normal for every e.
  Number power = powerOfTwo(number(2.0) - e);
  Number m = addInOrder(multiplyInOrder(x, power) * number(0.25), subtractInOrder(power * number(0.25), number(1.0)));
  return logarithm(m, e);
}

//===----------------------------------------------------------------------===//
// tanh, erf, normal_cdf
//===----------------------------------------------------------------------===//

Number Functions::tanh(Number x) {
  if (isSingle()) {
    // x (1 + z p) / (1 + z q); above 1 from where tanh is.
    x = clamp(x, -10.0, 10.0);
    Number z = x * x;
    Number p = polynomial(z, {1.324280158e-8, 2.053404429e-5, 3.491287317e-3, 1.337749710e-1});
    Number q = polynomial(z, {7.732438284e-7, 3.278416019e-4, 2.586090234e-2, 4.671081737e-1, 1.0});
    return clamp((p * multiplyInOrder(z, x) + x) / q, -1.0, 1.0);
  }
  Number a = abs(x), z = x * x;
  Number tail = number(1.0) - number(2.0) / (exp(number(2.0) * min(a, number(20.0))) + number(1.0));
  Number p = polynomial(z, {-9.64399179425052238628e-1, -9.92877231001918586564e1, -1.61468768441708447952e3});
  Number q = polynomial(z, {1.0, 1.12811678491632931402e2, 2.23548839060100448583e3, 4.84406305325125486048e3});
  return select(a < number(0.625), x + multiplyInOrder(x, z) * (p / q), select(x < number(0.0), -tail, tail));
}

Number Functions::erfNearZero(Number x) {
  Number z = x * x;
  return x *
         polynomial(z, {9.60497373987051638749e0, 9.00260197203842689217e1, 2.23200534594684319226e3,
                        7.00332514112805075473e3, 5.55923013010394962768e4}) /
         polynomial(z, {1.0, 3.35617141647503099647e1, 5.21357949780152679795e2, 4.59432382970980127987e3,
                        2.26290000613890934246e4, 4.92673942608635921086e4});
}

Number Functions::erf(Number x) {
  if (isSingle()) {
    // x (2 / sqrt(pi) + z p) / (1 + z q)
    x = clamp(x, -4.0, 4.0);
    Number z = x * x;
    Number p = polynomial(z, {2.184165677e-6, 2.741071738e-4, 3.178645676e-3, 5.091815201e-2, 1.763920159e-1});
    Number q = polynomial(z, {3.892991400e-5, 1.025360521e-3, 1.378171564e-2, 1.083392744e-1, 4.896579624e-1, 1.0});
    return clamp(addInOrder(p * multiplyInOrder(z, x), x * number(1.1283791670955126)) / q, -1.0, 1.0);
  }
  Number far = number(1.0) - number(2.0) * normalCdf(abs(x) * number(-1.41421356237309504880));
  return select(abs(x) < number(1.0), erfNearZero(x), select(x < number(0.0), -far, far));
}

Number Functions::normalCdf(Number x) {
  // Of -a = -|x|, as e^(-a^2/2) times a function without exponential decay; 1 less that for positive x. a^2 in two
  // parts: to round it would be an error that grows with it.
  Number a = min(abs(x), number(isSingle() ? 14.0 : 38.5));
  Number upper = upperHalf(a);
  Number square = upper * upper, rest = (a + upper) * subtractInOrder(a, upper);
  Number decay = expOfSum(number(-0.5) * square, number(-0.5) * rest);
  Number p, q;
  if (isSingle()) {
    p = polynomial(a, {3.990859401e-3, 3.979941516e-2, 1.807776177e-1, 4.350016193e-1, 0.5});
    q = polynomial(a, {1.000345457e-2, 9.976986638e-2, 4.629776853e-1, 1.192333965e0, 1.667888041e0, 1.0});
    Number tail = decay * p / q;
    return select(x > number(0.0), number(1.0) - tail, tail);
  }
  Number z = a * number(0.70710678118654752440);
  Value isFar = z > number(8.0);
  p = select(isFar,
             polynomial(z, {5.64189583547755073984e-1, 1.27536670759978104416e0, 5.01905042251180477414e0,
                            6.16021097993053585195e0, 7.40974269950448939160e0, 2.97886665372100240670e0}),
             polynomial(z, {2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687e0,
                            4.86371970985681366614e1, 1.96520832956077098242e2, 5.26445194995477358631e2,
                            9.34528527171957607540e2, 1.02755188689515710272e3, 5.57535335369399327526e2}));
  q = select(isFar,
             polynomial(z, {1.0, 2.26052863220117276590e0, 9.39603524938001434673e0, 1.20489539808096656605e1,
                            1.70814450747565897222e1, 9.60896809063285878198e0, 3.36907645100081516050e0}),
             polynomial(z, {1.0, 1.32281951154744992508e1, 8.67072140885989742329e1, 3.54937778887819891062e2,
                            9.75708501743205489753e2, 1.82390916687909736289e3, 2.24633760818710981792e3,
                            1.65666309194161350182e3, 5.57535340817727675546e2}));
  Number tail = number(0.5) * select(z < number(1.0), number(1.0) - erfNearZero(z), decay * p / q);
  return select(x > number(0.0), number(1.0) - tail, tail);
}

//===----------------------------------------------------------------------===//
// sin, cos, pow
//===----------------------------------------------------------------------===//

std::pair<Number, Number> Functions::reduceQuarter(Number x) {
  x = clamp(x, -0x1p28, 0x1p28);
  Number n = round(x * number(0.636619772367581343076));
  // pi/2 in three parts: n times the first and n times the second are exact.
  Number r = x;
  for (double part : {0x1.921fb5p+0, 0x1.110b46p-26, 0x1.1a62633145c07p-54})
    r = subtractInOrder(r, n * number(part));
  return {n, r};
}

Number Functions::sinOrCos(Number x, bool isCos) {
  Functions wide(builder_, location_, builder_.getF64Type());
  auto [n, r] = wide.reduceQuarter(isSingle() ? toDouble(x, wide) : x);
  Number sine, cosine;
  if (isSingle()) {
    r = fromDouble(r);
    Number z = multiplyInOrder(r, r);
    sine = polynomial(z, {-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1}) * multiplyInOrder(z, r) + r;
    cosine = polynomial(z, {2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2, -0.5, 1.0});
  } else {
    r = wrap(r.value);
    Number z = multiplyInOrder(r, r);
    sine = polynomial(z, {1.58962301576546568060e-10, -2.50507477628578072866e-8, 2.75573136213857245213e-6,
                          -1.98412698295895385996e-4, 8.33333333332211858878e-3, -1.66666666666666307295e-1}) *
               multiplyInOrder(z, r) +
           r;
    cosine =
        polynomial(z, {-1.13585365213876817300e-11, 2.08757008419747316778e-9, -2.75573141792967388112e-7,
                       2.48015872888517045348e-5, -1.38888888888730564116e-3, 4.16666666666665929218e-2, -0.5, 1.0});
  }
  // The cosine is the sine a quarter on. Odd quarters exchange the two; from the second on the sign changes.
  Value quarter = isCos ? addInteger(toInteger(n), 1) : toInteger(n);
  Number magnitude = select(hasBit(quarter, 1), cosine, sine);
  return select(hasBit(quarter, 2), -magnitude, magnitude);
}

Number Functions::log2InDouble(Number x, MathBuilder &wide) {
  auto [m, e] = reduceLog(x);
  Number numerator = toDouble(m, wide);
  Number s = numerator / (numerator + wide.number(2.0)), z = s * s;
  // log2((1 + s) / (1 - s)) with a relative error of 2^-37.
  return s * wide.polynomial(z, {0.34073255774768979, 0.41167258737895784, 0.57708358719172315, 0.96179667332912322,
                                 2.8853900817901024}) +
         toDouble(e, wide);
}

Number Functions::wholePower(Number x, int64_t y) {
  if (y < 0)
    return number(1.0) / wholePower(x, -y);
  if (y == 0)
    return number(1.0);
  if (y == 1)
    return x;
  Number half = wholePower(x, y / 2);
  Number square = multiplyInOrder(half, half);
  return y % 2 ? multiplyInOrder(square, x) : square;
}

Number Functions::pow(Number x, Number y) {
  if (std::optional<double> constant = getConstant(y)) {
    if (*constant == std::floor(*constant) && std::abs(*constant) <= 64)
      return wholePower(x, int64_t(*constant));
    if (*constant == 0.5)
      return sqrt(max(x, number(0.0)));
    if (*constant == -0.5)
      return number(1.0) / sqrt(max(x, smallest()));
  }
  Number magnitude = max(abs(x), smallest()), power;
  if (isSingle()) {
    // x^y = 2^t = 2^n e^r: t in f64, for what it loses is an error as large as t.
    MathBuilder wide(builder_, location_, builder_.getF64Type());
    Number t = wide.clamp(toDouble(y, wide) * log2InDouble(magnitude, wide), -150.0, 127.9999998);
    Number n = wide.round(t);
    Number r = fromDouble(wide.subtractInOrder(t, n) * wide.number(0.693147180559945309417));
    power = scale(addInOrder(expm1Polynomial(r), number(1.0)), n);
    power = select(t < wide.number(-126.0), number(0.0), power);
  } else {
    power = exp(y * log(magnitude));
  }
  // 0^y as the least number's, but 0 where y is positive; of a negative x only a whole power, with the sign of its
  // parity.
  Number half = y * number(0.5);
  Number ofNegative = select(floor(y) == y, select(floor(half) == half, power, -power), number(0.0));
  Value isZero = both(abs(x) < smallest(), y > number(0.0));
  return select(isZero, number(0.0), select(x < number(0.0), ofNegative, power));
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
      .Case<hl::NormalCdfOp>([&](auto) { return normalCdf(operand(0)); })
      .Case<math::SinOp>([&](auto) { return sinOrCos(operand(0), /*isCos=*/false); })
      .Case<math::CosOp>([&](auto) { return sinOrCos(operand(0), /*isCos=*/true); })
      .Case<math::TanOp>([&](auto) { return sinOrCos(operand(0), false) / sinOrCos(operand(0), true); })
      .Case<math::RsqrtOp>([&](auto) { return number(1.0) / sqrt(max(operand(0), smallest())); })
      .Case<math::PowFOp>([&](auto) { return pow(operand(0), operand(1)); })
      .Default([](Operation *) { return Number(); });
}

static void expand(Operation *op) {
  Type type = op->getNumResults() == 1 ? op->getResult(0).getType() : Type();
  if (!type || !isa<FloatType>(type) ||
      !llvm::all_of(op->getOperandTypes(), [&](Type operand) { return operand == type; }))
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
      if (isa<math::MathDialect>(op->getDialect()) || isa<hl::NormalCdfOp>(op))
        ops.push_back(op);
    });
  });
  for (Operation *op : ops)
    expand(op);
}
