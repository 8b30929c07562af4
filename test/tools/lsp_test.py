"""argent-lsp-server over the protocol, with pygls's client: each feature on small files, and that no text breaks it."""
import asyncio
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from lsprotocol import types as lsp

sys.path.insert(0, os.path.dirname(__file__))
from lsp_client import Client, binary, source  # noqa: E402

URI = "file:///models/net.ag"

NET = """\
# Two layers that share a width.
WIDTH = 12

# A dense layer with a bend.
layer bend(x: f32[N, D], units: int, sharp: bool = false) -> f32[N, units] {
    param slope: f32[units] = zeros()
    y = x |> dense(units)
    return relu(y) * slope
}

model net(image: f32[N, 28, 28, 1] from image(mean=0.5)) -> (logits: f32[N, 10]) {
    h = image |> conv2d(6, kernel=5) |> flatten
    h = h |> bend(WIDTH, name="first")
    logits = h |> dense(10)
}

train net(label: i32[N] from classes("a", "b")) {
    loss = mean(cross_entropy(logits, label))
    metric accuracy = mean(argmax(logits) == label)
    optimizer = sgd(rate=0.1)
}
"""


def place(text, needle, nth=0, into=0):
    """Line and UTF-16 column of the nth `needle`."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(needle, at + 1)
    at += into
    line = text.count("\n", 0, at)
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return line, len(before.encode("utf-16-le")) // 2


def marked(text, r):
    """The text of a range."""
    lines = text.split("\n")
    assert r.start.line == r.end.line, r
    units = lines[r.start.line].encode("utf-16-le")
    return units[2 * r.start.character : 2 * r.end.character].decode("utf-16-le")


def apply(text, edits):
    for edit in sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True):
        lines = text.split("\n")
        begin = sum(len(l) + 1 for l in lines[: edit.range.start.line]) + edit.range.start.character
        end = sum(len(l) + 1 for l in lines[: edit.range.end.line]) + edit.range.end.character
        text = text[:begin] + edit.new_text + text[end:]
    return text


async def check_diagnostics(client):
    client.open(URI, NET)
    assert await client.diagnostics(URI) == []

    # An evaluation error: range, related place, help.
    text = NET.replace("dense(10)", "dense(10.5)")
    client.change(URI, text)
    (error,) = await client.diagnostics(URI)
    assert error.severity == lsp.DiagnosticSeverity.Error and error.source == "argent"
    assert marked(text, error.range) == "10.5", error
    assert "units" in error.message and "found a float, 10.5" in error.message, error.message

    # An error in a layer of the file's own names the call that led there.
    text = NET.replace("* slope", "* slope[7]")
    client.change(URI, text)
    errors = await client.diagnostics(URI)
    if errors:  # whatever the mistake, it is where it was made, with the call beside it
        assert errors[0].range.start.line == 7, errors

    # A note becomes related information.
    text = NET.replace("label: i32[N]", "label: f32[N]").replace(' from classes("a", "b")', "")
    client.change(URI, text)
    errors = await client.diagnostics(URI)
    related = [r for e in errors for r in e.related_information or []]
    assert any(marked(text, r.location.range) == "label" and "declared here" in r.message for r in related), errors

    # Parse errors: several at once, in order.
    text = NET.replace("relu(y)", "relu(y").replace("sgd(rate=0.1)", "sgd(rate==)")
    client.change(URI, text)
    errors = await client.diagnostics(URI)
    assert len(errors) == 2 and errors[0].range.start.line == 7 and errors[1].range.start.line == 19, errors
    text = NET.replace("h = image", "h = imge")
    client.change(URI, text)
    errors = await client.diagnostics(URI)
    assert [marked(text, e.range) for e in errors] == ["imge"] and "did you mean `image`" in errors[0].message

    # help: stands in the message.
    text = NET.replace("optimizer = sgd(rate=0.1)\n", "")
    client.change(URI, text)
    errors = await client.diagnostics(URI)
    assert any("\nhelp: write optimizer = sgd" in e.message for e in errors), errors

    # A file of layers only is in order; so is one without anything.
    client.change(URI, NET[: NET.index("model")])
    assert await client.diagnostics(URI) == []
    client.change(URI, "")
    assert await client.diagnostics(URI) == []

    # An edit is a range of UTF-16 units, also behind characters that take two of them.
    client.change(URI, 'A = "𝔘ä"; B = 1')
    assert await client.diagnostics(URI) == []
    client.change(URI, (lsp.Range(lsp.Position(0, 15), lsp.Position(0, 16)), "nix"))
    (error,) = await client.diagnostics(URI)
    assert (error.range.start.character, error.range.end.character) == (15, 18), error
    client.change(URI, NET)
    assert await client.diagnostics(URI) == []


async def check_passes(client):
    """What the compiler's passes report stands where it was written, and goes away with the mistake."""
    client.change(URI, NET)
    assert await client.diagnostics(URI) == []

    # A parameter that the loss does not depend on, behind characters of two units.
    text = NET.replace("(logits: f32[N, 10])", "(logits: f32[N, 10], other: f32[N, 3])")
    text = text.replace("h |> dense(10)\n", 'h |> dense(10)\n    kind = "𝔘"; other = h |> dense(3, name="aside")\n')
    client.change(URI, text)
    errors = await client.diagnostics(URI)
    assert [e.severity for e in errors] == [lsp.DiagnosticSeverity.Error] * 2, errors
    for error, parameter in zip(errors, ["aside.weight", "aside.bias"]):
        assert error.message == f'the loss does not depend on the parameter "{parameter}"', error
        assert marked(text, error.range) == 'dense(3, name="aside")', error
    client.change(URI, NET)
    assert await client.diagnostics(URI) == []

    # A metric that needs the whole data set at once: a note is related information, help stands in the message.
    text = NET.replace("    metric", "    each = cross_entropy(logits, label)\n    metric spread = mean((each - mean(each)) ** 2)\n    metric")
    client.change(URI, text)
    (error,) = await client.diagnostics(URI)
    assert marked(text, error.range) == "mean(each)", error
    assert "`spread` cannot be computed batch by batch" in error.message and "\nhelp: combine totals" in error.message, error
    (related,) = error.related_information
    assert related.location.uri == URI and related.message == "`spread` is computed here", related
    assert marked(text, related.location.range) == "mean((each - mean(each)) ** 2)", related
    client.change(URI, NET)
    assert await client.diagnostics(URI) == []

    # In a file that is imported: at the top of this one, with the place beside it.
    with tempfile.TemporaryDirectory() as folder:
        blocks = pathlib.Path(folder, "blocks.ag")
        blocks.write_text("layer spare(x: f32[N, D]) -> f32[N, D] {\n    param gain: f32[D] = ones()\n    return x * gain\n}\n")
        uri = pathlib.Path(folder, "main.ag").as_uri()
        text = 'import spare from "blocks.ag"\n' + NET.replace("(logits: f32[N, 10])", "(logits: f32[N, 10], other: f32[N, 10])").replace(
            "h |> dense(10)\n", 'h |> dense(10)\n    other = logits |> spare\n')
        client.open(uri, text)
        (error,) = await client.diagnostics(uri)
        assert "spare" in error.message and "the loss does not depend on" in error.message, error
        client.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))


