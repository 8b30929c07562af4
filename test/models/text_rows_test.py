"""Classes of sentences and pairs of sentences from every kind of file: the same rows give the same bits, and those are numpy's.

The classifier is the mean of the words' vectors and a dense layer, so that the oracle can take its gradients by hand.
"""
import collections
import csv
import gzip
import json
import os
import shutil
import subprocess
import tempfile

import numpy as np

from training import ARGENT, logged_losses, run, safetensors, shuffled

V, D, T, BATCH, RATE, EPOCHS = 12, 4, 5, 4, 0.5, 2
MODEL = """
model net(tokens: i32[N, T] from words(vocabulary=12, length=T), n: i32[N] from lengths(tokens), T: int = 5) -> (logits: f32[N, 2]) {
    average = sum(tokens |> embedding(12, 4, name="words"), axis=1) / f32(n)[:, none]
    logits = average |> dense(2, name="out")
}
train net(label: i32[N] from classes(%s)) {
    loss = mean(cross_entropy(logits, label))
    metric accuracy = mean(argmax(logits) == label)
    optimizer = sgd(rate=0.5)
    batch = 4
}
"""
NAMED = MODEL % '"neg", "pos"'
PAIRS = """
model pairs(source: i32[N, 4] from words(vocabulary=9, length=4, side="source"), n: i32[N] from lengths(source),
            previous: i32[N, 4] from words(vocabulary=8, length=4, side="target", start=1)) -> (logits: f32[N, 4, 8]) {
    context = sum(source |> embedding(9, 3, name="in"), axis=1) / f32(n)[:, none]
    logits = (context[:, none] + (previous |> embedding(8, 3, name="out"))) |> dense(8, name="word")
}
train pairs(target: i32[N, 4] from words(vocabulary=8, length=4, side="target", end=2)) {
    loss = mean(cross_entropy(logits, target))
    optimizer = sgd(rate=0.5)
    batch = 2
}
entry pairs.translate(source: i32[N, 4], n: i32[N], previous: i32[N, 4]) -> (words: i32[N, 4]) {
    words = previous + 3 * (source - source) + (n - n)[:, none]
}
"""
ROWS = [("pos", "A good film"), ("neg", "a BAD film, no?"), ("pos", "good"), ("neg", "the bad one and the worst film of all"), ("pos", "it is \"good\" and long"),
        ("neg", "no"), ("pos", "a film, good"), ("neg", "bad bad bad"), ("pos", "one good one"), ("neg", "worst")]
SENTENCES = [("Ein Hund .", "a dog ."), ("eine Katze", "a cat"), ("der Hund", "the dog"), ("ein Hund und eine Katze", "a dog and a cat"), ("ja", "yes")]


def words(text):
    for sign in ',?".':
        text = text.replace(sign, f" {sign} ")
    return text.lower().split()


def numbered(rows):
    """[rows, T] and each row's length."""
    counts = collections.Counter(word for _, text in rows for word in words(text))
    number = {word: i + 4 for i, (word, _) in enumerate(counts.most_common(V - 4))}
    lists = [[number.get(word, 3) for word in words(text)][:T] for _, text in rows]
    return np.array([row + [0] * (T - len(row)) for row in lists]), np.array([len(row) for row in lists])


def oracle(weights, rows):
    weights, losses = {name: value.astype(np.float64) for name, value in weights.items()}, []
    tokens, lengths = numbered(rows)
    labels = np.array([["neg", "pos"].index(label) for label, _ in rows])
    for epoch in range(EPOCHS):
        order = shuffled(1, epoch, len(rows))
        for begin in range(0, len(rows), BATCH):
            taken = order[begin : begin + BATCH]
            x, n, y = tokens[taken], lengths[taken][:, None], labels[taken]
            mean = weights["words.table"][x].sum(1) / n
            logits = mean @ weights["out.weight"] + weights["out.bias"]
            p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
            losses.append(-np.log(p[np.arange(len(y)), y]).mean())
            d = (p - np.eye(2)[y]) / len(y)
            gradient = np.zeros((V, D))
            np.add.at(gradient, x, ((d @ weights["out.weight"].T) / n)[:, None])
            for name, g in (("words.table", gradient), ("out.weight", mean.T @ d), ("out.bias", d.sum(0))):
                weights[name] = weights[name] - RATE * g
    return losses


