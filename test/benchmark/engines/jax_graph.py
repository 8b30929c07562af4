"""JAX: the torch module's graph as jax functions, channels last (what XLA's CPU convolutions want), the whole training step in one jit."""
import operator
import os

import numpy as np


def pair(v):
    return tuple(v) if isinstance(v, (tuple, list)) else (v, v)


def functions():
    import jax
    import jax.numpy as jnp
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
    from jax import lax

    def pool(m, x, init, op):
        edge = [(0, 0), *[(p, p) for p in pair(m.padding)], (0, 0)]
        return lax.reduce_window(x, init, op, (1, *pair(m.kernel_size), 1), (1, *pair(m.stride), 1), edge)

    def convolution(m, p, x, train):
        y = lax.conv_general_dilated(x, p["weight"], m.stride, [(q, q) for q in pair(m.padding)], rhs_dilation=m.dilation,
                                     dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=m.groups)
        return y if m.bias is None else y + p["bias"]

    def normalize(m, p, x, train):
        mean, variance = (x.mean((0, 1, 2)), x.var((0, 1, 2))) if train else (p["running_mean"], p["running_variance"])
        return (x - mean) * (p["scale"] * lax.rsqrt(variance + m.eps)) + p["shift"]

    def adaptive(m, p, x, train):
        assert m.output_size == 1
        return x.mean((1, 2), keepdims=True)

    modules = {
        nn.Conv2d: convolution, nn.BatchNorm2d: normalize, nn.AdaptiveAvgPool2d: adaptive,
        nn.ReLU: lambda m, p, x, train: jax.nn.relu(x), nn.Tanh: lambda m, p, x, train: jnp.tanh(x),
        nn.MaxPool2d: lambda m, p, x, train: pool(m, x, -jnp.inf, lax.max),
        nn.AvgPool2d: lambda m, p, x, train: pool(m, x, 0.0, lax.add) / np.prod(pair(m.kernel_size)),
        nn.Flatten: lambda m, p, x, train: x.reshape(x.shape[0], -1),
        nn.Linear: lambda m, p, x, train: x @ p["weight"] + p["bias"],
    }
    return modules, {F.relu: lambda x, inplace=False: jax.nn.relu(x), operator.add: operator.add,
                     torch.cat: lambda xs, d: jnp.concatenate(xs, -1 if d == 1 else d)}


def convert_module(module):
    """function(parameters, image, train) of a torch module; parameters are Argent's, by path."""
    import torch.fx
    graph, owners = torch.fx.symbolic_trace(module).graph, dict(module.named_modules())
    modules, calls = functions()

    def run(parameters, x, train):
        values = {}
        for node in graph.nodes:
            args = torch.fx.node.map_arg(node.args, lambda n: values[n])
            if node.op == "placeholder":
                values[node] = x
            elif node.op == "call_module":
                prefix = node.target + "."
                own = {k[len(prefix):]: v for k, v in parameters.items() if k.startswith(prefix)}
                values[node] = modules[type(owners[node.target])](owners[node.target], own, args[0], train)
            elif node.op == "call_function":
                values[node] = calls[node.target](*args)
            elif node.op == "output":
                return args[0]
    return run


class load:
    def __init__(self, folder, name, mode, batch, threads):
        os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'} intra_op_parallelism_threads={threads}"
        import jax
        import jax.numpy as jnp
        import models
        self.jax, self.jnp, self.version = jax, jnp, jax.__version__
        run = convert_module(models.build(name))
        weights = {k: jnp.asarray(v) for k, v in np.load(os.path.join(folder, name + ".npz")).items()}
        if mode == "infer":
            forward = jax.jit(lambda p, x: run(p, x, False))
            self.step = lambda given: forward(weights, given[0]).block_until_ready()
            return
        t = models.MODELS[name].training
        fixed = {k: v for k, v in weights.items() if ".running_" in k}
        moving = {k: v for k, v in weights.items() if k not in fixed}

        def loss_of(p, x, y):
            return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(run({**p, **fixed}, x, True)), y[:, None], 1))

        def update(p, v, x, y):
            loss, g = jax.value_and_grad(loss_of)(p, x, y)
            if t.clip_norm:
                norm = jnp.sqrt(sum(jnp.vdot(a, a) for a in g.values()))
                g = {k: a * jnp.minimum(1.0, t.clip_norm / norm) for k, a in g.items()}
            g = {k: a + t.decay * p[k] if t.decay and t.decayed(k) else a for k, a in g.items()}
            v = {k: t.momentum * v[k] + g[k] for k in g}
            move = {k: g[k] + t.momentum * v[k] for k in g} if t.nesterov else v
            return {k: p[k] - t.rate * move[k] for k in p}, v, loss

        step = jax.jit(update, donate_argnums=(0, 1))
        state = [moving, {k: jnp.zeros_like(v) for k, v in moving.items()}]

        def train(given):
            *state[:], loss = step(*state, *given)
            return loss.block_until_ready()
        self.step = train

    def convert(self, images, labels):
        return self.jnp.asarray(images), self.jnp.asarray(labels)

    def output(self, result):
        return np.asarray(result)