async def check_hover(client):
    async def at(needle, nth=0, into=0, text=NET):
        return await client.hover(URI, *place(text, needle, nth, into)) or ""

    assert "h: f32[N, 3456]" in await at("h = image"), await at("h = image")
    assert "h: f32[N, 3456]" in await at("h = h", into=4)
    assert "h: f32[N, 12]" in await at("h = h")
    assert "h: f32[N, 12]" in await at("h |> dense(10)")
    assert "image: f32[N, 28, 28, 1]" in await at("image |>")
    conv = await at("conv2d")
    assert "layer conv2d(\n    x: f32[N, H, W, C],\n    features: int,\n" in conv and "Gives `f32[N, 24, 24, 6]`" in conv, conv
    assert "`conv2d_1.weight: f32[5, 5, 1, 6]`" in conv and "156 trained numbers" in conv, conv
    bend = await at("bend(WIDTH")
    assert "layer bend(x: f32[N, D], units: int, sharp: bool = false) -> f32[N, units]" in bend
    assert "A dense layer with a bend." in bend and "first.slope" in bend and "41,496 trained" in bend, bend
    assert "slope: f32[12]" in await at("slope:") and "first.slope" in await at("slope:")
    assert "WIDTH = 12" in await at("WIDTH,")
    assert "units = 12" in await at("units)", 0) or "units" in await at("units)")
    assert "D = 3456" in await at("D]"), await at("D]")
    relu = await at("relu")
    assert "relu(x" in relu and "elementwise" in relu, relu
    assert "argmax" in await at("argmax") and "first of equals" in await at("argmax")
    assert "kernel: (int, int)" in await at("kernel=") and "argument of `conv2d`" in await at("kernel=")
    assert "Tensors of 32-bit floats" in await at("f32[N, 10]") and "cast" not in await at("f32[N, 10]")
    assert "the batch" in await at("N, 10]") and "input of `net`" in await at("label:")
    assert "Pixels scaled" in await at("image(mean")
    assert "what training makes small" in await at("loss")
    assert "How a model learns" in await at("train net")
    assert await at("# Two", into=3) == ""


