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


def function(case, body, result_type, extra=()):
    arguments = ", ".join(f"%a{i}: {t}" for i, t in enumerate([*case.types, *extra]))
    return f"func.func @f({arguments}) -> {result_type} {{\n{body}\n}}\n"


def check_values(case):
    y = case.oracle(*case.inputs)
    shape = cases.tensor(y.shape, y.dtype)
    text = function(case, f"{case.text}\nreturn %y : {shape}", shape)
    for batch, inputs, (actual,) in executor.run_batches(text, "f", case.inputs, 1):
        with cases.batch(batch):
            close(actual, case.oracle(*inputs), TOLERANCE, f"values for a batch of {batch}\n{text}")


def check_gradients(case, rng, smooth):
    """loss = sum(y * w): its gradient by w is y, so values come with it."""
    y = case.oracle(*case.inputs)
    w = rng.standard_normal(y.shape)
    shape = cases.tensor(y.shape)
    n, rank = len(case.inputs), y.ndim
    body = f"{case.text}\n%p = nn.mul %y, %a{n} : {shape}, {shape}\n"
    body += f"%s = nn.reduce sum %p {list(range(rank))} : {shape}\nreturn %s : tensor<f64>"
    text = function(case, body, "tensor<f64>", [shape])
    inputs = [*case.inputs, w]
    floats = [i for i, x in enumerate(inputs) if x.dtype.kind == "f"]
    loss = lambda *inputs: (case.oracle(*inputs[:-1]) * inputs[-1]).sum()
    for batch, rows, (value, *gradients) in executor.run_batches(executor.differentiate(text), "f", inputs, 1 + len(floats)):
        with cases.batch(batch):
            wanted, expected = jax.value_and_grad(loss, argnums=tuple(floats))(*rows)
        close(value, wanted, TOLERANCE, f"value for a batch of {batch}\n{text}")
        for i, actual, gradient in zip(floats, gradients, expected):
            close(actual, gradient, TOLERANCE, f"gradient of %a{i} for a batch of {batch}\n{text}")
    if not smooth:
        return
    h = 1e-5
    directions = [rng.standard_normal(x.shape) if i in floats else 0 for i, x in enumerate(inputs)]
    ends = [executor.run(text, "f", [x + sign * h * d if i in floats else x for i, (x, d) in enumerate(zip(inputs, directions))], 1)[0]
            for sign in (1, -1)]
    slope = sum((g * directions[i]).sum() for i, g in zip(floats, gradients))
    close((ends[0] - ends[1]) / (2 * h), slope, DIFFERENCE * (1 + max(np.abs(g).max(initial=0) for g in gradients)),
          f"central difference\n{text}")


# A small step may cross an edge of these, or equal elements meet there.
NOT_SMOOTH = {"sign", "floor", "ceil", "round", "abs", "relu", "stop_gradient", "cast", "max", "min", "reduce", "pool"}


class Ops(unittest.TestCase):
    pass


def add_test(stem):
    def test(self):
        for i, make in enumerate(cases.CASES[stem]):
            for round in range(ROUNDS):
                seed = zlib.crc32(f"{stem} {i} {round}".encode())
                with self.subTest(case=i, seed=seed):
                    rng = np.random.default_rng(seed)
                    case = make(rng)
                    if case.differentiable:
                        check_gradients(case, rng, stem not in NOT_SMOOTH)
                    else:
                        check_values(case)
    setattr(Ops, f"test_{stem}", test)


for stem in cases.CASES:
    add_test(stem)

if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        print("\n".join(cases.CASES))
    else:
        unittest.main()
