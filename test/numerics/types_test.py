"""Every element type through the language and the compiler: arithmetic, comparison, selection, reductions and casts, with the types of the
language as inputs and outputs of a model. Integers, bools, and single operations on the 16-bit floats are compared exactly with numpy;
kernels run with --checked and as shipped.
"""
import os
import subprocess
import tempfile
import unittest

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np

import executor

N, K = executor.BATCH, 37
NUMPY = {"f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16, "i32": np.int32, "i64": np.int64, "u8": np.uint8, "bool": np.bool_}


def run(source, inputs, count):
    """Outputs of the model in its own types, checked and shipped, which agree."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        model, module = os.path.join(folder, "m.ag"), os.path.join(folder, "m.agb")
        with open(model, "w") as file:
            file.write(source)
        for flags in (["--checked"], []):
            done = subprocess.run([executor.program("argent"), "compile", model, *flags, "-o", module], capture_output=True, text=True)
            assert done.returncode == 0, f"{done.stderr}\n{source}"
            results.append(executor.run_module(module, "predict", inputs, count, N, exact=True))
    for checked, shipped in zip(*results):
        assert np.array_equal(checked, shipped), f"--checked gives other values\n{source}"
    return results[1]


def numbers(rng, name, low=-100, high=100):
    """Small whole numbers: sums of a row are exact in every type but u8, where they wrap."""
    if name == "u8":
        return rng.integers(0, 256, (N, K)).astype(np.uint8)
    return rng.integers(low, high, (N, K)).astype(NUMPY[name])


class Types(unittest.TestCase):
    def check(self, model, inputs, expected):
        results = run(model, inputs, len(expected))
        for (name, wanted), actual in zip(expected.items(), results):
            self.assertEqual(actual.dtype, wanted.dtype, name)
            self.assertTrue(np.array_equal(actual, wanted), f"{name}:\n{actual}\nexpected\n{wanted}\n{model}")

    def elementwise(self, name):
        rng = np.random.default_rng(len(name))
        t, x, y = NUMPY[name], numbers(rng, name), numbers(rng, name)
        b = rng.integers(0, 2, (N, K)).astype(bool)
        expected = {
            "a": x + y, "d": x - y, "big": np.maximum(x, y), "small": np.minimum(x, y), "w": np.where(b, x, y), "lt": x < y, "le": x <= y,
            "eq": x == y, "ne": x != y, "neg": -x, "abs_": np.abs(x), "wide": x.astype(np.float32), "of_bool": b.astype(t),
            "p": (x * t(3)),
        }
        formulas = {"a": "x + y", "d": "x - y", "big": "maximum(x, y)", "small": "minimum(x, y)", "w": "where(b, x, y)", "lt": "x < y",
                    "le": "x <= y", "eq": "x == y", "ne": "x != y", "neg": "-x", "abs_": "abs(x)", "wide": "f32(x)", "of_bool": f"{name}(b)",
                    "p": "x * 3"}
        type_of = lambda array: next(key for key, value in NUMPY.items() if array.dtype == value)
        outputs = ", ".join(f"{key}: {type_of(value)}[N, {K}]" for key, value in expected.items())
        body = "\n".join(f"    {key} = {formula}" for key, formula in formulas.items())
        self.check(f"model m(x: {name}[N, {K}], y: {name}[N, {K}], b: bool[N, {K}]) -> ({outputs}) {{\n{body}\n}}\n", [x, y, b], expected)

    def reductions(self, name):
        rng = np.random.default_rng(len(name) + 10)
        t, x = NUMPY[name], numbers(rng, name, -6, 6)
        ties = numbers(rng, name, 0, 4) if name != "u8" else rng.integers(0, 4, (N, K)).astype(np.uint8)
        sign = np.where(rng.integers(0, 2, (N, K)), 1, 2).astype(t)  # products that stay exact
        sign[:, 7:] = 1
        wrap = lambda a: a.astype(t)
        long = np.int64 if t in (np.int32, np.int64, np.uint8) else np.float64
        expected = {
            "s": wrap(x.astype(long).sum(1)), "s0": wrap(x.astype(long).sum(0)), "hi": x.max(1), "lo": x.min(1), "hi0": x.max(0),
            "p": wrap(sign.astype(long).prod(1)), "arg": ties.argmax(1).astype(np.int32), "least": ties.argmin(1).astype(np.int32),
            "order": ties.argsort(1, kind="stable").astype(np.int32), "up": np.sort(x, 1), "down": np.sort(x, 1)[:, ::-1],
        }
        formulas = {"s": "sum(x, axis=1)", "s0": "sum(x, axis=0)", "hi": "max(x, axis=1)", "lo": "min(x, axis=1)", "hi0": "max(x, axis=0)",
                    "p": "prod(y, axis=1)", "arg": "argmax(z)", "least": "argmin(z)", "order": "argsort(z)",
                    "up": "sort(x)", "down": "sort(x, descending=true)"}
        shapes = {"s0": f"[{K}]", "hi0": f"[{K}]", **dict.fromkeys(("order", "up", "down"), f"[N, {K}]")}
        outputs = ", ".join(f"{key}: {'i32' if key in ('arg', 'least', 'order') else name}{shapes.get(key, '[N]')}" for key in expected)
        body = "\n".join(f"    {key} = {formula}" for key, formula in formulas.items())
        inputs = ", ".join(f"{v}: {name}[N, {K}]" for v in "xyz")
        self.check(f"model m({inputs}) -> ({outputs}) {{\n{body}\n}}\n", [x, sign, ties], expected)

    def floats(self, name):
        """Products, windows and functions of the 16-bit floats: sums are kept in f32, so one rounding of the result, and one of each step."""
        rng = np.random.default_rng(5)
        t = NUMPY[name]
        x, w, i, f = (rng.standard_normal(s).astype(t) for s in ((N, 9, 24), (24, 17), (N, 8, 8, 3), (3, 3, 3, 5)))
        source = f"""model m(x: {name}[N, 9, 24], w: {name}[24, 17], i: {name}[N, 8, 8, 3], f: {name}[3, 3, 3, 5])
    -> (y: {name}[N, 9, 17], s: {name}[N, 9, 24], c: {name}[N, 6, 6, 5], q: {name}[N, 4, 4, 3], t: {name}[N, 9, 24], r: {name}[N, 9, 24],
        me: {name}[N], mb: {name}[9, 24], l: {name}[N, 9]) {{
    y = x @ w
    s = softmax(x)
    c = conv(i, f)
    q = max_pool2d(i, 2)
    t = tanh(x) * exp(x) + sqrt(abs(x))
    r = sqrt(abs(x)) + floor(x) + round(x)
    me = mean(x, axis=(1, 2))
    mb = mean(x, axis=0)
    l = logsumexp(x, axis=-1)
}}
"""
        a, b, m, k = (jnp.asarray(v, jnp.float32) for v in (x, w, i, f))
        expected = [
            a @ b, jax.nn.softmax(a), jax.lax.conv_general_dilated(m, k, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")),
            m.reshape(N, 4, 2, 4, 2, 3).max((2, 4)), jnp.tanh(a) * jnp.exp(a) + jnp.sqrt(jnp.abs(a)),
            jnp.sqrt(jnp.abs(a)) + jnp.floor(a) + jnp.round(a), a.mean((1, 2)), a.mean(0), jax.nn.logsumexp(a, -1)]
        step = {"f16": 2.0**-11, "bf16": 2.0**-8}[name]
        for number, (actual, wanted) in enumerate(zip(run(source, [x, w, i, f], len(expected)), expected)):
            self.assertEqual(actual.dtype, t)
            error = np.max(np.abs(actual.astype(np.float32) - wanted) / (1 + np.abs(wanted)))
            self.assertLess(error, 4 * step, f"output {number} of {name}")  # up to four operations

    def order(self, name):
        """Every kind of float stands in its place: NaN of either sign behind infinity, -0 and what counts as 0 as 0, equals as they were."""
        rng = np.random.default_rng(6)
        kinds = np.array([np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0, 2.0**-126, -(2.0**-126), 1e-40, -1e-40, 1, -1, 3e38, -3e38], np.float32)
        x = rng.choice(kinds, (N, K)).astype(NUMPY[name])
        wide = x.astype(np.float32)
        wide = np.where(np.abs(wide) < 2.0**-126, np.float32(0), wide)
        up = wide.argsort(1, kind="stable").astype(np.int32)
        down = K - 1 - wide[:, ::-1].argsort(1, kind="stable").astype(np.int32)[:, ::-1]
        self.check(f"""model m(x: {name}[N, {K}]) -> (up: i32[N, {K}], down: i32[N, {K}]) {{
    up = argsort(x)
    down = argsort(x, descending=true)
}}
""", [x], {"up": up, "down": down})

    def test_bools(self):
        rng = np.random.default_rng(1)
        a, b = (rng.integers(0, 2, (N, K)).astype(bool) for _ in range(2))
        a[3], b[4] = True, False
        expected = {"both": a & b, "either": a | b, "no": ~a, "same": a == b, "other": a != b, "some": b.any(1), "every": a.all(1),
                    "some0": b.any(0), "count": a.sum(1).astype(np.float32), "total": np.float32(a.sum()).reshape(()), "whole": a.astype(np.int32),
                    "chosen": np.where(a, b, ~b)}
        formulas = {"both": "a and b", "either": "a or b", "no": "not a", "same": "a == b", "other": "a != b", "some": "any(b, axis=1)",
                    "every": "all(a, axis=1)", "some0": "any(b, axis=0)", "count": "sum(a, axis=1)", "total": "sum(a)", "whole": "i32(a)",
                    "chosen": "where(a, b, not b)"}
        types = {"some": "bool[N]", "every": "bool[N]", "some0": f"bool[{K}]", "count": "f32[N]", "total": "f32[]", "whole": f"i32[N, {K}]"}
        outputs = ", ".join(f"{key}: {types.get(key, f'bool[N, {K}]')}" for key in expected)
        body = "\n".join(f"    {key} = {formula}" for key, formula in formulas.items())
        self.check(f"model m(a: bool[N, {K}], b: bool[N, {K}]) -> ({outputs}) {{\n{body}\n}}\n", [a, b], expected)

    def casts(self, name):
        """From one type to all others; floats toward zero. Only values that the other type holds."""
        rng = np.random.default_rng(3)
        t = NUMPY[name]
        if name == "bool":
            x = rng.integers(0, 2, (N, K)).astype(bool)
        elif name in ("f32", "f16", "bf16"):
            x = (rng.integers(0, 1000, (N, K)) / 8).astype(t)
            x[0, :4] = [0, 0.875, 1, 125.5]
        else:
            x = rng.integers(0, 128, (N, K)).astype(t)
            x[0, :2] = [0, 127]
        signed = x.copy()
        if name not in ("bool", "u8"):
            signed[1::2] = -signed[1::2]
        inputs, formulas, expected = [x, signed], {}, {}
        for to, u in NUMPY.items():
            source, value = ("x", x) if to == "u8" else ("y", signed)
            formulas[f"to_{to}"] = f"{to}({source})"
            expected[f"to_{to}"] = (value != 0) if to == "bool" else value.astype(np.float32).astype(u) if u == ml_dtypes.bfloat16 else value.astype(u)
        outputs = ", ".join(f"to_{to}: {to}[N, {K}]" for to in NUMPY)
        body = "\n".join(f"    {key} = {formula}" for key, formula in formulas.items())
        self.check(f"model m(x: {name}[N, {K}], y: {name}[N, {K}]) -> ({outputs}) {{\n{body}\n}}\n", inputs, expected)

    def test_integer_division(self):
        rng = np.random.default_rng(4)
        for name in ("i32", "i64", "u8"):
            x = numbers(rng, name)
            y = numbers(rng, name, -9, 9)
            y[y == 0] = 5
            self.check(f"model m(x: {name}[N, {K}], y: {name}[N, {K}]) -> (q: {name}[N, {K}], r: {name}[N, {K}], t: {name}[N, {K}]) {{\n"
                       "    q = x // y\n    r = x % y\n    t = x // 7\n}\n", [x, y], {"q": x // y, "r": x % y, "t": x // NUMPY[name](7)})

    def test_large_integers(self):
        """i64 is no float on the way, and i32 wraps."""
        x = np.array([2**62 + 1, -(2**62) - 1, 2**53 + 1] + [1] * (N - 3), np.int64)
        y = np.array([2**31 - 1, -(2**31), 7] + [1] * (N - 3), np.int32)
        self.check("model m(x: i64[N], y: i32[N]) -> (a: i64[N], b: i64[N], c: i32[N], s: i32[], l: bool[N], m: i64[]) {\n"
                   "    a = x + 1\n    b = i64(y) * 2\n    c = y + y\n    s = sum(y)\n    l = x > 9007199254740992\n    m = max(x)\n}\n", [x, y],
                   {"a": x + 1, "b": y.astype(np.int64) * 2, "c": y + y, "s": y.sum(dtype=np.int32).reshape(()),
                    "l": x > 2**53, "m": x.max().reshape(())})


def add(method, names):
    for name in names:
        setattr(Types, f"test_{method}_{name}", lambda self, name=name: getattr(self, method)(name))


add("elementwise", ("f32", "f16", "bf16", "i32", "i64", "u8"))
add("reductions", ("f32", "f16", "bf16", "i32", "i64", "u8"))
add("casts", NUMPY)
add("order", ("f32", "f16", "bf16"))
add("floats", ("f16", "bf16"))

if __name__ == "__main__":
    unittest.main()
