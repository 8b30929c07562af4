"""Inside compiler/ each folder includes only what the table of compiler/README.md says that it knows."""
import os
import re
import subprocess
import sys

source = os.environ["ARGENT_SOURCE"]
INCLUDE = re.compile(r'^#include "((?:compiler|dialects|frontends|tools)/[^"]+)"', re.M)
# Of every folder: what dialects are made of, and what the build makes of Passes.td.
COMMON = {"dialects/interfaces"}


def read(path):
    with open(os.path.join(source, path)) as file:
        return file.read()


def table():
    """Folder -> the folders and headers that it may include; "." stands for compiler/ itself."""
    rows = re.findall(r"^\| `([^`]+)` \|[^|]*\|([^|]*)\|([^|]*)\|$", read("compiler/README.md"), re.M)
    known = {}
    for folder, compiler, dialects in rows:
        names = [f"compiler/{name}" for name in re.findall(r"`([^`]+)`", compiler)]
        known[folder] = COMMON | {f"compiler/{folder}"} | set(names) | {f"dialects/{name}" for name in re.findall(r"`([^`]+)`", dialects)}
    return known


def faults(known):
    listed = subprocess.run(["git", "-C", source, "ls-files", "--cached", "--others", "--exclude-standard", "compiler/*/*.cpp", "compiler/*/*.h"],
                            capture_output=True, text=True, check=True).stdout.split()
    folders = set()
    for path in listed:
        folder = path.split("/")[1]
        if folder in ("gcc", "include") or not os.path.exists(os.path.join(source, path)):
            continue  # headers in the place of others
        folders.add(folder)
        if folder not in known:
            yield f"{path}: compiler/README.md has no row for the folder"
            continue
        for name in INCLUDE.findall(read(path)):
            # A dialect's folders below the first are the dialect's.
            of = name if name in known[folder] else "/".join(name.split("/")[:2])
            if name == "compiler/Passes.h.inc":
                of = "compiler/Passes.h"
            if of not in known[folder]:
                yield f"{path}: includes {name}, which `{folder}` does not know"
    for folder in set(known) - folders - {"."}:
        yield f"compiler/README.md: there is no folder {folder}"


def order_faults(known):
    """Whom a folder knows stands above it: so there is no circle."""
    above = set()
    for folder, names in known.items():
        above.add(folder)
        for name in names:
            kind, other = name.split("/", 1)
            if kind == "compiler" and other in known and other not in above:
                yield f"compiler/README.md: `{folder}` knows `{other}`, which stands below it"


known = table()
assert len(known) > 5, "the table of compiler/README.md was not found"
found = sorted(faults(known)) + sorted(order_faults(known))
print("\n".join(found) or f"{len(known)} folders")
sys.exit(bool(found))
