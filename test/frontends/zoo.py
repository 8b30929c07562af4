#!/usr/bin/env python3
"""Evaluates the zoo: names, shapes and number of the parameters, or the error that is still expected.

    test/frontends/zoo.py SOURCE [--update]      (ag-check must be in PATH)

test/frontends/ag/zoo/NAME.txt is what `ag-check --parameters` prints. A file that cannot be evaluated yet stands in
test/frontends/ag/zoo/missing.txt with its first error; the list can only get shorter: a file that begins to work, or fails
otherwise, fails here.
"""
import pathlib
import re
import subprocess
import sys

source = pathlib.Path(sys.argv[1])
update = "--update" in sys.argv
expected = source / "test/frontends/ag/zoo"
# Published numbers of trained parameters.
PUBLISHED = {"lenet5": 61706, "alexnet": 60965224, "resnet18": 11689512, "resnet50": 25557032, "densenet121": 7978856,
             "mobilenet_v1": 4231976}
MODELS = {"image_filters": ["sobel", "sharpen", "laplace"]}

missing = dict(line.split(": ", 1) for line in (expected / "missing.txt").read_text().splitlines()
               if line and not line.startswith("#"))
failures, works = [], 0
for path in sorted((source / "frontends/ag/zoo").glob("*.ag")):
    name, output, error = path.stem, "", ""
    for model in MODELS.get(name, [""]):
        command = ["ag-check", "--parameters"] + (["--model", model] if model else []) + [str(path)]
        result = subprocess.run(command, capture_output=True, text=True)
        output += result.stdout
        if result.returncode:
            error = re.sub(r"^.*?error: ", "", result.stderr.splitlines()[0]) if result.returncode == 1 else "crash"
    if error:
        if missing.get(name) != error:
            failures.append(f"{name}: {error}; expected {missing.get(name, 'success')}")
        continue
    works += 1
    if name in missing:
        failures.append(f"{name} works: take it from missing.txt")
    file = expected / f"{name}.txt"
    if update:
        file.write_text(output)
    elif not file.exists() or file.read_text() != output:
        failures.append(f"{name}: the parameters are not those of {file.name}:\n{output}")
    if name in PUBLISHED and f"\n{PUBLISHED[name]} trained numbers\n" not in output:
        failures.append(f"{name}: {output.splitlines()[-1]}; published {PUBLISHED[name]}")

print("\n".join(failures))
print(f"{works} of {works + len(missing)} files of the zoo are evaluated")
sys.exit(bool(failures))
