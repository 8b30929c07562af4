"""Writes FILE.npz with rows of the copying task (copy.ag): make_data.py FILE.npz [ROWS] [BLANKS]."""
import sys

import numpy as np

path, rows, blanks = sys.argv[1], int(sys.argv[2] if len(sys.argv) > 2 else 16000), int(sys.argv[3] if len(sys.argv) > 3 else 100)
BLANK, MARKER = 8, 9
symbols = np.random.default_rng(1).integers(0, 8, (rows, 10), dtype=np.int32)
tokens = np.full((rows, 20 + blanks), BLANK, np.int32)
tokens[:, :10] = symbols
tokens[:, 10 + blanks] = MARKER
np.savez(path, tokens=tokens, symbols=symbols)
