"""Shapes that the random ones of cases.py do not reach: several panels and tiles, chunked and laned reductions, in f64 through the
whole compiler, against NumPy, for batches that are less than a tile and for one of many. The functions of a test are one module."""
import os
import unittest

import numpy as np

os.environ.setdefault("ARGENT_BATCH", "67")

import cases
import executor

N = cases.N
TOLERANCE = 1e-12  # relative to the largest element: f64 sums of up to 100,000 terms in another order


def normal(*shape):
    return np.random.default_rng(1).standard_normal(shape)


# ---- convolution as a product of matrices for each tap of the filter ----

def taps(images, sizes, stride):
    """Each tap of a filter of these sizes, and a view of the elements that it meets in (padded) images."""
    counts = [(extent - size) // stride + 1 for extent, size in zip(images.shape[1:-1], sizes)]
    for tap in np.ndindex(*sizes):
        yield tap, images[(slice(None), *(slice(t, t + stride * (n - 1) + 1, stride) for t, n in zip(tap, counts)))]


def padded(x, pad):
    return np.pad(x, [(0, 0), *[(pad, pad)] * (x.ndim - 2), (0, 0)])


def conv(x, f, stride=1, pad=0):
    return sum(part @ f[tap] for tap, part in taps(padded(x, pad), f.shape[:-2], stride))


def conv_input_grad(g, f, extents, stride, pad):
    images = np.zeros((len(g), *(extent + 2 * pad for extent in extents), f.shape[-2]))
    for tap, part in taps(images, f.shape[:-2], stride):
        part += g @ f[tap].T
    return images[(slice(None), *(slice(pad, pad + extent) for extent in extents))]


def conv_filter_grad(x, g, sizes, stride, pad):
    f = np.zeros((*sizes, x.shape[-1], g.shape[-1]))
    for tap, part in taps(padded(x, pad), sizes, stride):
        f[tap] = np.tensordot(part, g, [range(g.ndim - 1)] * 2)
    return f


def conv_functions(x, f, stride, pad):
    """A convolution and its gradients."""
    settings = f"strides [{stride}, {stride}] padding [{pad}, {pad}, {pad}, {pad}] dilations [1, 1]"
    g = normal(*conv(x, f, stride, pad).shape)
    return [(f"nn.conv %a0, %a1 {settings} : T0, T1", [x, f], lambda x, f: conv(x, f, stride, pad)),
            (f"nn.conv_input_grad %a0, %a1 {settings} : T0, T1 -> TY", [g, f], lambda g, f: conv_input_grad(g, f, x.shape[1:-1], stride, pad)),
            (f"nn.conv_filter_grad %a0, %a1 {settings} : T0, T1 -> TY", [x, g], lambda x, g: conv_filter_grad(x, g, f.shape[:-2], stride, pad))]


def matmul_functions(x, w, g):
    """A product of rows and its gradient to the rows."""
    return [("nn.matmul %a0, %a1 : T0, T1", [x, w], lambda x, w: x @ w),
            ("nn.matmul %a0, %a1 transposed_rhs : T0, T1", [g, w], lambda g, w: g @ w.T)]


def log_softmax(x, axis):
    x = x - x.max(axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis, keepdims=True))


