"""Metrics are those of the data set, whatever the batches: accuracy, perplexity, F1, extremes and metrics of a model's own with a nonlinear end, over
batches whose last one is short, against numpy in f64 over all rows at once. A mean of the batches' values would be another number, which is shown too.

Three ways to the same numbers: `argent eval`, the epoch of a training whose rate is 0, and the rows that --validation and --folds hold out.
"""
import json
import os
import tempfile

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np

from training import run, safetensors, shuffled, write_idx

TRAIN, TEST, SEED = 211, 103, 11
# An f32 sum of 50 products is off by some 1e-6 of its terms, and so are the totals of a batch; the differences of totals in a correlation are a tenth of them or
# less, and lose a digit.
TOLERANCE = 1e-5
TOLERANCES = {"correlation": 10 * TOLERANCE}
MODEL = """
model net(image: f32[N, 7, 7, 1] from image(mean=0.4, std=0.3)) -> (logits: f32[N, 4]) {
    param scale: f32[4] = uniform(low=0.5, high=1.5)
    logits = (image |> flatten |> dense(16, name="a") |> tanh |> dense(4, name="b")) * scale
}
train net(label: i32[N]) {
    each      = cross_entropy(logits, label)
    loss      = mean(each)
    optimizer = sgd(rate=0.0)
    found     = argmax(logits)
    metric accuracy    = mean(found == label)
    metric perplexity  = exp(mean(each))
    metric f1          = 2 * sum(f32(found == 1 and label == 1)) / (sum(f32(found == 1)) + sum(f32(label == 1)))
    metric rms         = sqrt(mean((logits - one_hot(label, 4)) ** 2))
    metric worst       = max(each)
    metric range       = max(logits) - min(logits)
    confidence         = max(softmax(logits), axis=-1)
    right              = f32(found == label)
    metric correlation = (mean(confidence * right) - mean(confidence) * mean(right))
        / sqrt((mean(confidence ** 2) - mean(confidence) ** 2) * (mean(right ** 2) - mean(right) ** 2))
    metric weighted    = log(1.0 + sum(each * confidence) / sum(confidence))
    metric size        = sqrt(sum(scale ** 2))
}
"""


def reference(p, images, labels):
    """Every metric over these rows at once."""
    x = jnp.asarray((images.reshape(len(images), -1) / 255.0 - 0.4) / 0.3)
    logits = (jnp.tanh(x @ p["a.weight"] + p["a.bias"]) @ p["b.weight"] + p["b.bias"]) * p["scale"]
    each = -jax.nn.log_softmax(logits)[jnp.arange(len(labels)), labels]
    found, truth = jnp.argmax(logits, 1), jnp.asarray(labels)
    hits = jnp.sum((found == 1) & (truth == 1))
    confidence, right = jax.nn.softmax(logits).max(1), (found == truth).astype(jnp.float64)
    return {name: float(value) for name, value in {
        "loss": each.mean(),
        "accuracy": right.mean(),
        "perplexity": jnp.exp(each.mean()),
        "f1": 2 * hits / (jnp.sum(found == 1) + jnp.sum(truth == 1)),
        "rms": jnp.sqrt(jnp.mean((logits - jax.nn.one_hot(truth, 4)) ** 2)),
        "worst": each.max(),
        "range": logits.max() - logits.min(),
        "correlation": jnp.corrcoef(confidence, right)[0, 1],
        "weighted": jnp.log1p(jnp.sum(each * confidence) / jnp.sum(confidence)),
        "size": jnp.sqrt(jnp.sum(p["scale"] ** 2)),
    }.items()}


