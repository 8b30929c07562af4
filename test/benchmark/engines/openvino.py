"""OpenVINO, CPU, tuned for latency, float32."""
import os

import numpy as np


class load:
    def __init__(self, folder, name, mode, batch, threads):
        import openvino as ov
        self.compiled = ov.Core().compile_model(os.path.join(folder, f"{name}-b{batch}.onnx"), "CPU", {
            "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
        self.request, self.tensor = self.compiled.create_infer_request(), ov.Tensor
        self.version = ov.__version__.split("-")[0]

    def convert(self, images, labels):
        x = np.ascontiguousarray(np.moveaxis(images, -1, 1))
        return self.tensor(x, shared_memory=True), x

    def step(self, batch):
        self.request.set_input_tensor(batch[0])
        self.request.infer()
        return self.request.get_output_tensor(0)

    def output(self, result):
        return np.array(result.data)