def write_forms(folder):
    """The rows in every kind of file; returns what `--data` is."""
    at = lambda *names: os.path.join(folder, *names)
    with open(at("lines.txt"), "w") as file:
        file.writelines(f"{label} {text}\n" for label, text in ROWS)
    with open(at("named.csv"), "w", newline="") as file:
        csv.writer(file).writerows([("id", "tokens", "label")] + [(i, text, label) for i, (label, text) in enumerate(ROWS)])
    with gzip.open(at("unnamed.csv.gz"), "wt", newline="") as file:
        csv.writer(file).writerows(ROWS)
    with open(at("unnamed.tsv"), "w") as file:
        file.writelines(f"{text}\t{label}\n" for label, text in ROWS)
    with open(at("named.jsonl"), "w") as file:
        file.writelines(json.dumps({"label": label, "tokens": text}) + "\n" for label, text in ROWS)
    os.makedirs(at("columns"))
    for name, column in (("tokens", [text for _, text in ROWS]), ("label", [label for label, _ in ROWS])):
        with open(at("columns", f"train.{name}.txt"), "w") as file:
            file.writelines(text + "\n" for text in column)
    return [at(name) for name in ("lines.txt", "named.csv", "unnamed.csv.gz", "unnamed.tsv", "named.jsonl", "columns")]


