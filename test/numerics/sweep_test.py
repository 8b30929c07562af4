"""A fixed small part of the sweeps (`sweep`, which runs thousands), and that what they compare can differ."""
import os
import subprocess
import sys
import unittest

import numpy as np

import sweep_run
import sweeps

HERE = os.path.dirname(os.path.abspath(__file__))
COUNT = int(os.environ.get("ARGENT_CONFIGURATIONS", "6"))


class Sweep(unittest.TestCase):
    pass


def add_test(kind):
    def test(self):
        done = subprocess.run([sys.executable, os.path.join(HERE, "sweep"), kind, "--count", str(COUNT)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
    setattr(Sweep, f"test_{kind}", test)


for kind in sweeps.KINDS:
    add_test(kind)


class Comparison(unittest.TestCase):
    """A value that is off by a thousandth, one row too few, and a NaN are seen, in every result and type."""

    def test_differences_are_seen(self):
        for kind in sweeps.KINDS:
            function = sweep_run.Function(kind, 1, 0)
            right = [value for _, value, _, _ in function.expected(3)]
            self.assertIsNone(function.compare(3, right, "f64"), function.model)
            for i, value in enumerate(right):
                largest = np.unravel_index(np.argmax(np.abs(value)), value.shape)
                for change in (1e-3 * np.abs(function.expected(3)[i][2] or 1000), np.nan):
                    wrong = [np.array(value, dtype=np.float64) for value in right]
                    wrong[i][largest] += change
                    for element in ("f32", "f64"):
                        self.assertIsNotNone(function.compare(3, wrong, element), f"{function.model}, result {i}")
                if value.ndim:
                    self.assertIsNotNone(function.compare(3, [*right[:i], value[:-1], *right[i + 1 :]], "f32"))


if __name__ == "__main__":
    unittest.main()
