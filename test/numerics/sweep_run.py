"""Configurations of sweeps.py through the compiler, many in one module, beside the oracle.

Loss and gradients are those of sum(y * w): the gradient to w is y, so that values come with them.
"""
import ctypes
import functools
import json
import os
import re
import shutil
import subprocess
import tempfile

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)

import executor
import sweeps

EPSILON = {"f32": 2.0 ** -24, "f64": 2.0 ** -53}
LEAST = {"f32": 2.0 ** -126, "f64": 2.0 ** -1022}  # results below the least normal number are 0 (LANGUAGE.md, section 12)


def bound(element, terms):
    """How far a sum may be off, of the sum of its terms' absolute values. Each of the `terms` roundings is off by half an ulp at most, and they
    are as random as the numbers: sqrt(terms), twice; 32 for functions and quotients on the way. f64 is looked at for faults alone."""
    return 1e-10 if element == "f64" else EPSILON["f32"] * (32 + 2 * np.sqrt(terms))


class Function:
    """A configuration as a function of nn text, and what it must give."""

    def __init__(self, kind, seed, index):
        self.index, self.config = index, sweeps.Config(kind, seed, index)
        c = self.config
        y = jax.eval_shape(c.oracle, *c.inputs)
        self.differentiable = y.dtype.kind == "f"
        self.shape = tuple(sweeps.N if d == c.batch else e for d, e in enumerate(y.shape))
        self.floats = [i for i, x in enumerate(c.inputs) if x.dtype.kind == "f"]
        shapes, types = list(c.shapes), ["f32" if x.dtype.kind == "f" else "i32" for x in c.inputs]
        names, body = [f"x{i}" for i in range(len(shapes))], c.body
        result = f"{'f32' if self.differentiable else 'i32'}{text_of(self.shape)}"
        if self.differentiable:
            names, shapes, types, result = [*names, "w"], [*shapes, self.shape], [*types, "f32"], "f32[]"
            body = re.sub(r"\by = ", "r = ", body) + "\ny = sum(r * w)"
            self.w = np.random.default_rng([seed, index]).standard_normal(y.shape).astype(np.float32).astype(np.float64)
        arguments = ", ".join(f"{name}: {t}{text_of(shape)}" for name, t, shape in zip(names, types, shapes))
        self.model = f"model m({arguments}) -> (y: {result}) {{\n" + "".join(f"    {line}\n" for line in body.splitlines()) + "}"

    @property
    def name(self):
        return f"c{self.index}"

    def nn(self):
        """The function in the compiler's text."""
        return executor.evaluated(self.model, self.name)

    def rows(self, x, n):
        """The first n rows of what has y's shape."""
        return x if self.config.batch is None else np.take(x, range(n), self.config.batch)

    def inputs(self, n):
        return [*self.config.at(n), *([self.rows(self.w, n)] if self.differentiable else [])]

    @functools.cached_property
    def jitted(self):
        if not self.differentiable:
            return jax.jit(lambda *x: [self.config.oracle(*x)])

        def values_and_gradients(*inputs):
            loss = lambda *inputs: (self.config.oracle(*inputs[:-1]) * inputs[-1]).sum()
            value, gradients = jax.value_and_grad(loss, argnums=(*self.floats, len(inputs) - 1))(*inputs)
            return [value, *gradients]
        return jax.jit(values_and_gradients)

    def evaluate(self, n, inputs):
        """Loss and gradients for the first n rows, from the inputs for all or for these."""
        c = self.config
        if not c.rows_alone:
            at_n = [x[:n] if s and s[0] == sweeps.N else x for x, s in zip(inputs, c.shapes)] + [self.rows(x, n) for x in inputs[len(c.inputs):]]
            return [np.asarray(y) for y in self.jitted(*at_n)]
        if not self.differentiable:
            return [self.rows(np.asarray(y), n) for y in self.jitted(*inputs)]
        w = np.zeros_like(inputs[-1])
        first = (slice(None),) * (c.batch or 0) + (slice(0, n),)
        w[first] = inputs[-1][first]
        value, *gradients = self.jitted(*inputs[:-1], w)
        results = [np.asarray(value)]
        for i, gradient in zip(self.floats, gradients):
            results.append(np.asarray(gradient)[:n] if c.shapes[i] and c.shapes[i][0] == sweeps.N else np.asarray(gradient))
        return [*results, self.rows(np.asarray(gradients[-1]), n)]

    @functools.cache
    def expected(self, n):
        """Of each result: its name, the value, how large its terms are together, and how many they are."""
        c = self.config
        inputs = [*c.inputs, *([self.w] if self.differentiable else [])]
        values = self.evaluate(n, inputs)
        if not self.differentiable:
            return [("y", values[0], None, 0)]
        y = values[-1]
        sizes = self.evaluate(n, [np.abs(x) if x.dtype.kind == "f" else x for x in inputs]) if c.multilinear else [np.maximum(np.abs(v), 1) for v in values]
        sizes[0] = np.abs(y * self.rows(self.w, n)).sum()
        names = ["the value", *(f"the gradient of x{i}" for i in self.floats), "y"]
        terms = [y.size, *(max(c.terms, c.terms * y.size / v.size) for v in values[1:-1]), c.terms]
        return [(name, v, np.max(s, initial=0), t) for name, v, s, t in zip(names, values, sizes, terms)]

    def compare(self, n, found, element):
        """What is wrong, or None."""
        for (name, wanted, size, terms), actual in zip(self.expected(n), found):
            if actual.shape != wanted.shape:
                return f"{name} has the shape {actual.shape}, not {wanted.shape}"
            if size is None:
                if not np.array_equal(actual, wanted):
                    return f"{name} differs at {int((actual != wanted).sum())} of {wanted.size} places"
                continue
            off = np.abs(actual - wanted)
            allowed = bound(element, terms) * size + LEAST[element]
            if not np.max(off, initial=0) <= allowed:
                at = np.unravel_index(np.nanargmax(np.where(np.isnan(off), np.inf, off)), off.shape) if off.ndim else ()
                return (f"{name} is {actual[at]:.9g} at {[int(i) for i in at]}, not {wanted[at]:.9g} (off by {off[at]:.3g}; "
                        f"allowed {allowed:.3g})")
        return None


