#!/usr/bin/env python3
"""Fails unless each layer of frontends/ag/std is applied in a test of test/frontends/ag/std.

    test/frontends/std.py SOURCE

The tests state the parameters of the layers by name and shape, and, as outputs of a model, the shapes of their results.
test/frontends/update_checks.py writes the parameters anew.
"""
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])
layers, missing = 0, []
tests = "".join(re.sub(r"#.*", "", path.read_text()) for path in sorted((source / "test/frontends/ag/std").glob("*.ag")))
for path in sorted((source / "frontends/ag/std").glob("*.ag")):
    for name in re.findall(r"^layer (\w+)\(", path.read_text(), re.MULTILINE):
        layers += 1
        if not re.search(rf"(\|> |= ){name}\b", tests):
            missing.append(f"{path.name}: no test applies {name}")

print("\n".join(missing))
print(f"{layers - len(missing)} of {layers} layers have a test")
sys.exit(bool(missing))
