#!/usr/bin/env python3
"""Evaluates the zoo: names, shapes and number of the parameters.

    test/frontends/zoo.py SOURCE [--update]      (ag-check must be in PATH)

test/frontends/ag/zoo/NAME.txt is what `ag-check --parameters` prints.
"""
import pathlib
import subprocess
import sys

source = pathlib.Path(sys.argv[1])
update = "--update" in sys.argv
expected = source / "test/frontends/ag/zoo"
# Published numbers of trained parameters.
PUBLISHED = {"lenet5": 61706, "alexnet": 60965224, "resnet18": 11689512, "resnet50": 25557032, "densenet121": 7978856,
             "mobilenet_v1": 4231976}
MODELS = {"image_filters": ["sobel", "sharpen", "laplace"]}

failures, files = [], sorted((source / "frontends/ag/zoo").glob("*.ag"))
for path in files:
    name, output = path.stem, ""
    for model in MODELS.get(name, [""]):
        command = ["ag-check", "--parameters"] + (["--model", model] if model else []) + [str(path)]
        result = subprocess.run(command, capture_output=True, text=True)
        output += result.stdout
        if result.returncode:
            failures.append(f"{name}: exit status {result.returncode}: {result.stderr}")
    file = expected / f"{name}.txt"
    if update:
        file.write_text(output)
    elif not file.exists() or file.read_text() != output:
        failures.append(f"{name}: the parameters are not those of {file.name}:\n{output}")
    if name in PUBLISHED and f"\n{PUBLISHED[name]} trained numbers\n" not in output:
        failures.append(f"{name}: {output.splitlines()[-1]}; published {PUBLISHED[name]}")

print("\n".join(failures))
print(f"{len(files)} files of the zoo")
sys.exit(bool(failures))
