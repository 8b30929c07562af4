"""The ONNX files of a model, one for each batch and form: their names, how they are written, and inputs as they take them."""
import glob
import os

import numpy as np

import models


def path_of(folder, name, batch, form):
    return os.path.join(folder, "-".join([name, f"b{batch}", *form.split()]) + ".onnx")


def files(folder, name, batch):
    """Form -> file, of those that there are."""
    paths = {form: path_of(folder, name, batch, form) for form in models.MODELS[name].forms_of("onnx")}
    found = {form: path for form, path in paths.items() if os.path.exists(path)}
    if not found:
        raise RuntimeError("the net could not be exported to ONNX")
    return found


def export(folder, name, batch):
    """Writes the files; gives what went wrong with a form, by form. Inputs have the model's names, states are state0, state1, … and next_state0, …"""
    import torch
    failures = {}
    for form in models.MODELS[name].forms_of("onnx"):
        path, net = path_of(folder, name, batch, form), models.build(name).eval()
        for old in glob.glob(path):
            os.remove(old)
        if form:
            net.take(form)
        state = models.carried(net, batch)
        names = [key for key, one in models.MODELS[name].inputs.items() if not one.hidden]
        try:
            torch.onnx.export(net, (*models.example(name, batch), *state), path, dynamo=False, opset_version=17, autograd_inlining=False,
                              input_names=names + [f"state{i}" for i in range(len(state))],
                              output_names=["logits"] + [f"next_state{i}" for i in range(len(state))])
        except Exception as error:
            failures[form] = f"{type(error).__name__}: {error}"[:300]
            if os.path.exists(path):
                os.remove(path)
    return failures


def as_exported(model, inputs):
    """Channels before rows and columns; numbers are int64."""
    return {name: np.ascontiguousarray(value.astype(np.int64) if model.inputs[name].high else np.moveaxis(value, -1, -3)) for name, value in inputs.items()}
