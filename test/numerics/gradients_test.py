"""Gradients where a derivative is infinite, has no value or jumps, through the whole compiler in f32: zero wherever the loss does not depend
on an element, the documented one at a corner, the derivative everywhere else."""
import os
import subprocess
import tempfile
import unittest

import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import jax.numpy as jnp
import numpy as np

import executor

TOLERANCE = 4e-6  # of f32: some ten roundings, each of a function with an error of a few ulp

# Zeros of both signs, a number whose square underflows, ends, both sides.
POINTS = np.array([-30, -2, -1, -0.5, -1e-3, -0.0, 0.0, 1e-30, 1e-3, 0.5, 1, 2, 30], np.float32)


def gradients(bodies, inputs):
    """The gradients to x and z of `sum(w * r)` for bodies (and their shape) that define r: `inputs` are x, z and w of each. With --checked and as
    shipped."""
    sources = [f"model m(x: f32[{shape}], z: f32[{shape}], w: f32[{shape}]) -> (y: f32[]) {{\n{body}\ny = sum(w * r)\n}}\n" for body, shape in bodies]
    text = executor.differentiate("\n".join(executor.evaluated(source, f"f{i}") for i, source in enumerate(sources)))
    results = []
    with tempfile.TemporaryDirectory() as folder:
        source, module = os.path.join(folder, "f.mlir"), os.path.join(folder, "f.agb")
        with open(source, "w") as file:
            file.write(text)
        for flags in (["--checked"], []):
            done = subprocess.run([executor.program("argent"), "compile", source, *flags, "-o", module], capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"argent compile {flags}: {done.stderr}\n{text}")
            results.append([executor.run_module(module, f"f{i}", three, 4, len(three[0]))[1:3] for i, three in enumerate(inputs)])
    return results


