"""The same bits on AVX2, on the host's own vectors and on AArch64: predict and ten training steps of small nets that hold every kind of kernel.

Sums are grouped by the shape alone and everything else is computed as written, so that the width of vectors, tiles and tails change nothing.
target_bits.py does the same for source files, such as those of the zoo.
"""
import os
import sys
import tempfile
import unittest

import target_bits

TRAIN = """train net(label: i32[N]) {{
    loss = mean(cross_entropy(logits, label))
    metric accuracy = mean(argmax(logits) == label)
    {0}
    batch = 8
}}
"""

NETS = {
    "dense": ("image: f32[N, 37]", "image |> dense(53) |> tanh |> dense(41) |> sigmoid |> dense(10)", "optimizer = sgd(rate=0.1, momentum=0.9)"),
    "convolution": ("image: f32[N, 13, 13, 3]",
                    "image |> conv2d(19, kernel=3) |> batch_norm |> relu |> max_pool2d(2) |> conv2d(33, kernel=3, padding=\"same\") |> relu |> "
                    "avg_pool2d(5) |> flatten |> dense(10)", "optimizer = adam(rate=0.01)\n    clip_norm = 1.0"),
    "strides": ("image: f32[N, 17, 15, 4]",
                "image |> conv2d(24, kernel=5, stride=2, padding=\"same\") |> silu |> conv2d(40, kernel=3, stride=2) |> gelu |> flatten |> dense(10)",
                "optimizer = rmsprop(rate=0.01)"),
    "normalisation": ("image: f32[N, 9, 70]", "image |> layer_norm |> dense(67) |> gelu |> softmax |> mean(axis=1) |> dense(10)",
                      "optimizer = adamw(rate=0.01)"),
    "order": ("image: f32[N, 37, 5]", "image |> dense(19) |> sort(axis=1) |> softsign |> flatten |> dense(53) |> sort(descending=true) |> dense(10)",
              "optimizer = sgd(rate=0.1)"),
    "sequence": ("image: f32[N, 29, 6]", "image |> conv1d(20, kernel=3, dilation=2) |> tanh |> dropout(0.3) |> max_pool1d(3) |> flatten |> dense(10)",
                 "optimizer = adagrad(rate=0.05)"),
}


class TargetBits(unittest.TestCase):
    def compare(self, target):
        if reason := target_bits.unavailable(target):
            self.skipTest(reason)
        for name, (argument, body, settings) in NETS.items():
            with self.subTest(net=name), tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, name + ".ag")
                with open(path, "w") as file:
                    file.write(f"model net({argument}) -> (logits: f32[N, 10]) {{\n    logits = {body}\n}}\n\n{TRAIN.format(settings)}")
                self.assertIsNone(target_bits.part(path, target, steps=10, rows=8))

    def test_host(self):
        self.compare("host")

    def test_aarch64(self):
        self.compare("aarch64-linux")


if __name__ == "__main__":
    unittest.main(verbosity=2)  # says why something was skipped
