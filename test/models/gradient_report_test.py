"""What a gradient report says, beside JAX in f64: norms for each layer and parameter, for each state of a loop step by step, shares of saturated
elements.

The reference adds zeros to what each step computes of its states; the gradient in these zeros is the loss's gradient in the states. Both look at
one batch before each of two updates. Norms differ by at most TOLERANCE of themselves (f32 against f64 over some steps of time), shares by an element
of a few thousand. Training computes the same values with a report: the same bits, but where the backward loop computes again what it reads without
one (RECOMPUTED), which may round otherwise. A module without one does not say what it needs.
"""

import json
import os
import subprocess
import sys
import tempfile

import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")
import jax.numpy as jnp
import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from training import ARGENT, run, safetensors

N, T, D, K, SEED, UPDATES = 16, 9, 5, 7, 3, 2
TOLERANCE = 1e-4
RECOMPUTED = ["indrnn"]
sigmoid = jax.nn.sigmoid

MODEL = """model m(x: f32[N, 9, 5], n: i32[N]) -> (y: f32[N, 3]) {
%s
    y = h |> last_step(lengths=n) |> dense(3, name="out")
}
train m(label: i32[N]) {
    loss = mean(cross_entropy(y, label))
    optimizer = sgd(rate=0.5)
    batch = 16
}
"""


class Probes:
    """Zeros by the name of a state; what a run of the reference has seen of gates."""

    def __init__(self, zeros):
        self.zeros, self.gates = zeros, {}

    def scan(self, cell, prefix, states, x, n=None, reverse=False, time=T):
        """`cell(x_t, states)` gives new states, what is yielded, and the gates by their names."""
        names = list(states)
        order = range(time - 1, -1, -1) if reverse else range(time)
        stacked, seen = [None] * time, []
        for t in order:
            new, y, gates = cell(x[:, t], states, lambda name, value: value + self.zeros[prefix + name][:, t])
            runs = jnp.ones(len(x), bool) if n is None else t < n
            states = {name: jnp.where(runs[:, None], new[name], states[name]) for name in names}
            stacked[t] = jnp.where(runs[:, None], y, 0)
            seen.append((gates, runs))
        for name in seen[0][0]:
            values = jnp.concatenate([gates[name].reshape(len(x), -1)[np.asarray(runs)] for gates, runs in seen])
            self.gates[prefix + name] = values
        return jnp.stack(stacked, 1), states


def rnn(p, prefix, probes, x, n=None, reverse=False):
    def cell(x_t, s, probe):
        h = jnp.tanh(x_t @ p[prefix + "W"] + s["h"] @ p[prefix + "U"] + p[prefix + "b"])
        return {"h": probe("h", h)}, probe("h", h), {"h": h}
    return probes.scan(cell, prefix, {"h": jnp.zeros((len(x), K))}, x, n, reverse)[0]


def lstm(p, prefix, probes, x, n=None, reverse=False):
    def cell(x_t, s, probe):
        i, f, g, o = jnp.split(x_t @ p[prefix + "W"] + s["h"] @ p[prefix + "U"] + p[prefix + "b"], 4, axis=-1)
        c = probe("c", sigmoid(f + 1) * s["c"] + sigmoid(i) * jnp.tanh(g))
        h = probe("h", sigmoid(o) * jnp.tanh(c))
        gates = {"sigmoid(f)": sigmoid(f + 1), "sigmoid(i)": sigmoid(i), "tanh(g)": jnp.tanh(g), "sigmoid(o)": sigmoid(o), "tanh(c)": jnp.tanh(c)}
        return {"h": h, "c": c}, h, gates
    zero = jnp.zeros((len(x), K))
    return probes.scan(cell, prefix, {"h": zero, "c": zero}, x, n, reverse)[0]


