"""LeNet-5 against PyTorch, JAX, ONNX Runtime and OpenVINO: one run, interleaved, medians.

    python lenet5_peers.py MODULE.agb [--threads 2] [--rounds 10] [--argent PATH] [--torch-python PYTHON]

Each engine is a process of its own that waits for its turn; a round gives each one 0.3 s, so that what else the machine does meets all alike.
Printed: the median over the rounds of each round's median, and Argent's ratio. Training: forward, loss, backward, SGD with momentum
0.9 on one fixed batch of 64; inference: batch 1 and 16, float32, random weights, data in memory. An engine that is not installed is left out.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

SLICE = 0.3
WORK = [("train", 64), ("infer", 1), ("infer", 16)]


def measure(call):
    """Median seconds of a call over one slice."""
    times, end = [], time.perf_counter() + SLICE
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def torch_calls(threads):
    import torch
    import torch.nn as nn

    torch.set_num_threads(threads)
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)

    def train(x, y):
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    def infer(x):
        with torch.inference_mode():
            return net(x)

    calls = {}
    for kind, batch in WORK:
        x, y = torch.rand(batch, 1, 28, 28), torch.randint(0, 10, (batch,))
        calls[kind, batch] = (lambda x=x, y=y: train(x, y)) if kind == "train" else (lambda x=x: infer(x))
    return calls


def jax_calls(threads):
    os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'} intra_op_parallelism_threads={threads}"
    import jax
    import jax.numpy as jnp
    import numpy as np

    r = np.random.default_rng(0)
    f = lambda *shape: jnp.asarray(r.normal(0, 0.1, shape), jnp.float32)
    p = [f(5, 5, 1, 6), f(6), f(5, 5, 6, 16), f(16), f(400, 120), f(120), f(120, 84), f(84), f(84, 10), f(10)]

    def net(p, x):
        for w, b, padding in ((p[0], p[1], "SAME"), (p[2], p[3], "VALID")):
            x = jax.lax.conv_general_dilated(x, w, (1, 1), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))
            x = jnp.tanh(x + b)
            x = jax.lax.reduce_window(x, 0.0, jax.lax.add, (1, 2, 2, 1), (1, 2, 2, 1), "VALID") / 4
        x = x.reshape(x.shape[0], -1)
        x = jnp.tanh(x @ p[4] + p[5])
        x = jnp.tanh(x @ p[6] + p[7])
        return x @ p[8] + p[9]

    def loss(p, x, y):
        return -jnp.mean(jax.nn.log_softmax(net(p, x))[jnp.arange(len(y)), y])

    @jax.jit
    def step(p, v, x, y):
        value, g = jax.value_and_grad(loss)(p, x, y)
        v = [0.9 * a + b for a, b in zip(v, g)]
        return value, [a - 0.01 * b for a, b in zip(p, v)], v

    infer = jax.jit(net)
    calls = {}
    for kind, batch in WORK:
        x, y = f(batch, 28, 28, 1), jnp.asarray(r.integers(0, 10, batch))
        if kind == "train":
            state = [p, [jnp.zeros_like(a) for a in p]]

            def train(x=x, y=y, state=state):
                value, state[0], state[1] = step(state[0], state[1], x, y)
                value.block_until_ready()

            calls[kind, batch] = train
        else:
            calls[kind, batch] = lambda x=x: infer(p, x).block_until_ready()
    return calls


def onnx_model(batch):
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    r = np.random.default_rng(0)
    weights, nodes = [], []

    def weight(name, *shape):
        weights.append(numpy_helper.from_array(r.normal(0, 0.1, shape).astype(np.float32), name))
        return name

    def node(op, inputs, output, **attributes):
        nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    x = "image"
    for i, (c, k, pad) in enumerate(((1, 6, 2), (6, 16, 0))):
        x = node("Conv", [x, weight(f"w{i}", k, c, 5, 5), weight(f"b{i}", k)], f"c{i}", pads=[pad] * 4)
        x = node("AveragePool", [node("Tanh", [x], f"t{i}")], f"p{i}", kernel_shape=[2, 2], strides=[2, 2])
    x = node("Flatten", [x], "flat")
    for i, (d, k) in enumerate(((400, 120), (120, 84), (84, 10))):
        x = node("Gemm", [x, weight(f"dw{i}", d, k), weight(f"db{i}", k)], f"g{i}")
        x = node("Tanh", [x], f"dt{i}") if i < 2 else x
    graph = helper.make_graph(nodes, "lenet5", [helper.make_tensor_value_info("image", TensorProto.FLOAT, [batch, 1, 28, 28])],
                              [helper.make_tensor_value_info(x, TensorProto.FLOAT, [batch, 10])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


def onnxruntime_calls(threads):
    import numpy as np
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    calls = {}
    for kind, batch in WORK:
        if kind == "infer":
            session = ort.InferenceSession(onnx_model(batch), options, providers=["CPUExecutionProvider"])
            x = np.random.rand(batch, 1, 28, 28).astype(np.float32)
            calls[kind, batch] = lambda s=session, x=x: s.run(None, {"image": x})
    return calls


def openvino_calls(threads):
    import numpy as np
    import openvino as ov

    core = ov.Core()
    calls = {}
    for kind, batch in WORK:
        if kind == "infer":
            compiled = core.compile_model(core.read_model(onnx_model(batch), b""), "CPU", {
                "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"})
            request = compiled.create_infer_request()
            x = np.random.rand(batch, 1, 28, 28).astype(np.float32)
            calls[kind, batch] = lambda q=request, x=x: q.infer([x], share_inputs=True)
    return calls


def argent_turn(argent, module, threads, kind, batch):
    entry = "train_step" if kind == "train" else "predict"
    out = subprocess.run([argent, "bench", module, "--entry", entry, "--batch", str(batch), "--threads", str(threads),
                          "--seconds", str(SLICE), "--json"], capture_output=True, text=True, check=True).stdout
    return json.loads(out)["median_ms"] / 1e3


def worker(engine, threads):
    calls = {"torch": torch_calls, "jax": jax_calls, "onnxruntime": onnxruntime_calls, "openvino": openvino_calls}[engine](threads)
    for call in calls.values():
        call()
    print(json.dumps(sorted(calls)), flush=True)
    for line in sys.stdin:
        kind, batch = line.split()
        print(measure(calls[kind, int(batch)]), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("module")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--argent", default="argent")
    parser.add_argument("--torch-python", default=sys.executable)
    parser.add_argument("--worker")
    options = parser.parse_args()
    if options.worker:
        return worker(options.worker, options.threads)

    workers = {}
    for engine in ("torch", "jax", "onnxruntime", "openvino"):
        python = options.torch_python if engine == "torch" else sys.executable
        process = subprocess.Popen([python, __file__, options.module, "--worker", engine, "--threads", str(options.threads)],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)
        ready = process.stdout.readline()
        if ready:
            workers[engine] = (process, [tuple(x) for x in json.loads(ready)])
        else:
            print(f"{engine} is not installed here")
    times = {}
    for _ in range(options.rounds):
        for work in WORK:
            times.setdefault(("argent", work), []).append(argent_turn(options.argent, options.module, options.threads, *work))
            for engine, (process, supported) in workers.items():
                if work in supported:
                    process.stdin.write(f"{work[0]} {work[1]}\n")
                    process.stdin.flush()
                    times.setdefault((engine, work), []).append(float(process.stdout.readline()))
    print(f"{options.threads} threads, medians of {options.rounds} rounds, ms")
    for work in WORK:
        row = {engine: statistics.median(t) * 1e3 for (engine, w), t in times.items() if w == work}
        best = min((t, engine) for engine, t in row.items() if engine != "argent")
        print(f"{work[0]} batch {work[1]}: " + ", ".join(f"{engine} {t:.4f}" for engine, t in row.items()) +
              f"; {best[0] / row['argent']:.2f}x the best peer ({best[1]})")


main()
