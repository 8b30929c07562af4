"""Loops over time against JAX's lax.scan: values and all gradients, of cells that users write and of the loop's own rules.

Each case is a model whose weights are inputs, so that their gradients are results; the loss is the sum of its outputs, weighted by fixed odd
numbers. In f64 through the reference interpreter, the gradients through the whole compiler, too, at several batches.

And, of recurrent layers of std with random lengths: each row is as it would be alone, at its own length.
"""

import os
import random
import re
import unittest

import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import jax.numpy as jnp
import numpy as np

import executor

TOLERANCE = 1e-9  # f64, of the largest element: some hundred roundings
N = executor.BATCH


def scan(step, carry, sources, reverse=False, steps=None):
    """lax.scan with time at dimension 1 and the step's number."""
    count = steps or sources[0].shape[1]
    xs = (jnp.arange(count), *[jnp.moveaxis(x, 1, 0) for x in sources])
    last, ys = jax.lax.scan(lambda c, x: step(c, *x), carry, xs, reverse=reverse)
    return last, jax.tree.map(lambda y: jnp.moveaxis(y, 0, 1), ys)


sigmoid = jax.nn.sigmoid


def rnn(x, h, W, U, b):
    def step(h, t, x):
        h = jnp.tanh(x @ W + h @ U + b)
        return h, h
    last, y = scan(step, h, [x])
    return y, last


def lstm(x, h, c, W, U, p, b, reverse=False):
    def step(carry, t, x):
        h, c = carry
        i, f, g, o = jnp.split(x @ W + h @ U + b, 4, axis=-1)
        c = sigmoid(f + p[1] * c) * c + sigmoid(i + p[0] * c) * jnp.tanh(g)
        h = sigmoid(o + p[2] * c) * jnp.tanh(c)
        return (h, c), h
    (h, c), y = scan(step, (h, c), [x], reverse)
    return y, h, c


def lengths(x, h, W, U, n, reverse=False):
    def step(h, t, x):
        new = jnp.tanh(x @ W + h @ U)
        runs = (t < n)[:, None]
        return jnp.where(runs, new, h), jnp.where(runs, new, 0)
    last, y = scan(step, h, [x], reverse)
    return y, last


def minimal_gated(x, h, W, U):
    def step(h, t, x):
        a, b = jnp.split(x @ W, 2, axis=-1)
        f = sigmoid(a + h @ U)
        h = (1 - f) * h + f * jnp.tanh(b + (f * h) @ U)
        return h, (h, f[:, :1])
    _, (y, f) = scan(step, h, [x])
    return y, f