def fails(*arguments):
    result = subprocess.run([ARGENT, *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == 1, f"argent {arguments}: {result.returncode}\n{result.stdout}{result.stderr}"
    return result.stderr


def weights(checkpoint, path):
    """The parameters of a checkpoint in a file without metadata."""
    header, data = {}, b""
    for name, value in safetensors(checkpoint).items():
        if not name.startswith("@"):
            header[name] = {"dtype": "F32", "shape": value.shape, "data_offsets": [len(data), len(data) + value.nbytes]}
            data += value.tobytes()
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + data)


def metadata(checkpoint):
    """The vocabularies of a checkpoint."""
    with open(checkpoint, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return {name: text for name, text in header["__metadata__"].items() if name.startswith("vocabulary/")}


def check_classes(folder):
    at = lambda name: os.path.join(folder, name)
    with open(at("net.ag"), "w") as file:
        file.write(NAMED)
    run("compile", at("net.ag"), "-o", at("net.agb"))
    first = None
    for data in write_forms(folder):
        run("train", at("net.agb"), "--data", data, "--epochs", 0, "--save", at("first"))
        run("train", at("net.agb"), "--data", data, "--epochs", EPOCHS, "--log", at("log"), "--save", at("last"))
        if first is None:
            first = {k: v for k, v in safetensors(at("first")).items() if not k.startswith("@")}
            np.testing.assert_allclose(logged_losses(at("log")), oracle(first, ROWS), rtol=1e-5)
            wanted = safetensors(at("last"))
        for name, value in safetensors(at("last")).items():
            assert (value == wanted[name]).all(), (data, name)
    # Tensors go through no `from`.
    tokens, lengths = numbered(ROWS)
    arrays = {"tokens": tokens.astype(np.int32), "label": np.array([label == "pos" for label, _ in ROWS], np.int64)}
    np.savez(at("tensors.npz"), n=lengths.astype(np.int32), **arrays)
    run("train", at("net.agb"), "--data", at("tensors.npz"), "--epochs", EPOCHS, "--save", at("last"))
    assert all((safetensors(at("last"))[name] == value).all() for name, value in wanted.items())
    assert not metadata(at("last"))
    np.savez(at("tensors.npz"), **arrays)
    assert "it needs a column `n` of its own" in fails("train", at("net.agb"), "--data", at("tensors.npz"))
    np.savez(at("tensors.npz"), n=lengths.astype(np.int32), **{**arrays, "tokens": arrays["tokens"] + V})
    assert "row 0 has the value" in fails("train", at("net.agb"), "--data", at("tensors.npz"))

    # A file for each class has its rows in another order.
    os.makedirs(at("classes/train"))
    for kind in ("pos", "neg"):
        with open(at(f"classes/train/{kind}.txt"), "w") as file:
            file.writelines(text + "\n" for label, text in ROWS if label == kind)
    run("train", at("net.agb"), "--data", at("classes"), "--epochs", EPOCHS, "--log", at("log"))
    np.testing.assert_allclose(logged_losses(at("log")), oracle(first, sorted(ROWS, key=lambda row: row[0])), rtol=1e-5)

    # What was learned is what `run` and `eval` say.
    run("train", at("net.agb"), "--data", at("named.csv"), "--epochs", 40, "--save", at("last"))
    assert "accuracy: 1.0000" in run("eval", at("net.agb"), "--data", at("lines.txt"), "--weights", at("last"))
    for text, name in (("What a good, GOOD film", "pos"), ("bad", "neg")):
        assert f"logits: {name}\n" in run("run", at("net.agb"), "--weights", at("last"), "--input", f"tokens={text}"), text
    # A file is a row a line, whatever it is called; the words of the rows are lines of a file again.
    sentences = ["good good", "bad", "good", "bad bad"]
    for name in ("sentences.txt", "sentences", "sentences.en"):
        with open(at(name), "w") as file:
            file.write("\n".join(sentences))
        output = run("run", at("net.agb"), "--weights", at("last"), "--input", f"tokens={at(name)}", "--output", f"logits={at('names.txt')}")
        single = [run("run", at("net.agb"), "--weights", at("last"), "--input", f"tokens={text}").split("\n")[0] for text in sentences]
        with open(at("names.txt")) as file:
            assert ["logits: " + line for line in file.read().splitlines()] == single, single
    # What is left out of a text is said, and a folder is no text.
    one, two = "a good good bad film of all", "a a a a a a"
    ask = lambda given: subprocess.run([ARGENT, "run", at("net.agb"), "--weights", at("last"), "--input", f"tokens={given}"], capture_output=True,
                                       text=True, cwd=folder)
    said = lambda given: ask(given).stderr
    room = "as many as input `tokens` (i32[N, 5]) has room for"
    assert said(one) == f"argent: warning: --input tokens: 5 of 7 words are taken, {room}\n", said(one)
    assert said("a good film") == ""
    with open(at("long.txt"), "w") as file:
        file.write("good\n" + one + "\n" + two + "\n")
    assert said(at("long.txt")) == f"argent: warning: {at('long.txt')}:2, --input tokens: 5 of 7 words are taken, {room}; so it is with 2 rows\n"
    assert said(folder) == f"argent: error: --input tokens: {folder} is a folder; give a text, or a file with a text in each line\n"
    # A word is a text, whatever is in the current folder; a path has a slash, or a point and a file.
    os.makedirs(at("good/bad"))
    with open(at("bad"), "w") as file:
        file.write("good\ngood\n")
    shutil.copy(at("bad"), at("bad.en"))
    assert ask("good").stdout == ask("good ").stdout and said("good") == said(".") == said("good/worse") == ""
    for path in ("./good", "good/", "good/bad"):
        assert f"{path} is a folder" in said(path), said(path)
    assert ask("bad").stdout == ask(" bad").stdout and said("bad") == 'argent: --input tokens is the text "bad"; ./bad is the file\n', said("bad")
    for path in ("./bad", at("bad"), "bad.en"):
        assert "logits[1]: " in ask(path).stdout and said(path) == "", path

    folds = run("train", at("net.agb"), "--data", at("named.csv"), "--epochs", 1, "--folds", 5)
    assert "deviation" in folds, folds

    # A module that was compiled with the data knows its words: weights without them will do, and other data is numbered alike.
    run("compile", at("net.ag"), "--data", at("named.csv"), "-o", at("wordy.agb"))
    assert json.loads(run("inspect", at("wordy.agb"), "--json"))["vocabularies"] == {"tokens": V - 4}
    weights(at("last"), at("weights"))
    given = ["--weights", at("weights"), "--input", "tokens=a good film"]
    assert "logits: pos\n" in run("run", at("wordy.agb"), *given)
    assert "it is not known which word has which number" in fails("run", at("net.agb"), *given)
    with open(at("other.txt"), "w") as file:
        file.write("pos good worst\n" * 4)
    run("train", at("wordy.agb"), "--data", at("other.txt"), "--epochs", 1, "--weights", at("weights"), "--log", at("log"), "--save", at("other"))
    assert metadata(at("other")) == metadata(at("last")) != {}

    # Other data has other words; those of the checkpoint keep their numbers, and it is said.
    told = lambda *arguments: subprocess.run([ARGENT, "train", at("net.agb"), *map(str, arguments)], capture_output=True, text=True, check=True).stderr
    kept = "argent: the words of `tokens` keep the numbers that they have; of the"
    with open(at("new.txt"), "w") as file:
        file.writelines(f"{label} {text} new words\n" for label, text in ROWS)
    run("train", at("net.agb"), "--data", at("lines.txt"), "--epochs", 1, "--save", at("half"))
    assert kept not in told("--data", at("named.csv"), "--epochs", 2, "--resume", at("half"))
    assert f"{kept} {V - 4} words that {at('new.txt')} would give numbers, 2 are unknown\n" in told(
        "--data", at("new.txt"), "--epochs", 2, "--resume", at("half"), "--save", at("resumed"))
    assert metadata(at("resumed")) == metadata(at("half"))
    assert kept in told("--data", at("new.txt"), "--epochs", 1, "--weights", at("half"))
    # Of a long text the beginning is compared, and only what is other text is told.
    lines = lambda words: "".join(f"{label} {text} {words}\n" for label, text in ROWS)
    for name, begin, more, unknown in (("order.txt", " worst" * 9, "", None), ("other.txt", " b c d e f g" * 9, " b c d e f g", 6), ("late.txt", "", " b c d e f g" * 9, None)):
        with open(at(name), "w") as file:
            file.write(lines(begin) * (24 * 2**20 // len(lines(begin)) + 1) + lines(more) * 10)
        message = told("--data", at(name), "--epochs", 1, "--updates", 1, "--weights", at("half"))
        assert (kept in message) == (unknown is not None), message
        assert unknown is None or f"{kept} {V - 4} words that the first 16 MiB of {at(name)} would give numbers, {unknown} are unknown\n" in message, message

    # Classes that are counted from 1: with names, too, and it is said. Where there is a 0, they are as they are.
    with open(at("from1.csv"), "w", newline="") as file:
        csv.writer(file).writerows((1 + (label == "pos"), text) for label, text in ROWS)
    assert f"argent: input `label` (i32[N]): {at('from1.csv')} counts classes from 1 to 2; 1 is the first one\n" in told(
        "--data", at("from1.csv"), "--epochs", EPOCHS, "--save", at("last"))
    assert all((safetensors(at("last"))[name] == value).all() for name, value in wanted.items())
    assert run("run", at("net.agb"), "--weights", at("last"), "--input", "tokens=good").split("\n")[0] in ("logits: pos", "logits: neg")
    with open(at("from0.csv"), "w", newline="") as file:
        csv.writer(file).writerows((int(label == "pos"), text) for label, text in ROWS)
    assert "counts classes" not in told("--data", at("from0.csv"), "--epochs", EPOCHS, "--save", at("last"))
    assert all((safetensors(at("last"))[name] == value).all() for name, value in wanted.items())
    with open(at("both.csv"), "w", newline="") as file:
        csv.writer(file).writerows((row % 3, text) for row, (_, text) in enumerate(ROWS))
    assert 'both.csv:3 has the label 2; input `label` (i32[N]) takes "neg", "pos" or 0 to 1' in fails("train", at("net.agb"), "--data", at("both.csv"))

    # Without names.
    with open(at("numbers.csv"), "w", newline="") as file:
        csv.writer(file).writerows((1 + (label == "pos"), text) for label, text in ROWS)
    with open(at("net.ag"), "w") as file:
        file.write(MODEL % "")
    run("train", at("net.ag"), "--data", at("numbers.csv"), "--epochs", EPOCHS, "--log", at("log"), "--save", at("last"))
    np.testing.assert_allclose(logged_losses(at("log")), oracle(first, ROWS), rtol=1e-5)
    run("train", at("net.ag"), "--data", at("numbers.csv"), "--epochs", 40, "--save", at("last"))
    for text, name in (("good good", 2), ("bad", 1)):
        assert f"logits: {name}\n" in run("run", at("net.ag"), "--weights", at("last"), "--input", f"tokens={text}"), text

    for text, wanted in (("pos,a\nneg,b,c\n", "bad.csv:2: this row has 3 cells"), ('pos,a\nneg,"b\n', "bad.csv:2: the quotation mark"),
                         ("label,tokens\npos,a\ngood,b\n", "bad.csv:3 has the label good"), ("", "no rows")):
        with open(at("bad.csv"), "w") as file:
            file.write(text)
        assert wanted in fails("train", at("net.agb"), "--data", at("bad.csv")), (text, wanted)
    print("classes: seven kinds of files", flush=True)


def check_pairs(folder):
    at = lambda *names: os.path.join(folder, *names)
    with open(at("pairs.ag"), "w") as file:
        file.write(PAIRS)
    run("compile", at("pairs.ag"), "-o", at("pairs.agb"))
    with open(at("unnamed.tsv"), "w") as file:
        file.writelines(f"{a}\t{b}\n" for a, b in SENTENCES)
    with open(at("named.tsv"), "w") as file:
        file.writelines(f"{b}\t{a}\n" for a, b in [("source", "target")] + SENTENCES)
    os.makedirs(at("files"))
    for side in (0, 1):
        with gzip.open(at("files", f"train.{('source', 'target')[side]}.txt.gz"), "wt") as file:
            file.writelines(pair[side] + "\n" for pair in SENTENCES)
    wanted = None
    for data in ("unnamed.tsv", "named.tsv", "files"):
        run("train", at("pairs.agb"), "--data", at(data), "--epochs", 3, "--save", at("last"))
        found = safetensors(at("last"))
        wanted = wanted or found
        assert all((found[name] == wanted[name]).all() for name in wanted), data
    # `target` and `previous` share their words, which are those of the side.
    for text, shown in (("the dog.", "<unk> dog ."), ("A CAT xyz", "a cat <unk>"), ("a dog a cat", "a dog a")):
        output = run("run", at("pairs.agb"), "--weights", at("last"), "--entry", "translate", "--input", "source=ein Hund", "--input", f"previous={text}")
        assert output == f"words: {shown}\n", output
    print("pairs: three kinds of files", flush=True)


def check_arrays(folder):
    """Columns of numbers: of an archive, of files, of a table."""
    at = lambda *names: os.path.join(folder, *names)
    with open(at("line.ag"), "w") as file:
        file.write("model line(x: f32[N, 3], w: f32[N]) -> (y: f32[N]) { y = sum(x |> dense(1, name=\"d\"), axis=1) * w }\n"
                   "train line(goal: f32[N]) { loss = mean((y - goal) ** 2)  optimizer = sgd(rate=0.1)  batch = 4 }\n".replace("  ", "\n"))
    run("compile", at("line.ag"), "-o", at("line.agb"))
    rng = np.random.default_rng(1)
    x, w, goal = (rng.standard_normal(shape).astype(np.float32) for shape in ((10, 3), 10, 10))
    np.savez(at("a.npz"), goal=goal, x=x, w=w)
    np.savez_compressed(at("b.npz"), w=w, goal=goal, x=x, other=np.zeros((10, 2)))
    os.makedirs(at("files"))
    np.save(at("files", "train.x.npy"), x)
    with open(at("files", "train.csv"), "w") as file:
        file.write("w,goal\n" + "".join(f"{float(a)!r},{float(b)!r}\n" for a, b in zip(w, goal)))
    for data in ("a.npz", "b.npz", "files"):
        run("train", at("line.agb"), "--data", at(data), "--epochs", 2, "--save", at("last"), "--log", at("log"))
        found = safetensors(at("last"))
        if data == "a.npz":
            wanted = found
            order = shuffled(1, 0, 10)[:4]
            run("train", at("line.agb"), "--data", at(data), "--epochs", 0, "--save", at("first"))
            first = safetensors(at("first"))
            y = (x[order] @ first["d.weight"] + first["d.bias"])[:, 0] * w[order]
            np.testing.assert_allclose(logged_losses(at("log"))[0], ((y - goal[order]) ** 2).mean(), rtol=1e-5)
        assert all((found[name] == wanted[name]).all() for name in wanted), data
    goal[3] = np.nan
    np.savez(at("nan.npz"), goal=goal, x=x, w=w)
    assert "nan.npz, goal: row 3 is not finite" in fails("train", at("line.agb"), "--data", at("nan.npz"))
    np.savez(at("wide.npz"), goal=goal, x=x[:, :2], w=w)
    assert "input `x` (f32[N, 3])" in fails("train", at("line.agb"), "--data", at("wide.npz"))
    print("arrays: three kinds of files", flush=True)


def main():
    for check in (check_classes, check_pairs, check_arrays):
        with tempfile.TemporaryDirectory() as folder:
            check(folder)


main()
