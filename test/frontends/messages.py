#!/usr/bin/env python3
"""Fails unless some test of test/frontends/ag triggers each error and warning of frontends/ag.

    test/frontends/messages.py SOURCE

Reads the calls that report from the C++ source. A call counts as tested when the longest piece of text in it stands in
the expected output of a test: its longest string literal, in a CHECK line or behind a prefix such as `PAREN:`.
"""
import pathlib
import re
import sys

CALLS = re.compile(r"\b(?:error|fail|warning|errorWithoutPlace|reportExpected|makes|report|mismatch)\(")
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
# The compiler's own mistakes, which no source can cause.
OURS = ["this is a mistake of the compiler", "this is a mistake of the formatter"]


def arguments(text, begin):
    """The text from behind the bracket at `begin` to the one that closes it."""
    depth, i = 1, begin
    while depth and i < len(text):
        if text[i] == '"':
            i = LITERAL.match(text, i).end()
            continue
        if text[i] == "'":
            i += 4 if text[i + 1] == "\\" else 3
            continue
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        i += 1
    return text[begin:i - 1]


def pieces(call):
    """The literals of a call, those that stand side by side joined."""
    joined = re.sub(r'"\s*\n\s*"', "", call)
    return [m.group(1).encode().decode("unicode_escape").encode("latin-1").decode() for m in LITERAL.finditer(joined)]


source = pathlib.Path(sys.argv[1])
expected = ""
for path in sorted((source / "test/frontends/ag").rglob("*")):
    if path.suffix in (".ag", ".test"):
        expected += "".join(re.findall(r"^(?:# )?[A-Z][A-Z0-9-]*:(.*\n)", path.read_text(), re.MULTILINE))

missing, count = [], 0
for path in sorted((source / "frontends/ag").rglob("*.cpp")):
    # Comments become blanks; what stands in quotes is no comment.
    text = re.sub(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\]|\\.)\'|//[^\n]*',
                  lambda m: " " * len(m.group()) if m.group().startswith("/") else m.group(), path.read_text())
    for match in CALLS.finditer(text):
        call = arguments(text, match.end())
        longest = max(pieces(call), key=len, default="")
        if len(longest) < 6 or any(ours in longest for ours in OURS):
            continue
        count += 1
        if longest.strip() not in expected:
            missing.append(f"{path.name}:{text.count(chr(10), 0, match.start()) + 1}: no test triggers: {longest}")

print("\n".join(missing))
print(f"{count - len(missing)} of {count} messages have a test")
sys.exit(bool(missing))
