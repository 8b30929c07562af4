"""ONNX Runtime, CPU, every graph optimization; of the exported forms the fastest."""
import numpy as np

import models
from engines import fastest
from engines.onnx_files import as_exported, files


class load:
    def __init__(self, folder, name, mode, batch, threads):
        import onnxruntime as ort
        self.ort, self.model, self.version = ort, models.MODELS[name], ort.__version__
        self.options = ort.SessionOptions()
        self.options.intra_op_num_threads, self.options.inter_op_num_threads = threads, 1
        self.options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        given = self.convert(*models.batches(name, batch, 0, most=3)[0])
        paths = files(folder, name, batch)

        def attempt(form):
            self.open(paths[form])
            return lambda: self.step(given)
        self.form = fastest(paths, attempt, "ONNX Runtime")
        self.open(paths[self.form])

    def open(self, path):
        self.session = self.ort.InferenceSession(path, self.options, providers=["CPUExecutionProvider"])
        self.carried = [port for port in self.session.get_inputs() if port.name.startswith("state")]
        self.reset()

    def reset(self):
        self.state = {port.name: np.zeros(port.shape, np.float32) for port in self.carried}

    def convert(self, inputs, labels):
        return as_exported(self.model, inputs)

    def step(self, batch):
        logits, *state = self.session.run(None, {**batch, **self.state})
        self.state = dict(zip(self.state, state))
        return logits

    def output(self, result):
        return result
