"""The error of sums, in f32 through the whole compiler, against exact ones: it grows with the logarithm of the length. Prints a table.

Equal elements are the hardest, for each step errs to the same side. Elements of products have 12 bits, so that a product is exact."""
import math
import unittest

import numpy as np

import executor

#: ulp of the result, for each bit of the length: a piece of 64 equal elements errs by up to 16, of random ones by less.
BOUND = 2.0
EQUAL = float(np.float32(0.31622777))


def numbers(kind, *shape):
    if kind == "equal":
        return np.full(shape, EQUAL, np.float32)
    return np.random.default_rng(3).uniform(0.5, 1, shape).astype(np.float32)


def factors(kind, *shape):
    return (np.round(numbers(kind, *shape) * 4096) / 4096).astype(np.float32)


def run(text, inputs, batch):
    return executor.shipped(text, "f", inputs, 1, batch)[0]


def tensor(*shape):
    return "tensor<" + "".join(f"{d}x" for d in shape) + "f32>"


class Sums(unittest.TestCase):
    def check(self, name, length, arguments, result, body, inputs, exact, batch=1):
        """`body` defines %y of the type `result`; `exact` is what each of its elements should be."""
        text = (f"func.func @f({', '.join(f'%a{i}: {t}' for i, t in enumerate(arguments))}) -> {result} {{\n{body}\n"
                f"return %y : {result}\n}}\n")
        y = run(text, inputs, batch)
        error = np.max(np.abs(y - exact) / np.spacing(np.abs(exact).astype(np.float32)).astype(np.float64))
        print(f"{name:44} {length:>11,} {error:9.2f} ulp")
        with self.subTest(name, length=length):
            self.assertLessEqual(error, BOUND * math.log2(length), text)

    def test_one_axis(self):
        for kind in ("equal", "random"):
            for length in (10, 100, 1000, 10_000, 99_991, 1_000_000, 10_000_000):
                x = numbers(kind, length)
                exact = math.fsum(x.tolist())
                self.check(f"sum of {kind}", length, [tensor(length)], tensor(), f"%y = nn.reduce sum %a0 [0] : {tensor(length)}", [x], exact)

    def test_product_of_two_axes(self):
        """The issue's: the mean of all products, which is no tensor."""
        for kind in ("equal", "random"):
            for size in (10, 100, 1000, 1023, 10_000):
                x = factors(kind, 3, size)
                exact = [math.fsum(row.tolist()) ** 2 for row in x]
                rows, columns, all = tensor("?", size, 1), tensor("?", 1, size), tensor("?", size, size)
                body = (f"%r = nn.reshape %a0 : {tensor('?', size)} to {rows}\n%c = nn.reshape %a0 : {tensor('?', size)} to {columns}\n"
                        f"%p = nn.mul %r, %c : {rows}, {columns}\n%y = nn.reduce sum %p [1, 2] : {all}")
                self.check(f"sum of products of {kind}", size ** 2, [tensor("?", size)], tensor("?"), body, [x], np.array(exact), 3)

    def test_other_axes(self):
        for kind in ("equal", "random"):
            for height, width in ((13, 17), (100, 100), (997, 101), (1000, 1000)):
                x = numbers(kind, 2, height, width, 5)
                exact = np.array([[math.fsum(x[n, :, :, c].ravel().tolist()) for c in range(5)] for n in range(2)])
                t = tensor("?", height, width, 5)
                self.check(f"sum over an image of {kind}", height * width, [t], tensor("?", 5), f"%y = nn.reduce sum %a0 [1, 2] : {t}", [x], exact, 2)
                self.check(f"sum over N and an image of {kind}", 2 * height * width, [t], tensor(5), f"%y = nn.reduce sum %a0 [0, 1, 2] : {t}", [x],
                           exact.sum(0), 2)

    def test_batch(self):
        for kind in ("equal", "random"):
            for batch in (10, 1000, 100_000, 1_000_000):
                x = numbers(kind, batch, 3)
                exact = np.array([math.fsum(x[:, c].tolist()) for c in range(3)])
                self.check(f"sum over N of {kind}", batch, [tensor("?", 3)], tensor(3), f"%y = nn.reduce sum %a0 [0] : {tensor('?', 3)}", [x], exact,
                           batch)

    def test_pooling(self):
        """Of equal elements the average is each of them; also where windows overlap or leave the image."""
        for size in (3, 8, 20, 100, 512):
            x = numbers("equal", 1, size + size // 2, size, 2)
            t = tensor("?", size + size // 2, size, 2)
            for pad in (0, size // 3):
                y = tensor("?", size // 2 + 1 + 2 * pad, 1, 2)
                self.check(f"average of windows, padding {pad}", size ** 2, [t], y,
                           f"%y = nn.pool avg %a0 size [{size}, {size}] strides [1, 1] padding [{pad}, {pad}, 0, 0] : {t}", [x], np.full(1, EQUAL))
        for size in (10, 100, 300):
            # Each element lies in every window.
            g, y = tensor("?", size, 1, 1), tensor("?", 2 * size - 1, 1, 1)
            x = numbers("equal", 1, size, 1, 1)
            part = EQUAL / size
            exact = part * np.array([min(i + 1, 2 * size - 1 - i) for i in range(2 * size - 1)]).reshape(1, -1, 1, 1)
            self.check("gradient of an average of windows", size, [g], y, f"%y = nn.pool_grad avg %a0 size [{size}, 1] strides [1, 1] "
                       f"padding [0, 0, 0, 0] : {g} -> {y}", [x], exact)

    def test_products(self):
        for kind in ("equal", "random"):
            for depth in (100, 4096, 5000, 100_000, 1_000_003):
                x, w = factors(kind, 2, depth), factors(kind, depth, 3)
                exact = np.array([[math.fsum((x[n].astype(np.float64) * w[:, k]).tolist()) for k in range(3)] for n in range(2)])
                y = run(f"func.func @f(%a0: {tensor('?', depth)}, %a1: {tensor(depth, 3)}) -> {tensor('?', 3)} {{\n%y = nn.matmul %a0, %a1 : "
                        f"{tensor('?', depth)}, {tensor(depth, 3)}\nreturn %y : {tensor('?', 3)}\n}}\n", [x, w], 2)
                error = np.max(np.abs(y - exact) / np.spacing(exact.astype(np.float32)))
                print(f"{'product of matrices of ' + kind:44} {depth:>11,} {error:9.2f} ulp")
                # Up to 4096 products are one sum in registers, which errs by a quarter of an ulp at each step of the last half.
                self.assertLessEqual(error, BOUND * math.log2(depth) + min(depth, 4096) / 4)

    def test_filter_gradient(self):
        """Over 1024 pixels of an image at most in registers, the rest in f64: no more for a large image or batch."""
        for batch in (1, 300):
            x, g = factors("equal", batch, 64, 64, 1), factors("equal", batch, 64, 64, 16)
            exact = np.full(1, 64 * 64 * batch * float(x[0, 0, 0, 0]) ** 2)
            xt, gt, y = tensor("?", 64, 64, 1), tensor("?", 64, 64, 16), tensor(1, 1, 1, 16)
            text = (f"func.func @f(%a0: {xt}, %a1: {gt}) -> {y} {{\n%y = nn.conv_filter_grad %a0, %a1 strides [1, 1] padding [0, 0, 0, 0] "
                    f"dilations [1, 1] : {xt}, {gt} -> {y}\nreturn %y : {y}\n}}\n")
            error = np.max(np.abs(run(text, [x, g], batch) - exact) / np.spacing(exact.astype(np.float32)))
            print(f"{'filter gradient of equal':44} {64 * 64 * batch:>11,} {error:9.2f} ulp")
            self.assertLessEqual(error, 1024 / 4)


if __name__ == "__main__":
    unittest.main()