async def check_definition(client):
    async def at(needle, nth=0, into=0):
        answer = await client.definition(URI, *place(NET, needle, nth, into))
        return answer if answer is None or isinstance(answer, lsp.Location) else answer[0]

    async def here(needle, nth=0, into=0):
        answer = await at(needle, nth, into)
        assert answer and answer.uri == URI, answer
        return answer.range.start.line, marked(NET, answer.range)

    assert await here("h |> dense(10)") == (12, "h")
    assert await here("h |> bend") == (11, "h")
    assert await here("image |>") == (10, "image")
    assert await here("slope\n") == (5, "slope")
    assert await here("bend(WIDTH") == (4, "bend")
    assert await here("WIDTH,") == (1, "WIDTH")
    assert await here("logits, label") == (13, "logits")  # train continues the model
    assert await here("label))") == (16, "label")
    assert await here("units) -> ", into=0) if "units) -> " in NET else True
    library = await at("dense(10)")
    path = pathlib.Path(library.uri.removeprefix("file://"))
    assert path.name == "core.ag" and not os.access(path, os.W_OK) or os.geteuid() == 0, path
    assert marked(path.read_text(), library.range) == "dense"
    argument = await at("kernel=")
    assert marked(path.read_text(), argument.range) == "kernel"
    # That file can be opened, and asked.
    client.open(library.uri, path.read_text())
    assert await client.diagnostics(library.uri) == []
    assert await at("relu") is None  # an operation has no source

    # Imports.
    with tempfile.TemporaryDirectory() as folder:
        blocks = pathlib.Path(folder, "blocks.ag")
        blocks.write_text("# é\nlayer block(x: f32[N, D]) -> f32[N, D] {\n    return x\n}\n")
        uri = pathlib.Path(folder, "main.ag").as_uri()
        text = 'import block from "blocks.ag"\n\nlayer f(x: f32[N, D]) -> f32[N, D] {\n    return x |> block\n}\n'
        client.open(uri, text)
        for needle, nth in [("block", 0), ("block", 2)]:
            answer = await client.definition(uri, *place(text, needle, nth))
            answer = answer if isinstance(answer, lsp.Location) else answer[0]
            assert answer.uri == blocks.as_uri() and marked(blocks.read_text(), answer.range) == "block", answer
        assert await client.diagnostics(uri) == []
        # What the editor has open counts, and is followed.
        client.open(blocks.as_uri(), blocks.read_text().replace("layer block", "layer other"))
        before = len(client.published[uri])
        while len(client.published[uri]) == before:
            client.arrived.clear()
            await client.wait(client.arrived.wait())
        (error,) = client.published[uri][-1][1].diagnostics
        assert error.range.start.line == 0 and "block" in error.message, error


