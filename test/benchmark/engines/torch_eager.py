"""PyTorch, eager; with `compiled`, torch.compile. Of the two layouts of images the faster one is kept."""
import os
import time

import numpy as np


class load:
    compiled = False

    def __init__(self, folder, name, mode, batch, threads):
        import torch
        import models
        self.torch, self.version = torch, torch.__version__.split("+")[0]
        torch.set_num_threads(threads)
        if self.compiled:
            os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", os.path.join(folder, "inductor"))
            import torch._inductor.config as inductor
            inductor.freezing = mode == "infer"  # folds batch norm and packs weights
        candidates = []
        images, labels = (a[0] for a in models.batches(name, batch, 0, most=3))
        for layout in (torch.contiguous_format, torch.channels_last):
            self.prepare(models, name, mode, layout)
            given, best = self.convert(images, labels), float("inf")
            for i in range(5):
                start = time.perf_counter()
                self.step(given)
                best = min(best, time.perf_counter() - start if i else best)
            candidates.append((best, layout))
        self.prepare(models, name, mode, min(candidates, key=lambda c: c[0])[1])

    def prepare(self, models, name, mode, layout):
        """The module with its first weights in a layout."""
        torch = self.torch
        self.layout = layout
        net = models.build(name).train(mode == "train").to(memory_format=layout)
        if mode == "infer":
            self.net = torch.compile(net, dynamic=False) if self.compiled else net
            self.step = self.infer
            return
        training = models.MODELS[name].training
        decayed, plain = [], []
        for path, parameter in net.named_parameters():
            (decayed if training.decayed(models.argent_name(path)) else plain).append(parameter)
        optimizer = torch.optim.SGD([{"params": decayed, "weight_decay": training.decay}, {"params": plain}], lr=training.rate,
                                    momentum=training.momentum, nesterov=training.nesterov)
        loss_of = lambda x, y: torch.nn.functional.cross_entropy(net(x), y)
        loss_of = torch.compile(loss_of, dynamic=False) if self.compiled else loss_of

        def train(batch):
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(*batch)
            loss.backward()
            if training.clip_norm:
                torch.nn.utils.clip_grad_norm_(net.parameters(), training.clip_norm)
            optimizer.step()
            return loss
        self.step = train

    def infer(self, batch):
        with self.torch.inference_mode():
            return self.net(batch[0])

    def convert(self, images, labels):
        x = self.torch.from_numpy(np.ascontiguousarray(np.moveaxis(images, -1, 1))).contiguous(memory_format=self.layout)
        return x, self.torch.from_numpy(labels.astype(np.int64))

    def output(self, result):
        return result.detach().numpy()