def text_of(shape):
    return f"[{', '.join(map(str, shape))}]"


class Module:
    """A module in a session for the largest batch."""

    def __init__(self, path):
        self.lib = ctypes.CDLL(os.path.join(os.environ["ARGENT_BUILD"], "lib", "libargent.so"))
        self.lib.argent_module_error.restype = self.lib.argent_session_error.restype = ctypes.c_char_p
        self.module, self.session = ctypes.c_void_p(), ctypes.c_void_p()
        executor.check(self.lib.argent_module_open(path.encode(), ctypes.byref(self.module)), self.lib.argent_module_error(self.module) or b"")
        status = self.lib.argent_session_create(self.module, ctypes.byref(executor.Options(sweeps.ROWS, 2, 0)), ctypes.byref(self.session))
        executor.check(status, self.lib.argent_session_error(self.session) or b"")

    def close(self):
        self.lib.argent_session_destroy(self.session)
        self.lib.argent_module_close(self.module)

    def run(self, entry, inputs, n):
        entry = entry.encode()
        given = [executor.port(self.lib, self.module, entry, 0, i, n) for i in range(len(inputs))]
        for (array, _), value in zip(given, inputs):
            array[...] = value
        results = [executor.port(self.lib, self.module, entry, 1, i, n) for i in range(self.lib.argent_module_port_count(self.module, entry, 1))]
        tensors = lambda ports: (executor.Tensor * len(ports))(*[t for _, t in ports])
        executor.check(self.lib.argent_session_run(self.session, entry, tensors(given), ctypes.c_size_t(len(given)), tensors(results),
                                                   ctypes.c_size_t(len(results))), self.lib.argent_session_error(self.session))
        return [array if array.dtype.kind != "f" else array.astype(np.float64) for array, _ in results]