def gru(p, prefix, probes, x, n=None, reverse=False):
    def cell(x_t, s, probe):
        xz, xr, xn = jnp.split(x_t @ p[prefix + "W"] + p[prefix + "b"], 3, axis=-1)
        hz, hr = jnp.split(s["h"] @ p[prefix + "U"], 2, axis=-1)
        z, r = sigmoid(xz + hz), sigmoid(xr + hr)
        new = jnp.tanh(xn + (r * s["h"]) @ p[prefix + "Uh"])
        h = probe("h", (1 - z) * new + z * s["h"])
        return {"h": h}, h, {"z": z, "r": r, "n": new}
    return probes.scan(cell, prefix, {"h": jnp.zeros((len(x), K))}, x, n, reverse)[0]


def one(layer, name):
    return lambda p, probes, x, n: layer(p, name + ".", probes, x)


def bidirectional(p, probes, x, n):
    return jnp.concatenate([lstm(p, "bidirectional_1.forward.", probes, x, n),
                            lstm(p, "bidirectional_1.backward.", probes, x, n, reverse=True)], -1)


def stacked(p, probes, x, n):
    return gru(p, "stacked_1.gru_2.", probes, gru(p, "stacked_1.gru_1.", probes, x))


def nested(p, probes, x, n):
    """A loop over the features in a loop over time; its state begins with the other's."""
    outer, s, gates = [], jnp.zeros((len(x), 1)), {"q": [], "s": []}
    for t in range(T):
        q = s
        for d in range(D):
            q = jnp.tanh(x[:, t, d, None] * p["v"] + q * p["w"])
            gates["q"].append(q)
            q = q + probes.zeros["q"][:, t, d]
        s = sigmoid(q * p["u"])
        gates["s"].append(s)
        s = s + probes.zeros["s"][:, t]
        outer.append(s)
    probes.gates = {name: jnp.stack(values) for name, values in gates.items()}
    return jnp.stack(outer, 1)


def indrnn(p, probes, x, n):
    """Each element has a loop of its own: all of a step is computed element by element."""
    def cell(x_t, s, probe):
        k = jnp.tanh(x_t * p["a"] + s["k"] * p["b"])
        return {"k": probe("k", k)}, probe("k", k), {"k": k}
    return probes.scan(cell, "", {"k": jnp.zeros((len(x), D))}, x)[0]


def given(p, probes, x, n):
    """Two states that a step computes nothing of: the other's value before it, and the source."""
    def cell(x_t, s, probe):
        k = jnp.tanh(x_t * p["a"] + s["k"] * p["b"] + s["before"] * p["c"] + s["source"] * s["k"])
        return {"before": probe("before", s["k"]), "source": probe("source", x_t), "k": probe("k", k)}, probe("k", k), {"k": k}
    zero = jnp.zeros((len(x), D))
    return probes.scan(cell, "", {"before": zero, "source": zero, "k": zero}, x)[0]


