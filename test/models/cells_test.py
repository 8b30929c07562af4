"""Every recurrent layer of std trained for ten steps, beside JAX's lax.scan in f64: the parameters after them.

The net is a recurrent layer over the lines of small images, its last step, and a dense layer; the batches and the first weights are the same. Each
element of each parameter differs from the reference by at most TOLERANCE of its tensor's largest element (biases begin at 0, so of how far they have
moved): f32 against f64 over ten updates through six steps of time. Layer norms divide by the deviation of what is nearly equal in the first steps:
they may differ by ten times what JAX in f32 does, whose tanh and sigmoid are within an ulp or two where ours are within 6 and 2.5 (LANGUAGE.md, 12).
"""

import os
import sys
import tempfile

import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")
import jax.numpy as jnp
import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from training import check_same_bits, run, safetensors, shuffled, write_idx

STEPS, BATCH, ROWS, SEED, T, D, K = 10, 8, 80, 3, 6, 5, 7
TOLERANCE = 1e-5
sigmoid = jax.nn.sigmoid

MODEL = """model cells(image: f32[N, 6, 5, 1] from image(mean=0.5, std=0.5)) -> (logits: f32[N, 3]) {
    x = image[..., 0]
    n = 1 + i32(abs(x[:, 0, 0]) * 4.0)
    logits = x |> %s |> last_step |> dense(3, name="out")
}
train cells(label: i32[N]) {
    loss = mean(cross_entropy(logits, label))
    optimizer = sgd(rate=0.5, momentum=0.5)
}
"""


def scan(step, carry, x, n=None, reverse=False):
    """lax.scan over time; at steps from n on a row keeps its state and yields zeros."""
    def masked(carry, inputs):
        t, x_t = inputs
        new, y = step(carry, x_t)
        if n is None:
            return new, y
        runs = (t < n)[:, None]
        return jax.tree.map(lambda a, b: jnp.where(runs, a, b), new, carry), jnp.where(runs, y, 0)
    return jnp.moveaxis(jax.lax.scan(masked, carry, (jnp.arange(T), jnp.moveaxis(x, 1, 0)), reverse=reverse)[1], 0, 1)


def zeros(x):
    return jnp.zeros((x.shape[0], K))


def first(p, name, x):
    return zeros(x) + p.get(name + ".value", 0)


def rnn(activation):
    def layer(p, x, n, reverse=False):
        def step(h, x_t):
            h = activation(x_t @ p["W"] + h @ p["U"] + p["b"])
            return h, h
        return scan(step, first(p, "first_h", x), x, n, reverse)
    return layer


def lstm_cell(forget_bias=1.0, peepholes=False, norm=False):
    def layer(p, x, n, reverse=False):
        def normalize(v, name):
            mean, variance = v.mean(-1, keepdims=True), v.var(-1, keepdims=True)
            return (v - mean) / jnp.sqrt(variance + 1e-5) * p[name + ".scale"] + p[name + ".shift"]
        q = p["p"] if peepholes else jnp.zeros((3, K))
        def step(carry, x_t):
            h, c = carry
            if norm:
                gates = normalize(x_t @ p["W"], "norm_x") + normalize(h @ p["U"], "norm_h")
            else:
                gates = x_t @ p["W"] + h @ p["U"] + p["b"]
            i, f, g, o = jnp.split(gates, 4, axis=-1)
            c = sigmoid(f + forget_bias + q[1] * c) * c + sigmoid(i + q[0] * c) * jnp.tanh(g)
            h = sigmoid(o + q[2] * c) * jnp.tanh(normalize(c, "norm_c") if norm else c)
            return (h, c), h
        return scan(step, (first(p, "first_h", x), first(p, "first_c", x)), x, n, reverse)
    return layer


def coupled(p, x, n, reverse=False):
    def step(carry, x_t):
        h, c = carry
        f, g, o = jnp.split(x_t @ p["W"] + h @ p["U"] + p["b"], 3, axis=-1)
        f = sigmoid(f + 1)
        c = f * c + (1 - f) * jnp.tanh(g)
        h = sigmoid(o) * jnp.tanh(c)
        return (h, c), h
    return scan(step, (zeros(x), zeros(x)), x, n, reverse)


def gru(after):
    def layer(p, x, n, reverse=False):
        def step(h, x_t):
            xz, xr, xn = jnp.split(x_t @ p["W"] + p["b"], 3, axis=-1)
            hz, hr = jnp.split(h @ p["U"], 2, axis=-1)
            z, r = sigmoid(xz + hz), sigmoid(xr + hr)
            new = jnp.tanh(xn + (r * (h @ p["Uh"] + p["bh"]) if after else (r * h) @ p["Uh"]))
            h = (1 - z) * new + z * h
            return h, h
        return scan(step, first(p, "first_h", x), x, n, reverse)
    return layer


def under(p, name):
    return {key[len(name) + 1:]: value for key, value in p.items() if key.startswith(name + ".")}


