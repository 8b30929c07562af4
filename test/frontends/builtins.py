#!/usr/bin/env python3
"""Compares the table of frontends/ag/builtins.md with the operations that the compiler knows, in both directions.

    test/frontends/builtins.py SOURCE

Names, parameters and defaults must be the same; types are the compiler's only. A name may have several rows: together they
show its parameters. `*xs` is a parameter that takes the rest.
"""
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])
REDUCTIONS = ["sum", "mean", "prod", "logsumexp", "any", "all"]


def split(text):
    """Parts between commas outside of brackets and quotes."""
    parts, depth, quoted, part = [], 0, False, ""
    for c in text:
        if c == '"':
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(c, 0)
            if c == "," and depth == 0:
                parts.append(part.strip())
                part = ""
                continue
        part += c
    return [p for p in parts + [part.strip()] if p]


def known():
    """The compiler's tables: {"names", "x: tensor, axis: int = -1", function}."""
    result = {}
    row = re.compile(r'\{"([a-z0-9_ ]+(?:"\s*"[a-z0-9_ ]+)*)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*\w+\}')
    for path in sorted((source / "frontends/ag").rglob("*.cpp")):
        text = path.read_text()
        if "BuiltinFamily kTable[]" not in text:
            continue
        for names, parameters in row.findall(text[text.index("BuiltinFamily kTable[]"):]):
            parameters = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', parameters)).replace('\\"', '"')
            signature = {}
            for part in split(parameters):
                name, rest = part.split(":", 1)
                kind, _, default = rest.partition("=")
                signature["*" if kind.strip() == "rest" else name.strip()] = default.strip()
            for name in re.sub(r'"\s*"', "", names).split():
                result[name] = dict(signature)
        # Functions of one number, which a table of their own names.
        if "const Function kFunctions[]" in text:
            functions = text.split("const Function kFunctions[]")[1].split("\n};")[0]
            for name in re.findall(r'^    \{"(\w+)",', functions, re.M):
                result[name] = {"x": ""}
    return result


def signatures():
    """The signatures of the document's first table: what stands left of column 64, lines that go on joined."""
    text = (source / "frontends/ag/builtins.md").read_text()
    lines = text.split("```text")[1].split("```")[0].splitlines()[2:]
    is_open = lambda part: part.count("(") + part.count("[") > part.count(")") + part.count("]")
    for line, following in zip(lines, lines[1:] + [""]):
        if not line[:1].strip():
            continue # the meaning goes on, or the line above has it
        part = line[:64]
        if is_open(part) and following[:64].strip() and not following[:1].strip():
            part += following[:64]
        elif is_open(part):
            part = line # too long for the column
        yield from re.findall(r"(\[[a-z0-9_ ]+\]|[a-z0-9_]+)\(((?:[^()]|\([^()]*\))*)\)", part)


def described():
    result = {}
    for names, parameters in signatures():
        for name in names.strip("[]").split():
            signature = result.setdefault(name, {})
            for part in split(parameters):
                key, _, default = part.partition("=")
                signature["*" if key.startswith("*") else key.strip()] = default.strip()
    return result


theirs, ours = known(), described()
problems = [f"{name} is not in the table" for name in sorted(theirs.keys() - ours.keys())]
problems += [f"{name} is no operation" for name in sorted(ours.keys() - theirs.keys())]
for name in sorted(theirs.keys() & ours.keys()):
    def plain(signature):
        return {key: str(float(value)) if re.fullmatch(r"-?[0-9.e-]+", value) else value for key, value in signature.items()}
    # Reductions take several numbers, as max and min do, but only there it is of use.
    if name in REDUCTIONS:
        theirs[name].pop("*", None)
    if plain(theirs[name]) != plain(ours[name]):
        problems.append(f"{name}: the table has {ours[name]}, the compiler {theirs[name]}")
print("\n".join(problems))
print(f"{len(theirs)} operations, {len(problems)} differences")
sys.exit(bool(problems))
