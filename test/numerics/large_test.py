"""Shapes that the random ones of cases.py do not reach: several panels and tiles, chunked and laned reductions, in f64 through the
whole compiler, against JAX, for batches that are less than a tile and for one of many."""
import os
import unittest

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import jax.numpy as jnp
from jax import lax

os.environ.setdefault("ARGENT_BATCH", "67")

import cases
import executor

N = cases.N
TOLERANCE = 1e-12  # relative to the largest element: f64 sums of up to 100,000 terms in another order


def normal(*shape):
    return np.random.default_rng(1).standard_normal(shape)


def convolution(stride, pad):
    return lambda x, f: lax.conv_general_dilated(x, f, (stride, stride), ((pad, pad), (pad, pad)), dimension_numbers=("NHWC", "HWIO", "NHWC"))


class Large(unittest.TestCase):
    def check(self, op, inputs, oracle):
        """`op` with T0, T1 ... for the inputs' types and TY for the result's."""
        types = [cases.tensor(x.shape) for x in inputs]
        result = cases.tensor(np.shape(oracle(*inputs)))
        arguments = ", ".join(f"%a{i}: {t}" for i, t in enumerate(types))
        for i, t in enumerate(types):
            op = op.replace(f"T{i}", t)
        name = "m" if "%y = " in op else "y"
        text = f"func.func @f({arguments}) -> {result} {{\n%{name} = {op.replace('TY', result)}\nreturn %y : {result}\n}}\n"
        for batch, rows, (actual,) in executor.run_batches(text, "f", inputs, 1, "compiled"):
            expected = np.asarray(oracle(*rows))
            scale = max(np.max(np.abs(expected)), 1)
            self.assertLess(np.max(np.abs(actual - expected)) / scale, TOLERANCE, f"a batch of {batch}\n{text}")

    def check_conv(self, x, f, stride, pad):
        conv = convolution(stride, pad)
        settings = f"strides [{stride}, {stride}] padding [{pad}, {pad}, {pad}, {pad}] dilations [1, 1]"
        g = normal(*conv(x, f).shape)
        to_input = lambda g, f: jax.vjp(lambda x: conv(x, f), jnp.zeros((len(g), *x.shape[1:])))[1](g)[0]
        to_filter = lambda x, g: jax.vjp(lambda f: conv(x, f), f)[1](g)[0]
        self.check(f"nn.conv %a0, %a1 {settings} : T0, T1", [x, f], conv)
        self.check(f"nn.conv_input_grad %a0, %a1 {settings} : T0, T1 -> TY", [g, f], to_input)
        self.check(f"nn.conv_filter_grad %a0, %a1 {settings} : T0, T1 -> TY", [x, g], to_filter)

    def test_conv_several_panels(self):
        self.check_conv(normal(N, 14, 14, 24), normal(3, 3, 24, 40), 1, 1)

    def test_conv_chunks(self):
        self.check_conv(normal(N, 28, 28, 96), normal(3, 3, 96, 80), 1, 1)

    def test_conv_images_of_few_pixels(self):
        # A tile holds several images.
        for x, f, stride in ((normal(N, 1, 1, 17), normal(1, 1, 17, 16), 1), (normal(N, 1, 2, 5), normal(1, 1, 5, 32), 1),
                             (normal(N, 5, 3, 3), normal(2, 2, 3, 16), 2), (normal(N, 3, 3, 4), normal(3, 3, 4, 24), 1)):
            self.check_conv(x, f, stride, 0)

    def test_dense_on_few_rows(self):
        # Rows between N and the last dimension, together less than a tile for a small batch.
        for rows, depth, features in ((1, 3, 16), (3, 5, 40), (7, 9, 128)):
            x, w, g = normal(N, rows, depth), normal(depth, features), normal(N, rows, features)
            self.check("nn.matmul %a0, %a1 : T0, T1", [x, w], lambda x, w: x @ w)
            self.check("nn.matmul %a0, %a1 transposed_rhs : T0, T1", [g, w], lambda g, w: g @ w.T)

    def test_conv_to_one_pixel(self):
        for x, f in (((N, 2, 8), (2, 8, 16)), ((N, 3, 3, 3), (3, 3, 3, 16)), ((N, 2, 3, 3, 5), (2, 3, 3, 5, 24)), ((N, 2, 3, 4, 5), (2, 2, 2, 5, 24))):
            axes = len(x) - 2
            numbers = [f"N{cases.SPATIAL[axes]}C", f"{cases.SPATIAL[axes]}IO", f"N{cases.SPATIAL[axes]}C"]
            settings = f"strides {[1] * axes} padding {[0] * 2 * axes} dilations {[1] * axes}"
            conv = lambda x, f: lax.conv_general_dilated(x, f, [1] * axes, "VALID", dimension_numbers=numbers)
            self.check(f"nn.conv %a0, %a1 {settings} : T0, T1", [normal(*x), normal(*f)], conv)

    def test_part_of_a_product(self):
        # A panel of features of which a part is read, and rows of a flattened image that windows leave.
        x, w = normal(N, 3), normal(3, 64)
        self.check("nn.matmul %a0, %a1 : T0, T1\n%y = nn.slice %m offsets [0, 30] sizes [1, 9] strides [1, 2] : tensor<?x64xf64>", [x, w],
                   lambda x, w: (x @ w)[:, 30:47:2])

    def test_conv_strided(self):
        self.check_conv(normal(N, 15, 15, 3), normal(7, 7, 3, 64), 2, 3)

    def test_arena(self):
        for size in (100, 4096, 4097, 20010, 61706):
            x = normal(size)
            self.check("nn.reduce sum %a0 [0] : T0", [x], np.sum)

    def test_reduce(self):
        for shape, axes in [((N, 28, 28, 6), (0, 1, 2)), ((N, 300), (1,)), ((N, 5000), (1,)), ((N, 5000), (0, 1)), ((N, 90, 100, 3), (1, 2)),
                            ((70, 90, 3), (0, 1)), ((N, 7, 300), (0, 2)), ((N, 300, 7), (0, 1)), ((N, 5, 6, 100), (1, 3))]:
            with self.subTest(shape=shape, axes=axes):
                x = normal(*shape)
                self.check(f"nn.reduce sum %a0 {list(axes)} : T0", [x], lambda x: x.sum(axis=axes))
                self.check(f"nn.reduce max %a0 {list(axes)} : T0", [x], lambda x: x.max(axis=axes))

    def test_dense(self):
        x, w, g = normal(N, 400), normal(400, 120), normal(N, 120)
        self.check("nn.matmul %a0, %a1 : T0, T1", [x, w], lambda x, w: x @ w)
        self.check("nn.matmul %a0, %a1 transposed_rhs : T0, T1", [g, w], lambda g, w: g @ w.T)
        self.check("nn.matmul %a0 transposed, %a1 : T0, T1", [x, g], lambda x, g: x.T @ g)

    def test_batched_matmul(self):
        x, y = normal(N, 9, 40), normal(N, 40, 33)
        self.check("nn.matmul %a0, %a1 : T0, T1", [x, y], lambda x, y: x @ y)
        self.check("nn.matmul %a0, %a1 : T0, T1", [x, y[0]], lambda x, y: x @ y)
        self.check("nn.matmul %a0 transposed, %a1 transposed_rhs : T0, T1", [x.swapaxes(1, 2).copy(), y.swapaxes(1, 2).copy()],
                   lambda x, y: x.swapaxes(1, 2) @ y.swapaxes(1, 2))

    def test_sort(self):
        for shape, axis in [((N, 1000), 1), ((N, 70, 24), 1), ((N, 9, 130), 2)]:
            trailing = len(shape) - 1 - axis
            for way in ("", "descending"):
                with self.subTest(shape=shape, axis=axis, way=way):
                    self.check(f"nn.argsort %a0 axis {axis} {way} : T0\n"
                               f"%y = nn.gather %a0, %m axis {axis} batch {axis} trailing {trailing} : T0, {cases.tensor(shape, np.int32)}",
                               [normal(*shape)], lambda x: jax.numpy.sort(x, axis, descending=way != ""))

    def test_softmax(self):
        for shape, axis in [((N, 1000), 1), ((N, 8, 300), 2), ((N, 70, 8), 1)]:
            x = normal(*shape)
            self.check(f"nn.softmax %a0 axis {axis} : T0", [x], lambda x: jax.nn.softmax(x, axis=axis))
            self.check(f"nn.log_softmax %a0 axis {axis} : T0", [x], lambda x: jax.nn.log_softmax(x, axis=axis))


if __name__ == "__main__":
    unittest.main()