class Gradients(unittest.TestCase):
    def check(self, cases, shape="N", tolerance=TOLERANCE):
        """Each case: the body in x and z, those inputs and the gradients wanted (None: not asked for)."""
        bodies = [(body, shape) for body, *_ in cases]
        inputs = [(x, z, np.ones_like(x)) for _, x, z, *_ in cases]
        for results in gradients(bodies, inputs):
            for (body, x, z, *wanted), actual in zip(cases, results):
                for name, gradient, expected in zip("xz", actual, wanted):
                    if expected is None:
                        continue
                    with self.subTest(body, to=name):
                        expected = np.asarray(expected)
                        self.assertTrue(np.isfinite(gradient).all(), f"x {x}\nz {z}\n{gradient}")
                        error = np.abs(gradient - expected) / np.maximum(np.abs(expected), 1)
                        self.assertLess(error.max(), tolerance, f"x {x}\nz {z}\n{gradient}\n{expected}")

    def test_masked(self):
        """where(mask, f(x), 0): f's derivative where the mask holds, else 0."""
        x, z = POINTS, np.full_like(POINTS, 1.5)
        masks = {"x > 0.0": x > 0, "x > 1e-3": x > 1e-3, "x != 0.0": x != 0, "abs(x) < 1.0": abs(x) < 1, "abs(x) >= 0.5": abs(x) >= 0.5,
                 "x >= 1e-3": x >= 1e-3}
        cases = []
        for mask, body, oracle in [
                ("x >= 1e-3", "sqrt(x)", lambda x, z: jnp.sqrt(x)), ("x >= 1e-3", "log(x)", lambda x, z: jnp.log(x)),
                ("x >= 1e-3", "rsqrt(x)", lambda x, z: x ** -0.5), ("x >= 1e-3", "x ** 0.5", lambda x, z: x ** 0.5),
                ("x >= 1e-3", "x ** -0.5", lambda x, z: x ** -0.5), ("x >= 1e-3", "x ** -1.5", lambda x, z: x ** -1.5),
                ("x >= 1e-3", "x ** z", lambda x, z: x ** z), ("x >= 1e-3", "x * log(x)", lambda x, z: x * jnp.log(x)),
                ("abs(x) >= 0.5", "z / x", lambda x, z: z / x), ("abs(x) >= 0.5", "x / x", lambda x, z: x / x),
                ("abs(x) >= 0.5", "x ** -2", lambda x, z: x ** -2), ("abs(x) >= 0.5", "tanh(z / x)", lambda x, z: jnp.tanh(z / x)),
                ("abs(x) >= 0.5", "exp(z / x)", lambda x, z: jnp.exp(z / x)), ("abs(x) >= 0.5", "sin(z / x)", lambda x, z: jnp.sin(z / x)),
                ("abs(x) >= 0.5", "sigmoid(1.0 / x) * z", lambda x, z: jax.nn.sigmoid(1 / x) * z),
                ("abs(x) >= 0.5", "abs(z / x)", lambda x, z: abs(z / x)), ("abs(x) >= 0.5", "(z / x) ** 2", lambda x, z: (z / x) ** 2),
                ("abs(x) >= 0.5", "(1.0 / x) / (z / x)", lambda x, z: (1 / x) / (z / x)),
                ("abs(x) >= 0.5", "relu(z / x)", lambda x, z: jax.nn.relu(z / x)),
                ("abs(x) < 1.0", "sqrt(1.0 - x * x)", lambda x, z: jnp.sqrt(1 - x * x)),
                ("abs(x) < 1.0", "log(1.0 - x ** 2)", lambda x, z: jnp.log(1 - x ** 2)),
                ("abs(x) < 1.0", "log((1.0 + x) / (1.0 - x))", lambda x, z: jnp.log((1 + x) / (1 - x)))]:
            held = masks[mask]
            safe = np.where(held, x, 0.75)
            wanted = jax.vmap(jax.grad(oracle, argnums=(0, 1)))(safe.astype(np.float64), z.astype(np.float64))
            cases.append((f"r = where({mask}, {body}, 0.0)", x, z, *(np.where(held, g, 0) for g in wanted)))
        self.check(cases, tolerance=4e-5)  # x ** z

    def test_zero_gradients(self):
        """A loss of weight 0: its gradient is 0, whatever stands there."""
        bodies = ["sqrt(x)", "log(x)", "rsqrt(x)", "z / x", "x / (x * x)", "x ** -3", "x ** 0.25", "x ** z", "log(z / x)", "tanh(1.0 / x)",
                  "sqrt(1.0 / x)", "exp(x * 30.0)", "(1.0 / x) * (z / x)"]
        inputs = [(POINTS, POINTS[::-1].copy(), np.zeros_like(POINTS))] * len(bodies)
        for results in gradients([("r = " + body, "N") for body in bodies], inputs):
            for body, actual in zip(bodies, results):
                for gradient in actual:
                    with self.subTest(body):
                        np.testing.assert_array_equal(gradient, 0)

    def test_corners(self):
        """As the table in LANGUAGE.md says."""
        x = np.array([-2, -1, -0.0, 0.0, 1, 2], np.float32)
        z = np.array([-2, 1, 0.0, -0.0, 1, 5], np.float32)
        one, none = np.ones(6), np.zeros(6)
        self.check([
            ("r = abs(x)", x, z, [-1, -1, 0, 0, 1, 1]), ("r = relu(x)", x, z, [0, 0, 0, 0, 1, 1]),
            ("r = leaky_relu(x, slope=0.25)", x, z, [0.25, 0.25, 0.25, 0.25, 1, 1]),
            ("r = maximum(x, z)", x, z, [1, 0, 1, 1, 1, 0], [0, 1, 0, 0, 0, 1]),
            ("r = minimum(x, z)", x, z, [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]),
            ("r = clamp(x, -1.0, 1.0)", x, z, [0, 1, 1, 1, 1, 0]), ("r = sign(x) + floor(x) + ceil(x) + round(x)", x, z, none),
            ("r = hinge(x, z)", x, z, [0, -1, 0, 0, 0, 0]), ("r = stop_gradient(x) + x", x, z, one),
            ("r = sqrt(x)", x, z, [0, 0, 0, 0, 0.5, 0.5 / 2 ** 0.5]), ("r = log(x)", x, z, [0, 0, 0, 0, 1, 0.5]),
            ("r = sqrt(x * x)", x, z, [-1, -1, 0, 0, 1, 1]),
            ("r = max(stack([x, z, x], axis=1), axis=1)", x, z, [2 / 3, 0, 2 / 3, 2 / 3, 2 / 3, 0], [1 / 3, 1, 1 / 3, 1 / 3, 1 / 3, 1]),
            ("r = min(stack([x, z], axis=1), axis=1)", x, z, [0.5, 1, 0.5, 0.5, 0.5, 1], [0.5, 0, 0.5, 0.5, 0.5, 0]),
        ])

    def test_smooth(self):
        """These have a derivative everywhere, at 0 and where the pieces of their formulas meet, too."""
        x, z = POINTS, np.linspace(0, 1, len(POINTS), dtype=np.float32)
        elu = lambda x: jnp.where(x > 0, x, jnp.expm1(jnp.where(x > 0, 0, x)))
        logistic = lambda x: 1 / (1 + jnp.exp(-x))
        gelu = lambda x: 0.5 * x * jax.scipy.special.erfc(-x * 0.5 ** 0.5)
        softplus = lambda x: jnp.logaddexp(x, 0.0)
        cases = []
        for body, oracle in [
                ("softplus(x)", lambda x, z: softplus(x)), ("softsign(x)", lambda x, z: x / (1 + abs(x))),
                ("binary_cross_entropy(x, z)", lambda x, z: z * softplus(-x) + (1 - z) * softplus(x)),
                ("elu(x)", lambda x, z: elu(x)), ("gelu(x)", lambda x, z: gelu(x)), ("silu(x)", lambda x, z: x * logistic(x)),
                ("sigmoid(x)", lambda x, z: logistic(x)), ("tanh(x)", lambda x, z: jnp.tanh(x)), ("erf(x)", lambda x, z: jax.scipy.special.erf(x)),
                ("sin(x) + cos(x)", lambda x, z: jnp.sin(x) + jnp.cos(x)), ("exp(0.1 * x)", lambda x, z: jnp.exp(0.1 * x)),
                ("x ** 2", lambda x, z: x * x), ("x ** 3", lambda x, z: x ** 3), ("x * x * z", lambda x, z: x * x * z),
                ("huber(x, 0.0 * z)", lambda x, z: jnp.where(abs(x) <= 1, x * x / 2, abs(x) - 0.5)),
                ("logsumexp(stack([x, z], axis=1), axis=1)", lambda x, z: jnp.logaddexp(x, z)),
                ("softmax(stack([x, z], axis=1))[:, 0]", lambda x, z: jax.nn.softmax(jnp.array([x, z]))[0]),
                ("log_softmax(stack([x, z], axis=1))[:, 1]", lambda x, z: jax.nn.log_softmax(jnp.array([x, z]))[1])]:
            wanted = [np.asarray(g) for g in jax.vmap(jax.grad(oracle, argnums=(0, 1)))(x.astype(np.float64), z.astype(np.float64))]
            cases.append(("r = " + body, x, z, wanted[0], wanted[1] if "z" in body else None))
        self.check(cases)

    def test_lengths_and_deviations(self):
        """The length of a vector at 0, the deviation of equal numbers, a mean of no rows: 0, and other rows do not suffer."""
        rng = np.random.default_rng(5)
        x = rng.standard_normal((7, 5)).astype(np.float32)
        x[2], x[4] = 0, 3
        z = np.ones_like(x)
        z[3:5] = 0
        f64 = x.astype(np.float64)
        length = np.linalg.norm(f64, axis=1, keepdims=True)
        off = f64 - f64.mean(1, keepdims=True)
        deviation = np.sqrt((off ** 2).mean(1, keepdims=True))
        count = z.sum(1, keepdims=True)
        self.check([
            ("r = sqrt(sum(x ** 2, axis=1, keepdims=true)) + 0.0 * x", x, z, 5 * f64 / np.where(length > 0, length, 1)),
            ("m, v = moments(x, axis=1, keepdims=true)\nr = sqrt(v) + 0.0 * x", x, z,
             5 * off / np.where(deviation > 0, 5 * deviation, 1)),
            ("n = sum(z, axis=1, keepdims=true)\nr = where(n > 0, sum(x * stop_gradient(z), axis=1, keepdims=true) / n, 0.0) + 0.0 * x", x, z,
             np.where(count > 0, 5 * z / np.maximum(count, 1), 0)),
        ], shape="N, 5")


if __name__ == "__main__":
    unittest.main()