class Large(unittest.TestCase):
    def check(self, functions):
        """Each (op, inputs, oracle): `op` has T0, T1 ... for the inputs' types and TY for the result's."""
        texts, calls = [], []
        for i, (op, inputs, oracle) in enumerate(functions):
            types = [cases.tensor(x.shape) for x in inputs]
            result = cases.tensor(np.shape(oracle(*inputs)))
            arguments = ", ".join(f"%a{i}: {t}" for i, t in enumerate(types))
            for j, t in enumerate(types):
                op = op.replace(f"T{j}", t)
            name = "m" if "%y = " in op else "y"
            texts.append(f"func.func @f{i}({arguments}) -> {result} {{\n%{name} = {op.replace('TY', result)}\nreturn %y : {result}\n}}\n")
            calls.append((f"f{i}", inputs, 1))
        found = executor.run_calls_in_batches("".join(texts), calls, "compiled")
        for text, (_, _, oracle), results in zip(texts, functions, found, strict=True):
            for batch, rows, (actual,) in results:
                with self.subTest(text, batch=batch):
                    expected = oracle(*rows)
                    self.assertEqual(actual.shape, np.shape(expected))
                    scale = max(np.max(np.abs(expected)), 1)
                    self.assertLess(np.max(np.abs(actual - expected)) / scale, TOLERANCE)

    def test_conv_several_panels(self):
        self.check(conv_functions(normal(N, 14, 14, 24), normal(3, 3, 24, 40), 1, 1))

    def test_conv_chunks(self):
        self.check(conv_functions(normal(N, 28, 28, 96), normal(3, 3, 96, 80), 1, 1))

    def test_conv_images_of_few_pixels(self):
        # A tile holds several images.
        self.check([function for x, f, stride in ((normal(N, 1, 1, 17), normal(1, 1, 17, 16), 1), (normal(N, 1, 2, 5), normal(1, 1, 5, 32), 1),
                                                  (normal(N, 5, 3, 3), normal(2, 2, 3, 16), 2), (normal(N, 3, 3, 4), normal(3, 3, 4, 24), 1))
                    for function in conv_functions(x, f, stride, 0)])

    def test_dense_on_few_rows(self):
        # Rows between N and the last dimension, together less than a tile for a small batch.
        self.check([function for rows, depth, features in ((1, 3, 16), (3, 5, 40), (7, 9, 128))
                    for function in matmul_functions(normal(N, rows, depth), normal(depth, features), normal(N, rows, features))])

    def test_conv_to_one_pixel(self):
        functions = []
        for x, f in (((N, 2, 8), (2, 8, 16)), ((N, 3, 3, 3), (3, 3, 3, 16)), ((N, 2, 3, 3, 5), (2, 3, 3, 5, 24)), ((N, 2, 3, 4, 5), (2, 2, 2, 5, 24))):
            axes = len(x) - 2
            settings = f"strides {[1] * axes} padding {[0] * 2 * axes} dilations {[1] * axes}"
            functions.append((f"nn.conv %a0, %a1 {settings} : T0, T1", [normal(*x), normal(*f)], conv))
        self.check(functions)

    def test_part_of_a_product(self):
        # A panel of features of which a part is read, and rows of a flattened image that windows leave.
        self.check([("nn.matmul %a0, %a1 : T0, T1\n%y = nn.slice %m offsets [0, 30] sizes [1, 9] strides [1, 2] : tensor<?x64xf64>",
                     [normal(N, 3), normal(3, 64)], lambda x, w: (x @ w)[:, 30:47:2])])

    def test_conv_strided(self):
        self.check(conv_functions(normal(N, 15, 15, 3), normal(7, 7, 3, 64), 2, 3))

    def test_arena(self):
        self.check([("nn.reduce sum %a0 [0] : T0", [normal(size)], np.sum) for size in (100, 4096, 4097, 20010, 61706)])

    def test_reduce(self):
        functions = []
        for shape, axes in [((N, 28, 28, 6), (0, 1, 2)), ((N, 300), (1,)), ((N, 5000), (1,)), ((N, 5000), (0, 1)), ((N, 90, 100, 3), (1, 2)),
                            ((70, 90, 3), (0, 1)), ((N, 7, 300), (0, 2)), ((N, 300, 7), (0, 1)), ((N, 5, 6, 100), (1, 3))]:
            x = normal(*shape)
            functions.append((f"nn.reduce sum %a0 {list(axes)} : T0", [x], lambda x, axes=axes: x.sum(axis=axes)))
            functions.append((f"nn.reduce max %a0 {list(axes)} : T0", [x], lambda x, axes=axes: x.max(axis=axes)))
        self.check(functions)

    def test_dense(self):
        x, w, g = normal(N, 400), normal(400, 120), normal(N, 120)
        self.check([*matmul_functions(x, w, g), ("nn.matmul %a0 transposed, %a1 : T0, T1", [x, g], lambda x, g: x.T @ g)])

    def test_batched_matmul(self):
        x, y = normal(N, 9, 40), normal(N, 40, 33)
        turned = [x.swapaxes(1, 2).copy(), y.swapaxes(1, 2).copy()]
        self.check([("nn.matmul %a0, %a1 : T0, T1", [x, y], lambda x, y: x @ y),
                    ("nn.matmul %a0, %a1 : T0, T1", [x, y[0]], lambda x, y: x @ y),
                    ("nn.matmul %a0 transposed, %a1 transposed_rhs : T0, T1", turned, lambda x, y: x.swapaxes(1, 2) @ y.swapaxes(1, 2))])

    def test_sort(self):
        functions = []
        for shape, axis in [((N, 1000), 1), ((N, 70, 24), 1), ((N, 9, 130), 2)]:
            x = normal(*shape)
            taken = f"axis {axis} batch {axis} trailing {len(shape) - 1 - axis} : T0, {cases.tensor(shape, np.int32)}"
            functions.append((f"nn.argsort %a0 axis {axis} : T0\n%y = nn.gather %a0, %m {taken}", [x],
                              lambda x, axis=axis: np.sort(x, axis)))
            functions.append((f"nn.argsort %a0 axis {axis} descending : T0\n%y = nn.gather %a0, %m {taken}", [x],
                              lambda x, axis=axis: -np.sort(-x, axis)))
        self.check(functions)

    def test_softmax(self):
        functions = []
        for shape, axis in [((N, 1000), 1), ((N, 8, 300), 2), ((N, 70, 8), 1)]:
            x = normal(*shape)
            functions.append((f"nn.softmax %a0 axis {axis} : T0", [x], lambda x, axis=axis: np.exp(log_softmax(x, axis))))
            functions.append((f"nn.log_softmax %a0 axis {axis} : T0", [x], lambda x, axis=axis: log_softmax(x, axis)))
        self.check(functions)


if __name__ == "__main__":
    unittest.main()
