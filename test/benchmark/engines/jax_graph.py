"""The nets of images in JAX: the torch module's graph as jax functions, channels last, which is what XLA's CPU convolutions want."""
import operator

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
    """A net as `jax_nets` has them, of a torch module with one input."""
    import torch.fx
    graph, owners = torch.fx.symbolic_trace(module).graph, dict(module.named_modules())
    modules, calls = functions()

    def run(parameters, given, states, train):
        values = {}
        for node in graph.nodes:
            args = torch.fx.node.map_arg(node.args, lambda n: values[n])
            if node.op == "placeholder":
                values[node], = given.values()
            elif node.op == "call_module":
                prefix = node.target + "."
                own = {k[len(prefix):]: v for k, v in parameters.items() if k.startswith(prefix)}
                values[node] = modules[type(owners[node.target])](owners[node.target], own, args[0], train)
            elif node.op == "call_function":
                values[node] = calls[node.target](*args)
            elif node.op == "output":
                return args[0], []
    return run
