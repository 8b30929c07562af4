"""nn.random: Philox's published answers, the bits of the interpreter and of kernels, and statistics of each distribution."""
import unittest

import numpy as np
import scipy.stats

import executor
import philox

COUNT = 100_000
SEED = np.array([0x89ABCDEF - 2 ** 32, 0x01234567, 42, 0], np.int32)
STREAM = -0x0123456789ABCDEF
# By chance a test of statistics fails once in 10^6 runs; seeds are fixed, so it does always or never.
UNLIKELY = 1e-6


def draw(distribution, a, b, stream=STREAM, seed=SEED, how="compiled", element="f32", count=COUNT):
    shape = f"tensor<{count}x{element}>"
    text = (f"func.func @f(%s: tensor<4xi32>) -> {shape} {{\n"
            f"%y = nn.random {distribution} {a}, {b} stream {stream} seed %s : tensor<4xi32> -> {shape}\nreturn %y : {shape}\n}}\n")
    return executor.run(text, "f", [seed], 1, how)[0]


class Random(unittest.TestCase):
    def test_known_answers(self):
        """Random123's kat_vectors, philox4x32 10."""
        for counter, key, answer in [
                ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
                ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
                ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0],
                 [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1])]:
            self.assertEqual([int(x) for x in philox.philox(counter, key)], answer)
        for how in executor.EXECUTORS:
            first = draw("uniform", 0.0, 1.0, stream=0, seed=np.zeros(4, np.int32), how=how, count=3)[0]
            self.assertEqual(first, (0x6627E8D5 >> 8) * 2.0 ** -24)

    def test_same_bits(self):
        """Uniform numbers and masks of kernels, of the interpreter and of numpy."""
        for distribution, a, b in [("uniform", 0.0, 1.0), ("uniform", -0.3, 1.1), ("bernoulli", 0.7, 0.0), ("bernoulli", 1.0, 0.0), ("bernoulli", 0.0, 0.0)]:
            for element, kind in [("f32", np.float32), ("f64", np.float64)]:
                results = [draw(distribution, a, b, how=how, element=element, count=1003) for how in ("compiled", "interpreter")]
                u = philox.random("uniform", 0.0, 1.0, STREAM, SEED, (1003,)).astype(kind)
                wanted = kind(a) + u * kind(b - a) if distribution == "uniform" else philox.random(distribution, a, b, STREAM, SEED, (1003,))
                for result in results:
                    np.testing.assert_array_equal(result, wanted.astype(np.float64), f"{distribution} {a}, {b} of {element}")

    def test_statistics(self):
        for distribution, a, b, oracle in [("uniform", -1.0, 3.0, scipy.stats.uniform(-1, 4)), ("normal", 2.0, 0.5, scipy.stats.norm(2, 0.5))]:
            x = draw(distribution, a, b)
            self.assertGreater(scipy.stats.kstest(x, oracle.cdf).pvalue, UNLIKELY, distribution)
            for lag in (1, 2, 3, 4, 8, 64, 4096):
                self.assertGreater(scipy.stats.pearsonr(x[:-lag], x[lag:]).pvalue, UNLIKELY, f"{distribution}, lag {lag}")
            # The fourth moment sees tails; its variance is known from the eighth.
            z = (x - oracle.mean()) / oracle.std()
            for power in (1, 2, 3, 4):
                moment = lambda n: oracle.expect(lambda v: ((v - oracle.mean()) / oracle.std()) ** n)
                deviation = np.sqrt((moment(2 * power) - moment(power) ** 2) / COUNT)
                self.assertLess(abs((z ** power).mean() - moment(power)), 5 * deviation, f"{distribution}, moment {power}")
        for p in (0.1, 0.5, 0.9):
            x = draw("bernoulli", p, 0.0)
            self.assertEqual(set(np.unique(x)), {0.0, 1.0})
            self.assertGreater(scipy.stats.binomtest(int(x.sum()), COUNT, p).pvalue, UNLIKELY, f"p = {p}")

    def test_streams_seeds_and_updates_are_independent(self):
        x = draw("uniform", 0.0, 1.0)
        changed = lambda i, by: SEED + by * np.eye(4, dtype=np.int32)[i].astype(np.int32)
        others = [draw("uniform", 0.0, 1.0, stream=STREAM + d) for d in (1, 2 ** 32)] + [draw("uniform", 0.0, 1.0, seed=changed(i, 1)) for i in range(3)]
        for other in others:
            self.assertGreater(scipy.stats.pearsonr(x, other).pvalue, UNLIKELY)
        np.testing.assert_array_equal(x, draw("uniform", 0.0, 1.0, seed=changed(3, 1)), "the fourth word is not used")


if __name__ == "__main__":
    unittest.main()
