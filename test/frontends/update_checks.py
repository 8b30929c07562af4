#!/usr/bin/env python3
"""Writes the CHECK lines of tests of diagnostics anew: run it after a message changed, then read the difference.

    test/frontends/update_checks.py FILE.ag…     (ag-check must be in PATH)

A test is source, an empty line, a RUN line that pipes into FileCheck, and one CHECK line for each line of output.
"""
import pathlib
import subprocess
import sys

RUN = ("# RUN: cd %S && {command} {name} 2>&1 "
       "| FileCheck --strict-whitespace --match-full-lines %s\n")


def update(path):
    lines = path.read_text().split("\n")
    runs = [i for i, line in enumerate(lines) if line.startswith("# RUN:")]
    if runs:
        source = "\n".join(lines[:runs[0]]).rstrip("\n") + "\n"
        command = lines[runs[0]].split("&& ", 1)[1].split(f" {path.name}")[0]
    else:
        source, command = path.read_text().rstrip("\n") + "\n", "not ag-check --evaluate"
    # What stands behind the source does not change what is said about it.
    text = source + "\n" + RUN.format(command=command, name=path.name)
    path.write_text(text)
    arguments = command.replace("not ", "", 1).split()
    result = subprocess.run(arguments + [path.name], cwd=path.parent, capture_output=True, text=True)
    if result.returncode != (1 if command.startswith("not ") else 0):
        sys.exit(f"{path}: exit status {result.returncode}: {result.stdout}{result.stderr}")
    # Two brackets have a meaning to FileCheck.
    output = [line.replace("{{", r"{{\{\{}}").replace("[[", r"{{\[\[}}")
              for line in (result.stdout + result.stderr).splitlines()]
    checks = "".join(f"# CHECK{'-NEXT' if i else ''}:{line}\n" for i, line in enumerate(output))
    path.write_text(text + checks)


for name in sys.argv[1:]:
    update(pathlib.Path(name))
