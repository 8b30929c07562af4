"""Runs functions of nn text. One function, so that each test is run by the reference and by the compiler alike.

The programs are found in ARGENT_BUILD's bin or through PATH; ARGENT_EXECUTOR chooses the default executor.
"""
import ctypes
import os
import shutil
import subprocess
import tempfile

import ml_dtypes
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


def evaluated(source, name="predict"):
    """The nn function of a model's source, as @name: without the module around it, so that functions of several sources can be one."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "m.ag")
        with open(path, "w") as file:
            file.write(source)
        result = subprocess.run([program("ag-check"), "--evaluate", path], capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{result.stderr}\n{source}")
    function = result.stdout[result.stdout.index("func.func") : result.stdout.rindex("}")]
    return function.replace("@predict(", f"@{name}(", 1)


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


class Tensor(ctypes.Structure):
    """argent_tensor of argent.h."""
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_int), ("rank", ctypes.c_int32),
                ("shape", ctypes.POINTER(ctypes.c_int64)), ("data", ctypes.c_void_p)]


class Options(ctypes.Structure):
    """argent_options of argent.h."""
    _fields_ = [("max_batch", ctypes.c_int64), ("threads", ctypes.c_int32), ("training", ctypes.c_int32)]


TYPES = [np.float32, np.float64, np.float16, ml_dtypes.bfloat16, np.int32, np.int64, np.uint8, np.bool_]


def port(lib, module, entry, output, index, batch):
    """An array of the port's type and shape, and its argent_tensor."""
    shape = (ctypes.c_int64 * 16)()
    given = Tensor(shape=shape, rank=16)
    check(lib.argent_module_port(module, entry, output, index, ctypes.byref(given)), lib.argent_module_error(module))
    extents = [batch * -e if e < 0 else e for e in given.shape[: given.rank]]
    array = np.zeros(extents, TYPES[given.type])
    return array, Tensor(given.name, given.type, len(extents), (ctypes.c_int64 * len(extents))(*extents), array.ctypes.data)


def check(status, message):
    if status:
        raise RuntimeError(message.decode())


def run_module(path, entry, inputs, count, batch, exact=False):
    """The outputs as f64, or of their own types if `exact`."""
    lib = ctypes.CDLL(os.path.join(os.environ["ARGENT_BUILD"], "lib", "libargent.so"))
    lib.argent_module_error.restype = lib.argent_session_error.restype = ctypes.c_char_p
    module, session = ctypes.c_void_p(), ctypes.c_void_p()
    status = lib.argent_module_open(path.encode(), ctypes.byref(module))
    check(status, lib.argent_module_error(module) or b"")
    # For more rows than the call has: what lies apart by the batch that memory was planned for is not what is dense for the call's.
    status = lib.argent_session_create(module, ctypes.byref(Options(2 * batch + 1, 2, 0)), ctypes.byref(session))
    check(status, lib.argent_session_error(session) or b"")
    try:
        ports = [port(lib, module, entry.encode(), 0, i, batch) for i in range(len(inputs))]
        for (array, _), value in zip(ports, inputs):
            array[...] = value
        outputs = [port(lib, module, entry.encode(), 1, i, batch) for i in range(lib.argent_module_port_count(module, entry.encode(), 1))]
        arrays = lambda tensors: (Tensor * len(tensors))(*[t for _, t in tensors])
        check(lib.argent_session_run(session, entry.encode(), arrays(ports), ctypes.c_size_t(len(ports)), arrays(outputs),
                                     ctypes.c_size_t(len(outputs))), lib.argent_session_error(session))
        return [array if exact else array.astype(np.float64) for array, _ in outputs[:count]]
    finally:
        lib.argent_session_destroy(session)
        lib.argent_module_close(module)


