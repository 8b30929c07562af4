"""Every optimizer and every setting of the train block against their reference implementations, over 20 steps of a small net.

The net (convolution, pooling, two dense layers) is compiled through the whole path and trained by `argent train` in f32; optax on JAX in
f64 takes the same steps from the same initial weights, on the same batches. Forms that optax lacks (RMSprop with momentum and a rate that
changes, Adagrad with an epsilon that counts) are compared with PyTorch by optimizers_torch_test.py.

Shown: after 20 steps each element of each parameter differs from the reference by at most TOLERANCE of how far its tensor's largest element has
moved. An f32 gradient has a relative error of some 1e-6; the steps add up, and optimizers that divide by the gradient's size pass it on. An
element whose gradient all but cancels has a larger one, and epsilon is what bounds its weight: so the numbers of the optimizers are odd ones, with
an epsilon that counts, and the defaults (epsilon 1e-8: such an element's first step has the size of any other's) get DEFAULTS_TOLERANCE.

Then: adam with settings has the same bits for 1 and 2 threads, stopped and resumed, and killed and resumed.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np
import optax

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from training import ARGENT, check_same_bits, run, safetensors, shuffled, write_idx

STEPS, BATCH, ROWS, SEED = 20, 16, 400, 3
TOLERANCE, DEFAULTS_TOLERANCE = 5e-5, 5e-3

MODEL = """model small(image: f32[N, 9, 9, 1] from image(mean=0.5, std=0.5)) -> (logits: f32[N, 10]) {
    logits = image |> conv2d(5, kernel=3, padding="same") |> tanh |> avg_pool2d(3) |> flatten |> dense(21) |> tanh |> dense(10)
}
train small(label: i32[N]) {
    loss = mean(cross_entropy(logits, label))
    %s
}
"""


def forward(p, image):
    y = jax.lax.conv_general_dilated(image, p["conv2d_1.weight"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    y = jnp.tanh(y + p["conv2d_1.bias"])
    y = y.reshape(y.shape[0], 3, 3, 3, 3, -1).mean((2, 4)).reshape(y.shape[0], -1)
    y = jnp.tanh(y @ p["dense_1.weight"] + p["dense_1.bias"])
    return y @ p["dense_2.weight"] + p["dense_2.bias"]


def loss(p, image, label):
    return -jnp.mean(jax.nn.log_softmax(forward(p, image))[jnp.arange(len(label)), label])


gradient_of = jax.jit(jax.grad(loss))


def limit_norms(p, limit):
    norm = jnp.sqrt(jnp.sum(p * p, axis=tuple(range(p.ndim - 1)), keepdims=True))
    return p * jnp.minimum(1, limit / jnp.maximum(norm, 1e-12))


def train_reference(start, batches, optimizer, settings, clip_norm=None, clip_value=None):
    """`optimizer(rate factor, decay)` makes optax's transformation for one parameter; `settings(path)` is its dictionary."""
    p = {name: jnp.asarray(value, jnp.float64) for name, value in start.items()}
    trained = [name for name in p if not settings(name).get("frozen")]
    own = {name: optimizer(settings(name).get("rate", 1), settings(name).get("decay", 0)) for name in trained}
    state = {name: own[name].init(p[name]) for name in trained}
    clip = optax.chain(optax.clip_by_global_norm(clip_norm) if clip_norm else optax.identity(),
                       optax.clip(clip_value) if clip_value else optax.identity())
    for image, label in batches:
        g = gradient_of(p, image, label)
        g, _ = clip.update({name: g[name] for name in trained}, clip.init(None))
        for name in trained:
            change, state[name] = own[name].update(g[name], state[name], p[name])
            p[name] = p[name] + change
            if "max_norm" in settings(name):
                p[name] = limit_norms(p[name], settings(name)["max_norm"])
    return p


def chained(make):
    """Decay is added to the gradient, and the rate's factor is times the step."""
    return lambda factor, decay: optax.chain(optax.add_decayed_weights(decay), make(), optax.scale(factor))


def adamw(rate, **numbers):
    return lambda factor, decay: optax.adamw(rate * factor, weight_decay=decay, **numbers)


def no_settings(path):
    return {}


def decay_weights(path):
    return {"decay": 0.02} if path.endswith(".weight") else {}


def various(path):
    """on "*.weight" { decay = 0.02 }  on "dense_*" { rate = 0.3 }  on "dense_2.*" { decay = 0 }  on "conv2d_1.bias" { frozen = true }"""
    if path == "conv2d_1.bias":
        return {"frozen": True}
    settings = {"rate": 0.3} if path.startswith("dense") else {}
    return settings | ({"decay": 0.02} if path in ("conv2d_1.weight", "dense_1.weight") else {})