# The recurrent part, the reference, its states with their shapes behind N, and the layers with their parameters.
CASES = {
    "rnn": ("    h = x |> rnn(7)", one(rnn, "rnn_1"), {"rnn_1.h": (T, K)}, {"rnn_1": "rnn_1."}),
    "lstm": ("    h = x |> lstm(7)", one(lstm, "lstm_1"), {"lstm_1.h": (T, K), "lstm_1.c": (T, K)}, {"lstm_1": "lstm_1."}),
    "gru": ("    h = x |> gru(7)", one(gru, "gru_1"), {"gru_1.h": (T, K)}, {"gru_1": "gru_1."}),
    "bidirectional": ("    h = x |> bidirectional(lstm, 7, lengths=n)", bidirectional,
                      {f"bidirectional_1.{way}.{state}": (T, K) for way in ("forward", "backward") for state in "hc"},
                      {f"bidirectional_1.{way}": f"bidirectional_1.{way}." for way in ("forward", "backward")}),
    "stacked": ("    h = x |> stacked(gru, [7, 7])", stacked, {f"stacked_1.gru_{i}.h": (T, K) for i in (1, 2)},
                {f"stacked_1.gru_{i}": f"stacked_1.gru_{i}." for i in (1, 2)}),
    "nested": ("""    param v: f32[1] = normal(deviation=1.0)
    param w: f32[1] = normal(deviation=1.0)
    param u: f32[1] = normal(deviation=1.0)
    h = scan x_t in x carry s = zeros(N, 1) {
        r = scan x_d in x_t carry q = s {
            q = tanh(reshape(x_d, N, 1) * v + q * w)
            yield q
        }
        s = sigmoid(r[:, 4] * u)
        yield s
    }""", nested, {"q": (T, D, 1), "s": (T, 1)}, {}),
    "indrnn": ("""    param a: f32[5] = normal(deviation=1.0)
    param b: f32[5] = normal(deviation=1.0)
    h = scan x_t in x carry k = zeros(N, 5) {
        k = tanh(x_t * a + k * b)
        yield k
    }""", indrnn, {"k": (T, D)}, {}),
    "given": ("""    param a: f32[5] = normal(deviation=1.0)
    param b: f32[5] = normal(deviation=1.0)
    param c: f32[5] = normal(deviation=1.0)
    h = scan x_t in x carry before = zeros(N, 5), source = zeros(N, 5), k = zeros(N, 5) {
        before, source, k = k, x_t, tanh(x_t * a + k * b + before * c + source * k)
        yield k
    }""", given, {"before": (T, D), "source": (T, D), "k": (T, D)}, {}),
}


def reference(case, p, batch):
    """The loss, the gradients of the parameters and of the states, and the gates."""
    _, net, shapes, _ = CASES[case]
    zeros = {name: jnp.zeros((N, *shape)) for name, shape in shapes.items()}

    def loss(p, zeros):
        probes = Probes(zeros)
        y = net(p, probes, batch["x"].astype(np.float64), batch["n"])
        last = y[jnp.arange(N), batch["n"] - 1] @ p["out.weight"] + p["out.bias"]
        value = -jnp.mean(jax.nn.log_softmax(last)[jnp.arange(N), batch["label"]])
        return value, value

    (_, value), (parameters, states) = jax.value_and_grad(loss, argnums=(0, 1), has_aux=True)(p, zeros)
    probes = Probes(zeros)
    net(p, probes, batch["x"].astype(np.float64), batch["n"])
    return value, parameters, states, probes.gates


def norm(*tensors):
    return float(np.sqrt(sum((np.asarray(tensor, np.float64) ** 2).sum() for tensor in tensors)))


def near(found, wanted, what):
    error = np.abs(np.asarray(found, np.float64) - wanted)
    assert (error <= TOLERANCE * np.abs(wanted) + 1e-12).all(), f"{what}: {found}, not {wanted}"


