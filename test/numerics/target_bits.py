"""What a module computes on one target, compared to the bit with what it computes on another: outputs of predict, the parameters as they are drawn,
then a number of training steps with their losses and the parameters after each.

    target_bits.py FILE.ag ...                          a table of the models of these files: equal, or where they part first and how far
    target_bits.py FILE.ag --target aarch64-linux       the same, as AArch64 code under an emulator
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np

import executor

BASELINE = "x86-64-linux-avx2"
EMULATOR = "qemu-aarch64-static"
PREDICT_ROWS = 3
TYPES = dict(zip(["f32", "f64", "f16", "bf16", "i32", "i64", "u8", "bool"], executor.TYPES))


def runner(target):
    """The command that runs modules of a target."""
    if target.startswith("aarch64"):
        return [EMULATOR, executor.program("record-run-aarch64")]
    return [executor.program("record-run")]


def unavailable(target):
    """Why there is nothing to compare for a target here; None if there is."""
    if target.startswith("aarch64"):
        if not shutil.which(EMULATOR):
            return f"there is no {EMULATOR}"
        return None if os.path.exists(runner(target)[1]) else "there was no aarch64-linux-gnu-g++ when record-run was built"
    with open("/proc/cpuinfo") as file:
        return None if "avx512vl" in file.read().split() else "this processor runs AVX2 only"


def argent(*arguments):
    done = subprocess.run([executor.program("argent"), *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"argent {' '.join(map(str, arguments))}: {done.stderr.strip()}")
    return done.stdout


def type_of(described, rows):
    """The NumPy type and the extents of a port or parameter, of "f32[2·N, 28]"."""
    element, extents = re.fullmatch(r"(\w+)\[(.*)\]", described["type"]).groups()
    size = lambda d: rows * int(d.replace("N", "").strip(" *·") or 1) if "N" in d else int(d)
    return np.dtype(TYPES[element]), [size(d) for d in extents.split(",") if d.strip()]


def draw(ports, rows, seed):
    """Inputs for ports: floats around 0, integers in the port's range; counts of training are `seed`."""
    rng = np.random.default_rng(seed)
    for described in ports:
        element, extents = type_of(described, rows)
        if described["name"] == "@rate_scale":
            array = np.ones(extents)
        elif described["name"] in ("update", "epoch"):
            array = np.full(extents, seed if described["name"] == "update" else 0)
        elif element.kind in "iub":
            low, high = described.get("range", (0, 2))
            array = rng.integers(low, high + 1, extents)
        else:
            array = rng.standard_normal(extents)
        yield array.astype(element)


class Run:
    """An entry point of a module in a process of its own, on this processor or in an emulator. Results are (name, array)."""

    def __init__(self, path, target, description, name, rows):
        self.rows, self.parameters = rows, description["parameters"] if name == "train_step" else []
        self.entry = next(entry for entry in description["entries"] if entry["name"] == name)
        self.process = subprocess.Popen([*runner(target), path, name, str(rows)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def give(self, seed):
        try:
            for array in draw(self.entry["inputs"], self.rows, seed):
                self.process.stdin.write(array.tobytes())
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # what it said is read in the place of results

    def results(self, when, described):
        for one in described:
            element, extents = type_of(one, self.rows)
            count = int(np.prod(extents))
            data = self.process.stdout.read(count * element.itemsize)
            if len(data) != count * element.itemsize:
                raise RuntimeError(self.process.stderr.read().decode().strip() or f"record-run ended with {self.process.wait()}")
            yield f"{when}: {one.get('name') or one['path']}", np.frombuffer(data, element).reshape(extents)

    def call(self, when, seed):
        self.give(seed)
        yield from self.results(when, self.entry["outputs"] + self.parameters)


def record(path, target, steps, rows):
    """(name, array) in the order in which they are computed."""
    description = json.loads(argent("inspect", path, "--json"))
    entries = [entry["name"] for entry in description["entries"]]
    if "predict" in entries:
        with Run(path, target, description, "predict", PREDICT_ROWS) as run:
            yield from run.call("predict", 7)
    if "train_step" in entries and steps:
        with Run(path, target, description, "train_step", rows) as run:
            yield from run.results("drawn", run.parameters)
            for step in range(steps):
                yield from run.call(f"step {step + 1}", step)


def compare(first, second):
    """The first pair that differs, or that cannot because it is not finite, as text; None if all bits are equal."""
    for (name, a), (other, b) in zip(first, second, strict=True):
        assert name == other and a.dtype == b.dtype
        bits = lambda x: x.reshape(-1, 1).view(np.uint8)
        x, y = a.astype(np.float64), b.astype(np.float64)
        differ = (bits(a) != bits(b)).any(axis=-1).sum()
        if differ:
            difference = np.abs(x - y).max() / max(np.abs(x).max(), 1e-300)
            return f"{name}: {differ} of {x.size} differ, by {difference:.1e} of the largest"
        if not np.isfinite(x).all():
            return f"{name}: not finite"
    return None


def part(source, target, steps, rows, flags=()):
    """Where the module of a source file for `target` parts from the baseline's."""
    with tempfile.TemporaryDirectory() as folder:
        records = []
        for one in BASELINE, target:
            module = os.path.join(folder, one + ".agb")
            argent("compile", source, "--target", one, *flags, "-o", module)
            records.append(record(module, one, steps, rows))
        return compare(*records)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--target", default="host", help=f"what to compare {BASELINE} with (default: this processor)")
    parser.add_argument("--model", help="which model of the files")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a compile-time parameter; may be repeated")
    parser.add_argument("--steps", type=int, default=10, help="training steps (default: 10)")
    parser.add_argument("--rows", type=int, default=4, help="rows of a step (default: 4)")
    options = parser.parse_args()
    if reason := unavailable(options.target):
        sys.exit(f"nothing to compare with: {reason}")
    flags = ["--model", options.model] if options.model else []
    for setting in options.set:
        flags += ["--set", setting]
    parted = False
    for path in options.files:
        try:
            found = part(path, options.target, options.steps, options.rows, flags)
            parted |= found is not None
        except RuntimeError as error:
            found = f"not compared: {str(error).splitlines()[0]}"
        print(f"{options.model or os.path.basename(path):24} {found or 'equal'}", flush=True)
    sys.exit(parted)


if __name__ == "__main__":
    main()