VARIOUS = """on "*.weight" { decay = 0.02 }
    on "dense_*" { rate = 0.3 }
    on "dense_2.*" { decay = 0 }
    on "conv2d_1.bias" { frozen = true }"""


def limited(path):
    return {"conv2d_1.weight": {"max_norm": 0.9}, "dense_1.weight": {"max_norm": 0.8, "decay": 0.02}, "dense_1.bias": {"max_norm": 0.05},
            "dense_2.weight": {"max_norm": 1.1}}.get(path, {})


LIMITED = """on "*" { max_norm = 0.9 }
    on "dense_1.weight" { max_norm = 0.8; decay = 0.02 }
    on "dense_1.bias" { max_norm = 0.05 }
    on "dense_2.weight" { max_norm = 1.1 }
    on "conv2d_1.bias", "dense_2.bias" { max_norm = none }"""

WEIGHTS = 'on "*.weight" { decay = 0.02 }'
falling = lambda update: 0.2 * 0.9**update

# Name, the train block's text, the reference, its settings, further arguments of it, tolerance.
CASES = [
    ("sgd", "optimizer = sgd(rate=0.1)", chained(lambda: optax.sgd(0.1)), no_settings, {}),
    ("sgd, a rate that falls", "optimizer = sgd(rate=0.2 * 0.9 ** update)", chained(lambda: optax.sgd(falling)), no_settings, {}),
    ("momentum, decay, clip_norm", f"optimizer = sgd(rate=0.1, momentum=0.8)\n    clip_norm = 0.4\n    {WEIGHTS}",
     chained(lambda: optax.sgd(0.1, momentum=0.8)), decay_weights, {"clip_norm": 0.4}),
    ("nesterov, settings", f"optimizer = sgd(rate=0.1, momentum=0.8, nesterov=true)\n    {VARIOUS}",
     chained(lambda: optax.sgd(0.1, momentum=0.8, nesterov=True)), various, {}),
    ("momentum, max_norm", f"optimizer = sgd(rate=0.1, momentum=0.8)\n    {LIMITED}",
     chained(lambda: optax.sgd(0.1, momentum=0.8)), limited, {}),
    ("adam, defaults", "optimizer = adam(rate=0.01)", chained(lambda: optax.adam(0.01)), no_settings, {}),
    ("adam", "optimizer = adam(rate=0.02, beta1=0.8, beta2=0.95, epsilon=1e-2)",
     chained(lambda: optax.adam(0.02, b1=0.8, b2=0.95, eps=1e-2)), no_settings, {}),
    ("adam, settings, clip_value", f"optimizer = adam(rate=0.02, beta1=0.8, beta2=0.95, epsilon=1e-2)\n    clip_value = 0.01\n    {VARIOUS}",
     chained(lambda: optax.adam(0.02, b1=0.8, b2=0.95, eps=1e-2)), various, {"clip_value": 0.01}),
    ("adam, max_norm, both clips",
     f"optimizer = adam(rate=0.02, beta1=0, beta2=0.95, epsilon=1e-2)\n    clip_norm = 0.3\n    clip_value = 0.02\n    {LIMITED}",
     chained(lambda: optax.adam(0.02, b1=0.0, b2=0.95, eps=1e-2)), limited, {"clip_norm": 0.3, "clip_value": 0.02}),
    ("adamw, settings", f"optimizer = adamw(rate=0.02, beta1=0.8, beta2=0.95, epsilon=1e-2)\n    {VARIOUS}",
     adamw(0.02, b1=0.8, b2=0.95, eps=1e-2), various, {}),
    ("rmsprop", f"optimizer = rmsprop(rate=0.01, rho=0.8, epsilon=1e-2)\n    {WEIGHTS}",
     chained(lambda: optax.rmsprop(0.01, decay=0.8, eps=1e-2, eps_in_sqrt=False)), decay_weights, {}),
    ("rmsprop, momentum", f"optimizer = rmsprop(rate=0.01, rho=0.8, momentum=0.7, epsilon=1e-2)\n    {VARIOUS}",
     chained(lambda: optax.rmsprop(0.01, decay=0.8, eps=1e-2, eps_in_sqrt=False, momentum=0.7)), various, {}),
    # optax has epsilon inside of the root: alike where it does not count.
    ("adagrad, no epsilon", "optimizer = adagrad(rate=0.05, epsilon=1e-30)",
     chained(lambda: optax.adagrad(0.05, initial_accumulator_value=0.0, eps=1e-30)), no_settings, {}),
    ("adadelta, settings", f"optimizer = adadelta(rho=0.8, epsilon=1e-3)\n    {VARIOUS}",
     chained(lambda: optax.adadelta(1.0, rho=0.8, eps=1e-3)), various, {}),
]
DEFAULTS = {"adam, defaults", "adagrad, no epsilon"}


