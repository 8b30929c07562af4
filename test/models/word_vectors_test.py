"""Tables that begin with word vectors: the zoo's textcnn in its four variants, from files of every form, beside what numpy says the rows are."""
import gzip
import json
import os
import subprocess
import tempfile

import numpy as np

from training import ARGENT, SOURCE, run, safetensors

V, D, T = 30, 6, 8
TEXTCNN = os.path.join(SOURCE, "frontends/ag/zoo/textcnn.ag")
SETTINGS = ["--set", f"V={V}", "--set", f"D={D}", "--set", f"T={T}", "--set", "features=4"]
WORDS = "the film is good bad größe dull fine not very don't a".split()


def write_data(path):
    """Sentences whose class is the word at their end."""
    rng = np.random.default_rng(3)
    with open(path, "w") as file:
        for row in range(120):
            words = list(rng.choice(WORDS, rng.integers(3, T))) + [("good", "bad")[row % 2]]
            file.write(("positive", "negative")[row % 2] + " " + " ".join(words) + "\n")


def write_vectors(folder):
    """The same vectors in every form: words that the data has, `</s>`, and others. One stands twice, and the first counts."""
    rng = np.random.default_rng(4)
    words = ["</s>", "the", "unheard-of", "good", "größe", "don't", "New York", "good"]
    vectors = rng.standard_normal((len(words), D)).astype(np.float32)
    lines = [word + " " + " ".join(f"{float(x):.9g}" for x in row) + "\n" for word, row in zip(words, vectors)]
    text = "".join(lines).encode()
    header = f"{len(words)} {D}\n".encode()
    binary = [word.replace(" ", "_").encode() + b" " + row.tobytes() for word, row in zip(words, vectors)]
    forms = {"glove.txt": text, "word2vec.txt": header + text, "word2vec.bin": header + b"".join(b + b"\n" for b in binary),
             "gensim.bin": header + b"".join(binary)}
    paths = []
    for name, data in forms.items():
        paths += [os.path.join(folder, name), os.path.join(folder, name + ".gz")]
        with open(paths[-2], "wb") as file:
            file.write(data)
        with gzip.open(paths[-1], "wb") as file:
            file.write(data)
    return paths, {word: vectors[words.index(word)] for word in words}


