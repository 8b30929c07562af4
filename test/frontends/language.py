#!/usr/bin/env python3
"""Compiles the examples of frontends/ag/LANGUAGE.md, and looks for its messages among the tests of diagnostics.

    test/frontends/language.py SOURCE            (ag-check must be in PATH)

A block ```ag is a file; `body` makes it the statements of a model, `imports` puts the file blocks.ag beside it, `fails TEXT` means
that evaluation ends with an error that says so. Each message of the block ```text of section 10 is the whole expected
output of the test of its file name.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

source = pathlib.Path(sys.argv[1])
text = (source / "frontends/ag/LANGUAGE.md").read_text()
BLOCKS = "WIDTH = 8\nlayer block(x: f32[N, D]) -> f32[N, D] { return x |> dense(D) |> tanh }\n"
HEAD = "model m(x: f32[N, 8], image: f32[N, 28, 28, 3], tokens: i32[N, 4]) -> (result: f32[N, 8]) {\n"
problems, examples = [], 0

with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    (folder / "blocks.ag").write_text(BLOCKS)
    for block in re.finditer(r"^```ag(.*)\n((?:.*\n)*?)```$", text, re.MULTILINE):
        words, body = block.group(1).split(maxsplit=1), block.group(2)
        expected = re.search(r"fails (.*)", block.group(1))
        if "body" in words[:1]:
            body = HEAD + body + "result = x\n}\n"
        (folder / "example.ag").write_text(body)
        result = subprocess.run(["ag-check", "--evaluate", "example.ag"], cwd=folder, capture_output=True, text=True)
        examples += 1
        line = text.count("\n", 0, block.start()) + 1
        if expected:
            if result.returncode != 1 or f"error: {expected.group(1)}" not in result.stderr.splitlines()[0]:
                problems.append(f"LANGUAGE.md:{line}: expected `{expected.group(1)}`; found: {result.stderr}")
        elif result.returncode:
            problems.append(f"LANGUAGE.md:{line}: the example does not compile:\n{result.stderr}")

outputs = {}
for path in (source / "test/frontends/ag").rglob("*.ag"):
    checks = re.findall(r"^# CHECK(?:-NEXT)?:(.*)$", path.read_text(), re.MULTILINE)
    outputs.setdefault(path.name, []).append("\n".join(checks))
section = text.split("## 10. Diagnostics")[1].split("## 11.")[0]
messages = re.split(r"^(?=\S+\.ag:\d+:\d+: error:)", section.split("```text\n")[1].split("```")[0], flags=re.MULTILINE)[1:]
for message in messages:
    if message.rstrip("\n") not in outputs.get(message.split(":")[0], []):
        problems.append(f"LANGUAGE.md, section 10: no test prints this:\n{message}")

print("\n".join(problems))
print(f"{examples} examples, {len(messages)} messages, {len(problems)} problems")
sys.exit(bool(problems))
