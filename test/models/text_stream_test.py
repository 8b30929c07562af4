"""Language models on a text: its words and characters as streams, against numpy, from the text's bytes to the losses of the steps.

The model is an embedding and a dense layer, so that the oracle can take its gradients by hand. Its rules for words, vocabulary and streams are written
from LANGUAGE.md, section 7.
"""
import collections
import gzip
import json
import os
import re
import subprocess
import tempfile

import numpy as np

from training import ARGENT, check_same_bits, logged_losses, run, safetensors

T, D, RATE, EPOCHS = 3, 5, 0.5, 2
WORDS = """
model lm(tokens: i32[N, T] from words(vocabulary=V, stream=true), T: int = 3, V: int = 12) -> (logits: f32[N, T, V]) {
    logits = tokens |> embedding(V, 5, name="words") |> dense(V, name="out")
}
"""
CHARACTERS = """
model lm(text: i32[N, T] from characters(alphabet, lower=true, stream=true), T: int = 3, alphabet: str = "\\n abcdefghijklmnopqrstuvwxyz.,")
        -> (logits: f32[N, T, len(alphabet)]) {
    logits = text |> embedding(len(alphabet), 5, name="words") |> dense(len(alphabet), name="out")
}
"""
TRAIN = """
train lm(next: i32[N, T] from following(%s)) {
    loss = mean(cross_entropy(logits, next))
    optimizer = sgd(rate=0.5)
    batch = 2
}
"""
TEXT = """In the beginning God created the heaven and the earth.\r
And the earth was without form, and void; and darkness was upon the face of the deep.

And the Spirit of God moved upon the well-known waters: it's 3.14, <unk> and 1,000.
"""


def words(text):
    """The numbers of a stream's words, the vocabulary's size being 12."""
    lines = [re.findall(r"</?[a-z]+>|[^\W_]+(?:(?:['’_-](?=[^\W_])|(?<=\d)[.,](?=\d))[^\W_]+)*|\S", line) for line in text.lower().splitlines()]
    marks = {"<pad>": 0, "<s>": 1, "</s>": 2, "<eos>": 2, "<unk>": 3}
    counts = collections.Counter(word for line in lines for word in line if word not in marks)  # most_common is stable
    number = {word: i + 4 for i, (word, _) in enumerate(counts.most_common(8))}
    return [n for line in lines if line for n in [marks.get(word, number.get(word, 3)) for word in line] + [2]]


def characters(text):
    alphabet = "\n abcdefghijklmnopqrstuvwxyz.,"
    return [alphabet.index(c) for c in text.lower().replace("\r\n", "\n")]


def batches(tokens, n):
    """What each step of an epoch sees: tokens and those that follow, [n, T]."""
    pieces = (len(tokens) - 1) // (n * T)
    streams = np.array(tokens[: n * pieces * T]).reshape(n, pieces, T)
    following = np.array(tokens[1 : n * pieces * T + 1]).reshape(n, pieces, T)
    return [(streams[:, b], following[:, b]) for b in range(pieces)]


