"""Results: the file that parts of a measurement are collected in, and the table in Markdown."""
import json
import os

ENGINES = {"argent": "Argent", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "torch_eager": "PyTorch", "torch_compile": "PyTorch compiled",
           "jax_jit": "JAX"}
INFERENCE_ONLY = {"onnxruntime", "openvino"}


def cell_of(row):
    """What is measured in one go: rows of one cell replace those that a file has of it."""
    return row["model"], row["mode"], row["batch"], row["threads"]


def merged(old, new):
    """The results `old` with what was measured anew."""
    result = dict(new, limits={**old["limits"], **new["limits"]})
    fresh = {cell_of(row) for row in new["rows"] + new["failures"] + new["absent"]}
    for key in ("rows", "failures", "absent"):
        result[key] = [row for row in old.get(key, []) if "threads" in row and cell_of(row) not in fresh] + new[key]
    return result


def save(path, results):
    if os.path.exists(path):
        with open(path) as f:
            results = merged(json.load(f), results)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w") as f:
        json.dump(results, f, indent=1)
        f.write("\n")
    os.replace(path + ".new", path)


def milliseconds(value):
    return f"{value:.4f}" if value < 1 else f"{value:.3f}" if value < 10 else f"{value:.1f}"


def table(results, engines=tuple(ENGINES)):
    """A line for each model, mode and batch, in the order of the file."""
    rows, failures, absent = results["rows"], results["failures"], results.get("absent", [])
    names = [ENGINES[e] for e in engines]
    lines = ["| model | " + " | ".join(names) + " | Argent beside the best peer |", "|---" * (len(names) + 2) + "|"]
    every = rows + failures + absent
    for key in dict.fromkeys(cell_of(r) for r in every if r["mode"] != "prepare"):
        row = {r["engine"]: r for r in rows if cell_of(r) == key}
        said = {f["engine"]: "failed" for f in failures if cell_of(f) == key} | {a["engine"]: a["why"] for a in absent if cell_of(a) == key}
        peers = {e: r for e, r in row.items() if e != "Argent"}
        best = min(peers, key=lambda e: peers[e]["median_ms"]) if peers else None
        cells = []
        for name in names:
            r = row.get(name)
            text = f"{milliseconds(r['median_ms'])} ({100 * r['roofline_share']:.0f}%)" if r else said.get(name, "")
            cells.append(f"**{text}**" if name == best else text)
        ratio = f"{peers[best]['median_ms'] / row['Argent']['median_ms']:.2f}x ({best})" if best and "Argent" in row else ""
        lines.append(f"| {key[0]} {'inference' if key[1] == 'infer' else 'training'}, batch {key[2]} | " + " | ".join(cells) + f" | {ratio} |")
    return "\n".join(lines)


def text(results, engines=tuple(ENGINES)):
    """The table with what belongs to it."""
    threads = sorted({r["threads"] for r in results["rows"]})
    if not threads:
        return "\n\n".join(["Nothing was measured.", *_failed(results)])
    head = f"Medians in ms (share of the roofline); {', '.join(map(str, threads))} threads, {results['cpu']}, {results['date']}. Bold: the best peer."
    versions = sorted({f"{r['engine']} {r['version']}" for r in results["rows"]})
    return "\n\n".join([head, table(results, engines), ", ".join(versions), *_failed(results)])


def _failed(results):
    return [f"failed: {f['engine']} {f['model']} {f['mode']} batch {f['batch']}: {f['why']}" for f in results["failures"]]
