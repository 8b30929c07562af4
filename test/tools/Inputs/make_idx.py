"""Writes a small data set of the form of Fashion-MNIST: make_idx.py FOLDER TRAIN_ROWS TEST_ROWS. A class is a bright row of the image."""
import os
import sys

import numpy as np

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
rng = np.random.default_rng(0)
for name, rows in (("train", int(sys.argv[2])), ("t10k", int(sys.argv[3]))):
    labels = (np.arange(rows) % 10).astype(np.uint8)
    images = rng.integers(0, 60, (rows, 28, 28), np.uint8)
    images[np.arange(rows), 2 + 2 * labels] += 150
    with open(f"{folder}/{name}-images-idx3-ubyte", "wb") as file:
        file.write(np.array([0x803, rows, 28, 28], ">u4").tobytes() + images.tobytes())
    with open(f"{folder}/{name}-labels-idx1-ubyte", "wb") as file:
        file.write(np.array([0x801, rows], ">u4").tobytes() + labels.tobytes())
