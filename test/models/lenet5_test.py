"""The same training as JAX: LeNet-5 on Fashion-MNIST from equal initial weights and in equal data order.

Argent writes its initial weights, takes STEPS steps (argument, default 20) and logs each loss; the same net in JAX in f64 takes the same
steps. Shown: each loss within 2e-5 relative (an f32 step differs from an f64 one by some 2e-6, and steps add up), each gradient of
the first step within 5e-6 of its tensor's largest element. Then: threads 1 and 2, two runs, and stopped and resumed give the
same bits.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np

BUILD, SOURCE = os.environ["ARGENT_BUILD"], os.environ["ARGENT_SOURCE"]
ARGENT = os.path.join(BUILD, "bin", "argent")
MODEL = os.path.join(SOURCE, "frontends", "ag", "zoo", "lenet5.ag")
DATA = "/usr/share/datasets/fashion-mnist"
STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
BATCH, SEED = 64, 7


def run(*arguments):
    result = subprocess.run([ARGENT, *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == 0, f"argent {arguments}: {result.returncode}\n{result.stdout}{result.stderr}"
    return result.stdout


def safetensors(path):
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        data = file.read()
    types = {"F32": np.float32, "F64": np.float64, "I32": np.int32, "I64": np.int64, "U8": np.uint8}
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], types[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__"
    }


def philox(counter, key):
    """Philox4x32-10 (Salmon et al. 2011) on arrays of counters."""
    c = [np.asarray(x, np.uint64) for x in counter]
    k0, k1 = key
    low = np.uint64(0xFFFFFFFF)
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(p1 >> np.uint64(32)) ^ c[1] ^ np.uint64(k0), p1 & low, (p0 >> np.uint64(32)) ^ c[3] ^ np.uint64(k1), p0 & low]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c


def shuffled(seed, epoch, rows):
    """runtime/train/Shuffle.h, written again from its description."""
    i = np.arange(rows, dtype=np.uint64)
    words = philox([i, np.full(rows, epoch), np.full(rows, 0x73687566), np.full(rows, 0x666C6521)], (seed & 0xFFFFFFFF, seed >> 32))
    order = list(range(rows))
    low, high = words[0].tolist(), words[1].tolist()
    for i in range(rows - 1, 0, -1):
        j = ((low[i] | high[i] << 32) * (i + 1)) >> 64
        order[i], order[j] = order[j], order[i]
    return order


def idx(name, skip):
    with gzip.open(os.path.join(DATA, name)) as file:
        return np.frombuffer(file.read(), np.uint8, offset=skip)


def forward(p, image):
    def conv(x, i, padding):
        y = jax.lax.conv_general_dilated(x, p[f"conv2d_{i}.weight"], (1, 1), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))
        y = jnp.tanh(y + p[f"conv2d_{i}.bias"])
        return y.reshape(y.shape[0], y.shape[1] // 2, 2, y.shape[2] // 2, 2, -1).mean((2, 4))

    h = conv(conv(image, 1, "SAME"), 2, "VALID").reshape(image.shape[0], -1)
    for i in (1, 2):
        h = jnp.tanh(h @ p[f"dense_{i}.weight"] + p[f"dense_{i}.bias"])
    return h @ p["dense_3.weight"] + p["dense_3.bias"]


def loss(p, image, label):
    return -jnp.mean(jax.nn.log_softmax(forward(p, image))[jnp.arange(len(label)), label])


@jax.jit
def step(p, v, image, label):
    value, g = jax.value_and_grad(loss)(p, image, label)
    norm = jnp.sqrt(sum(jnp.sum(x * x) for x in jax.tree_util.tree_leaves(g)))
    scale = jnp.minimum(1.0, 5.0 / norm)
    v = jax.tree_util.tree_map(lambda v, g: 0.9 * v + scale * g, v, g)
    return value, g, scale, jax.tree_util.tree_map(lambda p, v: p - 0.05 * v, p, v), v


def main():
    if not os.path.isdir(DATA):
        print("skipped: Debian's package dataset-fashion-mnist is not installed")
        return
    images = idx("train-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28, 1)
    labels = idx("train-labels-idx1-ubyte.gz", 8)
    order = shuffled(SEED, 0, len(labels))
    with tempfile.TemporaryDirectory() as folder:
        at = lambda name: os.path.join(folder, name)
        train = lambda *more, model=at("lenet5.agb"), threads=2: run(
            "train", model, "--data", "fashion-mnist", "--batch", BATCH, "--seed", SEED, "--threads", threads, *more)
        run("compile", MODEL, "-o", at("lenet5.agb"))
        train("--epochs", 0, "--save", at("start.safetensors"))
        train("--epochs", 1, "--updates", 1, "--save", at("one.safetensors"))
        train("--epochs", 1, "--updates", STEPS, "--save", at("two_threads.safetensors"), "--log", at("log.jsonl"))

        # Against JAX.
        start = safetensors(at("start.safetensors"))
        p = {name: value.astype(np.float64) for name, value in start.items() if not name.startswith("@")}
        v = {name: np.zeros_like(value) for name, value in p.items()}
        losses = [entry["loss"] for entry in map(json.loads, open(at("log.jsonl"))) if "update" in entry and "gradient_norm" in entry]
        assert len(losses) == STEPS, f"{len(losses)} losses of {STEPS} steps are in the log"
        worst = 0.0
        for i in range(STEPS):
            rows = order[i * BATCH : (i + 1) * BATCH]
            value, g, scale, p, v = step(p, v, (images[rows] / 255.0 - 0.2860) / 0.3530, labels[rows].astype(np.int32))
            if i == 0:
                # After one step from zero the momentum is the clipped gradient.
                one = safetensors(at("one.safetensors"))
                for name, gradient in g.items():
                    difference = np.abs(one["@moment1/" + name] - gradient * scale).max() / np.abs(gradient * scale).max()
                    print(f"gradient of {name}: {difference:.2e}")
                    assert difference < 5e-6, name
            worst = max(worst, abs(losses[i] - float(value)) / float(value))
        print(f"losses of {STEPS} steps: largest relative difference {worst:.2e}")
        assert worst < 2e-5

        # The same bits.
        def same(name, what):
            assert open(at(name), "rb").read() == open(at("two_threads.safetensors"), "rb").read(), what
            print(f"same bits: {what}")

        train("--epochs", 1, "--updates", STEPS, "--save", at("again.safetensors"))
        same("again.safetensors", "two runs")
        train("--epochs", 1, "--updates", STEPS, "--save", at("one_thread.safetensors"), threads=1)
        same("one_thread.safetensors", "threads 1 and 2")
        train("--epochs", 1, "--updates", STEPS // 2, "--save", at("half.safetensors"))
        train("--epochs", 1, "--updates", STEPS, "--resume", at("half.safetensors"), "--save", at("resumed.safetensors"))
        same("resumed.safetensors", "stopped and resumed")


main()