def cross_entropy(weights, x, y):
    """The loss, and the gradients of all weights."""
    table, w, bias = (weights[name].astype(np.float64) for name in ("words.table", "out.weight", "out.bias"))
    h = table[x]
    logits = h @ w + bias
    p = np.exp(logits - logits.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    loss = -np.log(np.take_along_axis(p, y[..., None], -1)).mean()
    d = (p - np.eye(w.shape[1])[y]) / y.size
    gradient = np.zeros_like(table)
    np.add.at(gradient, x.reshape(-1), (d @ w.T).reshape(-1, D))
    return loss, {"words.table": gradient, "out.weight": np.einsum("ntd,ntv->dv", h, d), "out.bias": d.sum((0, 1))}


def oracle(weights, tokens, n):
    weights, losses = {name: value.astype(np.float64) for name, value in weights.items()}, []
    for _ in range(EPOCHS):
        for x, y in batches(tokens, n):
            loss, gradients = cross_entropy(weights, x, y)
            losses.append(loss)
            for name in weights:
                weights[name] = weights[name] - RATE * gradients[name]
    return losses, weights


def fails(*arguments):
    result = subprocess.run([ARGENT, *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == 1, f"argent {arguments}: {result.returncode}\n{result.stdout}{result.stderr}"
    return result.stderr


def check(folder, name, source, input_name, number):
    at = lambda file: os.path.join(folder, file)
    with open(at("lm.ag"), "w") as file:
        file.write(source + TRAIN % input_name)
    run("compile", at("lm.ag"), "-o", at("lm.agb"))
    text = TEXT if name == "words" else "".join(c for c in TEXT if c.isalpha() or c in "\r\n .,")
    with open(at("train.txt"), "w", newline="") as file:
        file.write(text)
    with gzip.open(at("packed.txt.gz"), "wt", newline="") as file:
        file.write(text)
    run("train", at("lm.agb"), "--data", at("train.txt"), "--epochs", 0, "--save", at("first"))
    first = {k: v for k, v in safetensors(at("first")).items() if not k.startswith("@")}
    tokens = number(text)
    losses, last = oracle(first, tokens, 2)
    for data in ("train.txt", "packed.txt.gz"):
        run("train", at("lm.agb"), "--data", at(data), "--epochs", EPOCHS, "--log", at("log"), "--save", at("last"))
        found = logged_losses(at("log"))
        assert len(found) == len(losses) == EPOCHS * ((len(tokens) - 1) // (2 * T)), (len(found), len(losses))
        np.testing.assert_allclose(found, losses, rtol=1e-5)
        trained = safetensors(at("last"))
        for key, value in last.items():
            assert np.abs(trained[key] - value).max() <= 1e-5 * np.abs(value).max(), key

    # The end of the text is held out; what is evaluated alone is cut in the same way.
    held = round(0.4 * len(tokens))
    output = run("train", at("lm.agb"), "--data", at("train.txt"), "--epochs", 1, "--validation", 0.4, "--log", at("log"), "--save", at("held"))
    losses, last = oracle(first, tokens[: len(tokens) - held], 2)
    np.testing.assert_allclose(logged_losses(at("log")), losses[: len(losses) // EPOCHS], rtol=1e-5)
    weights = {k: v for k, v in safetensors(at("held")).items() if not k.startswith("@")}
    wanted = np.mean([cross_entropy(weights, x, y)[0] for x, y in batches(tokens[len(tokens) - held :], 2)])
    assert f"validation loss: {wanted:.4f}" in output, (wanted, output)
    wanted = np.mean([cross_entropy(weights, x, y)[0] for x, y in batches(tokens, 1)])
    output = run("eval", at("lm.agb"), "--data", at("train.txt"), "--weights", at("held"), "--batch", 1)
    assert f"loss: {wanted:.4f}" in output, (wanted, output)

    # A folder with splits.
    for split, part in (("valid", text[:150]), ("test", text[100:])):
        with open(at(split + ".txt"), "w", newline="") as file:
            file.write(part)
    output = run("train", at("lm.agb"), "--data", folder, "--epochs", 1)
    assert "validation loss" in output and "test loss" in output, output

    train = lambda *arguments, threads=2: run("train", at("lm.agb"), "--data", at("train.txt"), "--threads", threads, *arguments)
    check_same_bits(folder, train, ["--epochs", 3], ["--epochs", 3, "--updates", len(losses) // EPOCHS + 2])

    assert "one stream of text, which has no folds" in fails("train", at("lm.agb"), "--data", at("train.txt"), "--folds", 2)
    with open(at("longer.txt"), "w", newline="") as file:
        file.write(text + "in")
    error = fails("train", at("lm.agb"), "--data", at("longer.txt"), "--resume", at("half"))
    assert f"was trained on {len(tokens)} tokens" in error, error
    with open(at("short.txt"), "w") as file:
        file.write("In the")
    error = fails("train", at("lm.agb"), "--data", at("short.txt"), "--batch", 40)
    assert f"{len(number('In the'))} tokens is too short" in error and f"needs {40 * T + 1}" in error, error
    with open(at("bad.txt"), "wb") as file:
        file.write(b"in the\nbegin\xffning\n")
    assert "bad.txt:2: the text is not UTF-8" in fails("train", at("lm.agb"), "--data", at("bad.txt"))
    if name == "characters":
        with open(at("bad.txt"), "w") as file:
            file.write("in the\nbeginning é\n" * 20)
        assert 'bad.txt:2: the character "é" (U+00E9) is not in the alphabet' in fails("train", at("lm.agb"), "--data", at("bad.txt"))
    else:
        assert "it is not known which word has which number" in fails("eval", at("lm.agb"), "--data", at("train.txt"), "--weights", stripped(folder))
    print(f"{name}: {len(tokens)} tokens, as numpy counts them", flush=True)


def stripped(folder):
    """The last weights without what else is in a checkpoint."""
    header, data = {}, b""
    for name, value in safetensors(os.path.join(folder, "last")).items():
        if not name.startswith("@"):
            header[name] = {"dtype": "F32", "shape": value.shape, "data_offsets": [len(data), len(data) + value.nbytes]}
            data += value.tobytes()
    text = json.dumps(header).encode()
    with open(os.path.join(folder, "weights"), "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + data)
    return file.name


def check_memory(folder):
    """A text that is 64 times as long, packed or not, needs no more memory."""
    at = lambda file: os.path.join(folder, file)
    with open(at("lm.ag"), "w") as file:
        file.write(WORDS + TRAIN % "tokens")
    run("compile", at("lm.ag"), "-o", at("lm.agb"))
    line = "In the beginning God created the heaven and the earth.\n"
    peaks = []
    for name, opener, lines in (("a.txt", open, 10000), ("b.txt", open, 640000), ("c.txt.gz", gzip.open, 640000)):
        with opener(at(name), "wt") as file:
            for _ in range(lines // 10000):
                file.write(line * 10000)
        arguments = [ARGENT, "train", at("lm.agb"), "--data", at(name), "--threads", "1", "--updates", "20"]
        child = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        assert status == 0, name
        peaks.append(usage.ru_maxrss)
        os.remove(at(name))
    assert max(peaks) < peaks[0] + 4000, f"KiB: {peaks}"
    print(f"memory: {peaks} KiB", flush=True)


def main():
    for arguments in (("words", WORDS, "tokens", words), ("characters", CHARACTERS, "text", characters)):
        with tempfile.TemporaryDirectory() as folder:
            check(folder, *arguments)
    with tempfile.TemporaryDirectory() as folder:
        check_memory(folder)


main()