class Sweep:
    def __init__(self, functions, target, folder):
        self.functions, self.target, self.folder = functions, target, folder

    def report(self, function, what):
        print(json.dumps({"index": function.index, "what": what}), flush=True)

    def compile(self, functions, texts, element, flags):
        """Modules of as many functions as possible together: [(path, functions)]. One that is refused is reported."""
        if not functions:
            return []
        name = f"{functions[0].name}-{element}{''.join(flags)}"
        source, module = (os.path.join(self.folder, name + ending) for ending in (".mlir", ".agb"))
        with open(source, "w") as file:
            file.write("\n".join(texts[f.index] for f in functions))
        command = [executor.program("argent"), "compile", source, *flags, "--workers", "1", "--cache", os.path.join(self.folder, "cache"), "-o", module]
        done = subprocess.run(command + (["--target", self.target] if self.target else []), capture_output=True, text=True)
        if done.returncode == 0:
            return [(module, functions)]
        if len(functions) == 1:
            self.report(functions[0], f"{element} {' '.join(flags)}: argent compile: {done.stderr[-1500:].strip()}")
            return []
        half = len(functions) // 2
        return self.compile(functions[:half], texts, element, flags) + self.compile(functions[half:], texts, element, flags)

    def differentiate(self, functions, texts):
        """Texts that also return the gradients; reports those that have none."""
        whole = "\n".join(texts[f.index] for f in functions)
        try:
            lines = executor.differentiate(whole).splitlines()
        except RuntimeError as error:
            if len(functions) == 1:
                self.report(functions[0], f"gradients: {str(error)[:1500]}")
                return {}
            half = len(functions) // 2
            return self.differentiate(functions[:half], texts) | self.differentiate(functions[half:], texts)
        result, current = {}, None
        by_name = {f.name: f.index for f in functions}
        for line in lines:
            if match := re.match(r"\s*func\.func @(\w+)\(", line):
                current = by_name[match[1]]
                result[current] = ""
            if current is not None and line.strip() != "module {":
                result[current] += line + "\n"
            if line == "  }":
                current = None
        return result

    def run(self, element):
        texts = {}
        for f in self.functions:
            try:
                texts[f.index] = f.nn().replace("f32>", f"{element}>").replace("f32,", f"{element},")
            except RuntimeError as error:
                if element == "f32":
                    self.report(f, str(error))
        smooth = [f for f in self.functions if f.differentiable and f.index in texts]
        if smooth:
            found = self.differentiate(smooth, texts)
            texts = {f.index: texts[f.index] for f in self.functions if not f.differentiable and f.index in texts} | found
        present = [f for f in self.functions if f.index in texts]
        unsafe = set()
        for flags in (["--checked"], []):
            for path, functions in self.compile(present, texts, element, flags):
                if not flags:
                    unsafe |= self.guarded(path, element)
                self.values(path, [f for f in functions if flags or f.name not in unsafe], element, flags)

    def guarded(self, path, element):
        """The names of functions whose kernels leave their buffers, reported."""
        done = subprocess.run([os.path.join(os.environ["ARGENT_BUILD"], "bin", "guarded-run"), path], capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"guarded-run: status {done.returncode}\n{done.stderr}")
        found = {}
        for line in done.stdout.splitlines()[:-1]:
            _, name, what = line.split(": ", 2)
            found.setdefault(name, []).append(what)
        for f in self.functions:
            if f.name in found:
                self.report(f, f"{element} under guard pages: {found[f.name][0]} ({len(found[f.name])} faults)")
        return set(found)

    def values(self, path, functions, element, flags):
        module = Module(path)
        form = f"{element} {'checked' if flags else 'shipped'}"
        for f in functions:
            print(json.dumps({"running": f.index}), flush=True)  # a wrong kernel may end this process
            for n in sweeps.BATCHES:
                try:
                    what = f.compare(n, module.run(f.name, f.inputs(n), n), element)
                except RuntimeError as error:
                    what = str(error)
                if what:
                    self.report(f, f"{form}, N = {n}: {what}")
                    break
        module.close()


def run(kind, seed, indices, elements, target, keep):
    functions = [Function(kind, seed, i) for i in indices]
    folder = keep or tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    try:
        for element in elements:
            Sweep(functions, target, folder).run(element)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
