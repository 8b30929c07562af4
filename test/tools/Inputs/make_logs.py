"""Logs as `argent train --log` writes them, into the folder of the first argument."""
import json
import os
import sys

folder = sys.argv[1]
line = lambda **values: json.dumps(values) + "\n"
start = lambda update=0, **more: line(event="start", model="m", update=update, **more)
step = lambda update: line(event="step", epoch=0, update=update, loss=2.0 - 0.001 * update, gradient_norm=1.0)


def epoch(update, split="test"):
    values = {"loss": 2.0 - 0.001 * update, "accuracy": 0.0004 * update}
    return line(event="epoch", epoch=0, update=update, train={**values, "accuracy": 0.3}, **{split: {**values, "loss": values["loss"] + 0.3}})


def steps(first, last):
    return "".join(step(u) + (epoch(u) if u % 100 == 0 else "") for u in range(first, last + 1))


def write(name, text):
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)


write("run.jsonl", start() + steps(1, 1000) + line(event="end", reason="done", update=1000))
# Killed in step 700, gone on from 650; back from 800 to 600, where values were not finite; the last line is cut off.
write("resumed.jsonl", start() + steps(1, 700) + start(650) + steps(651, 800) +
      line(event="step", epoch=0, update=801, loss=None, gradient_norm=None) +
      line(event="restore", update=801, to_update=600, rate_scale=0.5) + steps(601, 1000) + '{"event":"st')
write("folds.jsonl", "".join(start(held_out=f"fold {fold} of 3") + "".join(step(u) for u in range(1, 301)) + epoch(300, "validation")
                             for fold in (1, 2, 3)) + line(event="folds", mean={}, deviation={}))
write("other.jsonl", start() + "epoch 1 of 10\n" + steps(1, 2))
write("empty.jsonl", start())
