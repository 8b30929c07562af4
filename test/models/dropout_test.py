"""Dropout is the same in the forward and in the backward pass: loss and every gradient of a training step against JAX in f64 with masks that
numpy makes from the description of nn.random, for each target that this processor runs, one thread and several, several updates and
a batch that is not full. Then: an edit elsewhere changes no stream, prediction has no dropout, and a run that was stopped and resumed has
the same bits as one that was not.
"""
import ctypes
import os
import re
import subprocess
import sys
import tempfile

import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")
import jax.numpy as jnp
import numpy as np

BUILD, SOURCE = os.environ["ARGENT_BUILD"], os.environ["ARGENT_SOURCE"]
sys.path.insert(0, os.path.join(SOURCE, "test", "numerics"))
import philox
from executor import Options, Tensor, check, port
from training import check_same_bits, need_data

ARGENT = os.path.join(BUILD, "bin", "argent")
SEED, BATCH = 0x123456789, 6
# Masks behind an activation, before and behind a pooling, of whole channels, of matrices; noise.
MODEL = """
model net(image: f32[N, 9, 9, 3]) -> (logits: f32[N, 5]) {
    h = image |> conv2d(8, kernel=3, padding="same") |> relu |> spatial_dropout2d(0.25, name="whole") |> conv2d(8, kernel=2)
              |> tanh |> dropout(0.4, name="pixels") |> max_pool2d(2) |> flatten |> gaussian_noise(0.2, name="noise")
              |> dense(16) |> tanh |> dropout(0.5, name="units") EXTRA
    logits = h |> dense(5)
}
train net(label: i32[N]) {
    loss = mean(cross_entropy(logits, label))
    metric accuracy = mean(argmax(logits) == label)
    optimizer = sgd(rate=RATE)
}
"""
RATE = 0.125  # a power of two: divides without rounding
# Gradients of some thousand f32 terms against f64; of the tensor's largest element.
TOLERANCE = 1e-5


