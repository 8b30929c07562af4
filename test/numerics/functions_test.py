"""The language's functions over the whole range of f32: domain, ends and error, compiled as shipped, beside libm in f64 or wider.

    test/numerics/functions_test.py             the table of frontends/ag/LANGUAGE.md is what follows, and no error is above its bound
    test/numerics/functions_test.py --table     prints the table
    test/numerics/functions_test.py --measure   prints what is measured, and where the error is largest

Arguments are every 4093rd of the 2^32 patterns of bits, subnormal ones included, and a thousand neighbours on either side of each place where
something begins or ends. The reference's own error, about 2^-52, is nothing beside an ulp of f32, 2^-23.
"""
import math
import os
import re
import sys
import unittest
from dataclasses import dataclass

import numpy as np

import executor

LARGEST = float(np.finfo(np.float32).max)
SATURATED = 3.4027e38  # at least: the exponential of the largest argument whose exponential is finite
LEAST = 2.0 ** -126  # the least normal number; what is below counts as 0, as operand and as result
TWO_28 = 2.0 ** 28
LOG_LEAST, LOG_LARGEST = math.log(LEAST), 88.72283172607421875  # the largest f32 whose exponential is finite


@dataclass
class Function:
    call: str                    # in the language, of x (and y)
    reference: object            # in f64, on the same numbers
    ulp: float                   # largest error; 0: exact
    domain: str = "all"
    ends: str = ""
    gradient: str = ""
    name: str = ""               # of the row, where it is not the call
    places: tuple = ()           # where something begins or ends
    saturates: bool = True       # else infinity where the result is beyond the range
    limit: float = LARGEST       # where results begin that may be infinite
    threshold: float = LEAST     # results below are 0: a factor is below LEAST
    argument: str = "one"        # what the arguments are: see arguments()
    error: str = ""              # in the table, where it is no number
    shown: bool = True


def longer(f):
    """In x87's 64 bits: for arguments whose f64 function is not exact enough."""
    return lambda x: f(x.astype(np.longdouble)).astype(np.float64)


def clamp_to_normal(x):
    return np.maximum(x, LEAST)


def normal_cdf(x):
    return np.vectorize(math.erfc)(x * -math.sqrt(0.5)) / 2


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, 1) / (1 + e)


def power(x, y):
    whole = y == np.floor(y)
    result = np.power(np.maximum(np.abs(x), LEAST).astype(np.longdouble), y.astype(np.longdouble))
    odd = whole & (np.floor(y / 2) != y / 2)
    result = np.where(x < 0, np.where(whole, np.where(odd, -result, result), 0), result)
    return np.where((x == 0) & (y > 0), 0, result)


def single(x):
    """Rounded as a kernel does."""
    with np.errstate(over="ignore"):
        rounded = np.float64(np.float32(x))
    return np.where(np.abs(rounded) < LEAST, 0, rounded)


