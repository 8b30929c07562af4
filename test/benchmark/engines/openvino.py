"""OpenVINO, CPU, tuned for latency, float32; of the exported forms the fastest."""
import numpy as np

import models
from engines import fastest
from engines.onnx_files import as_exported, files


class load:
    def __init__(self, folder, name, mode, batch, threads):
        import openvino as ov
        self.ov, self.model, self.core, self.version = ov, models.MODELS[name], ov.Core(), ov.__version__.split("-")[0]
        self.settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
        given = self.convert(*models.batches(name, batch, 0, most=3)[0])
        paths = files(folder, name, batch)

        def attempt(form):
            self.open(paths[form])
            return lambda: self.step(given)
        self.form = fastest(paths, attempt, "OpenVINO")
        self.open(paths[self.form])

    def open(self, path):
        self.compiled = self.core.compile_model(path, "CPU", self.settings)
        self.request = self.compiled.create_infer_request()
        # States are in two buffers by turns, one that is read and one that is written, so that nothing is copied.
        carried = sorted(name for port in self.compiled.inputs for name in port.names if name.startswith("state"))
        self.buffers = [[(name, self.ov.Tensor(self.ov.Type.f32, self.compiled.input(name).shape)) for name in carried] for _ in range(2)]
        self.reset()

    def reset(self):
        self.turn = 0
        for _, tensor in self.buffers[0]:
            tensor.data[...] = 0

    def convert(self, inputs, labels):
        return {name: (self.ov.Tensor(value, shared_memory=True), value) for name, value in as_exported(self.model, inputs).items()}

    def step(self, batch):
        for name, (tensor, _) in batch.items():
            self.request.set_tensor(name, tensor)
        if self.buffers[0]:
            for (name, old), (_, new) in zip(self.buffers[self.turn], self.buffers[1 - self.turn]):
                self.request.set_tensor(name, old)
                self.request.set_tensor("next_" + name, new)
            self.turn = 1 - self.turn
        self.request.infer()
        return self.request.get_output_tensor(0)

    def output(self, result):
        return np.array(result.data)
