#!/usr/bin/env python3
"""Writes the CHECK lines of tests of diagnostics anew: run it after a message changed, then read the difference.

    test/frontends/update_checks.py FILE.ag…     (ag-check must be in PATH)

A test is source, an empty line, a RUN line that pipes into FileCheck, and one CHECK line for each line of output, and one that
wants no more.
"""
import pathlib
import subprocess
import sys

RUN = ("# RUN: cd %S && not ag-check --evaluate {name} 2>&1 "
       "| FileCheck --strict-whitespace --match-full-lines %s")
# Nothing follows the last message.
END = "# CHECK-NOT:{{.+}}\n"


def update(path):
    lines = path.read_text().split("\n")
    runs = [i for i, line in enumerate(lines) if line.startswith("# RUN:")]
    run = lines[runs[0]] if runs else RUN.format(name=path.name)
    source = "\n".join(lines[:runs[0]] if runs else lines).rstrip("\n") + "\n"
    command = run.split("&& ", 1)[1].split(f" {path.name}")[0]
    # What stands behind the source does not change what is said about it.
    text = f"{source}\n{run}\n"
    path.write_text(text)
    arguments = command.replace("not ", "", 1).split()
    result = subprocess.run(arguments + [path.name], cwd=path.parent, capture_output=True, text=True)
    if result.returncode != (1 if command.startswith("not ") else 0):
        sys.exit(f"{path}: exit status {result.returncode}: {result.stdout}{result.stderr}")
    # `>%t` takes the module away from a file that is only warned about. Two brackets have a meaning to FileCheck.
    output = [line.replace("{{", r"{{\{\{}}").replace("[[", r"{{\[\[}}")
              for line in ("" if ">%t" in run else result.stdout).splitlines() + result.stderr.splitlines()]
    checks = "".join(f"# CHECK{'-NEXT' if i else ''}:{line}\n" if line else "# CHECK-EMPTY:\n"
                     for i, line in enumerate(output))
    path.write_text(text + checks + END)


for name in sys.argv[1:]:
    update(pathlib.Path(name))
