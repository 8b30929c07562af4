"""Runs functions of nn text. One function, so that each test is run by the reference and by the compiler alike.

The programs are found in ARGENT_BUILD's bin or through PATH; ARGENT_EXECUTOR chooses the default executor.
"""
import os
import shutil
import subprocess
import tempfile

import numpy as np


def program(name):
    build = os.environ.get("ARGENT_BUILD")
    return os.path.join(build, "bin", name) if build else (shutil.which(name) or name)


def opt(text, *passes):
    """The module after the passes of argent-opt."""
    result = subprocess.run([program("argent-opt"), "-", *passes], input=text, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"argent-opt {' '.join(passes)}: {result.stderr}\n{text}")
    return result.stdout


def differentiate(text):
    """Every function also returns the gradients of its scalar result with respect to its float arguments."""
    return opt(text, "--nn-differentiate=wrt-arguments", "--nn-simplify")


def interpret(text, entry, inputs, count):
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        with open(path("f.mlir"), "w") as file:
            file.write(text)
        command = [program("nn-interpret"), path("f.mlir"), "--entry", entry]
        for i, value in enumerate(inputs):
            np.save(path(f"in{i}.npy"), np.ascontiguousarray(value, dtype=np.float64).reshape(np.shape(value)))
            command += ["--input", path(f"in{i}.npy")]
        for i in range(count):
            command += ["--output", path(f"out{i}.npy")]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            raise RuntimeError(f"nn-interpret: {result.stderr}\n{text}")
        return [np.load(path(f"out{i}.npy")) for i in range(count)]


EXECUTORS = {"interpreter": interpret}


def run(text, entry, inputs, count, executor=None):
    """The first `count` results of @entry."""
    return EXECUTORS[executor or os.environ.get("ARGENT_EXECUTOR", "interpreter")](text, entry, inputs, count)
