"""What tests of training share: argent, checkpoints, Fashion-MNIST in the order in which training reads it."""
import gzip
import json
import os
import struct
import subprocess
import sys

import numpy as np

BUILD, SOURCE = os.environ["ARGENT_BUILD"], os.environ["ARGENT_SOURCE"]
ARGENT = os.path.join(BUILD, "bin", "argent")
DATA = "/usr/share/datasets/fashion-mnist"


SKIPPED = 77  # the exit status by which ctest knows a test, or the rest of one, that did not run


def need_data():
    """Ends the test where the images are missing."""
    if not os.path.isdir(DATA):
        print("skipped: Debian's package dataset-fashion-mnist is not installed")
        sys.exit(SKIPPED)


def run(*arguments):
    result = subprocess.run([ARGENT, *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == 0, f"argent {arguments}: {result.returncode}\n{result.stdout}{result.stderr}"
    return result.stdout


def safetensors(path):
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        data = file.read()
    types = {"F32": np.float32, "F64": np.float64, "I32": np.int32, "I64": np.int64, "U8": np.uint8}
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], types[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__"
    }


def philox(counter, key):
    """Philox4x32-10 (Salmon et al. 2011) on arrays of counters."""
    c = [np.asarray(x, np.uint64) for x in counter]
    k0, k1 = key
    low = np.uint64(0xFFFFFFFF)
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(p1 >> np.uint64(32)) ^ c[1] ^ np.uint64(k0), p1 & low, (p0 >> np.uint64(32)) ^ c[3] ^ np.uint64(k1), p0 & low]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c


def shuffled(seed, epoch, rows):
    """runtime/train/Shuffle.h, written again from its description."""
    i = np.arange(rows, dtype=np.uint64)
    words = philox([i, np.full(rows, epoch), np.full(rows, 0x73687566), np.full(rows, 0x666C6521)], (seed & 0xFFFFFFFF, seed >> 32))
    order = list(range(rows))
    low, high = words[0].tolist(), words[1].tolist()
    for i in range(rows - 1, 0, -1):
        j = ((low[i] | high[i] << 32) * (i + 1)) >> 64
        order[i], order[j] = order[j], order[i]
    return order


def idx(name, skip):
    with gzip.open(os.path.join(DATA, name)) as file:
        return np.frombuffer(file.read(), np.uint8, offset=skip)


def rows(order, batch, step):
    """(images [batch, 28, 28, 1] in 0 ... 255, labels) of one step."""
    taken = order[step * batch : (step + 1) * batch]
    return images()[taken].astype(np.float64), labels()[taken].astype(np.int32)


_cache = {}


def images():
    if "images" not in _cache:
        _cache["images"] = idx("train-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28, 1)
    return _cache["images"]


def labels():
    if "labels" not in _cache:
        _cache["labels"] = idx("train-labels-idx1-ubyte.gz", 8)
    return _cache["labels"]


def write_idx(folder, data):
    """A data set of the form of Fashion-MNIST: data["train"] and data["t10k"] are (images [rows, H, W], labels [rows]), all u8."""
    for split, (pixels, classes) in data.items():
        with open(os.path.join(folder, split + "-images-idx3-ubyte"), "wb") as file:
            file.write(struct.pack(">IIII", 0x803, *pixels.shape) + pixels.tobytes())
        with open(os.path.join(folder, split + "-labels-idx1-ubyte"), "wb") as file:
            file.write(struct.pack(">II", 0x801, len(classes)) + classes.tobytes())


def check_same_bits(folder, train, whole, half):
    """Two runs, threads 1 and 2, and a run that is stopped and resumed write the same checkpoint, whose path is returned. `train(*arguments, threads=2)`
    trains; `whole` are the arguments of the whole training, `half` those of one that stops on the way."""
    at = lambda name: os.path.join(folder, name)
    train(*whole, "--save", at("two_threads"))

    def same(name, what):
        assert open(at(name), "rb").read() == open(at("two_threads"), "rb").read(), what
        print(f"same bits: {what}", flush=True)

    train(*whole, "--save", at("again"))
    same("again", "two runs")
    train(*whole, "--save", at("one_thread"), threads=1)
    same("one_thread", "threads 1 and 2")
    train(*half, "--save", at("half"))
    train(*whole, "--resume", at("half"), "--save", at("resumed"), threads=1)
    same("resumed", "stopped and resumed, with another number of threads")
    return at("two_threads")


def logged_losses(path):
    with open(path) as file:
        return [entry["loss"] for entry in map(json.loads, file) if "update" in entry and "gradient_norm" in entry]