def check_step(case, line, before, after, batch):
    _, _, shapes, layers = CASES[case]
    p = {name: jnp.asarray(value, jnp.float64) for name, value in before.items()}
    loss, gradients, states, gates = reference(case, p, batch)
    near(line["loss"], float(loss), "loss")
    near(line["gradient_norm"], norm(*gradients.values()), "gradient norm")

    near([layer["gradient_norm"] for layer in line["layers"].values()],
         [norm(*(gradients[path] for path in layer["parameters"])) for layer in line["layers"].values()], "layers")
    assert sorted(path for layer in line["layers"].values() for path in layer["parameters"]) == sorted(p)
    for name, prefix in {**layers, "out": "out."}.items():
        assert sorted(line["layers"][name]["parameters"]) == sorted(path for path in p if path.startswith(prefix)), (name, line["layers"])
    for layer in line["layers"].values():
        near(layer["parameter_norm"], norm(*(after[path] for path in layer["parameters"])), "a layer's parameters")
        for path, own in layer["parameters"].items():
            near(own["gradient_norm"], norm(gradients[path]), path)
            near(own["parameter_norm"], norm(after[path]), path)
            # The difference of two parameters is as exact as they are.
            assert abs(own["update_norm"] - norm(after[path] - before[path])) <= 1e-5 * own["update_norm"] + 1e-7, path

    assert sorted(line["states"]) == sorted(shapes), (list(line["states"]), list(shapes))
    for name, state in line["states"].items():
        times = shapes[name][:-1]
        assert state["steps"] == list(times) and state["reverse"] == ("backward" in name)
        axes = (0, len(times) + 1)
        wanted = np.sqrt((np.asarray(states[name]) ** 2).sum(axes))
        near(state["norms"], wanted.ravel(), name)
        # Between the norms that are written: those of what saturates are little exact.
        norms = np.array(state["norms"]).reshape(times)
        first, second = norms[..., :-1].ravel(), norms[..., 1:].ravel()
        if state["reverse"]:
            first, second = second, first
        factors = [None if below == 0 else above / below for above, below in zip(first, second)]
        assert [factor is None for factor in factors] == [factor is None for factor in state["factors"]], name
        near([factor or 0 for factor in state["factors"]], np.array([factor or 0 for factor in factors]), name + ", factors")

    assert sorted(line["gates"]) == sorted(gates), (list(line["gates"]), list(gates))
    for name, gate in line["gates"].items():
        values = np.asarray(gates[name])
        # What lies at a bound may fall to either side of it.
        isSigmoid = "sigmoid" in name or name.rsplit(".")[-1] in ("z", "r", "s")
        for key, share in (("low", np.mean(values < (0.1 if isSigmoid else -0.9))), ("high", np.mean(values > 0.9))):
            assert abs(gate[key] - share) <= 1.5 / values.size, (name, key, gate[key], share)


def main():
    numbers = np.random.default_rng(1)
    batch = {"x": (numbers.standard_normal((N, T, D)) * 2).astype(np.float32), "n": numbers.integers(1, T + 1, N).astype(np.int32),
             "label": numbers.integers(0, 3, N).astype(np.int32)}
    with tempfile.TemporaryDirectory() as folder:
        at = lambda name: os.path.join(folder, name)
        for case, (text, *_) in CASES.items():
            # All rows run to the end, but where lengths are given.
            given = batch if case == "bidirectional" else {**batch, "n": np.full(N, T, np.int32)}
            np.savez(at("data.npz"), **given)
            with open(at("m.ag"), "w") as file:
                file.write(MODEL % text)
            train = lambda *arguments: run("train", at("m.ag"), "--data", at("data.npz"), "--seed", SEED, "--epochs", UPDATES, *arguments)
            weights = []
            for updates in range(UPDATES + 1):
                train("--updates", updates, "--save", at("weights"))
                weights.append({name: value for name, value in safetensors(at("weights")).items() if not name.startswith("@")})
            train("--save", at("reported"), "--gradient-report", at("report.jsonl"))
            with open(at("report.jsonl")) as file:
                start, *steps = map(json.loads, file)
            assert start["event"] == "start" and [step["update"] for step in steps] == [1, 2], (start, steps)
            for i, step in enumerate(steps):
                check_step(case, step, weights[i], weights[i + 1], given)
            reported = safetensors(at("reported"))
            changed = [name for name, value in weights[-1].items() if not (reported[name] == value).all()]
            assert case in RECOMPUTED or not changed, f"{case}: the report changes the training: {changed}"
            for name in changed:
                assert np.allclose(reported[name], weights[-1][name], rtol=1e-5, atol=1e-6), f"{case}: the report changes the training: {name}"
            print(f"{case}: norms of {len(steps[0]['states'])} states, {sum(len(l['parameters']) for l in steps[0]['layers'].values())} parameters and "
                  f"{len(steps[0]['gates'])} gates", flush=True)

        run("compile", at("m.ag"), "-o", at("m.agb"))
        result = subprocess.run([ARGENT, "train", at("m.agb"), "--data", at("data.npz"), "--gradient-report", at("x.jsonl")], capture_output=True, text=True)
        assert result.returncode == 1 and "was compiled without a gradient report" in result.stderr, result
        assert not os.path.exists(at("x.jsonl"))


main()