def run(*arguments):
    result = subprocess.run([ARGENT, *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == 0, f"argent {arguments}: {result.returncode}\n{result.stdout}{result.stderr}"
    return result.stdout


class Session:
    """A session for training, by argent.h."""

    def __init__(self, path, threads):
        self.lib = ctypes.CDLL(os.path.join(BUILD, "lib", "libargent.so"))
        self.lib.argent_module_error.restype = self.lib.argent_session_error.restype = ctypes.c_char_p
        self.lib.argent_session_parameter_path.restype = ctypes.c_char_p
        self.lib.argent_session_parameter_count.restype = ctypes.c_size_t
        self.module, self.session = ctypes.c_void_p(), ctypes.c_void_p()
        status = self.lib.argent_module_open(path.encode(), ctypes.byref(self.module))
        check(status, self.lib.argent_module_error(self.module))
        self.call("create", self.module, ctypes.byref(Options(BATCH, threads, 1)), ctypes.byref(self.session), bare=True)
        self.call("initialize", ctypes.c_uint64(7))

    def call(self, name, *arguments, bare=False):
        status = getattr(self.lib, "argent_session_" + name)(*([] if bare else [self.session]), *arguments)
        check(status, self.lib.argent_session_error(self.session) or b"")

    def ports(self, entry, output, batch):
        count = self.lib.argent_module_port_count(self.module, entry, output)
        found = [port(self.lib, self.module, entry, output, i, batch) for i in range(count)]
        return {tensor.name.decode(): (array, tensor) for array, tensor in found}

    def run(self, entry, batch, **inputs):
        given, outputs = self.ports(entry, 0, batch), self.ports(entry, 1, batch)
        assert "@random" not in given
        for name, value in inputs.items():
            given[name][0][...] = value
        arrays = lambda ports: (Tensor * len(ports))(*[tensor for _, tensor in ports.values()])
        self.call("run", entry, arrays(given), ctypes.c_size_t(len(given)), arrays(outputs), ctypes.c_size_t(len(outputs)))
        return {name: array for name, (array, _) in outputs.items()}

    def parameters(self, shapes):
        values = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
        tensors = [Tensor(name.encode(), 0, v.ndim, (ctypes.c_int64 * v.ndim)(*v.shape), v.ctypes.data) for name, v in values.items()]
        self.call("read", (Tensor * len(tensors))(*tensors), ctypes.c_size_t(len(tensors)))
        return values


def forward(p, image, draws):
    def conv(x, name, padding):
        y = jax.lax.conv_general_dilated(x, p[name + ".weight"], (1, 1), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))
        return y + p[name + ".bias"]

    whole, pixels, noise, units = draws
    h = jax.nn.relu(conv(image, "conv2d_1", "SAME")) * whole / 0.75
    h = jnp.tanh(conv(h, "conv2d_2", "VALID")) * pixels / 0.6
    h = h.reshape(-1, 4, 2, 4, 2, 8).max((2, 4)).reshape(image.shape[0], -1) + noise
    h = jnp.tanh(h @ p["dense_1.weight"] + p["dense_1.bias"]) * units / 0.5
    return h @ p["dense_2.weight"] + p["dense_2.bias"]


def loss(p, image, label, draws):
    return -jnp.mean(jax.nn.log_softmax(forward(p, image, draws))[jnp.arange(len(label)), label])


def streams(text, entry):
    """(distribution, a, b, stream, type) of each nn.random of an entry, in order."""
    body = re.search(r"func.func @" + entry + r"\(.*?\n  }", text, re.S).group()
    found = re.findall(r"nn.random +(\w+) (\S+), (\S+) stream (-?\d+) seed .*? -> tensor<(.*)xf32>", body)
    return [(kind, float(a), float(b), int(stream), shape) for kind, a, b, stream, shape in found]


SHAPES = {"conv2d_1.weight": (3, 3, 3, 8), "conv2d_1.bias": (8,), "conv2d_2.weight": (2, 2, 8, 8), "conv2d_2.bias": (8,),
          "dense_1.weight": (128, 16), "dense_1.bias": (16,), "dense_2.weight": (16, 5), "dense_2.bias": (5,)}


def check_steps(path, threads, randoms):
    """Steps from update 3 on; returns all values, for a comparison of bits."""
    session, rng, bits = Session(path, threads), np.random.default_rng(1), []
    session.call("set_random", ctypes.c_uint64(SEED), ctypes.c_uint32(3))
    gradient = jax.value_and_grad(loss)
    for update, rows in [(3, BATCH), (4, BATCH), (5, 5)]:
        image, label = rng.standard_normal((rows, 9, 9, 3)), rng.integers(0, 5, rows).astype(np.int32)
        image = image.astype(np.float32).astype(np.float64)
        before = {name: value.astype(np.float64) for name, value in session.parameters(SHAPES).items()}
        given = session.run(b"train_step", rows, image=image, label=label, **{"@rate_scale": 1})
        after = session.parameters(SHAPES)
        seed = [SEED & 0xFFFFFFFF, SEED >> 32, update, 0]
        draws = [philox.random(kind, a, b, stream, seed, [rows if d == "?" else int(d) for d in shape.split("x")])
                 for kind, a, b, stream, shape in randoms]
        wanted, g = gradient(before, image, label, draws)
        error = abs(float(given["loss"]) - float(wanted)) / float(wanted)
        assert error < TOLERANCE, f"{path}, update {update}: the loss is off by {error:.2e}"
        for name in SHAPES:
            scale = np.abs(g[name]).max()
            # The rounding of p - rate * g counts against g, too.
            error = np.abs((before[name] - after[name]) / RATE - g[name]).max() / max(scale, np.abs(before[name]).max() * 0.1)
            assert error < TOLERANCE, f"{path}, update {update}, {name}: off by {error:.2e}"
        bits += [given["loss"], *after.values()]
    return [value.tobytes() for value in bits]


def main():
    with tempfile.TemporaryDirectory() as folder:
        at = lambda name: os.path.join(folder, name)

        def source(name, extra):
            with open(at(name), "w") as file:
                file.write(MODEL.replace("EXTRA", extra).replace("RATE", str(RATE)))
            return at(name)

        net, edited = source("net.ag", ""), source("edited.ag", "|> dense(7, name=\"more\") |> dropout(0.1, name=\"other\")")
        randoms = streams(run("compile", net, "--emit", "nn"), "train_step")
        assert [r[0] for r in randoms] == ["bernoulli", "bernoulli", "normal", "bernoulli"], randoms
        assert randoms == streams(run("compile", edited, "--emit", "nn"), "train_step")[:4], "an edit elsewhere changed a stream"
        assert not streams(run("compile", net, "--emit", "nn"), "predict"), "prediction draws"

        targets = ["x86-64-linux-avx2"] if "avx2" in open("/proc/cpuinfo").read() else []
        targets += ["x86-64-linux-avx512"] if "avx512vl" in open("/proc/cpuinfo").read() else []
        for target in targets or ["host"]:
            for flags in ([], ["--checked"]):
                run("compile", net, "--target", target, *flags, "-o", at("net.agb"))
                results = [check_steps(at("net.agb"), threads, randoms) for threads in (1, 3)]
                assert results[0] == results[1], "threads 1 and 3 differ"
            print(f"{target}: loss and gradients are JAX's with numpy's masks; threads 1 and 3 give the same bits")

        need_data()
        lenet = open(os.path.join(SOURCE, "frontends", "ag", "zoo", "lenet5.ag")).read()
        lenet, count = re.subn(r"dense\((120|84)\) *\|> tanh", r"dense(\1) |> tanh |> dropout(0.2)", lenet)
        assert count == 2, "lenet5.ag has other layers"
        with open(at("lenet.ag"), "w") as file:
            file.write(lenet)
        run("compile", at("lenet.ag"), "-o", at("lenet.agb"))
        train = lambda *more, threads=2: run("train", at("lenet.agb"), "--data", "fashion-mnist", "--seed", 3, "--threads", threads, *more)
        check_same_bits(folder, train, ("--epochs", 1, "--updates", 12), ("--epochs", 1, "--updates", 5))


main()
