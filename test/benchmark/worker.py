"""One engine in a process of its own: reads a line of JSON, does it, answers with a line of JSON. See `run`.

    python worker.py export FOLDER MODEL BATCH...       weights, ONNX files, counts of work
    python worker.py ENGINE FOLDER MODE MODEL BATCH THREADS
    python worker.py compile ENGINE STEPS THREADS       how long a training step of lstm_lm takes to compile; see `compile_times`
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
CHECKED_CALLS = 3  # outputs that are compared where something is carried from call to call


def export(folder, name, batches):
    from engines import onnx_files
    module = models.build(name).eval()
    weights = models.weights(module)
    np.savez(os.path.join(folder, name + ".npz"), **weights)
    failures = {f"batch {batch}, {form}": why for batch in batches for form, why in onnx_files.export(folder, name, batch).items()}
    tables = {path: {"bytes": weights[path].nbytes, "row_bytes": weights[path][0].nbytes, "rows": rows} for path, rows in models.tables(name).items()}
    return {"gflop": models.gflop(name), "failures": failures, "tables": tables, "weight_bytes": sum(a.nbytes for a in weights.values())}


def serve(engine, folder, mode, name, batch, threads):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])  # before the engine makes its threads
    start = time.perf_counter()
    run = importlib.import_module("engines." + engine).load(folder, name, mode, batch, threads)
    run.reset()
    outputs, least = [], float("inf")
    for given in models.batches(name, batch, 0, most=CHECKED_STEPS)[:CHECKED_CALLS if mode == "infer" else CHECKED_STEPS]:
        one, begin = run.convert(*given), time.perf_counter()
        result = run.step(one)
        least = min(least, time.perf_counter() - begin)
        outputs.append(np.array(run.output(result)))
    path = os.path.join(folder, f"outputs-{engine}.npy")
    np.save(path, np.stack(outputs))
    yield {"version": run.version, "form": getattr(run, "form", ""), "prepare_s": time.perf_counter() - start, "outputs": path}
    for line in sys.stdin:
        request = json.loads(line)
        # Three calls at least: the first finds cold caches, two are counted. Not many more batches than a turn has time for.
        most = 3 + int(1.5 * request["seconds"] / least)
        given = [run.convert(*one) for one in models.batches(name, batch, request["turn"], most=most)]
        times, end = [], time.perf_counter() + request["seconds"]
        for i, one in enumerate(given):
            begin = time.perf_counter()
            run.step(one)
            now = time.perf_counter()
            if i:
                times.append(now - begin)
                least = min(least, times[-1])
            if now > end and len(times) >= 2:
                break
        yield {"times": times}


def main():
    # Engines print to standard output as they like; answers go where it led when the process began.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if sys.argv[1] == "export":
        replies = [export(sys.argv[2], sys.argv[3], [int(b) for b in sys.argv[4:]])]
    elif sys.argv[1] == "compile":
        import unrolling
        replies = [unrolling.measure(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))]
    else:
        engine, folder, mode, name, batch, threads = sys.argv[1:]
        replies = serve(engine, folder, mode, name, int(batch), int(threads))
    for reply in replies:
        print(json.dumps(reply), file=answers, flush=True)


main()