def bidirectional(layer):
    return lambda p, x, n: jnp.concatenate([layer(under(p, "forward"), x, n), layer(under(p, "backward"), x, n, reverse=True)], -1)


def stacked(layer, name):
    def both(p, x, n):
        return layer(under(p, name + "_2"), layer(under(p, name + "_1"), x, n), n)
    return both


# The layer as the language has it, the name of its instance, the reference, and whether it is given lengths.
CASES = [
    ("rnn(7)", "rnn_1", rnn(jnp.tanh), False),
    ("rnn(7, activation=sigmoid)", "rnn_1", rnn(sigmoid), False),
    ("rnn(7, activation=relu)", "rnn_1", rnn(jax.nn.relu), False),
    ('rnn(7, lengths=n, start="learned")', "rnn_1", rnn(jnp.tanh), True),
    ("lstm(7)", "lstm_1", lstm_cell(), False),
    ("lstm(7, forget_bias=2.5)", "lstm_1", lstm_cell(2.5), False),
    ('lstm(7, lengths=n, reverse=true, start="learned")', "lstm_1", lambda p, x, n: lstm_cell()(p, x, n, reverse=True), True),
    ("peephole_lstm(7)", "peephole_lstm_1", lstm_cell(0.0, peepholes=True), False),
    ("norm_lstm(7)", "norm_lstm_1", lstm_cell(norm=True), False),
    ("lstm(7, cell=coupled_lstm_cell)", "lstm_1", coupled, False),
    ("gru(7)", "gru_1", gru(False), False),
    ('gru(7, reset="after", start="learned")', "gru_1", gru(True), False),
    ("bidirectional(lstm, 7, lengths=n)", "bidirectional_1", bidirectional(lstm_cell()), True),
    ("stacked(gru, [7, 7])", "stacked_1", stacked(gru(False), "gru"), False),
]


def gradient_of(layer, name, has_lengths):
    def loss(p, image, label):
        x = image[..., 0]
        n = 1 + (jnp.abs(x[:, 0, 0]) * 4).astype(jnp.int32) if has_lengths else None
        y = layer(under(p, name), x, n)[:, -1]
        logits = y @ p["out.weight"] + p["out.bias"]
        return -jnp.mean(jax.nn.log_softmax(logits)[jnp.arange(len(label)), label])
    return jax.jit(jax.grad(loss))


def main():
    numbers = np.random.default_rng(1)
    data = {split: (numbers.integers(0, 256, (rows, T, D), dtype=np.uint8), numbers.integers(0, 3, rows, dtype=np.uint8))
            for split, rows in (("train", ROWS), ("t10k", 16))}
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        write_idx(folder, data)
        at = lambda name: os.path.join(folder, name)

        def train(*arguments, threads=2):
            return run("train", at("m.ag"), "--data", folder, "--batch", BATCH, "--seed", SEED, "--threads", threads, *arguments)

        order = shuffled(SEED, 0, ROWS)
        for text, name, layer, has_lengths in CASES:
            with open(at("m.ag"), "w") as file:
                file.write(MODEL % text if has_lengths else (MODEL % text).replace("    n = 1 + i32(abs(x[:, 0, 0]) * 4.0)\n", ""))
            train("--updates", 0, "--save", at("start"))
            train("--updates", STEPS, "--save", at("end"))
            start, end = safetensors(at("start")), safetensors(at("end"))
            start = {key: jnp.asarray(value, jnp.float64) for key, value in start.items() if not key.startswith("@")}
            gradient = gradient_of(layer, name, has_lengths)

            def train_reference(kind):
                p = {key: value.astype(kind) for key, value in start.items()}
                velocity = {key: jnp.zeros_like(value) for key, value in p.items()}
                for step in range(STEPS):
                    rows = order[step * BATCH : (step + 1) * BATCH]
                    image = jnp.asarray((data["train"][0][rows][..., None] / 255 - 0.5) / 0.5, kind)
                    g = gradient(p, image, data["train"][1][rows].astype(np.int32))
                    velocity = {key: 0.5 * velocity[key] + g[key] for key in p}
                    p = {key: p[key] - 0.5 * velocity[key] for key in p}
                return p

            p = train_reference(jnp.float64)
            moved = [key for key in p if (p[key] != start[key]).any()]
            error = lambda other: max(float(np.abs(other[key] - p[key]).max() / np.abs(p[key]).max()) for key in moved)
            worst, own = error(end), error(train_reference(jnp.float32)) if "norm" in text else 0
            print(f"{text}: {worst:.1e} of the largest element" + (f", JAX in f32 {own:.1e}" if own else ""), flush=True)
            failed += not worst <= max(TOLERANCE, 10 * own)
            failed += any((end[key] != start[key]).any() for key in p if key not in moved)
        check_same_bits(folder, train, ("--updates", STEPS), ("--updates", 4))
    if failed:
        sys.exit(f"{failed} of {len(CASES)} layers differ from the reference by more than {TOLERANCE} of the largest element")


main()
