"""The same training as JAX: LeNet-5 on Fashion-MNIST from equal initial weights and in equal data order.

Argent writes its initial weights, takes STEPS steps (argument, default 20) and logs each loss; the same net in JAX in f64 takes the same
steps. Shown: each loss within 2e-5 relative (an f32 step differs from an f64 one by some 2e-6, and steps add up), each gradient of
the first step within 5e-6 of its tensor's largest element. Then: threads 1 and 2, two runs, and stopped and resumed give the
same bits.
"""

import os
import sys
import tempfile

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np

import training
from training import SOURCE, run, safetensors

MODEL = os.path.join(SOURCE, "frontends", "ag", "zoo", "lenet5.ag")
STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
BATCH, SEED = 64, 7


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
    training.need_data()
    order = training.shuffled(SEED, 0, len(training.labels()))
    with tempfile.TemporaryDirectory() as folder:
        at = lambda name: os.path.join(folder, name)
        train = lambda *more, model=at("lenet5.agb"), threads=2: run(
            "train", model, "--data", "fashion-mnist", "--batch", BATCH, "--seed", SEED, "--threads", threads, *more)
        run("compile", MODEL, "-o", at("lenet5.agb"))
        train("--epochs", 0, "--save", at("start.safetensors"))
        train("--epochs", 1, "--updates", 1, "--save", at("one.safetensors"))
        train("--epochs", 1, "--updates", STEPS, "--log", at("log.jsonl"))

        # Against JAX.
        start = safetensors(at("start.safetensors"))
        p = {name: value.astype(np.float64) for name, value in start.items() if not name.startswith("@")}
        v = {name: np.zeros_like(value) for name, value in p.items()}
        losses = training.logged_losses(at("log.jsonl"))
        assert len(losses) == STEPS, f"{len(losses)} losses of {STEPS} steps are in the log"
        worst = 0.0
        for i in range(STEPS):
            image, label = training.rows(order, BATCH, i)
            value, g, scale, p, v = step(p, v, (image / 255.0 - 0.2860) / 0.3530, label)
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

        training.check_same_bits(folder, train, ("--epochs", 1, "--updates", STEPS), ("--epochs", 1, "--updates", STEPS // 2))


main()