def write_data(folder):
    """Images whose class is where they are bright, so that there is something to learn."""
    random = np.random.default_rng(1)
    labels = random.integers(0, 10, ROWS).astype(np.uint8)
    images = random.integers(0, 120, (ROWS, 9, 9)).astype(np.uint8)
    images.reshape(ROWS, 81)[np.arange(ROWS)[:, None], labels[:, None] * 8 + np.arange(8)] += 100
    write_idx(folder, {"train": (images, labels), "t10k": (images[:40], labels[:40])})
    order = shuffled(SEED, 0, ROWS)
    rows = [order[i * BATCH : (i + 1) * BATCH] for i in range(STEPS)]
    x = (images[..., None].astype(np.float64) / 255 - 0.5) / 0.5
    return [(x[r], labels[r].astype(np.int32)) for r in rows]


def compare(name, got, reference, start, tolerance):
    assert set(got) == set(reference), (sorted(got), sorted(reference))
    worst = 0.0
    for path, value in reference.items():
        value = np.asarray(value)
        moved = np.abs(value - start[path]).max()
        if moved == 0:
            assert np.array_equal(got[path], start[path]), f"{name}: {path} is frozen and has moved"
            continue
        worst = max(worst, np.abs(got[path] - value).max() / moved)
    print(f"{name}: largest difference {worst:.1e} of the way moved", flush=True)
    assert worst < tolerance, name


def trained_by_argent(folder, text, *more):
    """Initial and final parameters."""
    source, module = os.path.join(folder, "small.ag"), os.path.join(folder, "small.agb")
    with open(source, "w") as file:
        file.write(MODEL % text)
    run("compile", source, "-o", module)
    common = ["train", module, "--data", folder, "--batch", BATCH, "--seed", SEED]
    plain = lambda path: {name: value for name, value in safetensors(path).items() if not name.startswith("@")}
    first, last = os.path.join(folder, "first"), os.path.join(folder, "last")
    run(*common, "--epochs", 0, "--save", first)
    run(*common, "--epochs", 1, "--updates", STEPS, "--save", last, *more)
    return plain(first), plain(last)


def check_bits(folder):
    text = f"optimizer = adam(rate=0.02)\n    clip_norm = 0.3\n    {VARIOUS}\n    on \"dense_2.weight\" {{ max_norm = 0.9 }}"
    trained_by_argent(folder, text)
    at = lambda name: os.path.join(folder, name)
    command = ["train", at("small.agb"), "--data", folder, "--batch", BATCH, "--seed", SEED]
    train = lambda *more, threads=2: run(*command, "--threads", threads, *more)
    end = safetensors(check_same_bits(folder, train, ("--epochs", 3), ("--epochs", 3, "--updates", 33)))
    moments = {name.split("/")[0] for name in end if name.startswith("@")}
    assert moments == {"@moment1", "@moment2"}, moments
    assert "@moment1/conv2d_1.bias" not in end, "what is frozen has no moments"
    process = subprocess.Popen([ARGENT, *map(str, command), "--epochs", "100000", "--save", at("killed"), "--save-every", "10"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not os.path.exists(at("killed")):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    header = open(at("killed"), "rb").read()
    update = int(re.search(rb'"update":"(\d+)"', header).group(1))
    epochs = update * BATCH // ROWS + 2
    run(*command, "--epochs", epochs, "--save", at("whole"))
    run(*command, "--epochs", epochs, "--resume", at("killed"), "--save", at("resumed"))
    assert open(at("resumed"), "rb").read() == open(at("whole"), "rb").read(), f"killed after update {update} and resumed"
    print(f"same bits: killed after update {update} and resumed", flush=True)


def main():
    only = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        batches = write_data(folder)
        for name, text, optimizer, settings, more in CASES:
            if only and name not in only:
                continue
            start, got = trained_by_argent(folder, text)
            reference = train_reference(start, batches, optimizer, settings, **more)
            compare(name, got, reference, start, DEFAULTS_TOLERANCE if name in DEFAULTS else TOLERANCE)
        if only:
            return
        check_bits(folder)


if __name__ == "__main__":
    main()
