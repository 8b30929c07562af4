"""Convolution and its gradients where the answer can be redone by hand, through the whole compiler.

A 3x3 input and a 2x2 filter give a 2x2 output; every gradient is written out below, element by element. Then, for random shapes, the two
identities: the filter's gradient is the convolution of the input with the output's gradient, and the input's is the full convolution of
that gradient with the turned filter.
"""
import unittest

import numpy as np

import executor

X = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]
W = [[1.0, -2.0], [3.0, 0.5]]
G = [[0.25, -1.0], [2.0, 0.75]]
PLAIN = "strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1]"


def compute(op, inputs, types, result):
    arguments = ", ".join(f"%a{i}: tensor<{t}>" for i, t in enumerate(types))
    text = (f"func.func @f({arguments}) -> tensor<{result}> {{\n"
            f"  %y = nn.{op} %a0, %a1 {PLAIN} : tensor<{types[0]}>, tensor<{types[1]}>"
            + ("" if op == "conv" else f" -> tensor<{result}>") + f"\n  return %y : tensor<{result}>\n}}\n")
    y, = executor.run(text, "f", inputs, 1, "compiled")
    return y


def valid(x, w):
    """Plain loops: the cross-correlation of two matrices."""
    p, q = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    return np.array([[(x[i : i + w.shape[0], j : j + w.shape[1]] * w).sum() for j in range(q)] for i in range(p)])


class ConvByHand(unittest.TestCase):
    x, w, g = (np.array(m) for m in (X, W, G))

    def test_forward(self):
        y = compute("conv", [self.x.reshape(1, 3, 3, 1), self.w.reshape(2, 2, 1, 1)], ["1x3x3x1xf64", "2x2x1x1xf64"], "1x2x2x1xf64")
        # y11 = x11 w11 + x12 w12 + x21 w21 + x22 w22 and so on
        expected = [[1 - 4 + 12 + 2.5, 2 - 6 + 15 + 3], [4 - 10 + 21 + 4, 5 - 12 + 24 + 4.5]]
        np.testing.assert_allclose(y.reshape(2, 2), expected, rtol=1e-15)

    def test_filter_gradient(self):
        d = compute("conv_filter_grad", [self.x.reshape(1, 3, 3, 1), self.g.reshape(1, 2, 2, 1)], ["1x3x3x1xf64", "1x2x2x1xf64"], "2x2x1x1xf64")
        x, (g11, g12, g21, g22) = X, self.g.ravel()
        expected = [[x[0][0] * g11 + x[0][1] * g12 + x[1][0] * g21 + x[1][1] * g22, x[0][1] * g11 + x[0][2] * g12 + x[1][1] * g21 + x[1][2] * g22],
                    [x[1][0] * g11 + x[1][1] * g12 + x[2][0] * g21 + x[2][1] * g22, x[1][1] * g11 + x[1][2] * g12 + x[2][1] * g21 + x[2][2] * g22]]
        np.testing.assert_allclose(d.reshape(2, 2), expected, rtol=1e-15)

    def test_input_gradient(self):
        d = compute("conv_input_grad", [self.g.reshape(1, 2, 2, 1), self.w.reshape(2, 2, 1, 1)], ["1x2x2x1xf64", "2x2x1x1xf64"], "1x3x3x1xf64")
        (w11, w12, w21, w22), (g11, g12, g21, g22) = self.w.ravel(), self.g.ravel()
        expected = [[w11 * g11, w12 * g11 + w11 * g12, w12 * g12],
                    [w21 * g11 + w11 * g21, w22 * g11 + w21 * g12 + w12 * g21 + w11 * g22, w22 * g12 + w12 * g22],
                    [w21 * g21, w22 * g21 + w21 * g22, w22 * g22]]
        np.testing.assert_allclose(d.reshape(3, 3), expected, rtol=1e-15)

    def test_identities(self):
        rng = np.random.default_rng(1)
        for h, w, r, s in ((5, 7, 3, 2), (9, 4, 2, 4), (6, 6, 1, 5)):
            x, f = rng.standard_normal((h, w)), rng.standard_normal((r, s))
            p, q = h - r + 1, w - s + 1
            g = rng.standard_normal((p, q))
            image, taps, output = f"1x{h}x{w}x1xf64", f"{r}x{s}x1x1xf64", f"1x{p}x{q}x1xf64"
            df = compute("conv_filter_grad", [x.reshape(1, h, w, 1), g.reshape(1, p, q, 1)], [image, output], taps)
            np.testing.assert_allclose(df.reshape(r, s), valid(x, g), rtol=1e-12, atol=1e-12)  # sums of at most 30 terms
            dx = compute("conv_input_grad", [g.reshape(1, p, q, 1), f.reshape(r, s, 1, 1)], [output, taps], image)
            full = np.pad(g, ((r - 1, r - 1), (s - 1, s - 1)))
            np.testing.assert_allclose(dx.reshape(h, w), valid(full, f[::-1, ::-1]), rtol=1e-12, atol=1e-12)


if __name__ == "__main__":
    unittest.main()