ENDS_EXP = (LOG_LEAST, LOG_LARGEST, 0, math.log(2) / 2)
FUNCTIONS = [
    Function("sqrt(x)", lambda x: np.sqrt(np.maximum(x, 0)), .5, "x >= 0", "0 below 0", "0 at and below 0", places=(0, LEAST, 1)),
    Function("rsqrt(x)", lambda x: 1 / np.sqrt(clamp_to_normal(x)), 1.5, "x > 0", "2^63 below 2^-126, and below 0", "0 at and below 0", places=(0, LEAST, 1)),
    Function("exp(x)", np.exp, 1.25, ends="3.4028e38 from 88.723 on; 0 below -87.336", gradient="the result", places=ENDS_EXP),
    Function("expm1(x)", np.expm1, 1.75, ends="3.4028e38 from 88.723 on; -1 below -17", gradient="`exp(x)`", places=ENDS_EXP, threshold=2 * LEAST),
    Function("log(x)", lambda x: np.log(clamp_to_normal(x)), 1.5, "x > 0", "-87.336 below 2^-126, and below 0", "0 at and below 0", places=(0, LEAST, 1)),
    Function("log1p(x)", lambda x: np.log1p(np.maximum(x, -1 + 2.0 ** -24)), 1.75, "x > -1", "-16.636 from -1 down", "0 at and below -1", places=(-1, 0, -.29, .41)),
    Function("sin(x)", lambda x: longer(np.sin)(np.clip(x, -TWO_28, TWO_28)), 1.75, "|x| <= 2^28", "beyond, the value there", places=(0, math.pi, TWO_28)),
    Function("cos(x)", lambda x: longer(np.cos)(np.clip(x, -TWO_28, TWO_28)), 1.75, "|x| <= 2^28", "beyond, the value there", places=(0, math.pi / 2, TWO_28)),
    Function("tanh(x)", np.tanh, 6, ends="1 and -1 from 9.02 on", gradient="exactly 0 from 9.02 on", places=(0, 9.02, -9.02, 1)),
    Function("erf(x)", np.vectorize(math.erf), 7, ends="1 and -1 from 4 on", places=(0, 4, -4, 1)),
    Function("sigmoid(x)", sigmoid, 2.5, ends="0 below -87.336; 1 from 17 on", places=(0, LOG_LEAST, -LOG_LARGEST, 17)),
    Function("softplus(x)", softplus, 2.5, ends="0 below -87.336", gradient="`sigmoid(x)`: 1/2 at 0", places=(0, LOG_LEAST, 17)),
    Function("softsign(x)", lambda x: x / (1 + np.abs(x)), 1.5, gradient="1 at 0", places=(0, 1, -1, 2.0 ** 24)),
    Function("relu(x)", lambda x: np.maximum(x, 0), 0, gradient="0 at 0", places=(0,)),
    Function("leaky_relu(x, slope=0.01)", lambda x: np.where(x > 0, x, x * single(0.01)), .5, gradient="`slope` at 0", places=(0,), name="leaky_relu(x)"),
    Function("elu(x)", lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), 1.75, ends="-1 below -17", gradient="`alpha` at 0", places=(0, -17), threshold=2 * LEAST),
    Function("selu(x)", lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0))), 4, ends="-1.7581 below -17; infinity beyond the range",
             gradient="1.7581 at 0", places=(0, -17), saturates=False, threshold=4 * LEAST),
    Function("gelu(x)", lambda x: x * normal_cdf(x), 8, ends="0 below -12.9", places=(0, -12.9, -5.5, 6), threshold=2e-37),
    Function("silu(x)", lambda x: x * sigmoid(x), 3, ends="0 below -87.336", places=(0, LOG_LEAST, -17, 17), threshold=1.1e-36),
    Function("hard_sigmoid(x)", lambda x: np.clip(x / 6 + .5, 0, 1), 2, gradient="1/6 at -3 and 3", places=(-3, 3, 0)),
    Function("hard_swish(x)", lambda x: x * np.clip(x / 6 + .5, 0, 1), 3, gradient="as of its factors", places=(-3, 3, 0)),
    Function("abs(x)", np.abs, 0, gradient="0 at 0", places=(0,)),
    Function("sign(x)", np.sign, 0, gradient="0", places=(0,)),
    Function("floor(x)", np.floor, 0, gradient="0", places=(0, 1, -1, 2.0 ** 23)),
    Function("ceil(x)", np.ceil, 0, gradient="0", places=(0, 1, -1, 2.0 ** 23)),
    Function("round(x)", np.rint, 0, ends="halves to even", gradient="0", places=(0, .5, -.5, 1.5, 2.0 ** 23)),
    Function("clamp(x, -1.5, 2.5)", lambda x: np.clip(x, -1.5, 2.5), 0, gradient="1 at the ends", places=(-1.5, 2.5), name="clamp(x, low, high)"),
    Function("maximum(x, y)", np.maximum, 0, gradient="of equals x gets it", argument="two"),
    Function("minimum(x, y)", np.minimum, 0, gradient="of equals x gets it", argument="two"),
    Function("x ** y", power, 1.25, "x > 0, or x = 0 and y >= 0, or y whole",
             "x ** 0 is 1; a negative x has the sign of y's parity, and gives 0 if y is not whole; 0 ** y, y < 0, is (2^-126) ** y; ±3.4028e38 beyond the range",
             "in x: y x ** (y - 1); in y: 0 where x <= 0", argument="power"),
    Function("x ** 2", lambda x: x * x, .5, "k a whole constant, |k| <= 64", "products: infinity beyond the range; x ** -k is 1 / x ** k, infinity from 2^126 on", "k x ** (k - 1)", name="x ** k", error="k - 1, for k < 0 k", saturates=False),
    Function("x ** 3", lambda x: x ** 3, 2, saturates=False, shown=False, threshold=2e-38),
    Function("x ** -3", lambda x: x ** -3, 3, saturates=False, limit=2.0 ** 126, shown=False, threshold=2e-38),
    Function("x ** 64", lambda x: x ** 64, 63, saturates=False, shown=False, threshold=1e-18),
    Function("x ** 0.5", lambda x: np.sqrt(np.maximum(x, 0)), .5, shown=False),
    Function("x ** -0.5", lambda x: 1 / np.sqrt(clamp_to_normal(x)), 1.5, shown=False),
    Function("x + y", np.add, .5, ends="infinity beyond the range", saturates=False, argument="two"),
    Function("x - y", np.subtract, .5, ends="infinity beyond the range", saturates=False, argument="two"),
    Function("x * y", np.multiply, .5, ends="infinity beyond the range", saturates=False, argument="two"),
    Function("x / y", np.divide, .5, "y != 0", "infinity beyond the range; 0 / 0 is no number", saturates=False, argument="divisor"),
    Function("x // y", lambda x, y: np.floor(single(x / y)), 0, "y != 0", "floor of the rounded quotient; infinity beyond the range", "0", saturates=False, argument="divisor"),
    Function("huber(x, y)", lambda x, y: np.minimum(np.abs(x - y), 1) * (np.abs(x - y) - np.minimum(np.abs(x - y), 1) / 2), 2, ends="infinity beyond the range",
             saturates=False, argument="two"),
    Function("binary_cross_entropy(x, y)", lambda x, y: y * softplus(-x) + (1 - y) * softplus(x), 4, "0 <= y <= 1", "infinity beyond the range", gradient="`sigmoid(x) - y`: 1/2 - y at 0",
             saturates=False, argument="target", threshold=2e-38),
]


