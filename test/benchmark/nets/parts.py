"""What several nets are made of."""
import torch.nn as nn


def named(*parts):
    """A sequence of (name, module); modules without parameters may stand without a name."""
    net = nn.Sequential()
    for i, part in enumerate(parts):
        name, module = part if isinstance(part, tuple) else (f"_{i}", part)
        net.add_module(name, module)
    return net


def conv_bn(c, k, size, stride=1, padding=0, relu=False, groups=1):
    """Convolution and batch norm under the names of std/conv.ag."""
    parts = [("conv", nn.Conv2d(c, k, size, stride, padding, groups=groups, bias=False)), ("norm", nn.BatchNorm2d(k))]
    return named(*parts, *([nn.ReLU()] if relu else []))
