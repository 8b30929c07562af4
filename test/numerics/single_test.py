"""Every op's values and gradients in f32, through the whole compiler, against JAX in f64 on the same (rounded) numbers."""
import os
import sys
import unittest
import zlib

os.environ["ARGENT_EXECUTOR"] = "compiled"

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import cases
import executor
from ops_test import close, function

EPSILON = 2.0 ** -24  # half the distance of neighbours: the rounding error of one f32 operation
# Rounding errors that one element goes through besides its sums: a handful of operations, functions of up to 6 ulp
# (hl-expand-math), their derivatives at arguments of size 3.
OPERATIONS = 100


def tolerance(case, result):
    """A sum of n terms is off by at most n units of the sum of their magnitudes (Higham, Accuracy and Stability of Numerical Algorithms,
    4.2), and in practice by its square root; 2 n units of the largest result are allowed. No sum of a case is longer than its largest tensor."""
    longest = max(x.size for x in [*case.inputs, result])
    return EPSILON * (OPERATIONS + longest * 2)


def single(text):
    return text.replace("f64", "f32")


class Function:
    """A case in f32: its value, and where it has some, the gradients of sum(y * w)."""

    def __init__(self, name, case, rng):
        self.inputs = [x.astype(np.float32).astype(np.float64) if x.dtype.kind == "f" else x for x in case.inputs]
        self.oracle, self.differentiable = case.oracle, case.differentiable
        y = cases.result_type(case.oracle, self.inputs)
        self.limit = tolerance(case, y)
        shape, n = cases.tensor(y.shape, y.dtype), len(self.inputs)
        self.floats = []
        if not case.differentiable:
            self.text = function(name, case, f"{case.text}\nreturn %y : {shape}", shape)
        else:
            self.inputs.append(rng.standard_normal(y.shape).astype(np.float32).astype(np.float64))
            self.floats = cases.floats_of(self.inputs)
            body = f"{case.text}\n%p = nn.mul %y, %a{n} : {shape}, {shape}\n"
            body += f"%s = nn.reduce sum %p {list(range(y.ndim))} : {shape}\nreturn %s : tensor<f64>"
            self.text = function(name, case, body, "tensor<f64>", [shape])
        self.call = name, self.inputs, 1 + len(self.floats)

    def check(self, value, *gradients):
        if not self.differentiable:
            return close(value, cases.value(self.oracle, self.inputs), self.limit, f"values\n{self.text}")
        loss = lambda *given: (self.oracle(*given[:-1]) * given[-1]).sum()
        wanted, expected = cases.value_and_gradients(loss, self.inputs, self.floats)
        close(value, wanted, self.limit, f"value\n{self.text}")
        for i, actual, gradient in zip(self.floats, gradients, expected, strict=True):
            close(actual, gradient, self.limit, f"gradient of %a{i}\n{self.text}")


class Single(unittest.TestCase):
    pass


def add_test(stem):
    """All of a stem's functions are one module, or two: of what is differentiated, and of the rest."""
    def test(self):
        functions = []
        for i, make in enumerate(cases.CASES[stem]):
            seed = zlib.crc32(f"{stem} {i} 0".encode())
            rng = np.random.default_rng(seed)
            functions.append((Function(f"f{i}", make(rng), rng), dict(case=i, seed=seed)))
        for differentiable, transform in (False, lambda text: text), (True, executor.differentiate):
            made = [(f, place) for f, place in functions if f.differentiable == differentiable]
            if not made:
                continue
            text = single(transform("".join(f.text for f, _ in made)))
            for (f, place), results in zip(made, executor.run_calls(text, [f.call for f, _ in made]), strict=True):
                with self.subTest(**place):
                    f.check(*results)
    setattr(Single, f"test_{stem}", test)


for stem in cases.CASES:
    add_test(stem)

if __name__ == "__main__":
    unittest.main()
