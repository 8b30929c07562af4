#!/usr/bin/env python3
"""Fails unless what Foreign.cpp suggests for the words of other frameworks exists here and compiles.

    test/frontends/suggestions.py SOURCE      (ag-check must be in PATH)

A suggestion is a name, which must be one of the language's operations and layers, or an expression, which must compile in the body of a
model, with tensors of some shape for `x` and `y`. What follows a comma or a colon outside of brackets is prose.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

SHAPES = ["[N, 8]", "[8, 8]", "[N, 8, 8]", "[N, 8, 8, 8]"]
BODY = """
    axis = -1; low = 0.0; high = 1.0; value = 0.0; epoch = 3; label = i32([1]); logits = ones(1, 8); index = i32([1, 2])
    mask = x > 0; p = softmax(x); table = ones(4, 8); first = relu; second = tanh
"""
# Not for the body of a model.
ELSEWHERE = ["the inputs as parameters of the model", "an output of the model"]


def table(text, name):
    """The pairs of a C++ table of two strings each; neighbouring literals are one."""
    body = text.split(f"const Word {name}[] = {{")[1].split("\n};")[0]
    body = re.sub(r'"\s*\n\s*"', "", body)
    return re.findall(r'\{"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"\}', body)


def words(text, name):
    """The words of a C++ constant of one string."""
    literals = text.split(f"constexpr StringRef {name} =")[1].split(";")[0]
    return "".join(re.findall(r'"([^"]*)"', literals)).split()


def expression(suggestion):
    """What stands before the prose."""
    depth = 0
    for i, character in enumerate(suggestion):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0)
        if depth == 0 and suggestion[i:i + 2] in (", ", ": ") and not suggestion.startswith(("param ", "state ")):
            return suggestion[:i]
    return suggestion


def compiles(statement):
    for shape in SHAPES:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "m.ag")
            path.write_text(f"model m(x: f32{shape}, y: f32{shape}) -> (out: f32{shape}) {{{BODY}    {statement}\n    out = x + y\n}}\n")
            if subprocess.run(["ag-check", "--evaluate", path], capture_output=True).returncode == 0:
                return True
    return False


text = (pathlib.Path(sys.argv[1]) / "frontends/ag/syntax/Foreign.cpp").read_text()
known = set(subprocess.run(["ag-check", "--words"], capture_output=True, text=True, check=True).stdout.replace('"', "").split())
faults, count = [], 0
for theirs, ours in table(text, "kNames"):
    count += 1
    faults += [f"{word} is a name of ours, and is listed as theirs" for word in theirs.split() if word in known]
    if ours.startswith(tuple(ELSEWHERE)):
        continue
    if re.fullmatch(r"\w+", ours) and not ours[0].isdigit():
        if ours not in known:
            faults.append(f"{theirs}: there is no {ours}")
    else:
        statement = expression(ours)
        if not compiles(statement if statement.startswith(("param ", "state ")) else "k = " + statement):
            faults.append(f"{theirs}: does not compile: {statement}")
faults += [f"{word} is a name of ours" for word in words(text, "kOnlyTheirs") if word in known]

print("\n".join(faults))
print(f"{count} suggestions")
sys.exit(bool(faults) or count < 100)
