"""Nets of images."""
import torch.nn as nn
import torch.nn.functional as F

from nets.parts import conv_bn, named


def _dense_after_flatten(channels, height, width, units):
    """A dense layer over a flattened image. torch flattens [C, H, W], Argent [H, W, C]; `image` says how to turn the weights."""
    layer = nn.Linear(channels * height * width, units)
    layer.image = (channels, height, width)
    return layer


def lenet5():
    return named(("conv2d_1", nn.Conv2d(1, 6, 5, padding=2)), nn.Tanh(), nn.AvgPool2d(2), ("conv2d_2", nn.Conv2d(6, 16, 5)), nn.Tanh(),
                 nn.AvgPool2d(2), nn.Flatten(), ("dense_1", _dense_after_flatten(16, 5, 5, 120)), nn.Tanh(), ("dense_2", nn.Linear(120, 84)),
                 nn.Tanh(), ("dense_3", nn.Linear(84, 10)))


def mlp():
    return named(nn.Flatten(), ("dense_1", nn.Linear(784, 512)), nn.ReLU(), ("dense_2", nn.Linear(512, 512)), nn.ReLU(), ("logits", nn.Linear(512, 10)))


class _Block(nn.Module):
    def __init__(self, c, k, stride, bottleneck):
        super().__init__()
        out = 4 * k if bottleneck else k
        self.bottleneck = bottleneck
        if bottleneck:
            self.conv1, self.conv2 = conv_bn(c, k, 1, relu=True), conv_bn(k, k, 3, stride, 1, relu=True)
            self.conv3 = conv_bn(k, out, 1)
        else:
            self.conv1, self.conv2 = conv_bn(c, k, 3, stride, 1, relu=True), conv_bn(k, k, 3, 1, 1)
        if stride != 1 or c != out:
            self.shortcut = conv_bn(c, out, 1, stride)

    def forward(self, x):
        y = self.conv2(self.conv1(x))
        y = self.conv3(y) if self.bottleneck else y
        return F.relu(y + (self.shortcut(x) if hasattr(self, "shortcut") else x))


def resnet(counts, bottleneck):
    parts, c = [("stem", conv_bn(3, 64, 7, 2, 3, relu=True)), nn.MaxPool2d(3, 2, 1)], 64
    for stage, count in enumerate(counts):
        for i in range(count):
            parts.append((f"stage{stage}_block{i}", _Block(c, 64 << stage, 2 if stage and not i else 1, bottleneck)))
            c = (64 << stage) * (4 if bottleneck else 1)
    return named(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), ("logits", nn.Linear(c, 1000)))
