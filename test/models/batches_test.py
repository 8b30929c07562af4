"""A network gives the same outputs for every number of rows: one row, fewer than a tile, a tile, and more than the largest call.

A kernel has a variant for small batches (a matrix times a vector) and tiles over N; weights are packed. The oracle is numpy in f64.
"""
import json
import os
import subprocess
import tempfile

import numpy as np

BUILD = os.environ["ARGENT_BUILD"]
ARGENT = os.path.join(BUILD, "bin", "argent")
# 16 and 7 outputs: one full panel, one that the features do not fill; 1000: several tasks and a tail.
MODEL = """
model net(x: f32[N, 300]) -> (y: f32[N, 7]) {
    y = x |> dense(1000, name="a") |> relu |> dense(16, name="b") |> relu |> dense(7, name="c")
}
"""
TOLERANCE = 2e-5  # of the largest output: sums of 1000 products in f32


def run(*arguments):
    result = subprocess.run([ARGENT, *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == 0, f"argent {arguments}: {result.returncode}\n{result.stdout}{result.stderr}"


def save(path, tensors):
    """A safetensors file."""
    header, offset = {}, 0
    for name, value in tensors.items():
        header[name] = {"dtype": "F32", "shape": value.shape, "data_offsets": [offset, offset + value.nbytes]}
        offset += value.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(value.tobytes() for value in tensors.values()))


def main():
    rng = np.random.default_rng(3)
    sizes = {"a": (300, 1000), "b": (1000, 16), "c": (16, 7)}
    weights = {}
    for name, (d, k) in sizes.items():
        weights[name + ".weight"] = (rng.standard_normal((d, k)) / np.sqrt(d)).astype(np.float32)
        weights[name + ".bias"] = rng.standard_normal(k).astype(np.float32)
    x = rng.standard_normal((70, 300)).astype(np.float32)
    wanted = x.astype(np.float64)
    for name in sizes:
        wanted = wanted @ weights[name + ".weight"] + weights[name + ".bias"]
        wanted = np.maximum(wanted, 0) if name != "c" else wanted
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        with open(path("net.ag"), "w") as file:
            file.write(MODEL)
        save(path("net.safetensors"), weights)
        for checked in (["--checked"], []):
            run("compile", path("net.ag"), "-o", path("net.agb"), *checked)
            for rows in (1, 2, 3, 5, 6, 7, 8, 13, 64, 65, 70):
                np.save(path("x.npy"), x[:rows])
                for batch in (rows, 64):
                    run("run", path("net.agb"), "--weights", path("net.safetensors"), "--input", f"x={path('x.npy')}", "--output",
                        f"y={path('y.npy')}", "--batch", batch)
                    y = np.load(path("y.npy"))
                    error = np.abs(y - wanted[:rows]).max() / np.abs(wanted).max()
                    assert y.shape == (rows, 7) and error <= TOLERANCE, f"{rows} rows, batch {batch}, {checked}: off by {error:.3g}"


main()
