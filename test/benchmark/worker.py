"""One engine in a process of its own: reads a line of JSON, does it, answers with a line of JSON. See `run`.

    python worker.py export FOLDER MODEL BATCH...       weights, ONNX files, GFLOP count
    python worker.py ENGINE FOLDER MODE MODEL BATCH THREADS
"""
import importlib
import json
import os
import sys
import time

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import models  # noqa: E402

CHECKED_STEPS = 5  # losses that are compared


def export(folder, name, batches):
    import torch
    module = models.build(name).eval()
    np.savez(os.path.join(folder, name + ".npz"), **models.weights(module))
    h, w, c = models.MODELS[name].image
    for batch in batches:
        torch.onnx.export(module, (torch.zeros(batch, c, h, w),), os.path.join(folder, f"{name}-b{batch}.onnx"), input_names=["image"],
                          output_names=["logits"], dynamo=False, opset_version=17)
    return {"gflop": models.gflop(name)}


def serve(engine, folder, mode, name, batch, threads):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])  # before the engine makes its threads
    start = time.perf_counter()
    run = importlib.import_module("engines." + engine).load(folder, name, mode, batch, threads)
    images, labels = models.batches(name, batch, 0, most=CHECKED_STEPS)
    outputs = [run.output(run.step(run.convert(*given))).tolist() for given in list(zip(images, labels))[:1 if mode == "infer" else CHECKED_STEPS]]
    yield {"version": run.version, "prepare_s": time.perf_counter() - start, "outputs": outputs}
    for line in sys.stdin:
        request = json.loads(line)
        given = [run.convert(*one) for one in zip(*models.batches(name, batch, request["turn"]))]
        times, end = [], time.perf_counter() + request["seconds"]
        for i, one in enumerate(given):
            begin = time.perf_counter()
            run.step(one)
            now = time.perf_counter()
            if i:  # the first finds cold caches
                times.append(now - begin)
            if now > end and len(times) >= 2:
                break
        yield {"times": times}


def main():
    # Engines print to standard output as they like; answers go where it led when the process began.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if sys.argv[1] == "export":
        replies = [export(sys.argv[2], sys.argv[3], [int(b) for b in sys.argv[4:]])]
    else:
        engine, folder, mode, name, batch, threads = sys.argv[1:]
        replies = serve(engine, folder, mode, name, int(batch), int(threads))
    for reply in replies:
        print(json.dumps(reply), file=answers, flush=True)


main()
