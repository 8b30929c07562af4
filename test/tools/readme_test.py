"""The commands of README.md run as they are written: the model that it trains, and what it measures and explains of it."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

source = pathlib.Path(os.environ.get("ARGENT_SOURCE", "."))
build = pathlib.Path(os.environ.get("ARGENT_BUILD", "build"))
SECTIONS = ["A model, from text to a trained binary", "Text and tables", "Measuring and explaining"]

text = (source / "README.md").read_text()
blocks = []
for section in SECTIONS:
    body = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    # Lines that begin with four blanks, up to one that does not.
    found = re.findall(r"(?:^    .*\n|^\n(?=    ))+", body, re.MULTILINE)
    blocks += ["\n".join(line[4:] for line in block.splitlines()) for block in found]
# PyTorch and its peers bring some 5 GB: what compares with them is not run.
blocks = [block for block in blocks if "build/peers" not in block]
script = "set -eux\n" + "\n".join(blocks)

with tempfile.TemporaryDirectory() as folder:
    here = pathlib.Path(folder, "build")
    here.mkdir()
    (here / "bin").symlink_to((build / "bin").resolve())
    (here / "venv").symlink_to(sys.prefix)
    result = subprocess.run(["bash", "-c", script], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    made = {path.name for path in pathlib.Path(folder).iterdir()}

commands = script.count("build/bin/argent ")
if result.returncode or commands < 10:
    sys.exit(result.stdout + f"\nREADME.md: {commands} commands, the last one failed")
missing = {"mlp.safetensors", "next.safetensors", "y.npy", "plan.svg", "a.png", "both.png", "mlp.schedule"} - made
if missing:
    sys.exit(f"README.md: its commands do not make {', '.join(sorted(missing))}")
print(f"{commands} commands of README.md ran")
