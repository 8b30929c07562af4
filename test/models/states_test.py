"""States keep their values from call to call, whatever a model makes of them: shifted, turned round, exchanged, or returned while they are
replaced. The oracle is numpy.
"""
import json
import os
import subprocess
import tempfile

import numpy as np

BUILD = os.environ["ARGENT_BUILD"]
ARGENT = os.path.join(BUILD, "bin", "argent")
MODEL = """
model keep(x: f32[N, 4]) -> (oldest: f32[N, 4], turned: f32[N, 4], first: f32[N, 4], second: f32[N, 4], late: f32[N, 4]) {
    row = sum(x, axis=0)

    # a window over the last three calls
    state history: f32[3, 4] = zeros()
    oldest = x + history[0]
    history := concat([history[1:], row[none, :]], axis=0)

    # read at another index than it is written
    state loop: f32[4] = ones()
    turned = x * loop
    loop := reverse(loop, axis=0) + row

    # two that change places
    state a: f32[4] = zeros()
    state b: f32[4] = ones()
    first = x + a
    second = x + b
    before = a
    a := b
    b := before

    # one that becomes another's old value, which is replaced by a kernel
    state newest: f32[4] = zeros()
    state previous: f32[4] = zeros()
    late = x + previous
    previous := newest
    newest := row
}
"""


def run(*arguments):
    result = subprocess.run([ARGENT, *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == 0, f"argent {arguments}: {result.returncode}\n{result.stdout}{result.stderr}"


def expected(x):
    history, loop = np.zeros((3, 4), np.float32), np.ones(4, np.float32)
    a, b, newest, previous = np.zeros(4, np.float32), np.ones(4, np.float32), np.zeros(4, np.float32), np.zeros(4, np.float32)
    rows = []
    for row in x:
        rows.append([row + history[0], row * loop, row + a, row + b, row + previous])
        history = np.concatenate([history[1:], row[None]])
        loop = loop[::-1] + row
        a, b = b, a
        newest, previous = row, newest
    return dict(zip(("oldest", "turned", "first", "second", "late"), np.stack(rows, axis=1)))


def main():
    x = np.random.default_rng(5).standard_normal((9, 4)).astype(np.float32)
    wanted = expected(x)
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        with open(path("keep.ag"), "w") as file:
            file.write(MODEL)
        np.save(path("x.npy"), x)
        for checked in (["--checked"], []):
            run("compile", path("keep.ag"), "-o", path("keep.agb"), *checked)
            outputs = [f"--output={name}={path(name + '.npy')}" for name in wanted]
            run("run", path("keep.agb"), "--input", f"x={path('x.npy')}", "--batch", 1, *outputs)
            for name, value in wanted.items():
                found = np.load(path(name + ".npy"))
                # The same operations in the same order: one addition or product of f32 each.
                assert np.array_equal(found, value), f"{name}, {checked}:\n{found}\nis not\n{value}"
    print("states shifted, turned round, exchanged and replaced: as in numpy over 9 calls")


main()
