"""One image keeps several threads busy: no kernel of the zoo's predictions that is more than 30 us of work runs on one thread at N = 1. Work is counted, not
measured."""
import math
import os
import re
import subprocess
import unittest

SOURCE, BIN = os.environ["ARGENT_SOURCE"], os.path.join(os.environ["ARGENT_BUILD"], "bin")
ZOO = os.path.join(SOURCE, "frontends", "ag", "zoo")
TARGETS = ["x86-64-linux-avx2", "x86-64-linux-avx512", "aarch64-linux"]
FLOPS, BYTES = 100e9, 20e9  # of one thread in a second, rounded down
LIMIT = 30e-6

PIPELINE = re.compile(r"^  hl\.pipeline @(\w+)\((.*?)^  }\n", re.MULTILINE | re.DOTALL)
PREDICT = re.compile(r"^  func\.func @predict\(.*?^  }\n", re.MULTILINE | re.DOTALL)
LAUNCH = re.compile(r'nn\.launch "([^"]*)" @(\w+)')
SMALL = re.compile(r"\A[^\n]*\bsmall = @(\w+)")  # of a pipeline: its kernel for the smallest batches
BUFFER = re.compile(r"!hl\.buffer<((?:[\d?]+x)*)([fiu]+)(\d+)")
FUNC = re.compile(r'hl\.func "[^"]*" \[%(\w+)(?: as "(\w+)")? in (\?|\d+)')
PARALLEL = re.compile(r'hl\.parallel "(\w+)"')


def seconds(pipeline):
    head = pipeline.split("\n", 1)[0]
    if '"gather"' in head:
        head = re.sub(r"%arg\d+: !hl\.buffer<\d[^>]*>", "", head)  # a few rows of a table are read
    fixed, each = re.search(r"flops = array<i64: (-?\d+), (-?\d+)>", head).groups()
    amount = 0
    for sizes, _, bits in BUFFER.findall(head):
        amount += math.prod(1 if size == "?" else int(size) for size in sizes.split("x") if size) * max(int(bits), 8) // 8
    return max((int(fixed) + int(each)) / FLOPS, amount / BYTES)


def has_tasks(pipeline):
    """Whether a loop is parallel that has more than one step at N = 1."""
    batch = set()
    for short, name, extent in FUNC.findall(pipeline):
        if extent == "?":
            batch |= {(name or short) + part for part in ("", "t", "o")}
    return bool(set(PARALLEL.findall(pipeline)) - batch)


class Tasks(unittest.TestCase):
    def test_one_image(self):
        seen = 0
        for name in sorted(os.listdir(ZOO)):
            lowered = subprocess.run([os.path.join(BIN, "argent"), "compile", os.path.join(ZOO, name), "--emit=hl"], capture_output=True, text=True)
            if lowered.returncode:
                continue  # a model that the compiler does not take yet
            for target in TARGETS:
                scheduled = subprocess.run([os.path.join(BIN, "argent-opt"), "-", f"--hl-schedule=target={target}"], input=lowered.stdout,
                                           capture_output=True, text=True, check=True).stdout
                pipelines = dict(PIPELINE.findall(scheduled))
                for title, kernel in LAUNCH.findall(PREDICT.search(scheduled)[0]):
                    if small := SMALL.search(pipelines[kernel]):
                        kernel = small[1]
                    if seconds(pipelines[kernel]) > LIMIT:
                        seen += 1
                        with self.subTest(model=name, target=target, kernel=kernel, us=round(seconds(pipelines[kernel]) * 1e6)):
                            self.assertTrue(has_tasks(pipelines[kernel]), title)
        self.assertGreater(seen, 300)


if __name__ == "__main__":
    unittest.main()
