"""Operations of the language that are compositions of nn ops, against JAX: values and gradients in f64, by interpreter or compiler."""
import unittest

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import executor
from cases import N, floats_of, result_type, value, value_and_gradients

TOLERANCE = 1e-10  # f64; all numbers in the sources below are exact in f32, which the language computes in


def evaluate(arguments, result, body):
    """The nn text of @predict for a model of these inputs whose output is `y`, in f64."""
    text = executor.evaluated(f"model m({', '.join(arguments)}) -> (y: {result}) {{\n{body}\n}}\n")
    return text.replace("f32>", "f64>").replace("f32,", "f64,")


def type_of(x):
    element = {"f": "f32", "i": "i32", "b": "bool"}[x.dtype.kind]
    return element + "[" + ", ".join("N" if d == N else str(d) for d in x.shape) + "]"


class Builtins(unittest.TestCase):
    def check(self, body, inputs, oracle, tolerance=TOLERANCE):
        """y = body(x0, x1 ...) and the gradients of sum(y * w) to the float inputs."""
        y = result_type(oracle, inputs)
        arguments = [f"x{i}: {type_of(x)}" for i, x in enumerate(inputs)]
        if y.dtype.kind != "f":
            text = evaluate(arguments, type_of(y), body)
            actual, = executor.run(text, "predict", inputs, 1)
            np.testing.assert_array_equal(actual, value(oracle, inputs), err_msg=text)
            return
        w = np.random.default_rng(7).standard_normal(y.shape)
        text = evaluate([*arguments, f"w: {type_of(w)}"], "f32[]", body.replace("y = ", "r = ") + "\ny = sum(r * w)")
        loss = lambda *all: (oracle(*all[:-1]) * all[-1]).sum()
        all = [*inputs, w]
        loss_value, gradients = value_and_gradients(loss, all, floats_of(all))
        wanted = [loss_value, *gradients]
        differentiated = executor.differentiate(text)
        for actual, expected in zip(executor.run(differentiated, "predict", all, len(wanted)), wanted):
            scale = max(1.0, np.abs(expected).max())
            self.assertLess(np.abs(actual - expected).max() / scale, tolerance, differentiated)

    def setUp(self):
        self.rng = np.random.default_rng(3)

    def normal(self, *shape):
        return self.rng.standard_normal(shape)

    def test_index(self):
        x = self.normal(N, 5, 7, 3)
        for text, index in [("[:, 1:4, ::2]", np.s_[:, 1:4, ::2]), ("[:, -2, ..., 0]", np.s_[:, -2, ..., 0]),
                            ("[..., ::-1]", np.s_[..., ::-1]), ("[:, 4:1:-2, :, none]", np.s_[:, 4:1:-2, :, None]),
                            ("[:, :-1, 3, 1:]", np.s_[:, :-1, 3, 1:]), ("[:, 3::-1, 6:-4:-1]", np.s_[:, 3::-1, 6:-4:-1])]:
            with self.subTest(text):
                self.check(f"y = x0{text}", [x], lambda a: a[index])

    def test_index_tensor(self):
        i = self.rng.integers(0, 7, (4, 2), dtype=np.int32)
        self.check("y = x0[:, 1, x1]", [self.normal(N, 5, 7, 3), i], lambda a, i: a[:, 1][:, i])

    def test_split(self):
        self.check("a, b, c = split(x0, 3)\ny = a * tanh(b) + c", [self.normal(N, 15)],
                   lambda x: x[:, :5] * jnp.tanh(x[:, 5:10]) + x[:, 10:])
        self.check("a, b = split(x0, [2, 3], axis=1)\ny = concat([b, a], axis=1)", [self.normal(N, 5, 2)],
                   lambda x: jnp.concatenate([x[:, 2:], x[:, :2]], 1))

    def test_stack(self):
        x = self.normal(N, 4)
        for axis in (0, 1, -1):
            self.check(f"y = stack([x0, x0 * x0], axis={axis})", [x], lambda a: jnp.stack([a, a * a], axis))

    def test_repeat(self):
        x = self.normal(N, 4, 3)
        for axis in (1, -1):
            self.check(f"y = repeat(x0, 3, {axis})", [x], lambda a: jnp.repeat(a, 3, axis))

    def test_where_one_hot_mask(self):
        i = self.rng.integers(-1, 8, (N, 2), dtype=np.int32)
        self.check("y = one_hot(x0, 7)", [i], lambda i: jax.nn.one_hot(i, 7, dtype=np.float64))
        self.check("y = sequence_mask(x0, 6)", [self.rng.integers(0, 7, (N,), dtype=np.int32)], lambda n: jnp.arange(6) < n[:, None])
        self.check("y = x0 + iota(5)", [i[:, :1]], lambda i: i + jnp.arange(5, dtype=np.int32))

    def test_top_k(self):
        x = self.normal(N, 9)
        self.check("v, i = top_k(x0, 4)\ny = v * v", [x], lambda a: lax.top_k(a, 4)[0] ** 2)
        self.check("v, i = top_k(x0, 4)\ny = i", [x], lambda a: lax.top_k(a, 4)[1])

    def test_sort(self):
        for axis, shape in [(-1, (N, 9)), (1, (N, 6, 4, 3)), (-2, (N, 5, 33)), (0, (6, 4)), (1, (N, 1))]:
            for descending in (False, True):
                x = self.normal(*shape)
                arguments = f"x0, axis={axis}" + (", descending=true" if descending else "")
                with self.subTest(shape=shape, arguments=arguments):
                    self.check(f"y = sort({arguments})", [x], lambda a: jnp.sort(a, axis, descending=descending))
                    self.check(f"y = argsort({arguments})", [np.round(x)], lambda a: jnp.argsort(a, axis, descending=descending))
        self.check("y = sort(x0)", [self.rng.integers(-4, 4, (N, 13), dtype=np.int32)], lambda a: jnp.sort(a))

    def test_sort_places(self):
        """Of the values that a loss does not change with the gradient's order: a median, and a mean without the ends."""
        x = self.normal(N, 3, 8)
        self.check("y = sort(x0)[..., 4]", [x], lambda a: jnp.sort(a)[..., 4])
        self.check("y = mean(sort(x0)[..., 2:6], axis=-1)", [x], lambda a: jnp.sort(a)[..., 2:6].mean(-1))

    def test_k_max(self):
        x = self.normal(N, 8, 3)
        lengths, count = self.rng.integers(0, 9, (N,), dtype=np.int32), self.rng.integers(0, 6, (N,), dtype=np.int32)

        def places(count, lengths):
            table = np.zeros((N, 5, 3), int), np.zeros((N, 5, 3))
            for n in range(N):
                k = min(count[n], lengths[n])
                for c in range(3):
                    kept = np.sort(np.argsort(-x[n, :lengths[n], c], kind="stable")[:k])
                    table[0][n, :k, c], table[1][n, :k, c] = kept, 1
            return table
        full, five = np.full(N, 8), np.full(N, 5)
        for text, c, n, given in [("", five, full, []), ("count=x1", count, full, [count]), ("lengths=x1", five, lengths, [lengths]),
                                  ("count=x1, lengths=x2", count, lengths, [count, lengths])]:
            index, kept = places(c, n)
            with self.subTest(text):
                self.check(f"y = k_max(x0, 5{', ' + text if text else ''})", [x, *given],
                           lambda a, *_: jnp.take_along_axis(a, index, 1) * kept)

    def test_local_response_norm(self):
        def oracle(x, size):
            s = lax.reduce_window(x * x, 0.0, lax.add, (1, 1, 1, size), (1, 1, 1, 1),
                                  [(0, 0)] * 3 + [(size // 2, (size - 1) // 2)])
            return x / (2 + 0.125 * s) ** 0.75
        for size in (5, 3, 4):
            self.check(f"y = local_response_norm(x0, size={size}, alpha=0.125)", [self.normal(N, 2, 3, 9)], lambda x: oracle(x, size))

    def test_upsample(self):
        x = self.normal(N, 4, 5, 3)
        self.check("y = upsample2d(x0, 3)", [x], lambda a: a.repeat(3, 1).repeat(3, 2))

        def resize(a, times, weight, reach):
            for axis in (1, 2):
                size = a.shape[axis]
                at = (np.arange(size * times) + 0.5) / times - 0.5
                matrix = np.zeros((size * times, size))
                for row, place in enumerate(at):
                    for tap in range(int(np.floor(place)) - reach + 1, int(np.floor(place)) + reach + 1):
                        matrix[row, np.clip(tap, 0, size - 1)] += weight(abs(place - tap))
                a = jnp.moveaxis(jnp.tensordot(matrix, jnp.moveaxis(a, axis, 0), 1), 0, axis)
            return a
        cubic = lambda t: 1.5 * t**3 - 2.5 * t**2 + 1 if t <= 1 else -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2
        for times in (2, 4):
            self.check(f'y = upsample2d(x0, {times}, method="bilinear")', [x], lambda a: resize(a, times, lambda t: 1 - t, 1))
        self.check('y = upsample2d(x0, 2, method="bicubic")', [x], lambda a: resize(a, 2, cubic, 2))

    def test_depth_to_space(self):
        def oracle(a):
            return a.reshape(N, 2, 3, 2, 2, 3).transpose(0, 1, 3, 2, 4, 5).reshape(N, 4, 6, 3)
        self.check("y = depth_to_space(x0, 2)", [self.normal(N, 2, 3, 12)], oracle)

    def test_adaptive_pools(self):
        x = self.normal(N, 7, 6, 3)
        for kind, reduce in (("avg", jnp.mean), ("max", jnp.max)):
            for size in ((3, 3), (7, 2), (5, 4)):
                def oracle(a):
                    rows = lambda i, n, e: slice(i * e // n, -(-(i + 1) * e // n))
                    return jnp.stack([jnp.stack([reduce(a[:, rows(i, size[0], 7), rows(j, size[1], 6)], axis=(1, 2))
                                                 for j in range(size[1])], 1) for i in range(size[0])], 1)
                self.check(f"y = adaptive_{kind}_pool2d(x0, {size})", [x], oracle)

    def test_average_pools_rounded_up(self):
        """As PyTorch and ONNX 19: what the last windows reach beyond the padded image does not count, even where padding does."""
        self.check('y = avg_pool1d(x0, 2, rounding="ceil", count_padding=true)', [np.tile(np.arange(1.0, 6)[:, None], (N, 1, 1))],
                   lambda a: jnp.stack([(a[:, 0] + a[:, 1]) / 2, (a[:, 2] + a[:, 3]) / 2, a[:, 4]], 1))

        def matrix(extent, size, stride, pad, counts):
            """Row p: what the average of window p takes of each element."""
            positions = -(-(extent + 2 * pad - size) // stride) + 1
            while (positions - 1) * stride >= extent + pad:
                positions -= 1
            rows = np.zeros((positions, extent))
            for p in range(positions):
                first, last = p * stride - pad, min(p * stride - pad + size, extent + pad)
                inside = np.arange(max(first, 0), min(last, extent))
                rows[p, inside] = 1 / (last - first if counts else len(inside))
            return rows

        for counts in (False, True):
            for extents, size, stride, pad in [((7,), 3, 2, 0), ((8,), 3, 2, 1), ((9,), 2, 5, 1), ((6, 7), 3, 2, 1), ((5, 9), 4, 3, 2), ((8, 7, 6), 3, 2, 1),
                                               ((7, 7), 3, 3, 0), ((6,), 4, 4, 3)]:
                def oracle(a):
                    for axis, extent in enumerate(extents):
                        a = jnp.moveaxis(jnp.tensordot(matrix(extent, size, stride, pad, counts), jnp.moveaxis(a, axis + 1, 0), 1), 0, axis + 1)
                    return a
                text = f'size={size}, stride={stride}, padding={pad}, rounding="ceil", count_padding={str(counts).lower()}'
                with self.subTest(text, extents=extents):
                    self.check(f"y = avg_pool{len(extents)}d(x0, {text})", [self.normal(N, *extents, 3)], oracle)

    def test_conv_transpose(self):
        x, f = self.normal(N, 4, 3, 5), self.normal(3, 2, 4, 5)
        for text, strides, pads, extra in [("", (1, 1), ((0, 0), (0, 0)), 0), ("stride=2", (2, 2), ((0, 0), (0, 0)), 0),
                                           ("stride=2, padding=1, output_padding=1", (2, 2), ((1, 1), (1, 1)), 1),
                                           ('stride=2, padding="same"', (2, 2), ((0, 1), (0, 0)), 0)]:
            size = [(p - 1) * s + k - sum(pad) + extra for p, s, k, pad in zip((4, 3), strides, (3, 2), pads)]

            def oracle(a, f):
                conv = lambda y: lax.conv_general_dilated(y, f, strides, pads, dimension_numbers=("NHWC", "HWIO", "NHWC"))
                return jax.vjp(conv, jnp.zeros((N, *size, 4)))[1](a)[0]
            with self.subTest(text):
                self.check(f"y = conv_transpose(x0, x1{', ' + text if text else ''})", [x, f], oracle)

    def test_pad(self):
        x = self.normal(N, 4, 5)
        self.check("y = pad(x0, [(0, 0), (1, 2), (0, 3)], value=0.5)", [x],
                   lambda a: jnp.pad(a, ((0, 0), (1, 2), (0, 3)), constant_values=0.5))
        for mode in ("reflect", "edge"):
            self.check(f'y = pad(x0, [(0, 0), (3, 2), (0, 4)], mode="{mode}")', [x],
                       lambda a: jnp.pad(a, ((0, 0), (3, 2), (0, 4)), mode=mode))

    def test_prod(self):
        x = self.normal(N, 5) * (self.rng.random((N, 5)) > 0.2)
        self.check("y = prod(x0, axis=1)", [x], lambda a: jnp.prod(a, axis=1))

    def test_activations(self):
        x = 3 * self.normal(N, 5)
        gelu = lambda a: jax.nn.gelu(a, approximate=False)
        for text, oracle in [("expm1", jnp.expm1), ("gelu", gelu), ("silu", jax.nn.silu), ("softplus", jax.nn.softplus), ("softsign", jax.nn.soft_sign), ("elu", jax.nn.elu)]:
            with self.subTest(text):
                self.check(f"y = {text}(x0)", [x], oracle)
        # Their constants (1/6; selu's two) are no numbers of f32: each is rounded by 2^-24 at most.
        for text, oracle in [("selu", jax.nn.selu), ("hard_sigmoid", jax.nn.hard_sigmoid), ("hard_swish", jax.nn.hard_swish)]:
            with self.subTest(text):
                self.check(f"y = {text}(x0)", [x], oracle, tolerance=2 * 2.0 ** -24)
        self.check("y = log1p(x0)", [np.abs(x)], jnp.log1p)

    def test_losses(self):
        x, t = 3 * self.normal(N, 5), self.rng.random((N, 5))
        self.check("y = binary_cross_entropy(x0, x1)", [x, t], lambda a, b: jax.nn.softplus(a) - a * b)
        self.check("y = huber(x0, x1, delta=0.5)", [x, t], lambda a, b: jnp.where(jnp.abs(a - b) < .5, (a - b) ** 2 / 2, .5 * (jnp.abs(a - b) - .25)))

    def test_mean_over_time(self):
        lengths = self.rng.integers(0, 5, (N,), dtype=np.int32)
        lengths[:2] = 0, 4
        self.check("y = mean_over_time(x0, x1)", [self.normal(N, 4, 3), lengths],
                   lambda a, n: (a * (jnp.arange(4) < n[:, None])[..., None]).sum(1) / jnp.maximum(n, 1)[:, None])

    def test_embedding(self):
        self.check("y = gather(x0, x1)", [self.normal(13, 6), self.rng.integers(0, 13, (N, 4), dtype=np.int32)], lambda t, i: t[i])


if __name__ == "__main__":
    unittest.main()