def compiled_calls(text, calls, tolerance=0.0):
    """The results of each call (entry, inputs, count, batches) of the module's functions, at each of its batches for the first rows of its inputs.
    Through the whole compiler, once with --checked and once as shipped; both must agree to the bit, or within `tolerance` of the largest entry: a
    check between a product and a sum can keep LLVM from contracting them."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        source, module = os.path.join(folder, "f.mlir"), os.path.join(folder, "f.agb")
        with open(source, "w") as file:
            file.write(text)
        for flags in (["--checked"], []):
            result = subprocess.run([program("argent"), "compile", source, *flags, "-o", module], capture_output=True, text=True)
            if result.returncode:
                raise RuntimeError(f"argent compile {flags}: {result.stderr}\n{text}")
            for entry, inputs, count, batches in calls:
                for batch in batches:
                    try:
                        results.append(run_module(module, entry, [first(x, batch) for x in inputs], count, batch))
                    except RuntimeError as error:
                        raise RuntimeError(f"@{entry}, {flags}, a batch of {batch}: {error}\n{text}") from None
    checked, shipped = results[: len(results) // 2], results[len(results) // 2 :]
    places = [(entry, batch) for entry, _, _, batches in calls for batch in batches]
    for (entry, batch), a, b in zip(places, checked, shipped, strict=True):
        for x, y in zip(a, b):
            same = np.abs(x - y).max() <= tolerance * np.abs(y).max() if tolerance else np.array_equal(x, y)
            assert same, f"--checked gives other values of @{entry} for a batch of {batch}\n{text}"
    rest = iter(shipped)
    return [[next(rest) for _ in batches] for *_, batches in calls]


def has_batch(inputs):
    return any(BATCH in np.shape(x) for x in inputs)


def shipped(text, entry, inputs, count, batch, language="mlir"):
    """The first `count` results of a module that is compiled as users get it; `language` is that of the text: nn (mlir) or ag."""
    with tempfile.TemporaryDirectory() as folder:
        source, module = os.path.join(folder, f"m.{language}"), os.path.join(folder, "m.agb")
        with open(source, "w") as file:
            file.write(text)
        done = subprocess.run([program("argent"), "compile", source, "-o", module], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{done.stderr}\n{text}")
        return run_module(module, entry, inputs, count, batch)


def compiled(text, entry, inputs, count, tolerance=0.0):
    return compiled_calls(text, [(entry, inputs, count, [BATCH if has_batch(inputs) else 1])], tolerance)[0][0]


def first(x, batch):
    """The first rows along each dimension that is N."""
    return x[tuple(slice(batch) if d == BATCH else slice(None) for d in np.shape(x))]


def batches(inputs):
    """What compiled functions of the inputs are run at: less than a tile of any target, whole tiles, and tails."""
    return [1, 2, 3, 5, 7, BATCH] if has_batch(inputs) else [1]


BATCH = int(os.environ.get("ARGENT_BATCH", "11"))  # N: a size that no other dimension has
EXECUTORS = {"interpreter": interpret, "compiled": compiled}


def run_calls(text, calls, executor=None):
    """The results of each call (entry, inputs, count) of the module's functions."""
    if (executor or os.environ.get("ARGENT_EXECUTOR", "interpreter")) == "interpreter":
        return [interpret(text, *call) for call in calls]
    found = compiled_calls(text, [(*call, [BATCH if has_batch(call[1]) else 1]) for call in calls])
    return [result for result, in found]


def run_calls_in_batches(text, calls, executor=None):
    """The results of each call (entry, inputs, count) for each of several batches, (batch, inputs, results): the interpreter has no tiles that could
    be too large for one."""
    if (executor or os.environ.get("ARGENT_EXECUTOR", "interpreter")) == "interpreter":
        return [[(BATCH, inputs, interpret(text, entry, inputs, count))] for entry, inputs, count in calls]
    found = compiled_calls(text, [(*call, batches(call[1])) for call in calls])
    return [[(batch, [first(x, batch) for x in inputs], result) for batch, result in zip(batches(inputs), results)]
            for (_, inputs, _), results in zip(calls, found)]


def run_batches(text, entry, inputs, count, executor=None):
    return run_calls_in_batches(text, [(entry, inputs, count)], executor)[0]


def run(text, entry, inputs, count, executor=None):
    """The first `count` results of @entry."""
    return EXECUTORS[executor or os.environ.get("ARGENT_EXECUTOR", "interpreter")](text, entry, inputs, count)
