"""What a module computes on one target, to be compared to the bit with what it computes on another: outputs of predict, then a number of training
steps with their losses and the parameters after each.

    target_bits.py FILE.ag ...          a table of the models of these files: equal, or where two targets part first and how far
"""
import argparse
import ctypes
import json
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

import executor

PREDICT_ROWS = 3


def targets():
    """Two whose code this processor runs, AVX2 and the host's own; one where that is AVX2."""
    with open("/proc/cpuinfo") as file:
        flags = file.read().split()
    return ["x86-64-linux-avx2"] + (["host"] if "avx512vl" in flags else [])


def argent(*arguments):
    done = subprocess.run([executor.program("argent"), *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"argent {' '.join(map(str, arguments))}: {done.stderr.strip()}")
    return done.stdout


def parse(text):
    """("f32", [-1, 28]) of "f32[N, 28]": an extent of k times N is -k."""
    element, extents = re.fullmatch(r"(\w+)\[(.*)\]", text).groups()
    size = lambda d: -int(d.replace("N", "") .strip(" *·") or 1) if "N" in d else int(d)
    return element, [size(d) for d in extents.split(",") if d.strip()]


class Session:
    """A module on the machine, opened through the C API."""

    TYPES = {"f32": 0, "f64": 1, "f16": 2, "bf16": 3, "i32": 4, "i64": 5, "u8": 6, "bool": 7}

    def __init__(self, path, rows, training):
        self.description = json.loads(argent("inspect", path, "--json"))
        self.entries = {entry["name"]: entry for entry in self.description["entries"]}
        self.lib = ctypes.CDLL(os.path.join(os.environ["ARGENT_BUILD"], "lib", "libargent.so"))
        self.lib.argent_module_error.restype = self.lib.argent_session_error.restype = ctypes.c_char_p
        self.module, self.session = ctypes.c_void_p(), ctypes.c_void_p()
        executor.check(self.lib.argent_module_open(path.encode(), ctypes.byref(self.module)), self.lib.argent_module_error(self.module) or b"")
        options = executor.Options(rows, 2, int(training))
        self.check(self.lib.argent_session_create(self.module, ctypes.byref(options), ctypes.byref(self.session)))
        self.check(self.lib.argent_session_initialize(self.session, ctypes.c_uint64(1)))

    def close(self):
        self.lib.argent_session_destroy(self.session)
        self.lib.argent_module_close(self.module)

    def check(self, status):
        executor.check(status, self.lib.argent_session_error(self.session) or b"")

    def tensor(self, name, array, element):
        extents = (ctypes.c_int64 * array.ndim)(*array.shape)
        return executor.Tensor(name.encode(), self.TYPES[element], array.ndim, extents, array.ctypes.data)

    def array(self, described, rows):
        element, extents = parse(described["type"])
        return np.zeros([-d * rows if d < 0 else d for d in extents], executor.TYPES[self.TYPES[element]]), element

    def run(self, entry, rows, seed):
        """The outputs of an entry for inputs drawn by the seed: floats around 0, integers in the port's range; counts of training are `seed`."""
        rng, tensors, arrays = np.random.default_rng(seed), [], []
        for described in self.entries[entry]["inputs"]:
            array, element = self.array(described, rows)
            low, high = described.get("range", (0, 2))
            if described["name"] == "@rate_scale":
                array[...] = 1
            elif described["name"] in ("update", "epoch"):
                array[...] = seed if described["name"] == "update" else 0
            elif array.dtype.kind in "iub":
                array[...] = rng.integers(low, high + 1, array.shape)
            else:
                array[...] = rng.standard_normal(array.shape)
            arrays.append(array)
            tensors.append(self.tensor(described["name"], array, element))
        outputs = {}
        results = []
        for described in self.entries[entry]["outputs"]:
            array, element = self.array(described, rows)
            outputs[described["name"]] = array
            results.append(self.tensor(described["name"], array, element))
        pack = lambda all: (executor.Tensor * len(all))(*all)
        self.check(self.lib.argent_session_run(self.session, entry.encode(), pack(tensors), ctypes.c_size_t(len(tensors)), pack(results),
                                               ctypes.c_size_t(len(results))))
        return outputs

    def parameters(self):
        values = {}
        for described in self.description["parameters"]:
            array, element = self.array(described, 1)
            tensor = self.tensor(described["path"], array, element)
            self.check(self.lib.argent_session_read(self.session, ctypes.byref(tensor), ctypes.c_size_t(1)))
            values[described["path"]] = array
        return values


def record(path, steps, rows):
    """[(name, array)] in the order in which they are computed."""
    results = []
    session = Session(path, PREDICT_ROWS, training=False)
    try:
        if "predict" in session.entries:
            results += [(f"predict: {name}", value) for name, value in session.run("predict", PREDICT_ROWS, 7).items()]
        trains = "train_step" in session.entries
    finally:
        session.close()
    if trains and steps:
        session = Session(path, rows, training=True)
        try:
            for step in range(steps):
                results += [(f"step {step + 1}: {name}", value) for name, value in session.run("train_step", rows, step).items()]
                results += [(f"step {step + 1}: {name}", value) for name, value in session.parameters().items()]
        finally:
            session.close()
    return results


def compare(first, second):
    """The first pair that differs, as text; None if all bits are equal."""
    for (name, a), (other, b) in zip(first, second, strict=True):
        assert name == other and a.dtype == b.dtype
        if a.tobytes() == b.tobytes():
            continue
        x, y = a.astype(np.float64), b.astype(np.float64)
        difference = np.abs(x - y).max() / max(np.abs(x).max(), 1e-300)
        return f"{name}: {(x != y).sum()} of {x.size} differ, by {difference:.1e} of the largest"
    return None


def part(source, steps, rows, flags=(), pair=None):
    """Where the module of a source file parts between two targets."""
    with tempfile.TemporaryDirectory() as folder:
        results = []
        for target in pair or targets():
            module = os.path.join(folder, target + ".agb")
            argent("compile", source, "--target", target, *flags, "-o", module)
            results.append(record(module, steps, rows))
        return compare(*results) if len(results) == 2 else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--steps", type=int, default=10, help="training steps (default: 10)")
    parser.add_argument("--rows", type=int, default=4, help="rows of a step (default: 4)")
    options = parser.parse_args()
    if len(targets()) < 2:
        sys.exit("this processor runs AVX2 only: there is nothing to compare with")
    parted = False
    for path in options.files:
        try:
            found = part(path, options.steps, options.rows)
            parted |= found is not None
        except RuntimeError as error:
            found = f"not compared: {str(error).splitlines()[0]}"
        print(f"{os.path.basename(path):24} {found or 'equal'}", flush=True)
    sys.exit(parted)


if __name__ == "__main__":
    main()
