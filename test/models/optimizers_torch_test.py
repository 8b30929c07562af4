"""Twenty updates of the net of optimizers_test.py by optimizers as PyTorch has them, in f64."""
import os
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from optimizers_test import TOLERANCE, WEIGHTS, compare, trained_by_argent, write_data
from training import SKIPPED

PYTHON = "/usr/bin/python3"  # Debian's, where its python3-torch is

# The train block's text, PyTorch's class and arguments, and the rate of each update.
CASES = [
    ("optimizer = adagrad(rate=0.05, epsilon=1e-2)\n    " + WEIGHTS.replace("*.weight", "*"), "Adagrad", {"lr": 0.05, "eps": 1e-2, "weight_decay": 0.02}, None),
    ("optimizer = rmsprop(rate=0.02 * 0.9 ** update, rho=0.8, momentum=0.7, epsilon=1e-2)", "RMSprop",
     {"lr": 0.02, "alpha": 0.8, "momentum": 0.7, "eps": 1e-2}, 0.9),
    ("optimizer = sgd(rate=0.1, momentum=0.8, nesterov=true)", "SGD", {"lr": 0.1, "momentum": 0.8, "nesterov": True}, None),
    ("optimizer = adamw(rate=0.02, beta1=0.8, beta2=0.95, epsilon=1e-2)\n    " + WEIGHTS.replace("*.weight", "*"), "AdamW",
     {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-2, "weight_decay": 0.02}, None),
]

PROGRAM = """
import sys, numpy, torch
name, arguments, factor, path = sys.argv[1], eval(sys.argv[2]), eval(sys.argv[3]), sys.argv[4]
data = numpy.load(path)
order = {4: (3, 2, 0, 1), 2: (0, 1), 1: (0,)}
p = {k[2:]: torch.tensor(data[k].transpose(order[data[k].ndim]).astype("f8"), requires_grad=True) for k in data if k.startswith("p/")}
optimizer = getattr(torch.optim, name)(p.values(), **arguments)
for x, label in zip(data["images"], data["labels"]):
    y = torch.tanh(torch.nn.functional.conv2d(torch.tensor(x).permute(0, 3, 1, 2), p["conv2d_1.weight"], p["conv2d_1.bias"], padding=1))
    y = torch.nn.functional.avg_pool2d(y, 3).permute(0, 2, 3, 1).reshape(len(x), -1)
    y = torch.tanh(y @ p["dense_1.weight"] + p["dense_1.bias"]) @ p["dense_2.weight"] + p["dense_2.bias"]
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(y, torch.tensor(label).long()).backward()
    optimizer.step()
    if factor:
        for group in optimizer.param_groups:
            group["lr"] *= factor
back = {4: (2, 3, 1, 0), 2: (0, 1), 1: (0,)}
numpy.savez(path, **{k: v.detach().numpy().transpose(back[v.ndim]) for k, v in p.items()})
"""


def main():
    if subprocess.run([PYTHON, "-c", "import torch"], capture_output=True).returncode != 0:
        print("skipped: PyTorch is not installed (Debian's python3-torch)")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as folder:
        batches = write_data(folder)
        for text, name, arguments, factor in CASES:
            start, got = trained_by_argent(folder, text)
            path = os.path.join(folder, "torch.npz")
            np.savez(path, images=[x for x, _ in batches], labels=[y for _, y in batches], **{"p/" + k: v for k, v in start.items()})
            subprocess.run([PYTHON, "-c", PROGRAM, name, repr(arguments), repr(factor), path], check=True)
            compare("PyTorch's " + name, got, dict(np.load(path)), start, TOLERANCE)


main()
