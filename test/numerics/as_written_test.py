"""Arithmetic is computed as written: f32 results of compiled modules have the bits of numpy, which rounds each operation.

Expressions put together at random of operations that IEEE 754 defines to the last bit, for several targets and lengths (vectors and tails), and
what regrouping would change the most. The seeds are fixed; ARGENT_EXPRESSIONS=FIRST:COUNT tries others.
"""
import os
import random
import subprocess
import sys
import tempfile
import unittest

import numpy as np

import executor

F = np.float32
LENGTHS = [1, 5, 16, 37]  # less than a vector of any target, whole ones, and with a tail
BATCH = 3
CONSTANTS = [0.1, 0.25, 3.0, 255.0, 1e-3, 1e5, 7.0, -0.7]


def targets():
    """Those whose code this processor runs: modules name what it lacks."""
    with open("/proc/cpuinfo") as file:
        flags = file.read().split()
    return ["x86-64-linux-avx2"] + (["x86-64-linux-avx512"] if "avx512vl" in flags and "avx512dq" in flags else [])


def predict(models):
    """For each target: it, and `y` of each model as f32. A model is its source and its inputs; all of them are one module."""
    text = "\n".join(executor.evaluated(source, f"f{i}") for i, (source, _) in enumerate(models))
    with tempfile.TemporaryDirectory() as folder:
        path, module = os.path.join(folder, "m.mlir"), os.path.join(folder, "m.agb")
        with open(path, "w") as file:
            file.write(text)
        for target in targets():
            done = subprocess.run([executor.program("argent"), "compile", path, "--target", target, "-o", module], capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"{done.stderr}\n{text}")
            yield target, [executor.run_module(module, f"f{i}", inputs, 1, len(inputs[0]), exact=True)[0] for i, (_, inputs) in enumerate(models)]


class Maker:
    """Statements on tensors of one shape, beside their values in numpy. A value that would leave the finite numbers is dropped."""

    UNARY = {"-{0}": np.negative, "abs({0})": np.abs, "sqrt(abs({0}))": lambda x: np.sqrt(np.abs(x)), "floor({0})": np.floor,
             "ceil({0})": np.ceil, "round({0})": np.round, "relu({0})": lambda x: np.maximum(x, F(0))}
    BINARY = {"{0} + {1}": np.add, "{0} - {1}": np.subtract, "{0} * {1}": np.multiply, "{0} / {1}": np.divide,
              "minimum({0}, {1})": np.minimum, "maximum({0}, {1})": np.maximum,
              "where({0} < {1}, {0}, {1} * 0.5)": lambda x, y: np.where(x < y, x, y * F(0.5)),
              "where({0} >= {1}, {1} - {0}, {0})": lambda x, y: np.where(x >= y, y - x, x)}

    def __init__(self, seed, length):
        self.random, numbers = random.Random(seed), np.random.default_rng(seed)
        self.inputs = [(numbers.standard_normal((BATCH, length)) * 10.0 ** numbers.integers(-3, 4)).astype(F) for _ in range(2)]
        self.length, self.lines = length, []
        self.values = [("x0", self.inputs[0]), ("x1", self.inputs[1])]

    def step(self):
        if self.random.random() < 0.25:
            form, compute = self.random.choice(list(self.UNARY.items()))
            operands = [self.pick()]
        else:
            form, compute = self.random.choice(list(self.BINARY.items()))
            operands = [self.pick(), self.pick() if self.random.random() < 0.6 else self.constant()]
            if "where" not in form and self.random.random() < 0.3:
                operands.reverse()
        value = compute(*(value for _, value in operands))
        if value.dtype != F:
            raise AssertionError(f"{form} is {value.dtype} in numpy")
        # Beyond that the numbers stay finite nothing is asked of a kernel, and of denormal ones numpy's own speed.
        if not np.all(np.isfinite(value)) or np.abs(value).max() > 1e30 or np.any((value != 0) & (np.abs(value) < 1e-30)):
            return
        name = f"v{len(self.lines)}"
        self.lines.append(f"    {name} = {form.format(*(text for text, _ in operands))}")
        self.values.append((name, value))

    def pick(self):
        return self.values[-1] if self.random.random() < 0.5 else self.random.choice(self.values)

    def constant(self):
        number = self.random.choice(CONSTANTS)
        return (f"({number})", F(number))

    def source(self):
        name, value = self.values[-1]
        arguments = ", ".join(f"x{i}: f32[N, {self.length}]" for i in range(2))
        # A value nobody uses is an error of the source: the inputs are of no weight in the result.
        unused = "".join(f" + 0.0 * x{i}" for i in range(2))
        return f"model m({arguments}) -> (y: f32[N, {self.length}]) {{\n" + "\n".join(self.lines) + f"\n    y = {name}{unused}\n}}\n", value


