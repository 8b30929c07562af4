"""ONNX Runtime, CPU, every graph optimization."""
import os

import numpy as np


class load:
    def __init__(self, folder, name, mode, batch, threads):
        import onnxruntime as ort
        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = ort.InferenceSession(os.path.join(folder, f"{name}-b{batch}.onnx"), options, providers=["CPUExecutionProvider"])
        self.version = ort.__version__

    def convert(self, images, labels):
        return {"image": np.ascontiguousarray(np.moveaxis(images, -1, 1))}

    def step(self, batch):
        return self.session.run(None, batch)[0]

    def output(self, result):
        return result
