"""No kernel reads or writes outside of its buffers, for any batch and any target: what the code generator's proof (compiler/codegen/HalideBounds.cpp)
says of every kernel of the zoo and of the numerics cases. Nothing is run."""
import os
import re
import subprocess
import tempfile
import unittest
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import cases
import executor
from ops_test import function

# Zen 4 and Sapphire Rapids have the registers and vectors of the second, so the same schedules.
TARGETS = ["x86-64-linux-avx2", "x86-64-linux-avx512", "aarch64-linux"]
ZOO = os.path.join(os.environ["ARGENT_SOURCE"], "frontends", "ag", "zoo")
AT_ONCE = 16  # kernels of one code generator
PIPELINE = re.compile(r"^  hl\.pipeline (@\w+)\(.*?^  }\n", re.MULTILINE | re.DOTALL)


def canonical(pipeline):
    """What makes two kernels one: the text without the kernel's name, what is said of it to people, and the names of values and funcs, which are those
    of layers."""
    head, body = pipeline.split("\n", 1)
    text = re.sub(r"@\w+|attributes \{.*\}", "", head) + "".join(re.findall(r"min_batch = \d+", head)) + "\n" + body
    funcs, names = re.findall(r'hl\.func ("[^"]*")', text), {}
    number = lambda name: f"%{names.setdefault(name, len(names))}"
    return re.sub(r'%\w+|"[^"]*"', lambda match: number(match[0]) if match[0][0] == "%" or match[0] in funcs else match[0], text)


def kernels(hl, target, known):
    """The scheduled pipelines of a module that are not known yet."""
    scheduled = executor.opt(hl, f"--hl-schedule=target={target}", "--hl-expand-math")
    new = []
    for match in PIPELINE.finditer(scheduled):
        text = canonical(match[0])
        if text not in known:
            known.add(text)
            new.append(match[0].replace(match[1], f"@k{len(known)}", 1))
    return new


def prove(pipelines, target):
    result = subprocess.run([executor.program("argent-codegen"), "-", "--emit=bounds", "--target", target], input="".join(pipelines),
                            capture_output=True, text=True)
    return result.stderr if result.returncode else ""


def lower(path):
    """The module's kernels without schedules; None of a model that the compiler does not take yet."""
    result = subprocess.run([executor.program("argent"), "compile", path, "--emit=hl"], capture_output=True, text=True)
    return executor.opt(result.stdout, "--make-pack-kernels", "--store-in-place") if result.returncode == 0 else None


def lower_text(text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "f.mlir")
        with open(path, "w") as file:
            file.write(text)
        return lower(path)


class Bounds(unittest.TestCase):
    def check(self, modules):
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for target in TARGETS:
                known = set()
                found = [kernel for module in modules for kernel in kernels(module, target, known)]
                self.assertGreater(len(found), 0)
                chunks = [found[i:i + AT_ONCE] for i in range(0, len(found), AT_ONCE)]
                for errors in pool.map(lambda chunk: prove(chunk, target), chunks):
                    self.assertEqual(errors, "", target)

    def test_zoo(self):
        modules = [lower(os.path.join(ZOO, name)) for name in sorted(os.listdir(ZOO)) if name.endswith(".ag")]
        modules = [module for module in modules if module]
        self.assertGreaterEqual(len(modules), 13)
        self.check(modules)

    def test_cases(self):
        values, losses = "", ""
        for stem, makes in cases.CASES.items():
            for i, make in enumerate(makes):
                case = make(np.random.default_rng(zlib.crc32(f"{stem} {i}".encode())))
                name, y = f"{stem}_{i}", cases.result_type(case.oracle, case.inputs)
                shape = cases.tensor(y.shape, y.dtype)
                if case.differentiable:
                    loss = f"{case.text}\n%s = nn.reduce sum %y {list(range(y.ndim))} : {shape}\nreturn %s : tensor<f64>"
                    losses += function(name, case, loss, "tensor<f64>")
                else:
                    values += function(name, case, f"{case.text}\nreturn %y : {shape}", shape)
        modules = []
        for text in (values, executor.differentiate(losses)):
            modules.append(lower_text(text))
            self.assertIsNotNone(modules[-1], text)
        self.check(modules)


if __name__ == "__main__":
    unittest.main()
