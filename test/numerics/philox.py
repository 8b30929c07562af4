"""nn.random once more, from its description in dialects/nn/Random.td."""
import numpy as np


def philox(counter, key):
    """Philox4x32-10 (Salmon et al. 2011) on arrays of counters."""
    c = [np.asarray(x, np.uint64) for x in counter]
    k0, k1 = key
    low, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(p1 >> half) ^ c[1] ^ np.uint64(k0), p1 & low, (p0 >> half) ^ c[3] ^ np.uint64(k1), p0 & low]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c


def random(distribution, a, b, stream, seed, shape):
    """The tensor in f64; `seed` is the four words of the port."""
    w = [int(x) & 0xFFFFFFFF for x in np.asarray(seed)]
    index = np.arange(int(np.prod(shape)), dtype=np.uint64)
    constant = lambda x: np.full(index.shape, x & 0xFFFFFFFF, np.uint64)
    w0, w1, _, _ = philox([index, constant(w[2]), constant(stream), constant(stream >> 32)], (w[0], w[1]))
    k, u1 = w0 >> np.uint64(8), (w1 >> np.uint64(8)) * 2.0 ** -24
    u0 = k * 2.0 ** -24
    if distribution == "uniform":
        value = a + u0 * (b - a)
    elif distribution == "normal":
        value = a + b * np.sqrt(-2 * np.log(1 - u0)) * np.cos(2 * np.pi * u1)
    else:
        value = (k < np.rint(a * 2.0 ** 24)).astype(np.float64)
    return value.reshape(shape)
