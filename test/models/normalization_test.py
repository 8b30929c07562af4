"""Batch, group and layer normalisation train as in JAX: residual blocks on Fashion-MNIST from equal initial weights, in equal data order.

Shown: losses of STEPS steps within 5e-5 relative of JAX in f64 (an f32 step differs by some 1e-6; normalisation by statistics of a batch carries
differences on), running statistics within 1e-5 of their largest element, prediction by running statistics; threads 1 and 2, and stopped and
resumed, give the same bits, states included.
"""
import os
import sys
import tempfile

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np

import training
from training import run, safetensors

STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 12
BATCH, SEED, RATE = 32, 5, 0.05
MODEL = """
model small(image: f32[N, 28, 28, 1] from image(mean=0.5, std=0.25)) -> (logits: f32[N, 10]) {
    x = image |> conv_bn_relu(8, 3, stride=2, name="stem")
    x = x |> residual(8, name="same") |> residual(16, stride=2, name="down")
    x = x |> group_norm(groups=4, name="group")
    logits = x |> global_avg_pool2d |> layer_norm(name="layer") |> dense(10, name="out")
}
train small(label: i32[N]) {
    loss = mean(cross_entropy(logits, label))
    optimizer = sgd(rate=0.05, momentum=0.9)
}
"""


def conv(x, w, stride=1, padding="SAME"):
    return jax.lax.conv_general_dilated(x, w, (stride, stride), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))


def moments(x, axes):
    return x.mean(axes, keepdims=True), x.var(axes, keepdims=True)


class Net:
    """The forward pass; `moved` gets the running statistics' next values when training."""

    def __init__(self, p, s, train):
        self.p, self.s, self.train, self.moved = p, s, train, {}

    def conv_bn(self, x, path, stride=1, padding="SAME"):
        y = conv(x, self.p[path + ".conv.weight"], stride, padding)
        names = [f"{path}.norm.running_mean", f"{path}.norm.running_variance"]
        if self.train:
            m, v = moments(y, (0, 1, 2))
            for name, value in zip(names, (m, v)):
                self.moved[name] = 0.9 * self.s[name] + 0.1 * value.reshape(-1)
        else:
            m, v = (self.s[name] for name in names)
        return (y - m) / jnp.sqrt(v + 1e-5) * self.p[path + ".norm.scale"] + self.p[path + ".norm.shift"]

    def residual(self, x, path, stride=1):
        y = jax.nn.relu(self.conv_bn(x, path + ".conv1", stride, [(1, 1), (1, 1)]))
        y = self.conv_bn(y, path + ".conv2", 1, [(1, 1), (1, 1)])
        shortcut = self.conv_bn(x, path + ".shortcut", stride) if path + ".shortcut.conv.weight" in self.p else x
        return jax.nn.relu(y + shortcut)

    def __call__(self, image):
        x = jax.nn.relu(self.conv_bn(image, "stem", 2))
        x = self.residual(self.residual(x, "same"), "down", 2)
        n, h, w, c = x.shape
        g = x.reshape(n, h, w, 4, c // 4)
        m, v = moments(g, (1, 2, 4))
        x = ((g - m) / jnp.sqrt(v + 1e-5)).reshape(x.shape) * self.p["group.scale"] + self.p["group.shift"]
        x = x.mean((1, 2))
        m, v = moments(x, -1)
        x = (x - m) / jnp.sqrt(v + 1e-5) * self.p["layer.scale"] + self.p["layer.shift"]
        return x @ self.p["out.weight"] + self.p["out.bias"]


def loss(p, s, image, label):
    net = Net(p, s, True)
    logits = net(image)
    return -jnp.mean(jax.nn.log_softmax(logits)[jnp.arange(len(label)), label]), net.moved


@jax.jit
def step(p, v, s, image, label):
    (value, moved), g = jax.value_and_grad(loss, has_aux=True)(p, s, image, label)
    v = {k: 0.9 * v[k] + g[k] for k in g}
    return value, {k: p[k] - RATE * v[k] for k in p}, v, moved


def main():
    training.need_data()
    order = training.shuffled(SEED, 0, len(training.labels()))
    prepared = lambda image: (image / 255.0 - 0.5) / 0.25
    with tempfile.TemporaryDirectory() as folder:
        at = lambda name: os.path.join(folder, name)
        with open(at("small.ag"), "w") as file:
            file.write(MODEL)
        train = lambda *more, threads=2: run("train", at("small.agb"), "--data", "fashion-mnist", "--batch", BATCH, "--seed", SEED, "--threads",
                                             threads, *more)
        losses = {}
        for checked in (["--checked"], []):
            run("compile", at("small.ag"), "-o", at("small.agb"), *checked)
            train("--epochs", 1, "--updates", STEPS, "--save", at("end.safetensors"), "--log", at("log.jsonl"))
            losses[bool(checked)] = training.logged_losses(at("log.jsonl"))
        assert losses[True] == losses[False], "--checked gives other losses"
        train("--epochs", 0, "--save", at("start.safetensors"))
        start = {k: v.astype(np.float64) for k, v in safetensors(at("start.safetensors")).items() if not k.startswith("@")}
        end = safetensors(at("end.safetensors"))

        s = {k: v for k, v in start.items() if ".running_" in k}
        p = {k: v for k, v in start.items() if k not in s}
        v, worst = {k: np.zeros_like(x) for k, x in p.items()}, 0.0
        for i in range(STEPS):
            image, label = training.rows(order, BATCH, i)
            value, p, v, s = step(p, v, s, prepared(image), label)
            worst = max(worst, abs(losses[False][i] - float(value)) / float(value))
        print(f"losses of {STEPS} steps: largest relative difference {worst:.2e}")
        assert len(losses[False]) == STEPS and worst < 5e-5
        worst = max(np.abs(end[k] - value).max() / np.abs(value).max() for k, value in s.items())
        print(f"running statistics: {worst:.2e}")
        assert worst < 1e-5

        # Prediction uses the running statistics.
        image, _ = training.rows(order, 5, 40)
        np.save(at("x.npy"), prepared(image).astype(np.float32))
        run("run", at("small.agb"), "--weights", at("end.safetensors"), "--input", f"image={at('x.npy')}", "--output", f"logits={at('y.npy')}")
        ended = {k: value.astype(np.float64) for k, value in end.items()}
        wanted = np.asarray(Net(ended, ended, False)(prepared(image).astype(np.float32).astype(np.float64)))
        difference = np.abs(np.load(at("y.npy")) - wanted).max() / np.abs(wanted).max()
        print(f"prediction: {difference:.2e}")
        assert difference < 1e-5

        training.check_same_bits(folder, train, ("--epochs", 1, "--updates", STEPS), ("--epochs", 1, "--updates", STEPS // 2))


main()
