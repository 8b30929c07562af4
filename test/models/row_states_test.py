"""States with N in their shape belong to the rows of the batch: kept from call to call, new after a reset and with each epoch, in a training's
checkpoints, and training and prediction have their own. The oracle is numpy.
"""
import ctypes
import os
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "numerics"))
import executor
from training import ARGENT, run, safetensors, shuffled, write_idx

CALLS = """model keep(x: f32[N, 3], U: f32[3, 3]) -> (y: f32[N, 3], z: f32[N, 3], count: f32[N, 3], flat: f32[N, 3]) {
    state sum: f32[N, 3] = zeros()
    y = x + sum
    sum := sum * 0.5 + x

    # N stands in the middle: the last two calls
    state last: f32[2, N, 3] = ones()
    z = last[0] - x
    last := stack([last[1], x], axis=0)

    # written by a loop
    state steps: f32[N, 3] = full(value=2.0)
    scan t in range(4) { steps := steps * 1.25 + f32(t) }
    count = steps

    # the same memory as [2, N, 3] and as [2 N, 3]: last's, and one of the call
    f = reshape(softmax(reshape(last, 2 * N, 3)) @ U, 2, N, 3) @ U
    flat = f[0] + f[1]
}
"""
TRAINED = """model m(image: f32[N, 2, 3, 1] from image(mean=0.0, std=1.0)) -> (logits: f32[N, 3]) {
    x = image[:, 0, :, 0]
    state sum: f32[N, 3] = zeros()
    sum := sum * 0.5 + x
    if not training {                       # one that training does not have
        state seen: f32[N, 3] = zeros()
        seen := seen + x
        x = x + 0.0 * seen
    }
    logits = (x + sum) |> dense(3)
}
train m(label: i32[N]) {
    loss = mean(cross_entropy(logits, label))
    optimizer = sgd(rate=0.1)
}
"""


def calls_and_resets(folder):
    source, module = os.path.join(folder, "keep.ag"), os.path.join(folder, "keep.agb")
    with open(source, "w") as file:
        file.write(CALLS)
    for flags in ((), ("--checked",)):
        run("compile", source, *flags, "-o", module)
        lib = ctypes.CDLL(os.path.join(os.environ["ARGENT_BUILD"], "lib", "libargent.so"))
        lib.argent_session_error.restype = ctypes.c_char_p
        handle, session = ctypes.c_void_p(), ctypes.c_void_p()
        executor.check(lib.argent_module_open(module.encode(), ctypes.byref(handle)), b"open")
        executor.check(lib.argent_session_create(handle, ctypes.byref(executor.Options(7, 2, 0)), ctypes.byref(session)), b"create")
        numbers = np.random.default_rng(1)
        new = lambda: (np.zeros((7, 3)), np.ones((2, 7, 3)), np.full((7, 3), 2.0))
        total, last, steps = new()
        U = numbers.standard_normal((3, 3)).astype(np.float32)
        for call, rows in enumerate([7, 7, 3, 7, 1, 5, 7, 2]):
            if call == 5:
                executor.check(lib.argent_session_reset_rows(session), lib.argent_session_error(session))
                total, last, steps = new()
            x = numbers.standard_normal((rows, 3)).astype(np.float32)
            given = [executor.port(lib, handle, b"predict", 0, i, rows) for i in range(2)]
            given[0][0][...], given[1][0][...] = x, U
            outputs = [executor.port(lib, handle, b"predict", 1, i, rows) for i in range(4)]
            arrays = lambda tensors: (executor.Tensor * len(tensors))(*[t for _, t in tensors])
            executor.check(lib.argent_session_run(session, b"predict", arrays(given), ctypes.c_size_t(2), arrays(outputs), ctypes.c_size_t(4)),
                           lib.argent_session_error(session))
            for t in range(4):
                steps[:rows] = steps[:rows] * 1.25 + t
            z = last[0, :rows] - x
            last[:, :rows] = np.stack([last[1, :rows], x])
            exponentials = np.exp(last[:, :rows])
            flat = (exponentials / exponentials.sum(axis=2, keepdims=True) @ U @ U).sum(axis=0)
            for (found, _), wanted in zip(outputs, (x + total[:rows], z, steps[:rows], flat), strict=True):
                # Sums and products of a few numbers, in f32; twice of three in a row for the last, whose terms may cancel.
                np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=4e-6, err_msg=f"call {call}")
            total[:rows] = total[:rows] * 0.5 + x
        lib.argent_session_destroy(session)
        lib.argent_module_close(handle)
    print("kept for 8 calls of 7, 3, 1, 5 and 2 rows, as in numpy; new after a reset")


def checkpoints(folder):
    numbers = np.random.default_rng(2)
    pixels, labels = numbers.integers(0, 256, (25, 2, 3), dtype=np.uint8), numbers.integers(0, 3, 25, dtype=np.uint8)
    write_idx(folder, {"train": (pixels, labels), "t10k": (pixels[:5], labels[:5])})
    at = lambda name: os.path.join(folder, name)
    with open(at("m.ag"), "w") as file:
        file.write(TRAINED)
    for updates in (1, 2, 3, 4, 5):  # three an epoch, the last of 5 rows
        run("train", at("m.ag"), "--data", folder, "--batch", 10, "--seed", 4, "--epochs", 2, "--updates", updates, "--save", at("save"))
        wanted = np.zeros((10, 3))
        for update in range(updates):
            order, begin = shuffled(4, update // 3, 25), update % 3 * 10
            if begin == 0:
                wanted[...] = 0
            x = pixels[order[begin:begin + 10], 0] / 255
            wanted[:len(x)] = wanted[:len(x)] * 0.5 + x
        saved = safetensors(at("save"))
        if updates == 3:  # after an epoch: the next begins anew
            continue
        np.testing.assert_allclose(saved["@rows/sum"], wanted, rtol=1e-6, atol=1e-6, err_msg=f"update {updates}")
        np.testing.assert_array_equal(saved["@rows/seen"], 0)
    print("in checkpoints as in numpy, over two epochs")


with tempfile.TemporaryDirectory() as folder:
    calls_and_resets(folder)
    checkpoints(folder)