# ---- arguments ----

ROW = 4096
rng = np.random.default_rng(20261128)


def singles(bits):
    x = np.asarray(bits, np.uint64).astype(np.uint32).view(np.float32)
    return x[np.isfinite(x)]


def patterns(places):
    """Every 4093rd f32 (a prime, so that no digit of the significand is always the same), and what is beside each of the places."""
    near = [np.float32(p).view(np.uint32).astype(np.int64) + np.arange(-1000, 1001) for p in (*places, LEAST, -LEAST, LARGEST, -LARGEST)]
    return np.concatenate([singles(np.arange(0, 2 ** 32, 4093)), singles(np.concatenate(near) % 2 ** 32)])


def anything(count):
    x = rng.integers(0, 2 ** 32, count, dtype=np.uint32).view(np.float32)
    return np.where(np.isfinite(x), x, np.float32(1))


def special_pairs():
    values = np.float32([0, LEAST, -LEAST, 1, -1, 2, -2, .5, -.5, 1.5, -1.5, 3, -3, 2 ** 24, -2.0 ** 24, 2 ** 24 - 1, 1 + 2.0 ** -23, 1 - 2.0 ** -24, LARGEST, -LARGEST])
    x, y = np.meshgrid(values, values)
    return x.ravel(), y.ravel()


def power_pairs():
    """Results of every size: of any x, of x near 1, and whole powers of negative x."""
    x = np.concatenate([np.abs(anything(2 ** 19)), np.float32(1 + rng.uniform(-1, 1, 2 ** 19) * 2.0 ** rng.uniform(-24, -1, 2 ** 19))])
    x = np.maximum(x, np.float32(LEAST))
    with np.errstate(divide="ignore"):
        y = np.float32(np.clip(rng.uniform(-152, 130, x.size) / np.log2(x.astype(np.float64)), -LARGEST, LARGEST))
    base = np.float32(-2.0 ** rng.uniform(-30, 30, 2 ** 18))
    whole = np.float32(np.rint(rng.uniform(-130, 130, base.size) / np.log2(np.abs(base.astype(np.float64)))))
    a, b = special_pairs()
    return np.concatenate([x, base, a]), np.concatenate([y, np.clip(whole, -2.0 ** 30, 2.0 ** 30), b])


def arguments(function):
    if function.argument == "one":
        return [patterns(function.places)]
    if function.argument == "power":
        return power_pairs()
    if function.argument == "target":
        x = patterns((0, 17, -17, LOG_LEAST))
        return x, np.float32(np.clip(rng.uniform(-.2, 1.2, x.size), 0, 1))
    a, b = special_pairs()
    x, y = np.concatenate([anything(2 ** 20), a]), np.concatenate([anything(2 ** 20), b])
    if function.argument == "divisor":
        y = np.where(np.abs(y) < LEAST, np.float32(1), y)
    return x, y


# ---- measuring ----

