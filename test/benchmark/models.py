"""The models of the measuring stick: what Argent compiles, and the same network in torch.

The torch modules carry the names of Argent's parameters (`stage0_block0.conv1.conv`), so that one file of weights serves every engine. Tensors
of a weights file are in Argent's layout: filters [R, S, C, K], matrices [D, K], images channels last.
"""
from dataclasses import dataclass, field
from typing import Callable

import numpy as np

SEED = 1


@dataclass
class Training:
    """The train block in numbers: SGD as Argent's zoo file asks for it, at epoch 0."""
    batch: int
    rate: float
    momentum: float = 0.9
    nesterov: bool = False
    clip_norm: float = 0.0
    decay: float = 0.0
    decayed: Callable[[str], bool] = lambda path: True
    comparable: bool = True  # False: dropout, each engine draws its own masks


@dataclass
class Model:
    source: str                      # relative to frontends/ag/zoo
    image: tuple                     # (H, W, C)
    classes: int
    build: Callable                  # () -> torch.nn.Module
    training: Training | None
    settings: list = field(default_factory=list)  # --set NAME=VALUE
    batches: tuple = (1, 16)
    tolerance: float = 1e-4          # of the largest output; f32, another order of summation, some 50 layers deep


def _named(*parts):
    """A sequence of (name, module); modules without parameters may stand without a name."""
    import torch.nn as nn
    net = nn.Sequential()
    for i, part in enumerate(parts):
        name, module = part if isinstance(part, tuple) else (f"_{i}", part)
        net.add_module(name, module)
    return net


def _dense_after_flatten(channels, height, width, units):
    """A dense layer over a flattened image. torch flattens [C, H, W], Argent [H, W, C]; `image` says how to turn the weights."""
    import torch.nn as nn
    layer = nn.Linear(channels * height * width, units)
    layer.image = (channels, height, width)
    return layer


def lenet5():
    import torch.nn as nn
    return _named(("conv2d_1", nn.Conv2d(1, 6, 5, padding=2)), nn.Tanh(), nn.AvgPool2d(2), ("conv2d_2", nn.Conv2d(6, 16, 5)), nn.Tanh(),
                  nn.AvgPool2d(2), nn.Flatten(), ("dense_1", _dense_after_flatten(16, 5, 5, 120)), nn.Tanh(), ("dense_2", nn.Linear(120, 84)),
                  nn.Tanh(), ("dense_3", nn.Linear(84, 10)))


def mlp():
    import torch.nn as nn
    return _named(nn.Flatten(), ("dense_1", nn.Linear(784, 512)), nn.ReLU(), ("dense_2", nn.Linear(512, 512)), nn.ReLU(), ("logits", nn.Linear(512, 10)))


def _conv_bn(c, k, size, stride=1, padding=0, relu=False, groups=1):
    import torch.nn as nn
    parts = [("conv", nn.Conv2d(c, k, size, stride, padding, groups=groups, bias=False)), ("norm", nn.BatchNorm2d(k))]
    return _named(*parts, *([nn.ReLU()] if relu else []))


def _block(c, k, stride, bottleneck):
    import torch.nn as nn
    import torch.nn.functional as F

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            out = 4 * k if bottleneck else k
            if bottleneck:
                self.conv1, self.conv2 = _conv_bn(c, k, 1, relu=True), _conv_bn(k, k, 3, stride, 1, relu=True)
                self.conv3 = _conv_bn(k, out, 1)
            else:
                self.conv1, self.conv2 = _conv_bn(c, k, 3, stride, 1, relu=True), _conv_bn(k, k, 3, 1, 1)
            if stride != 1 or c != out:
                self.shortcut = _conv_bn(c, out, 1, stride)

        def forward(self, x):
            y = self.conv2(self.conv1(x))
            y = self.conv3(y) if bottleneck else y
            return F.relu(y + (self.shortcut(x) if hasattr(self, "shortcut") else x))
    return Block()