def main():
    random = np.random.default_rng(6)
    data = {}
    for split, rows in (("train", TRAIN), ("t10k", TEST)):
        labels = random.choice(4, rows, p=[0.5, 0.25, 0.15, 0.1]).astype(np.uint8)
        data[split] = random.integers(0, 256, (rows, 7, 7)).astype(np.uint8), labels

    with tempfile.TemporaryDirectory() as folder:
        at = lambda name: os.path.join(folder, name)
        write_idx(folder, data)
        with open(at("net.ag"), "w") as file:
            file.write(MODEL)
        common = ["--data", folder, "--seed", SEED]
        for checked in (["--checked"], []):
            run("compile", at("net.ag"), "-o", at("net.agb"), *checked)
            run("train", at("net.agb"), *common, "--epochs", 0, "--save", at("w"))
            p = {name: value.astype(np.float64) for name, value in safetensors(at("w")).items()}
            worst = {}

            def compare(what, got, rows, split="train"):
                images, labels = data[split]
                wanted = reference(p, images[rows], labels[rows])
                assert list(got) == list(wanted), (list(got), list(wanted))
                for name, value in wanted.items():
                    error = abs(got[name] - value) / max(abs(value), 0.1)
                    assert error < TOLERANCES.get(name, TOLERANCE), f"{what}, {name}: {got[name]}, wanted {value}"
                    worst[name] = max(worst.get(name, 0), error)

            for batch in (1, 7, 64, TEST, 200):
                for split, name in (("t10k", "test"), ("train", "train")):
                    got = json.loads(run("eval", at("net.agb"), "--data", folder, "--split", name, "--weights", at("w"), "--batch", batch, "--json"))
                    assert got.pop("rows") == len(data[split][1])
                    compare(f"eval in batches of {batch}", got, slice(None), split)

            events = lambda name: [event for event in map(json.loads, open(at(name))) if event["event"] == "epoch"]
            everything = np.arange(TRAIN)
            run("train", at("net.agb"), *common, "--epochs", 1, "--batch", 50, "--log", at("log"))
            compare("training in batches of 50", events("log")[0]["train"], everything)
            compare("its test split", events("log")[0]["test"], slice(None), "t10k")

            order = np.array(shuffled(SEED, 2**32 - 1, TRAIN))  # of what is held out
            run("train", at("net.agb"), *common, "--epochs", 1, "--batch", 50, "--validation", 0.2, "--log", at("log"))
            held = np.sort(order[: round(0.2 * TRAIN)])
            compare("validation", events("log")[0]["validation"], held)
            compare("training beside it", events("log")[0]["train"], np.setdiff1d(everything, held))
            run("train", at("net.agb"), *common, "--epochs", 1, "--batch", 50, "--folds", 3, "--log", at("log"))
            folds = [np.sort(order[k * TRAIN // 3 : (k + 1) * TRAIN // 3]) for k in range(3)]
            for k, event in enumerate(events("log")):
                compare(f"fold {k + 1}", event["validation"], folds[k])
            last = json.loads(open(at("log")).read().splitlines()[-1])
            values = [reference(p, data["train"][0][rows], data["train"][1][rows]) for rows in folds]
            for name in values[0]:
                of = np.array([value[name] for value in values])
                tolerance = TOLERANCES.get(name, TOLERANCE)
                assert abs(last["mean"][name] - of.mean()) < tolerance * max(1, abs(of.mean())), name
                # A deviation is a difference: its error is that of the values.
                assert abs(last["deviation"][name] - of.std(ddof=1)) < tolerance * max(1, abs(of).max()), name
            print(f"{'checked' if checked else 'shipped'}: largest differences " + ", ".join(f"{name} {error:.1e}" for name, error in worst.items()))

        # What would be wrong: batches of 64, their values averaged.
        images, labels = data["t10k"]
        whole = reference(p, images, labels)
        parts = [reference(p, images[i : i + 64], labels[i : i + 64]) for i in (0, 64)]
        for name in ("accuracy", "perplexity", "f1", "rms", "worst", "range", "correlation", "weighted"):
            mean = sum(part[name] for part in parts) / 2
            print(f"{name}: {whole[name]:.6f} of the data set, {mean:.6f} as a mean of two batches")
            assert abs(mean - whole[name]) > 100 * TOLERANCE * abs(whole[name]), f"{name} does not tell the two apart"


main()
