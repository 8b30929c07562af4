"""Every op's values and gradients against JAX in f64, and against central differences, on random shapes."""
import os
import sys
import unittest
import zlib

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import cases
import executor

ROUNDS = int(os.environ.get("ARGENT_ROUNDS", "3"))
TOLERANCE = 1e-10  # f64 sums of a few hundred terms, in another order
DIFFERENCE = 1e-6  # central differences of smooth functions with h = 1e-5: h^2 and eps / h


def close(actual, expected, tolerance, message):
    expected = np.asarray(expected, dtype=np.float64)
    assert actual.shape == expected.shape, f"{message}: shape {actual.shape}, expected {expected.shape}"
    scale = max(1.0, np.max(np.abs(expected), initial=0))
    error = np.max(np.abs(actual - expected), initial=0) / scale
    assert error <= tolerance, f"{message}: off by {error:.3g}"


def function(name, case, body, result_type, extra=()):
    arguments = ", ".join(f"%a{i}: {t}" for i, t in enumerate([*case.types, *extra]))
    return f"func.func @{name}({arguments}) -> {result_type} {{\n{body}\n}}\n"


class Values:
    """The results of an op."""

    def __init__(self, name, case):
        y = cases.result_type(case.oracle, case.inputs)
        shape = cases.tensor(y.shape, y.dtype)
        self.case, self.call = case, (name, case.inputs, 1)
        self.text = function(name, case, f"{case.text}\nreturn %y : {shape}", shape)

    def check(self, results):
        for batch, inputs, (actual,) in results:
            with cases.batch(batch):
                close(actual, cases.value(self.case.oracle, inputs), TOLERANCE, f"values for a batch of {batch}\n{self.text}")


class Gradients:
    """loss = sum(y * w): its gradient by w is y, so values come with it."""

    def __init__(self, name, case, rng):
        y = cases.result_type(case.oracle, case.inputs)
        shape = cases.tensor(y.shape)
        n, rank = len(case.inputs), y.ndim
        body = f"{case.text}\n%p = nn.mul %y, %a{n} : {shape}, {shape}\n"
        body += f"%s = nn.reduce sum %p {list(range(rank))} : {shape}\nreturn %s : tensor<f64>"
        self.text = function(name, case, body, "tensor<f64>", [shape])
        self.name, self.rng = name, rng
        self.inputs = [*case.inputs, rng.standard_normal(y.shape)]
        self.floats = cases.floats_of(self.inputs)
        self.loss = lambda *inputs: (case.oracle(*inputs[:-1]) * inputs[-1]).sum()
        self.call = name, self.inputs, 1 + len(self.floats)

    def check(self, results):
        for batch, rows, (value, *gradients) in results:
            with cases.batch(batch):
                wanted, expected = cases.value_and_gradients(self.loss, rows, self.floats)
            close(value, wanted, TOLERANCE, f"value for a batch of {batch}\n{self.text}")
            for i, actual, gradient in zip(self.floats, gradients, expected, strict=True):
                close(actual, gradient, TOLERANCE, f"gradient of %a{i} for a batch of {batch}\n{self.text}")
        self.gradients = gradients  # of the whole inputs, which come last

    H = 1e-5

    def ends(self):
        """The calls a small step before and behind the inputs, along a direction."""
        self.directions = [self.rng.standard_normal(x.shape) if i in self.floats else 0 for i, x in enumerate(self.inputs)]
        return [(self.name, [x + sign * self.H * d if i in self.floats else x for i, (x, d) in enumerate(zip(self.inputs, self.directions))], 1)
                for sign in (1, -1)]

    def check_ends(self, above, below):
        slope = sum((g * self.directions[i]).sum() for i, g in zip(self.floats, self.gradients))
        close((above - below) / (2 * self.H), slope, DIFFERENCE * (1 + max(np.abs(g).max(initial=0) for g in self.gradients)),
              f"central difference\n{self.text}")


# A small step may cross an edge of these, or equal elements meet there.
NOT_SMOOTH = {"sign", "floor", "ceil", "round", "abs", "relu", "stop_gradient", "cast", "max", "min", "reduce", "pool"}


class Ops(unittest.TestCase):
    pass


def add_test(stem):
    """All of a stem's functions are one module: differentiated, and as they are for the central differences."""
    def test(self):
        values, gradients = [], []
        for i, make in enumerate(cases.CASES[stem]):
            for round in range(ROUNDS):
                seed = zlib.crc32(f"{stem} {i} {round}".encode())
                rng = np.random.default_rng(seed)
                case = make(rng)
                made = Gradients(f"f{i}_{round}", case, rng) if case.differentiable else Values(f"f{i}_{round}", case)
                (gradients if case.differentiable else values).append((made, dict(case=i, seed=seed)))

        def check(made, transform):
            if not made:
                return
            text = transform("".join(function.text for function, _ in made))
            for (function, place), results in zip(made, executor.run_calls_in_batches(text, [function.call for function, _ in made]), strict=True):
                with self.subTest(**place):
                    function.check(results)

        check(values, lambda text: text)
        check(gradients, executor.differentiate)
        if gradients and stem not in NOT_SMOOTH:
            calls = [call for function, _ in gradients for call in function.ends()]
            ends = [value for value, in executor.run_calls("".join(function.text for function, _ in gradients), calls)]
            for (function, place), above, below in zip(gradients, ends[::2], ends[1::2], strict=True):
                with self.subTest(**place):
                    function.check_ends(above, below)
    setattr(Ops, f"test_{stem}", test)


for stem in cases.CASES:
    add_test(stem)

if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        print("\n".join(cases.CASES))
    else:
        unittest.main()