def run(functions):
    """The results of functions with the same kind of arguments, through the compiler."""
    given = [arguments(function) for function in functions]
    rows = -(-max(x[0].size for x in given) // ROW)
    padded = [np.concatenate([a, np.ones(rows * ROW - a.size, np.float32)]).reshape(rows, ROW) for x in given for a in x]
    names = [f"{n}{i}" for i in range(len(functions)) for n in ("x", "y")[: len(given[i])]]
    body = [re.sub(r"\b([xy])\b", rf"\g<1>{i}", function.call) for i, function in enumerate(functions)]
    source = f"model m({', '.join(f'{n}: f32[N, {ROW}]' for n in names)}) -> ({', '.join(f'r{i}: f32[N, {ROW}]' for i in range(len(body)))}) {{\n"
    source += "".join(f"    r{i} = {text}\n" for i, text in enumerate(body)) + "}\n"
    results = executor.shipped(source, "predict", padded, len(body), rows, language="ag")
    return [(x, r.ravel()[: x[0].size]) for x, r in zip(given, results)]


def shown(values):
    return ", ".join(f"{float(v):.9g}" for v in values)


def measure(function, given, result):
    """The largest error in ulp and where it is; an error that no bound allows is an AssertionError."""
    result = result.astype(np.float64)
    zeroed = [np.where(np.abs(a) < LEAST, np.copysign(np.float32(0), a), a).astype(np.float64) for a in given]
    with np.errstate(all="ignore"):
        exact = function.reference(*zeroed)
        size = np.abs(exact).astype(np.float64)
        tooLarge, tooSmall = size > LARGEST, size < function.threshold
        ulp = np.ldexp(1.0, np.frexp(np.clip(size, LEAST, LARGEST))[1] - 24)
        difference = np.abs((result - exact).astype(np.float64))
        error = np.where(tooLarge | tooSmall, 0, difference / ulp)

    def forbid(where, what):
        if where.any():
            i = int(np.argmax(where))
            raise AssertionError(f"{function.call} at {shown(a[i] for a in given)} is {result[i]:.9g}, {what}; exact: {exact[i]:.9g}")

    forbid(np.isnan(result), "no number")
    if function.saturates:
        forbid(np.isinf(result), "infinite")
        forbid(tooLarge & (result * np.sign(exact) < SATURATED), "not the largest number")
    else:
        forbid(np.isinf(result) & (size < function.limit * (1 - 2.0 ** -20)), "infinite")
        forbid(tooLarge & (result * np.sign(exact) < LARGEST * (1 - 2.0 ** -20)), "too small")
    forbid(tooSmall & ~(difference < function.threshold), "not 0")
    error = np.where(np.isfinite(error), error, 0)
    worst = int(np.argmax(error))
    return error[worst], [a[worst] for a in given]


def table():
    lines = ["| function | domain | at its ends, and outside | error in ulp | gradient at corners and ends |", "|---|---|---|---|---|"]
    for f in FUNCTIONS:
        if f.shown:
            name = (f.name or f.call).replace("|", "\\|")
            lines.append(f"| `{name}` | {f.domain.replace('|', chr(92) + '|')} | {f.ends} | {f.error or (f'{f.ulp:g}' if f.ulp else 'exact')} | {f.gradient} |")
    return "\n".join(lines) + "\n"


def groups():
    """Functions that one module computes: a module for each would take ten times as long to compile."""
    one = [f for f in FUNCTIONS if f.argument == "one"]
    return [one[i:i + 8] for i in range(0, len(one), 8)] + [[f] for f in FUNCTIONS if f.argument != "one"]


class Functions(unittest.TestCase):
    def test_errors(self):
        for group in groups():
            for function, (given, result) in zip(group, run(group)):
                with self.subTest(function.call):
                    error, place = measure(function, given, result)
                    self.assertLessEqual(error, function.ulp + 1e-6, f"{function.call} at {shown(place)}")

    def test_table(self):
        with open(os.path.join(os.environ["ARGENT_SOURCE"], "frontends/ag/LANGUAGE.md")) as file:
            self.assertIn(table(), file.read(), "the table of LANGUAGE.md is to be what --table prints")


def main():
    if "--table" in sys.argv:
        print(table(), end="")
    elif "--measure" in sys.argv:
        print("stated  measured  function")
        for group in groups():
            for function, (given, result) in zip(group, run(group)):
                try:
                    error, place = measure(function, given, result)
                    print(f"{function.ulp:6g}  {error:8.3f}  {function.call} at {shown(place)}")
                except AssertionError as problem:
                    print(f"                  {problem}")
    else:
        unittest.main()


if __name__ == "__main__":
    main()