async def check_completion(client):
    async def after(line, inside="model"):
        """What is offered at the end of a line that is being written."""
        text = {
            "model": NET.replace("    logits = h |> dense(10)\n}", f"    {line}\n    logits = h\n}}"),
            "train": NET.replace("    optimizer", f"    {line}\n    optimizer"),
            "top": NET + line,
        }[inside]
        client.change(URI, text)
        at = text.index(line) if line else text.index("    optimizer" if inside == "train" else "    logits = h")
        row, column = place(text, line) if line else (text.count("\n", 0, at) - 1, 4)
        return await client.completion(URI, row, column + len(line))

    names = await after("y = h |> ")
    for name in ["dense", "conv2d", "tanh", "bend", "image", "h", "WIDTH", "training"]:
        assert name in names, name
    assert "logits" not in names and "slope" not in names
    assert names["h"].detail == "f32[N, 12]", names["h"]
    assert "A dense layer with a bend." in names["bend"].documentation.value
    assert names["dense"].detail.startswith("dense(x:") and "std/core.ag" in names["dense"].documentation.value

    arguments = await after("y = h |> bend(")
    assert "units=" in arguments and "sharp=" in arguments and "x=" not in arguments and "name=" in arguments
    arguments = await after("y = bend(h, 3, ")
    assert "sharp=" in arguments and "units=" not in arguments
    arguments = await after("y = image |> conv2d(6, stride=2, ")
    assert "kernel=" in arguments and "stride=" not in arguments and "features=" not in arguments
    assert arguments["kernel="].detail.startswith("kernel: (int, int)")
    assert "axis=" in await after("y = mean(h, ")

    settings = await after("", "train")
    for name in ["loss", "optimizer", "clip_norm", "batch", "epochs", "metric", "on", "logits", "label", "epoch"]:
        assert name in settings, name
    rules = await after('on "*.weight" { ', "train")
    for name in ["decay", "rate", "max_norm", "frozen", "init"]:
        assert name in rules, name
    sources = await after("model m(text: i32[N, 5] from ", "top")
    assert sorted(sources) == sorted(
        ["image", "video", "audio", "words", "characters", "classes", "lengths", "following"]
    ), sorted(sources)
    assert "f32" in await after("layer g(x: ", "top") and "dense" not in await after("layer g(x: ", "top")
    assert await after("y = 12", "model") == {}
    assert await after('y = "tex', "model") == {}
    assert await after("# den", "model") == {}
    client.change(URI, NET)


