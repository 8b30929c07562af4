"""Constants are kName, private members name_, as .clang-tidy says. clang-tidy needs half an hour for the tree; what it would report is found here in the text:
constexpr variables, and the declarations behind `private:` and `protected:`."""
import os
import re
import subprocess
import sys

source = os.environ["ARGENT_SOURCE"]
listed = subprocess.run(["git", "-C", source, "ls-files", "--cached", "--others", "--exclude-standard", "*.h", "*.cpp"],
                        capture_output=True, text=True, check=True).stdout.split()
paths = [path for path in listed if not path.startswith("compiler/gcc/") and os.path.exists(os.path.join(source, path))]
assert len(paths) > 300, "git lists too few files"

constant = re.compile(r"\bconstexpr\s+(?:[\w:<>,*&]+\s+[*&]?)+?(\w+)\s*(?:\[[^\]]*\]\s*)*(?:=|\{)", re.A)
# A member: everything but functions (`)` before the end), types, friends and macros.
member = re.compile(r"^(?!\s*(?:using|friend|struct|class|enum|static|return|typedef|template|ARGENT_)\b)\s*"
                    r"[\w:<>,*&\s\[\]()]*?[\w>*&]\s+[*&]?(\w+)(?:\[[^\]]*\])*\s*(?:=[^;]*|\{[^;]*\})?;", re.A)


def without_comments(text):
    text = re.sub(r"//[^\n]*", "", text)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
    return re.sub(r"'(?:\\.|[^'\\\n])'", "0", text)


def private_members(text):
    """Declarations at the depth of a class's `private:` or `protected:`, with their lines."""
    depth, sections = 0, {}  # depth: whether private
    for number, line in enumerate(text.split("\n"), 1):
        label = re.match(r"^\s*(public|private|protected):", line)
        if label:
            sections[depth] = label[1] != "public"
        elif sections.get(depth):
            for declared in re.sub(r"<[^<>]*>", "", re.sub(r"<[^<>]*>", "", line)).split("\n"):
                found = member.match(declared)
                if found and line.count("(") >= line.count(")") and "(" not in declared.split(";")[0].split("=")[0].split("{")[0]:
                    for name in re.findall(r"(\w+)(?:\[[^\]]*\])*\s*(?:=[^,;]*|\{[^{}]*\})?\s*[,;]",
                                           declared[found.start(1):]):
                        yield number, name
        for c in line:
            if c == "{":
                depth += 1
            elif c == "}":
                sections.pop(depth, None)
                depth -= 1


faults, members, constants = [], 0, 0
for path in paths:
    with open(os.path.join(source, path)) as file:
        text = without_comments(file.read())
    for found in constant.finditer(text):
        constants += 1
        if not re.match(r"k[A-Z0-9]", found[1]):
            faults.append(f"{path}:{text.count(chr(10), 0, found.start(1)) + 1}: the constant {found[1]} is no kName")
    for number, name in private_members(text):
        members += 1
        if not name.endswith("_"):
            faults.append(f"{path}:{number}: the private member {name} is no name_")
assert members > 300 and constants > 100, f"found only {members} members and {constants} constants"
print("\n".join(faults) or f"{members} members, {constants} constants")
sys.exit(bool(faults))