def conv_cell(x, h, W, U):
    conv = lambda a, w: jax.lax.conv_general_dilated(a, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    def step(h, t, x):
        h = jnp.tanh(conv(x, W) + conv(h, U))
        return h, h
    _, y = scan(step, h, [x])
    return (y,)


def attention(memory, s, W):
    def step(s, t):
        score = jnp.einsum("nsk,nk->ns", memory, s)
        context = jnp.einsum("ns,nsk->nk", jax.nn.softmax(score), memory)
        s = jnp.tanh((s + context) @ W)
        return s, s
    _, y = scan(step, s, [], steps=4)
    return (y,)


def nested(x, W, U):
    def outer(s, t, x_t):
        def inner(a, u, x_u):
            a = jnp.tanh(a * 0.5 + x_u[:, None] @ W + s @ U)
            return a, a
        a, ys = scan(inner, s, [x_t], reverse=True)
        s = s + a
        return s, jnp.sum(ys, axis=1) * (t + 1)
    s, y = scan(outer, jnp.zeros((x.shape[0], W.shape[1])), [x])
    return y, s


def exchanged(x, a, b):
    def step(carry, t, x):
        a, b, c = carry
        return (b, a * 0.5 + x, a), (a, b)
    (a, b, c), (ya, yb) = scan(step, (a, b, a), [x])
    return ya, yb, a, b, c


def map_over(x, y, s):
    def step(carry, t, x, y):
        return carry, (x * y + s) * t
    _, z = scan(step, None, [x, y])
    return (z,)


def running_mean(x, s):
    """A scalar is carried, and two values that nobody reads behind the loop."""
    def step(carry, t, x):
        s, top = carry
        s = 0.75 * s + 0.25 * jnp.mean(x)
        top = jnp.maximum(top, x)
        return (s, top), (x - s)
    (s, top), y = scan(step, (s, jnp.zeros_like(x[:, 0])), [x])
    return y, top


def static_product(h, u, x, z):
    def step(h, t, r):
        h = sigmoid(h @ u) * h + jnp.tanh(h + r)
        return h, h
    last, y = scan(step, h, [x * 0.5])
    return y, last, z * 2


def rows_inside(x, h, U):
    def step(h, t, x):
        a = h.reshape(-1, 3) @ U
        h = jnp.tanh(a.reshape(h.shape) + 0.5 * h) + x
        return h, h * h
    last, y = scan(step, h, [x])
    z = (y.reshape(-1, 3) @ U).reshape(y.shape)
    return y, last, z.sum(axis=(0, 1))


# The source of a model whose inputs are x0, x1, …; its reference; the inputs' shapes: "i" ends an i32 below 7.
CASES = {
    "rnn": ("""(x: f32[N, 6, 5], h: f32[N, 4], W: f32[5, 4], U: f32[4, 4], b: f32[4]) -> (y: f32[N, 6, 4], last: f32[N, 4]) {
    y = scan x_t in x carry h = h { h = tanh(x_t @ W + h @ U + b); yield h }
    last = h }""", rnn, [(N, 6, 5), (N, 4), (5, 4), (4, 4), (4,)]),
    "peephole lstm": ("""(x: f32[N, 5, 3], h: f32[N, 9], c: f32[N, 9], W: f32[3, 36], U: f32[9, 36], p: f32[3, 9], b: f32[36])
            -> (y: f32[N, 5, 9], h_last: f32[N, 9], c_last: f32[N, 9]) {
    y = scan x_t in x carry h = h, c = c {
        i, f, g, o = split(x_t @ W + h @ U + b, 4)
        c = sigmoid(f + p[1] * c) * c + sigmoid(i + p[0] * c) * tanh(g)
        h = sigmoid(o + p[2] * c) * tanh(c)
        yield h
    }
    h_last, c_last = h, c }""", lstm, [(N, 5, 3), (N, 9), (N, 9), (3, 36), (9, 36), (3, 9), (36,)]),
    "peephole lstm, reverse": ("""(x: f32[N, 5, 3], h: f32[N, 9], c: f32[N, 9], W: f32[3, 36], U: f32[9, 36], p: f32[3, 9], b: f32[36])
            -> (y: f32[N, 5, 9], h_last: f32[N, 9], c_last: f32[N, 9]) {
    y = scan(reverse=true) x_t in x carry h = h, c = c {
        i, f, g, o = split(x_t @ W + h @ U + b, 4)
        c = sigmoid(f + p[1] * c) * c + sigmoid(i + p[0] * c) * tanh(g)
        h = sigmoid(o + p[2] * c) * tanh(c)
        yield h
    }
    h_last, c_last = h, c }""", lambda *a: lstm(*a, reverse=True), [(N, 5, 3), (N, 9), (N, 9), (3, 36), (9, 36), (3, 9), (36,)]),
    "lengths": ("""(x: f32[N, 6, 2], h: f32[N, 3], W: f32[2, 3], U: f32[3, 3], n: i32[N]) -> (y: f32[N, 6, 3], last: f32[N, 3]) {
    y = scan(lengths=n) x_t in x carry h = h { h = tanh(x_t @ W + h @ U); yield h }
    last = h }""", lengths, [(N, 6, 2), (N, 3), (2, 3), (3, 3), (N, "i")]),
    "lengths, reverse": ("""(x: f32[N, 6, 2], h: f32[N, 3], W: f32[2, 3], U: f32[3, 3], n: i32[N]) -> (y: f32[N, 6, 3], last: f32[N, 3]) {
    y = scan(lengths=n, reverse=true) x_t in x carry h = h { h = tanh(x_t @ W + h @ U); yield h }
    last = h }""", lambda *a: lengths(*a, reverse=True), [(N, 6, 2), (N, 3), (2, 3), (3, 3), (N, "i")]),
    "minimal gated unit": ("""(x: f32[N, 7, 3], h: f32[N, 5], W: f32[3, 10], U: f32[5, 5]) -> (y: f32[N, 7, 5], z: f32[N, 7, 1]) {
    y, z = scan x_t in x carry h = h {
        a, b = split(x_t @ W, 2)
        f = sigmoid(a + h @ U)
        h = (1 - f) * h + f * tanh(b + (f * h) @ U)
        yield h, f[:, 0:1]
    } }""", minimal_gated, [(N, 7, 3), (N, 5), (3, 10), (5, 5)]),
    "convolutions": ("""(x: f32[N, 3, 5, 4, 2], h: f32[N, 5, 4, 3], W: f32[3, 3, 2, 3], U: f32[3, 3, 3, 3]) -> (y: f32[N, 3, 5, 4, 3]) {
    y = scan x_t in x carry h = h {
        h = tanh(conv(x_t, W, padding="same") + conv(h, U, padding="same"))
        yield h
    } }""", conv_cell, [(N, 3, 5, 4, 2), (N, 5, 4, 3), (3, 3, 2, 3), (3, 3, 3, 3)]),
    "attention": ("""(memory: f32[N, 6, 5], s: f32[N, 5], W: f32[5, 5]) -> (y: f32[N, 4, 5]) {
    y = scan t in range(4) carry s = s {
        score = sum(memory * s[:, none], axis=2)
        context = sum(memory * softmax(score)[..., none], axis=1)
        s = tanh((s + context) @ W)
        yield s
    } }""", attention, [(N, 6, 5), (N, 5), (5, 5)]),
    "nested": ("""(x: f32[N, 4, 3], W: f32[1, 5], U: f32[5, 5]) -> (y: f32[N, 4, 5], last: f32[N, 5]) {
    y = scan x_t in x, t in range(4) carry s = zeros(N, 5) {
        ys = scan(reverse=true) x_u in x_t carry a = s {
            a = tanh(a * 0.5 + x_u[:, none] @ W + s @ U)
            yield a
        }
        s = s + a
        yield sum(ys, axis=1) * f32(t + 1)
    }
    last = s }""", nested, [(N, 4, 3), (1, 5), (5, 5)]),
    "values that change places": ("""(x: f32[N, 5, 3], a: f32[N, 3], b: f32[N, 3])
            -> (ya: f32[N, 5, 3], yb: f32[N, 5, 3], a_last: f32[N, 3], b_last: f32[N, 3], c_last: f32[N, 3]) {
    ya, yb = scan x_t in x carry a = a, b = b, c = a {
        old_a, old_b = a, b
        a, b, c = b, a * 0.5 + x_t, a
        yield old_a, old_b
    }
    a_last, b_last, c_last = a, b, c }""", exchanged, [(N, 5, 3), (N, 3), (N, 3)]),
    "nothing carried": ("""(x: f32[N, 5, 3], y: f32[N, 5, 3], s: f32[]) -> (z: f32[N, 5, 3]) {
    z = scan x_t in x, y_t in y, t in range(5) { yield (x_t * y_t + s) * f32(t) } }""", map_over, [(N, 5, 3), (N, 5, 3), ()]),
    "a scalar carried": ("""(x: f32[N, 5, 3], s: f32[]) -> (y: f32[N, 5, 3], last: f32[N, 3]) {
    y = scan x_t in x carry s = s, top = zeros(N, 3) {
        s = 0.75 * s + 0.25 * mean(x_t)
        top = maximum(top, x_t)
        yield x_t - s
    }
    last = top }""", running_mean, [(N, 5, 3), ()]),
    "N is not outermost": ("""(x: f32[2, 4, N, 3], h: f32[2, N, 3], U: f32[3, 3]) -> (y: f32[2, 4, N, 3], last: f32[2, N, 3], z: f32[N, 3]) {
    y = scan x_t in x carry h = h { h = tanh(h @ U + 0.5 * h) + x_t; yield h * h }
    last = h
    z = sum(sum(y @ U, axis=0), axis=0) }""", rows_inside, [(2, 4, N, 3), (2, N, 3), (3, 3)]),
    "N is not outermost, reshaped": ("""(x: f32[2, 4, N, 3], h: f32[2, N, 3], U: f32[3, 3]) -> (y: f32[2, 4, N, 3], last: f32[2, N, 3], z: f32[N, 3]) {
    y = scan x_t in x carry h = h {
        a = reshape(h, 2 * N, 3) @ U
        h = tanh(reshape(a, 2, N, 3) + 0.5 * h) + x_t
        yield h * h
    }
    last = h
    z = sum(sum(reshape(reshape(y, 8 * N, 3) @ U, 2, 4, N, 3), axis=0), axis=0) }""", rows_inside, [(2, 4, N, 3), (2, N, 3), (3, 3)]),
    "without N": ("""(x: f32[3, 5], a: f32[3], z: f32[N, 3]) -> (y: f32[3, 5], w: f32[N, 3]) {
    y = scan x_t in x carry a = a { a = a * 0.875 + x_t * x_t; yield a }
    w = z * a }""", lambda x, a, z: (lambda last, y: (y, z * last))(*scan(lambda a, t, x: (a * 0.875 + x * x,) * 2, a, [x])), [(3, 5), (3,), (N, 3)]),
    "without N, a product": ("""(h: f32[2, 3], u: f32[3, 3], x: f32[2, 5, 3], z: f32[N]) -> (y: f32[2, 5, 3], last: f32[2, 3], w: f32[N]) {
    r = scan s in x { yield s * 0.5 }
    y = scan r_t in r carry h = h { h = sigmoid(h @ u) * h + tanh(h + r_t); yield h }
    w = z * 2
    last = h }""", static_product, [(2, 3), (3, 3), (2, 5, 3), (N,)]),
    "one step": ("""(x: f32[N, 1, 5], h: f32[N, 4], W: f32[5, 4], U: f32[4, 4], b: f32[4]) -> (y: f32[N, 1, 4], last: f32[N, 4]) {
    y = scan x_t in x carry h = h { h = tanh(x_t @ W + h @ U + b); yield h }
    last = h }""", rnn, [(N, 1, 5), (N, 4), (5, 4), (4, 4), (4,)]),
}


KINDS = ["rnn", "gru", "lstm", "peephole_lstm", "norm_lstm"]


def layers(random):
    """A layer of std or a chain of them, where `{}` is what it says of lengths; and the width of its results."""
    kind, units = random.choice(KINDS), random.choice([1, 3, 4, 8])
    more = random.choice(["", "", ', start="learned"'] if kind in ("rnn", "gru", "lstm") else [""])
    more += {"gru": random.choice(["", ', reset="after"']), "lstm": random.choice(["", ", cell=coupled_lstm_cell", ", forget_bias=0.5"])}.get(kind, "")
    one = f"{kind}({units}{more}{{}})"
    return random.choice([
        (one, units), (one.replace("{}", ", reverse=true{}"), units), (f"bidirectional({kind}, {units}{{}})", 2 * units),
        (f"stacked({kind}, [{units}, 2]{{}})", 2), (f"{one} |> {random.choice(KINDS)}(3, reverse=true{{}})", 3),
        (f"bidirectional({random.choice(KINDS)}, 2{{}}) |> bidirectional({kind}, {units}{{}})", 2 * units)])


def with_weights(text):
    """The function's parameters as arguments, whose gradients are results then; and their shapes."""
    parameter = re.compile(r'^ *(%\w+) = nn\.parameter ".*" <.*> : (tensor<(.*)xf32>)\n', re.MULTILINE)
    found = parameter.findall(text)
    added = "".join(f", {name}: {kind}" for name, kind, _ in found)
    return parameter.sub("", text).replace(") -> (tensor", f"{added}) -> (tensor", 1), [[int(d) for d in shape.split("x")] for *_, shape in found]


class Lengths:
    """A layer over rows of random lengths, zero and all steps among them, and the same layer without lengths over each number of steps. Results are the
    loss, sum(y * w), and its gradients to the inputs, to w (which is y) and to the weights."""

    def __init__(self, seed):
        chosen, numbers = random.Random(seed), np.random.default_rng(seed)
        self.layer, y = layers(chosen)
        self.steps, features = chosen.randint(1, 6), chosen.choice([1, 3, 5])
        self.n = numbers.integers(0, self.steps + 1, N, dtype=np.int32)
        self.n[:2] = 0, self.steps
        numbers.shuffle(self.n)
        self.text, shapes = self.function("padded", self.steps, features, y, ", lengths=n")
        self.alone = executor.differentiate("\n".join(self.function(f"f{t}", t, features, y, "")[0] for t in set(self.n) - {0}))
        self.text = executor.differentiate(self.text)
        self.x, self.w = (numbers.standard_normal((N, self.steps, d)) for d in (features, y))
        self.weights = [numbers.standard_normal(shape) for shape in shapes]

    def function(self, name, steps, features, outputs, said):
        lengths = ", n: i32[N]" if said else ""
        source = f"model m(x: f32[N, {steps}, {features}]{lengths}, w: f32[N, {steps}, {outputs}]) -> (loss: f32[]) {{\n" \
                 f"loss = sum((x |> {self.layer.replace('{}', said)}) * w)\n}}"
        text, shapes = with_weights(executor.evaluated(source, name))
        return text.replace("f32", "f64"), shapes

    def call(self):
        return "padded", [self.x, self.n, self.w, *self.weights], 3 + len(self.weights)

    def rows(self):
        """What `padded` must return for each row."""
        results = []
        for x, w, t in zip(self.x, self.w, self.n):
            found = [np.zeros(()), np.zeros_like(x), np.zeros_like(w), *map(np.zeros_like, self.weights)]
            if t:
                alone = executor.interpret(self.alone, f"f{t}", [x[None, :t], w[None, :t], *self.weights], len(found))
                found[1][:t], found[2][:t] = alone[1][0], alone[2][0]
                found[0], found[3:] = alone[0], alone[3:]
            results.append(found)
        return results


def weights(shape):
    """Odd numbers, so that no gradient cancels."""
    return 0.5 + jnp.sin(1.7 * jnp.arange(np.prod(shape, dtype=int)).reshape(shape))


class Scans(unittest.TestCase):
    def test_cases(self):
        sources, calls, cases = [], [], []
        for i, (name, (model, reference, shapes)) in enumerate(CASES.items()):
            numbers = np.random.default_rng(i)
            inputs = [numbers.integers(0, 7, s[:-1]).astype(np.int32) if s and s[-1] == "i" else numbers.standard_normal(s) * 0.7 for s in shapes]
            text = executor.evaluated("model m" + model, f"f{i}").replace("f32", "f64")
            sources.append(text)
            outputs = len(jax.eval_shape(reference, *inputs))
            calls.append((f"f{i}", inputs, outputs))
            cases.append((name, reference))
        results = executor.run_calls_in_batches("\n".join(sources), calls)
        for (name, reference), runs in zip(cases, results):
            for batch, inputs, found in runs:
                with self.subTest(name, batch=batch):
                    self.compare(found, reference(*inputs))

    def test_gradients(self):
        self.check_gradients("interpreter")

    def test_gradients_compiled(self):
        self.check_gradients("compiled")

    def check_gradients(self, name_of_executor):
        sources, calls, cases = [], [], []
        for i, (name, (model, reference, shapes)) in enumerate(CASES.items()):
            numbers = np.random.default_rng(i)
            inputs = [numbers.integers(0, 7, s[:-1]).astype(np.int32) if s and s[-1] == "i" else numbers.standard_normal(s) * 0.7 for s in shapes]
            outputs = jax.eval_shape(reference, *inputs)
            # The weights are inputs, too: each output, weighted, is a term of the loss.
            head, _, body = model.partition(" {\n")
            arguments, _, results = head.rpartition("->")
            arguments, results = arguments.strip()[1:-1], results.strip()[1:-1]
            types = [(part.split(":")[0].strip(), part.split(":")[1].strip()) for part in results.replace("], ", "];").split(";")]
            given = ", ".join(f"w{j}: {kind}" for j, (_, kind) in enumerate(types))
            loss = " + ".join(f"sum({out} * w{j})" for j, (out, _) in enumerate(types))
            source = f"model m({arguments}, {given}) -> (loss: f32[]) {{\n{body.rstrip()[:-1]}\nloss = {loss}\n}}"
            sources.append(executor.evaluated(source, f"f{i}").replace("f32", "f64"))
            floats = [j for j, s in enumerate(shapes) if not (s and s[-1] == "i")]
            inputs += [np.asarray(weights(out.shape)) for out in outputs]
            calls.append((f"f{i}", inputs, 1 + len(floats)))
            cases.append((name, reference, len(shapes), floats))
        text = executor.differentiate("\n".join(sources))
        results = executor.run_calls_in_batches(text, calls, name_of_executor)
        for (name, reference, count, floats), runs in zip(cases, results):
            def loss(*inputs):
                return sum(jnp.sum(y * w) for y, w in zip(reference(*inputs[:count]), inputs[count:]))
            for batch, inputs, found in runs:
                with self.subTest(name, batch=batch):
                    wanted = jax.grad(loss, argnums=floats)(*inputs)
                    self.compare(found, [loss(*inputs), *wanted])

    def rows_alone(self, seeds, run_by):
        for seed in range(*map(int, seeds.split(":"))):
            case = Lengths(seed)
            rows = case.rows()
            for batch, _, found in executor.run_calls_in_batches(case.text, [case.call()], run_by)[0]:
                with self.subTest(case.layer, seed=seed, batch=batch, lengths=case.n[:batch]):
                    loss, x, y, *gradients = zip(*rows[:batch])
                    self.compare(found, [sum(loss), np.stack(x), np.stack(y), *map(sum, gradients)])

    def test_rows_alone(self):
        self.rows_alone(os.environ.get("ARGENT_LENGTHS", "0:16"), "interpreter")

    def test_rows_alone_compiled(self):
        self.rows_alone(os.environ.get("ARGENT_LENGTHS", "13:15"), "compiled")

    def compare(self, found, wanted):
        self.assertEqual(len(found), len(wanted))
        for i, (a, b) in enumerate(zip(found, wanted)):
            b = np.asarray(b)
            self.assertEqual(a.shape, b.shape)
            np.testing.assert_allclose(a, b, atol=TOLERANCE * max(1e-3, np.abs(b).max()), rtol=0, err_msg=f"result {i}")


if __name__ == "__main__":
    unittest.main()