def resnet(counts, bottleneck):
    import torch.nn as nn
    parts, c = [("stem", _conv_bn(3, 64, 7, 2, 3, relu=True)), nn.MaxPool2d(3, 2, 1)], 64
    for stage, count in enumerate(counts):
        for i in range(count):
            parts.append((f"stage{stage}_block{i}", _block(c, 64 << stage, 2 if stage and not i else 1, bottleneck)))
            c = (64 << stage) * (4 if bottleneck else 1)
    return _named(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), ("logits", nn.Linear(c, 1000)))


_resnet_training = Training(16, 0.1 / 5, nesterov=True, decay=1e-4, decayed=lambda path: not path.endswith((".scale", ".shift", ".bias")))

MODELS = {
    "lenet5": Model("lenet5.ag", (28, 28, 1), 10, lenet5, Training(64, 0.05, clip_norm=5.0)),
    "mlp": Model("mlp.ag", (28, 28, 1), 10, mlp, Training(64, 0.1), ["hidden=[512, 512]"], batches=(1, 16, 64)),
    "resnet18": Model("resnet50.ag", (224, 224, 3), 1000, lambda: resnet((2, 2, 2, 2), False), _resnet_training, ["depth=18"], tolerance=1e-3),
    "resnet50": Model("resnet50.ag", (224, 224, 3), 1000, lambda: resnet((3, 4, 6, 3), True), None, tolerance=1e-3),
}


def argent_name(path):
    """A torch parameter's name as Argent's path; None where Argent has none."""
    prefix, _, leaf = path.rpartition(".")
    if prefix.endswith("norm"):
        leaf = {"weight": "scale", "bias": "shift", "running_mean": "running_mean", "running_var": "running_variance"}.get(leaf)
    return f"{prefix}.{leaf}" if leaf else None


def _to_argent(module, tensor):
    import torch.nn as nn
    if isinstance(module, nn.Conv2d) and tensor.ndim == 4:
        return tensor.permute(2, 3, 1, 0)
    if isinstance(module, nn.Linear) and tensor.ndim == 2:
        if hasattr(module, "image"):
            tensor = tensor.reshape(-1, *module.image).permute(0, 2, 3, 1).reshape(tensor.shape)
        return tensor.t()
    return tensor


def build(name):
    """The torch module with the weights that all engines get: fan-in scaled, so that a wrong result shows in the output."""
    import torch
    import torch.nn as nn
    torch.manual_seed(SEED)
    module = MODELS[name].build()
    for m in module.modules():
        if isinstance(m, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
        if isinstance(m, nn.BatchNorm2d):
            nn.init.uniform_(m.weight, 0.5, 1.5)
            nn.init.uniform_(m.running_mean, -0.1, 0.1)
            nn.init.uniform_(m.running_var, 0.5, 1.5)
    return module


def weights(module):
    """Argent's path -> float32 array in Argent's layout."""
    owners = dict(module.named_modules())
    result = {}
    for path, tensor in module.state_dict().items():
        name = argent_name(path)
        if name:
            result[name] = np.ascontiguousarray(_to_argent(owners[path.rpartition(".")[0]], tensor).numpy())
    return result


def gflop(name):
    """Multiply-adds times 2 of one row, forward, in 1e9, of convolutions and matrix products, from shapes; element-wise work is left out. A
    training step counts as 3 times this, although no gradient of the image is computed."""
    import torch
    import torch.nn as nn
    total = 0

    def count(m, _, out):
        nonlocal total
        total += out.numel() * (m.weight[0].numel() if isinstance(m, nn.Conv2d) else m.in_features)
    module = build(name).eval()
    for m in module.modules():
        if isinstance(m, (nn.Conv2d, nn.Linear)):
            m.register_forward_hook(count)
    h, w, c = MODELS[name].image
    with torch.no_grad():
        module(torch.zeros(1, c, h, w))
    return 2e-9 * total


def batches(name, batch, turn, most_bytes=64 << 20, most=20000):
    """The batches of one turn: (images [N, H, W, C] float32, labels [N] int32), the same for every engine, none twice."""
    model = MODELS[name]
    image = int(np.prod(model.image))
    count = max(3, min(most, most_bytes // (4 * batch * image)))
    r = np.random.default_rng([SEED, turn])
    images = r.random((count, batch, *model.image), dtype=np.float32)
    images -= 0.5
    return images, r.integers(0, model.classes, (count, batch), dtype=np.int32)
