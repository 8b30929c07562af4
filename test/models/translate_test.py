"""The zoo's seq2seq learns to say numbers in English, from text files to text files. Its entries write what numpy finds, which searches over the
logits of `predict` and gives it each translation so far: a loop of its own, without carried values.
"""
import json
import os
import random
import tempfile

import numpy as np

from training import SOURCE, run

MODEL = os.path.join(SOURCE, "frontends", "ag", "zoo", "seq2seq.ag")
S, T, V, W, BEAMS = 5, 10, 16, 40, 5
START, END = 1, 2
SIZES = dict(S=S, T=T, V=V, W=W, features=32, units=64, rate=4e-3, warmup=100)
ROWS, TESTED, SEARCHED = 8000, 200, 40
ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
          nineteen""".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
# Log-probabilities of f32 logits, added up by both in another order.
TOLERANCE = 1e-4


def english(n):
    if n < 20:
        return [ONES[n]]
    if n < 100:
        return [TENS[n // 10 - 2]] + (english(n % 10) if n % 10 else [])
    if n < 1000:
        return [ONES[n // 100], "hundred"] + (["and"] + english(n % 100) if n % 100 else [])
    rest = (["and"] if n % 1000 < 100 else []) + english(n % 1000) if n % 1000 else []
    return english(n // 1000) + ["thousand"] + rest


def write(folder):
    """Pairs of digits and words; returns those of the test split."""
    os.mkdir(folder)
    pairs = [(" ".join(str(n)), " ".join(english(n))) for n in random.Random(1).sample(range(1000, 100000), ROWS + TESTED)]
    splits = {"test": pairs[:TESTED], "train": pairs[TESTED:]}
    for split, rows in splits.items():
        for side, texts in zip(("source", "target"), zip(*rows)):
            with open(os.path.join(folder, f"{split}.{side}.txt"), "w") as file:
                file.writelines(text + "\n" for text in texts)
    return splits["test"]


class Translator:
    """A module with a checkpoint; numbers stand for words as the checkpoint says."""

    def __init__(self, module, checkpoint, folder):
        self.module, self.checkpoint, self.folder = module, checkpoint, folder
        with open(checkpoint, "rb") as file:
            metadata = json.loads(file.read(int.from_bytes(file.read(8), "little")))["__metadata__"]
        self.number = {word: i + 4 for i, word in enumerate(metadata["vocabulary/source"].split("\n"))}

    def call(self, entry, outputs, **inputs):
        path = lambda name: os.path.join(self.folder, f"{name}.npy")
        arguments = []
        for name, value in inputs.items():
            np.save(path(name), value)
            arguments += ["--input", f"{name}={path(name)}"]
        for name in outputs:
            arguments += ["--output", f"{name}={path(name)}"]
        run("run", self.module, "--weights", self.checkpoint, "--entry", entry, *arguments)
        return [np.load(path(name)) for name in outputs]

    def encoded(self, texts):
        rows = [[self.number[word] for word in text.split()] for text in texts]
        return np.array([row + [0] * (S - len(row)) for row in rows], np.int32), np.array([len(row) for row in rows], np.int32)

    def translated(self, entry, source):
        """The lines of the text file `source`, from text to text; of `beam` all beams, one after another."""
        path = os.path.join(self.folder, "words.txt")
        run("run", self.module, "--weights", self.checkpoint, "--entry", entry, "--input", f"source={source}", "--output", f"words={path}")
        with open(path) as file:
            return file.read().splitlines()


def searched(translator, source, lengths, width):
    """The best `width` translations and their log-probabilities, one word after another, each from the whole translation so far."""
    rows = len(source)
    source, lengths = np.repeat(source, width, axis=0), np.repeat(lengths, width)
    found = [[((), 0.0)]] * rows
    for t in range(T):
        previous = np.zeros((rows, width, T), np.int32)
        previous[..., 0] = START
        for n, beams in enumerate(found):
            for b, (words, _) in enumerate(beams):
                previous[n, b, 1 : 1 + t] = words
        (logits,) = translator.call("predict", ["logits"], source=source, lengths=lengths, previous=previous.reshape(-1, T))
        logits = logits[:, t].reshape(rows, width, W).astype(np.float64)
        logits -= logits.max(-1, keepdims=True)
        gains = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        longer = []
        for n, beams in enumerate(found):
            every = []
            for b, (words, score) in enumerate(beams):
                if END in words:
                    every.append((words + (0,), score))
                else:
                    every += [(words + (word,), score + gains[n, b, word]) for word in range(W)]
            longer.append(sorted(every, key=lambda beam: -beam[1])[:width])
        found = longer
    return np.array([[words for words, _ in beams] for beams in found]), np.array([[score for _, score in beams] for beams in found])


def check_search(translator, pairs):
    """Returns for how many sentences the best translation is not the greedy one."""
    source, lengths = translator.encoded([digits for digits, _ in pairs[:SEARCHED]])
    (greedy,) = translator.call("greedy", ["words"], source=source, lengths=lengths)
    assert np.array_equal(greedy, searched(translator, source, lengths, 1)[0][:, 0])
    words, score = translator.call("beam", ["words", "score"], source=source, lengths=lengths)
    wanted, wanted_score = searched(translator, source, lengths, BEAMS)
    assert np.array_equal(words, wanted), np.argwhere((words != wanted).any(-1))
    assert np.abs(score - wanted_score).max() < TOLERANCE, np.abs(score - wanted_score).max()
    return (words[:, 0] != greedy).any(-1).sum()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        pairs = write(path("numbers"))
        for encoder in ("gru", "conv"):
            settings = [word for name, value in {**SIZES, "encoder": encoder}.items() for word in ("--set", f"{name}={value}")]
            module, early, late = path(f"{encoder}.agb"), path(f"{encoder}.early"), path(f"{encoder}.late")
            run("compile", MODEL, *settings, "-o", module)

            # Of a model that knows little, the best translation is often not the greedy one.
            run("train", module, "--data", path("numbers"), "--updates", 80, "--save", early)
            differing = check_search(Translator(module, early, folder), pairs)
            assert differing > 0

            run("train", module, "--data", path("numbers"), "--epochs", 3, "--resume", early, "--save", late)
            translator = Translator(module, late, folder)
            source, wanted = os.path.join(path("numbers"), "test.source.txt"), [words for _, words in pairs]
            exact = lambda lines: np.mean([line == words for line, words in zip(lines, wanted, strict=True)])
            greedy = exact(translator.translated("greedy", source))
            beam = exact(translator.translated("beam", source)[::BEAMS])
            print(f"{encoder}: {differing} of {SEARCHED} early translations differ; exact match greedy {greedy:.3f}, beam {beam:.3f}")
            assert greedy >= 0.95 and beam >= 0.95, (greedy, beam)


if __name__ == "__main__":
    main()
