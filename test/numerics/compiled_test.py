"""Every op's values and gradients, as in ops_test.py, through the whole compiler: kernels with --checked and as shipped, for batches that are less
than a tile, and for one of many tiles."""
import os
import sys

os.environ["ARGENT_EXECUTOR"] = "compiled"
os.environ["ARGENT_BATCH"] = "67"
os.environ.setdefault("ARGENT_ROUNDS", "1")  # two compilations a function: one shape of each case

import unittest

import ops_test

if __name__ == "__main__":
    unittest.main(module=ops_test)
