"""What the training tests share: argent as a program, its files, and the order of its data, written again from their descriptions."""

import json
import os
import subprocess

import numpy as np

BUILD = os.environ["ARGENT_BUILD"]
ARGENT = os.path.join(BUILD, "bin", "argent")


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