def vocabulary(checkpoint, name="tokens"):
    with open(checkpoint, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return header["__metadata__"]["vocabulary/" + name].split("\n")


def train(folder, *arguments, data="data.txt", directory=None):
    """Trains and returns the checkpoint's tensors and what was said."""
    save = os.path.join(folder, "last")
    result = subprocess.run([ARGENT, "train", *map(str, arguments), "--data", os.path.join(folder, data), "--save", save], capture_output=True, text=True,
                            cwd=directory)
    assert result.returncode == 0, f"{arguments}: {result.returncode}\n{result.stdout}{result.stderr}"
    return safetensors(save), result.stderr


def fails(*arguments):
    result = subprocess.run([ARGENT, *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == 1, f"argent {arguments}: {result.returncode}\n{result.stdout}{result.stderr}"
    return result.stderr


def check_rows(table, drawn, words, vectors):
    """The rows of known words are the file's, `</s>` is number 2, and the others are drawn. Returns how many words are known."""
    wanted = drawn.copy()
    wanted[2] = vectors["</s>"]
    for row, word in enumerate(words, 4):
        if word in vectors:
            wanted[row] = vectors[word]
    np.testing.assert_array_equal(table, wanted)
    return sum(word in vectors for word in words)


def check_forms(folder, paths, vectors):
    at = lambda name: os.path.join(folder, name)
    # The same table, drawn without a file: `missing` draws by the table's path and the seed.
    drawn = train(folder, TEXTCNN, *SETTINGS, "--set", "variant=rand", "--epochs", 0)[0]["tuned.table"]
    assert np.abs(drawn).max() <= 0.25 and abs(drawn.std() - 0.5 / 12 ** 0.5) < 0.02
    words = vocabulary(at("last"))
    assert set(words) == set(WORDS) and len(words) == len(WORDS)
    for path in paths:
        first, said = train(folder, TEXTCNN, *SETTINGS, "--set", f"file={path}", "--epochs", 0, "--log", at("log"))
        found = check_rows(first["tuned.table"], drawn, words, vectors)
        assert f"argent: tuned.table begins with the vectors of {found} of the {len(words)} words of `tokens` from {path}\n" in said, said
        with open(at("log")) as file:
            entries = [json.loads(line) for line in file]
        assert entries[1] == {"event": "word_vectors", "parameter": "tuned.table", "file": path, "vocabulary": "tokens", "words": len(words),
                              "found": found}, entries
    # Another seed draws others, and has the same vectors.
    again, _ = train(folder, TEXTCNN, *SETTINGS, "--set", f"file={paths[0]}", "--epochs", 0, "--seed", 2)
    other = train(folder, TEXTCNN, *SETTINGS, "--set", "variant=rand", "--epochs", 0, "--seed", 2)[0]["tuned.table"]
    check_rows(again["tuned.table"], other, words, vectors)
    assert (other != drawn).any()
    # The words may be known to the module already, and a relative path begins where the training runs.
    run("compile", TEXTCNN, *SETTINGS, "--set", "file=glove.txt", "--data", at("data.txt"), "-o", at("wordy.agb"))
    first, _ = train(folder, at("wordy.agb"), "--epochs", 0, directory=folder)
    check_rows(first["tuned.table"], drawn, words, vectors)
    assert 'word_vectors("glove.txt", tokens, missing=uniform(-0.25, 0.25))' in run("inspect", at("wordy.agb"), "--parameters")
    print("eight files have the same rows", flush=True)


def check_variants(folder, path, vectors):
    at = lambda name: os.path.join(folder, name)
    for variant, tables in (("rand", ["tuned"]), ("static", ["fixed"]), ("non-static", ["tuned"]), ("multichannel", ["fixed", "tuned"])):
        module = at(f"{variant}.agb")
        run("compile", TEXTCNN, *SETTINGS, "--set", f"file={path}", "--set", f"variant={variant}", "-o", module)
        first, _ = train(folder, module, "--epochs", 0)
        last, _ = train(folder, module, "--epochs", 3)
        again, _ = train(folder, module, "--epochs", 3, "--threads", 1)
        assert all((again[name] == value).all() for name, value in last.items()), "two runs"
        assert sorted(name.split(".")[0] for name in last if name.endswith(".table") and name[0] != "@") == tables
        words = vocabulary(at("last"))
        for table in tables:
            begin, end = first[table + ".table"], last[table + ".table"]
            # `fixed` stays; `tuned` moves where its words stand in the data.
            if table == "fixed":
                np.testing.assert_array_equal(begin, end)
            else:
                assert (begin != end).any(1)[4 : 4 + len(words)].all()
            known = [row for row, word in enumerate(words, 4) if word in vectors and variant != "rand"]
            for row in range(V):
                if row in known:
                    np.testing.assert_array_equal(begin[row], vectors[words[row - 4]])
                elif row != 2 or variant == "rand":
                    assert np.abs(begin[row]).max() <= 0.25, (variant, row)
        # What was trained needs no file: prediction, evaluation, and training that goes on.
        os.rename(path, path + ".away")
        wanted = run("eval", module, "--data", at("data.txt"), "--weights", at("last"))
        assert "accuracy" in wanted
        assert "logits: " in run("run", module, "--weights", at("last"), "--input", "tokens=a good film")
        run("train", module, "--data", at("data.txt"), "--epochs", 1, "--weights", at("last"))
        run("train", module, "--data", at("data.txt"), "--epochs", 5, "--resume", at("last"), "--save", at("resumed"))
        os.rename(path + ".away", path)
        run("train", module, "--data", at("data.txt"), "--epochs", 5, "--save", at("whole"))
        assert open(at("whole"), "rb").read() == open(at("resumed"), "rb").read(), variant
        print(f"{variant}: begins, trains and resumes", flush=True)
    folds = run("train", module, "--data", at("data.txt"), "--epochs", 1, "--folds", 3)
    assert "deviation" in folds


def check_shared(folder, path, vectors):
    """Two tables of a vocabulary, of which one has rows for the most frequent words only: each is told its own count."""
    at = lambda name: os.path.join(folder, name)
    few = 4 + 5
    with open(at("shared.ag"), "w") as file:
        file.write(f"""
model shared(a: i32[N, {T}] from words(vocabulary={V}, length={T}, side="source"), b: i32[N, {T}] from words(vocabulary={few}, length={T}, side="source"))
        -> (logits: f32[N, 2]) {{
    many = a |> embedding({V}, {D}, table_init=word_vectors("{path}", a, zeros()), name="many")
    few = b |> embedding({few}, {D}, table_init=word_vectors("{path}", b, zeros()), name="few")
    logits = sum(many + few, axis=1) |> dense(2)
}}
train shared(label: i32[N] from classes("negative", "positive")) {{
    loss = mean(cross_entropy(logits, label))
    optimizer = sgd(rate=0.5)
}}
""")
    first, said = train(folder, at("shared.ag"), "--epochs", 0, "--log", at("log"))
    words = vocabulary(at("last"), "source")
    with open(at("log")) as file:
        logged = {entry["parameter"]: entry for entry in map(json.loads, file) if entry["event"] == "word_vectors"}
    for table, rows in (("many.table", words), ("few.table", words[: few - 4])):
        found = check_rows(first[table], np.zeros_like(first[table]), rows, vectors)
        assert f"argent: {table} begins with the vectors of {found} of the {len(rows)} words of `source` from {path}\n" in said, said
        assert (logged[table]["words"], logged[table]["found"]) == (len(rows), found), logged
    print("tables of different size", flush=True)


def check_errors(folder):
    at = lambda name: os.path.join(folder, name)
    begin = lambda file, *more: fails("train", TEXTCNN, *SETTINGS, "--set", f"file={file}", "--data", at("data.txt"), *more)
    place = f"argent: error: word vectors of `tuned.table` (textcnn.ag:"
    for name, data, message in (("wide.txt", "the" + " 1" * (D + 1) + "\n", f"wide.txt:1: after the word \"the\" stand {D + 1} numbers, and vectors of {D} are wanted"),
                                ("header.txt", f"7 {D + 2}\n", f"header.txt:1: the file has vectors of {D + 2} numbers, and vectors of {D} are wanted"),
                                ("number.txt", "the" + " 1" * D + "\na" + " 1" * (D - 1) + " x\n", f"number.txt:2: number {D} of \"a\" is \"x\", no finite number"),
                                ("empty.txt", "", "empty.txt: the file is empty")):
        with open(at(name), "w") as file:
            file.write(data)
        said = begin(at(name))
        assert said.startswith(place) and message in said, said
    assert "cannot read" in begin(folder) and "Is a directory" in begin(folder)
    missing = begin("none.txt")
    assert "cannot open none.txt: No such file or directory (a relative path begins at the current directory)" in missing, missing
    if os.geteuid():
        os.chmod(at("wide.txt"), 0)
        assert "Permission denied" in begin(at("wide.txt"))
    # Numbers instead of words.
    np.savez(at("numbers.npz"), tokens=np.zeros((100, T), np.int32), label=np.zeros(100, np.int32))
    said = fails("train", TEXTCNN, *SETTINGS, "--set", f"file={at('glove.txt')}", "--data", at("numbers.npz"))
    assert "it is not known which word has which number" in said, said
    # None of the words is a warning: letters may differ in case.
    with open(at("others.txt"), "w") as file:
        file.write("GOOD" + " 1" * D + "\n")
    _, said = train(folder, TEXTCNN, *SETTINGS, "--set", f"file={at('others.txt')}", "--epochs", 0)
    assert "argent: warning: tuned.table begins with the vectors of 0 of the" in said, said
    print("errors", flush=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        write_data(os.path.join(folder, "data.txt"))
        paths, vectors = write_vectors(folder)
        check_forms(folder, paths, vectors)
        check_variants(folder, os.path.join(folder, "word2vec.bin"), vectors)
        check_shared(folder, os.path.join(folder, "glove.txt"), vectors)
        check_errors(folder)


main()
