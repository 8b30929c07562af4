"""tools/editors/ag.tmLanguage.json in a TextMate engine: the scopes of a sample, and what each word of std and zoo is.

The engine (textmate-grammar-python) matches with Oniguruma, as editors do."""
import json
import logging
import os
import pathlib
import re

from textmate_grammar.parsers.base import LanguageParser

logging.disable(logging.WARNING)  # of text that no pattern takes, such as brackets

root = pathlib.Path(os.environ.get("ARGENT_SOURCE", "."))
grammar = json.loads((root / "tools/editors/ag.tmLanguage.json").read_text())
parser = LanguageParser(grammar)

SAMPLE = """\
# A comment with "text" and layer.
import block from "blocks.ag"
LIMIT = 0xff
layer f(x: f32[N, D], units: int = 3) -> f32[N, units] {
    param W: f32[D, units] = glorot_uniform()
    y = x |> dense(units, bias=false) |> tanh  # behind
    assert units == 3 or not training, "units is {units}\\n"
    return y @ W - 1e-4
}
entry net.greedy(x: f32[N]) -> (y: f32[N]) {
    y = scan t in range(T) carry h = zeros(N) { yield h }
}
train net(label: i32[N] from classes("a")) {
    metric accuracy = mean(label == 1)
    on "*.weight" { decay = 0.5 }
}
"""

EXPECTED = [  # line, text, its nth place there, the scope
    (0, "layer", 0, "comment.line"),
    (1, "import", 0, "keyword.control"),
    (1, "blocks.ag", 0, "string.quoted"),
    (2, "LIMIT", 0, "variable.other"),
    (2, "0xff", 0, "constant.numeric.hex"),
    (3, "layer", 0, "storage.type"),
    (3, "f", 0, "entity.name.function"),
    (3, "f32", 0, "support.type"),
    (3, "N", 0, "variable.language"),
    (3, "int", 0, "support.type"),
    (4, "param", 0, "storage.modifier"),
    (4, "W", 0, "variable.other.declaration"),
    (4, "glorot_uniform", 0, "entity.name.function.call"),
    (5, "|>", 0, "keyword.operator.pipe"),
    (5, "dense", 0, "entity.name.function.call"),
    (5, "bias", 0, "variable.parameter"),
    (5, "false", 0, "constant.language"),
    (5, "tanh", 0, "entity.name.function.call"),
    (5, "# behind", 0, "comment.line"),
    (6, "==", 0, "keyword.operator.comparison"),
    (6, "or", 0, "keyword.operator.logical"),
    (6, "training", 0, "variable.language"),
    (6, "{units}", 0, "meta.interpolation"),
    (6, "\\n", 0, "constant.character.escape"),
    (7, "return", 0, "keyword.control"),
    (7, "@", 0, "keyword.operator.arithmetic"),
    (7, "1e-4", 0, "constant.numeric.float"),
    (9, "entry", 0, "storage.type"),
    (9, "greedy", 0, "entity.name.function"),
    (10, "scan", 0, "keyword.control"),
    (10, "carry", 0, "keyword.control"),
    (12, "train", 0, "storage.type"),
    (12, "net", 0, "entity.name.type"),
    (12, "classes", 0, "support.function.source"),
    (13, "metric", 0, "storage.modifier"),
    (14, "on", 0, "keyword.control"),
]


def scopes(text):
    """The innermost scopes of each character: (line, column) -> list."""
    result = {}
    for (line, column), piece, names in parser.parse_string(text).flatten():
        for i in range(len(piece)):
            result[line, column + i] = names
    return result


def check_sample():
    found = scopes(SAMPLE)
    lines = SAMPLE.split("\n")
    for line, text, nth, scope in EXPECTED:
        match = list(re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)" if text[0].isalnum() else re.escape(text), lines[line]))[nth]
        names = found.get((line, match.start()), [])
        assert any(name.startswith(scope) for name in names), (line, text, names, scope)


KEYWORDS = set(
    "and assert carry else entry false for from if import in layer metric model none not on or param return scan state "
    "then train true yield".split()
)


def check_words():
    """Every keyword outside of comments and strings is one to the grammar, every comment a comment; nothing is invalid."""
    words = 0
    for path in sorted((root / "frontends/ag").glob("*/*.ag")):
        text = path.read_text()
        found = scopes(text)
        for row, line in enumerate(text.split("\n")):
            code = re.sub(r'"(?:[^"\\]|\\.)*"', lambda m: "\0" * len(m.group()), line)
            comment = code.find("#")
            for match in re.finditer(r"[A-Za-z_]\w*", code[: comment if comment >= 0 else len(code)]):
                words += 1
                names = found.get((row, match.start()), [])
                where = f"{path.name}:{row + 1}: {match.group()}: {names}"
                assert not any(n.startswith(("invalid", "comment", "string")) for n in names), where
                is_keyword = any(
                    n.startswith(("keyword", "storage", "constant.language", "support.type")) for n in names
                )
                assert is_keyword or match.group() not in KEYWORDS, where
            if comment >= 0:
                names = found.get((row, comment), [])
                assert any(n.startswith("comment") for n in names), (path.name, row + 1, names)
    print(words, "words")


check_sample()
check_words()