async def check_other(client):
    symbols = await client.wait(
        client.client.text_document_document_symbol_async(
            lsp.DocumentSymbolParams(lsp.TextDocumentIdentifier(URI))
        )
    )
    assert [s.name for s in symbols] == ["WIDTH", "bend", "net", "train net"], symbols
    assert [c.name for c in symbols[1].children] == ["slope"]
    assert [c.name for c in symbols[2].children] == ["h", "logits"]
    assert [c.name for c in symbols[3].children] == ["loss", "accuracy", "optimizer"]
    for symbol in symbols:
        assert symbol.range.start.line <= symbol.selection_range.start.line <= symbol.range.end.line

    async def help_at(line, into):
        text = NET.replace("    logits = h |> dense(10)", f"    {line}")
        client.change(URI, text)
        row, column = place(text, line, into=into)
        return await client.wait(
            client.client.text_document_signature_help_async(lsp.SignatureHelpParams(**client.at(URI, row, column)))
        )

    line = "logits = h |> bend(10, sharp="
    help = await help_at(line, len(line))
    assert help.signatures[0].label.startswith("bend(x: f32[N, D]") and help.active_parameter == 2, help
    line = "logits = h |> bend("
    assert (await help_at(line, len(line))).active_parameter == 1
    line = "logits = bend("
    assert (await help_at(line, len(line))).active_parameter == 0
    label = help.signatures[0].label
    assert [label[slice(*p.label)] for p in help.signatures[0].parameters] == ["x", "units", "sharp"]
    client.change(URI, NET)

    async def references(needle, nth=0, into=0):
        answer = await client.wait(
            client.client.text_document_references_async(
                lsp.ReferenceParams(
                    **client.at(URI, *place(NET, needle, nth, into)), context=lsp.ReferenceContext(True)
                )
            )
        )
        return [(a.range.start.line, a.range.start.character) for a in answer]

    assert await references("logits = ") == [
        place(NET, "logits", 0), place(NET, "logits", 1), place(NET, "logits", 2), place(NET, "logits", 3)
    ], await references("logits = ")
    assert len(await references("units: int")) == 4  # declaration, param, dense, result
    assert len(await references("bend(x")) == 2

    async def rename(needle, new, nth=0):
        return await client.wait(
            client.client.text_document_rename_async(
                lsp.RenameParams(**client.at(URI, *place(NET, needle, nth)), new_name=new)
            )
        )

    edits = (await rename("slope", "gain")).changes[URI]
    assert apply(NET, edits) == NET.replace("slope", "gain")
    edits = (await rename("bend(x", "kink")).changes[URI]
    assert apply(NET, edits) == NET.replace("bend(", "kink(")
    for name in ["3x", "layer", "y", ""]:
        try:
            await rename("slope", name)
        except Exception as error:
            assert "name" in str(error), error
        else:
            raise AssertionError(f"renamed to {name!r}")

    async def formatted(text):
        client.change(URI, text)
        edits = await client.wait(
            client.client.text_document_formatting_async(
                lsp.DocumentFormattingParams(lsp.TextDocumentIdentifier(URI), lsp.FormattingOptions(4, True))
            )
        )
        return edits if edits is None else list(edits)

    assert await formatted(NET) == []
    messy = NET.replace(" |> ", "|>").replace("WIDTH = 12", "WIDTH=12   # 𝔘")
    edits = await formatted(messy)
    done = subprocess.run(
        [binary("argent"), "fmt", "--stdin"], input=messy, capture_output=True, text=True, check=True
    ).stdout
    assert apply(messy.replace("𝔘", "__"), edits).replace("__", "𝔘") == done
    assert await formatted(NET.replace("{", "(")) is None  # a file with errors stays
    client.change(URI, NET)


async def check_edits_while_evaluating(client):
    """A long evaluation is ended by the next edit, and holds up no answer."""
    slow = "model m(x: f32[N, 4]) -> (y: f32[N, 4]) {\n    for i in range(900000) { a = i }\n    y = x\n}\n"
    uri = "file:///models/slow.ag"
    client.open(uri, slow)
    loop = asyncio.get_running_loop()
    begin = loop.time()
    for i in range(20):
        client.change(uri, slow + "# " + "x" * i)
        await client.completion(uri, 1, 4)
    took = loop.time() - begin
    assert took < 10, took  # each evaluation takes about a second: all of them, twice that
    client.change(uri, "A = B\n")
    (error,) = await client.diagnostics(uri)
    assert "unknown name" in error.message
    client.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))


async def ask_everything(client, uri, text, rng):
    lines = text.split("\n")
    line = rng.randrange(len(lines))
    column = rng.randrange(len(lines[line]) + 1)
    await client.hover(uri, line, column)
    await client.completion(uri, line, column)
    await client.definition(uri, line, column)
    await client.wait(
        client.client.text_document_signature_help_async(lsp.SignatureHelpParams(**client.at(uri, line, column)))
    )
    await client.wait(
        client.client.text_document_references_async(
            lsp.ReferenceParams(**client.at(uri, line, column), context=lsp.ReferenceContext(True))
        )
    )
    document = lsp.TextDocumentIdentifier(uri)
    await client.wait(client.client.text_document_document_symbol_async(lsp.DocumentSymbolParams(document)))
    await client.wait(
        client.client.text_document_formatting_async(
            lsp.DocumentFormattingParams(document, lsp.FormattingOptions(4, True))
        )
    )


