"""Every C++ file is as .clang-format says, and every header has the include guard that its path makes."""
import os
import re
import subprocess
import sys

source = os.environ["ARGENT_SOURCE"]
clang_format = os.path.join(os.path.dirname(sys.executable), "clang-format")
# Stands in the place of a header of LLVM's, under that header's guard.
foreign = "compiler/gcc/"
# Headers that are included in a place of their own, not guarded.
unguarded = {"compiler/Pch.h", "test/compiler/codegen/Inputs/harness.h"}


def files(*patterns):
    done = subprocess.run(["git", "-C", source, "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
                          capture_output=True, text=True, check=True)
    return [path for path in done.stdout.split("\n")
            if path and not path.startswith(foreign) and os.path.exists(os.path.join(source, path))]


def guard(path):
    return "ARGENT_" + re.sub(r"[^A-Z0-9]", "_", re.sub(r"^(runtime|compiler)/include/argent/", "", path).upper())


faults = []
headers = files("*.h")
sources = headers + files("*.cpp", "*.inc")
assert len(sources) > 300, "git lists too few files"
formatted = subprocess.run([clang_format, "--dry-run", "--Werror", *sources], cwd=source, capture_output=True, text=True)
if formatted.returncode:
    lines = re.findall(r"^(\S+?):(\d+):\d+: error", formatted.stderr, re.M)
    faults += [f"{path}:{line}: not as clang-format writes it" for path, line in lines] or [formatted.stderr]
for path in headers:
    with open(os.path.join(source, path)) as file:
        text = file.read()
    name = guard(path)
    if path not in unguarded and not (f"\n#ifndef {name}\n#define {name}\n" in text and text.endswith(f"#endif // {name}\n")):
        faults.append(f"{path}: has no include guard {name}")
print("\n".join(faults) or f"{len(sources)} files")
sys.exit(bool(faults))