class AsWritten(unittest.TestCase):
    def assert_bits(self, actual, wanted, text):
        # The sign of a zero is nobody's: + 0.0 takes it away.
        same = (actual + F(0)).view(np.int32) == (np.asarray(wanted, F) + F(0)).view(np.int32)
        if not same.all():
            at = tuple(index[0] for index in np.nonzero(~same))
            self.fail(f"{text}\n{(~same).sum()} of {same.size} differ; at {at}: {actual[at]!r} is not {wanted[at]!r}")

    def compare(self, models):
        """Each (source, inputs, wanted)."""
        for target, results in predict([(source, inputs) for source, inputs, _ in models]):
            for (source, _, wanted), y in zip(models, results, strict=True):
                with self.subTest(source, target=target):
                    self.assert_bits(y, wanted, f"{target}\n{source}")

    def test_random(self):
        first, count = map(int, os.environ.get("ARGENT_EXPRESSIONS", "0:24").split(":"))
        models = []
        with np.errstate(all="ignore"):
            for seed in range(first, first + count):
                maker = Maker(seed, LENGTHS[seed % len(LENGTHS)])
                for _ in range(14):
                    maker.step()
                source, wanted = maker.source()
                models.append((f"# seed {seed}\n{source}", maker.inputs, wanted))
        self.compare(models)

    def check(self, *cases):
        """Each (body, inputs, oracle)."""
        models = []
        for body, inputs, oracle in cases:
            arguments = ", ".join(f"x{i}: f32[N, {x.shape[1]}]" for i, x in enumerate(inputs))
            source = f"model m({arguments}) -> (y: f32[N, {inputs[0].shape[1]}]) {{\n{body}\n}}\n"
            models.append((source, inputs, oracle(*inputs)))
        self.compare(models)

    def test_constants_are_not_gathered(self):
        # Gathered, 255 ** 16 is infinite; the power by repeated squaring.
        def power(x):
            y = x / F(255)
            for _ in range(4):
                y = y * y
            return y
        self.assertEqual(power(np.array([[510]], F))[0, 0], 65536)

        def logistic(x):
            for _ in range(7):
                x = F(0.5) * x + F(0.25) * x * x
            return x
        self.check(
            ("y = (x0 / 255.0) ** 16", [np.array([[510, 40, 3, 255]], F)], power),
            ("x = x0\nfor i in range(7) { x = 0.5 * x + 0.25 * x * x }\ny = x", [np.array([[0.6, 0.1, -2.5, 3.1]], F)], logistic),
            ("y = (x0 * 1e-20) * (x1 * 1e-20)", [np.full((1, 4), 1e20, F)] * 2, lambda x, z: (x * F(1e-20)) * (z * F(1e-20))),
            ("y = x0 * 3.0 * 0.3333333", [np.linspace(1, 2, 8, dtype=F)[None]], lambda x: x * F(3) * F(0.3333333)))

    def test_sums_are_not_regrouped(self):
        x = np.linspace(0.1, 99, 33, dtype=F)[None]
        self.check(
            ("y = (x0 + 1e8) - 1e8", [x], lambda x: (x + F(1e8)) - F(1e8)),
            ("y = (x0 + x1) - x0", [x * F(1e6), x], lambda x, z: (x + z) - x),
            ("y = x0 * x1 + x0", [x, x + F(1) / F(3)], lambda x, z: x * z + x),
            ("y = x0 / 7.0", [x], lambda x: x / F(7)),
            ("y = x0 / 3.0 / 5.0", [x], lambda x: x / F(3) / F(5)))

    def test_constant_divisor_of_zero(self):
        # Of a table, or of a number that f32 does not have: infinite where it is taken.
        x = np.array([[3, -2, 1, -5, 0.5]], F)
        with np.errstate(divide="ignore"):
            self.check(
                ("y = where(x0 > 0.0, x0, x0 / zeros(5))", [x], lambda x: np.where(x > 0, x, x / F(0))),
                ("y = x0 / 1e-50", [x], lambda x: x / F(0)),
                ("y = where(x0 > 0.0, x0 / f32([1, 2, 4, 8, 0]), x0)", [x], lambda x: np.where(x > 0, x / np.array([1, 2, 4, 8, 0], F), x)))

    def test_factor_of_a_sum_stays(self):
        # Outside of the sum the divisor would come too late: 64 times 3e37 is infinite.
        source = "model m(x: f32[N, 64]) -> (y: f32[N]) { y = sum(x / 1e30, axis=1) }\n"
        for target, (y,) in predict([(source, [np.full((1, 64), 3e37, F)])]):
            with self.subTest(target=target):
                self.assertAlmostEqual(float(y[0]) / (64 * 3e7), 1, delta=64 * 2.0 ** -24)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
