"""Losses of logits that are large beside their differences, in f32 through the whole compiler: right to an ulp of the input's spacing.

The oracle is the same formula in f64 on the same f32 logits."""
import os
import subprocess
import tempfile
import unittest

import numpy as np

import executor

MASK = -1e30
LOWEST = float(np.finfo(np.float32).min)


def run(text, entry, inputs, batch):
    return executor.shipped(text, entry, inputs, 1, batch)[0]


def spacing(x):
    """The distance of neighbouring f32 at |x|, at 1 or more; below the largest number."""
    return np.spacing(np.clip(np.abs(x), 1, 1e38).astype(np.float32)).astype(np.float64)


def log_softmax(x):
    top = x.max(-1, keepdims=True)
    return (x - top) - np.log(np.exp(x - top).sum(-1, keepdims=True))


class Softmax(unittest.TestCase):
    def logits(self):
        """Rows of 16: what they are, the logits, and an ulp of the largest."""
        rng = np.random.default_rng(11)
        masked = rng.standard_normal(16)
        masked[3:9] = MASK
        lowest = rng.standard_normal(16)
        lowest[1:] = LOWEST
        rows = [np.full(16, 1e8), np.full(16, MASK), np.full(16, LOWEST), np.full(16, -1e-30), rng.standard_normal(16) + 1e4,
                rng.standard_normal(16) - 1e6, 50 * rng.standard_normal(16), masked, lowest, np.append(np.full(15, LOWEST), 1e30)]
        return np.array(rows, np.float32)

    def check(self, op, labels, expected):
        x = self.logits()
        types = ["tensor<?x16xf32>"] + [t for t, _ in labels]
        result = "tensor<?x16xf32>" if expected.ndim == 2 else "tensor<?xf32>"
        arguments = ", ".join(f"%a{i}: {t}" for i, t in enumerate(types))
        text = f"func.func @f({arguments}) -> {result} {{\n%y = {op}\nreturn %y : {result}\n}}\n"
        y = run(text, "f", [x] + [l for _, l in labels], len(x))
        # What is wanted of the differences of logits is exact; a rounding of log(sum), of the difference of both, and of the result.
        wrong = ~(np.abs(y - expected) <= 4 * spacing(expected))
        self.assertFalse(wrong.any(), f"{op}\n{y[wrong]}\n{expected[wrong]}")

    def test_log_softmax(self):
        self.check("nn.log_softmax %a0 axis 1 : tensor<?x16xf32>", [], log_softmax(self.logits().astype(np.float64)))

    def test_cross_entropy(self):
        exact = log_softmax(self.logits().astype(np.float64))
        rows = np.arange(len(exact))
        for label in (0, 3, 15):
            labels = np.full(len(exact), label, np.int32)
            self.check("nn.cross_entropy %a0, %a1 : tensor<?x16xf32>, tensor<?xi32>", [("tensor<?xi32>", labels)], -exact[rows, label])
        one_hot = np.zeros(exact.shape, np.float32)
        one_hot[rows, exact.argmax(1)] = 1
        # Where a class has no share, a logit that is far away does not count.
        self.check("nn.cross_entropy %a0, %a1 : tensor<?x16xf32>, tensor<?x16xf32>", [("tensor<?x16xf32>", one_hot)], -exact.max(1))

    def test_logsumexp(self):
        x = self.logits()
        source = "model m(x: f32[N, 16]) -> (y: f32[N]) {\n    y = logsumexp(x, axis=1)\n}\n"
        with tempfile.TemporaryDirectory() as folder:
            path, module = os.path.join(folder, "m.ag"), os.path.join(folder, "m.agb")
            with open(path, "w") as file:
                file.write(source)
            subprocess.run([executor.program("argent"), "compile", path, "-o", module], check=True, capture_output=True)
            y = executor.run_module(module, "predict", [x], 1, len(x))[0]
        f64 = x.astype(np.float64)
        top = f64.max(1)
        exact = top + np.log(np.exp(f64 - top[:, None]).sum(1))
        self.assertTrue((np.abs(y - exact) <= spacing(top)).all(), f"{y}\n{exact}")


if __name__ == "__main__":
    unittest.main()