async def check_any_text(client, rounds):
    """Prefixes of the zoo, and the zoo with pieces missing: always an answer, always diagnostics in the end."""
    rng = random.Random(7)
    files = sorted(source("frontends/ag/zoo").glob("*.ag")) + sorted(source("frontends/ag/std").glob("*.ag"))
    for path in files:
        whole = path.read_text()
        uri = "file:///models/" + path.name
        client.open(uri, whole)
        for i in range(rounds):
            if i % 2:
                text = whole[: rng.randrange(len(whole))]
            else:
                begin = rng.randrange(len(whole))
                text = whole[:begin] + whole[begin + rng.randrange(30) :]
                if rng.random() < 0.3:
                    at = rng.randrange(len(text) + 1)
                    text = text[:at] + rng.choice('()[]{}"|>=,.:;#\\\n\0é𝔘-*') + text[at:]
            client.change(uri, text)
            try:
                await ask_everything(client, uri, text, rng)
                if i % 4 == 0:
                    await client.diagnostics(uri)
            except Exception:
                print(f"failed on {path.name} with this text:\n{text}", file=sys.stderr)
                raise
            assert client.alive
        client.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))


def frame(message):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def check_bad_messages():
    """What is no message is passed over; the end of the input ends the server."""
    initialize = frame({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}})
    shutdown = frame({"jsonrpc": "2.0", "id": 9, "method": "shutdown"})
    leave = frame({"jsonrpc": "2.0", "method": "exit"})
    bad = [
        frame(b"{ this is no JSON"),
        frame({"jsonrpc": "2.0", "id": 2, "method": "no/such"}),
        frame({"jsonrpc": "2.0", "id": 3, "method": "textDocument/hover"}),
        frame({"jsonrpc": "2.0", "id": 4, "method": "textDocument/hover", "params": {"textDocument": 7}}),
        frame({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": {"uri": 3}}}),
        frame({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"textDocument": {"uri": "file:///x"}}}),
        frame({"jsonrpc": "2.0", "method": "textDocument/didOpen",
               "params": {"textDocument": {"uri": "untitled:1", "text": "A = ", "version": 1}}}),
        frame({"jsonrpc": "2.0", "method": "textDocument/didChange",
               "params": {"textDocument": {"uri": "untitled:1"},
                          "contentChanges": [{"range": {"start": {"line": -4, "character": 99999999999},
                                                        "end": {"line": 2}}, "text": "B"}, 3, {}]}}),
        frame({"jsonrpc": "2.0", "id": 5, "method": "textDocument/rename",
               "params": {"textDocument": {"uri": "untitled:1"}, "position": {"line": 0, "character": 0}}}),
    ]
    done = subprocess.run(
        [binary("argent-lsp-server")], input=initialize + b"".join(bad) + shutdown + leave, capture_output=True, timeout=30
    )
    assert done.returncode == 0, done
    replies = [json.loads(part[part.index(b"{") :]) for part in done.stdout.split(b"Content-Length: ")[1:]]
    answered = {r["id"]: r for r in replies if "id" in r}
    assert set(answered) == {1, 2, 3, 4, 5, 9}, sorted(answered)
    assert answered[2]["error"]["code"] == -32601 and answered[3]["result"] is None and "error" in answered[5]
    # Without `shutdown` an end is not in order.
    assert subprocess.run([binary("argent-lsp-server")], input=initialize + leave, capture_output=True, timeout=30).returncode == 1
    assert subprocess.run([binary("argent-lsp-server")], input=b"", capture_output=True, timeout=30).returncode == 1
    assert subprocess.run([binary("argent-lsp-server"), "--nonsense"], capture_output=True, timeout=30).returncode == 2


async def main():
    rounds = int(os.environ.get("ARGENT_LSP_ROUNDS", "12"))
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        async with Client(binary("argent-lsp-server")) as client:
            assert client.initialized.server_info.name == "argent-lsp-server"
            for check in [check_diagnostics, check_passes, check_hover, check_definition, check_completion, check_other,
                          check_edits_while_evaluating]:
                await check(client)
                print(check.__name__, "ok", flush=True)
            await check_any_text(client, rounds)
            print("check_any_text ok", flush=True)
    check_bad_messages()
    print("check_bad_messages ok")


asyncio.run(main())
