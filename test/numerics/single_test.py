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
    longest = max(np.size(x) for x in [*case.inputs, result])
    return EPSILON * (OPERATIONS + longest * 2)


def single(text):
    return text.replace("f64", "f32")


def check(case, rng):
    inputs = [x.astype(np.float32).astype(np.float64) if x.dtype.kind == "f" else x for x in case.inputs]
    y = np.asarray(case.oracle(*inputs))
    limit = tolerance(case, y)
    if not case.differentiable:
        shape = cases.tensor(y.shape, y.dtype)
        text = single(function("f", case, f"{case.text}\nreturn %y : {shape}", shape))
        actual, = executor.run(text, "f", inputs, 1)
        return close(actual, y, limit, f"values\n{text}")
    w = rng.standard_normal(y.shape).astype(np.float32).astype(np.float64)
    shape, n = cases.tensor(y.shape), len(inputs)
    body = f"{case.text}\n%p = nn.mul %y, %a{n} : {shape}, {shape}\n"
    body += f"%s = nn.reduce sum %p {list(range(y.ndim))} : {shape}\nreturn %s : tensor<f64>"
    text = single(executor.differentiate(function("f", case, body, "tensor<f64>", [shape])))
    inputs.append(w)
    floats = [i for i, x in enumerate(inputs) if x.dtype.kind == "f"]
    loss = lambda *given: (case.oracle(*given[:-1]) * given[-1]).sum()
    expected = jax.grad(loss, argnums=tuple(floats))(*inputs)
    value, *gradients = executor.run(text, "f", inputs, 1 + len(floats))
    close(value, loss(*inputs), limit, f"value\n{text}")
    for i, actual, wanted in zip(floats, gradients, expected):
        close(actual, wanted, limit, f"gradient of %a{i}\n{text}")


class Single(unittest.TestCase):
    pass


def add_test(stem):
    def test(self):
        for i, make in enumerate(cases.CASES[stem]):
            seed = zlib.crc32(f"{stem} {i} 0".encode())
            with self.subTest(case=i, seed=seed):
                rng = np.random.default_rng(seed)
                check(make(rng), rng)
    setattr(Single, f"test_{stem}", test)


for stem in cases.CASES:
    add_test(stem)

if __name__ == "__main__":
    unittest.main()
