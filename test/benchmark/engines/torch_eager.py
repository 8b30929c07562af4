"""PyTorch, eager; with `compiled`, torch.compile. Of the layouts of images and of the forms of the net the fastest are kept."""
import itertools
import os

import numpy as np

import models
from engines import fastest


class load:
    compiled = False

    def __init__(self, folder, name, mode, batch, threads):
        import torch
        self.torch, self.version = torch, torch.__version__.split("+")[0]
        torch.set_num_threads(threads)
        if self.compiled:
            os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", os.path.join(folder, "inductor"))
            import torch._inductor.config as inductor
            inductor.freezing = mode == "infer"  # folds batch norm and packs weights
        self.model, self.name, self.mode, self.batch = models.MODELS[name], name, mode, batch
        layouts = [torch.contiguous_format]
        if any(not one.high for one in self.model.inputs.values()):
            layouts.append(torch.channels_last)
        forms = self.model.forms_of("torch_compile" if self.compiled else "torch_eager")
        given = models.batches(name, batch, 0, most=3)[0]

        def attempt(candidate):
            self.prepare(*candidate)
            one = self.convert(*given)
            return lambda: self.step(one)
        chosen = fastest(itertools.product(layouts, forms), attempt, name)
        self.form = " ".join([str(chosen[0]).removeprefix("torch.")] * (len(layouts) > 1) + [chosen[1]] * (len(forms) > 1))
        self.prepare(*chosen)

    def prepare(self, layout, form):
        """The net with its first weights in a layout and a form."""
        torch, training = self.torch, self.model.training
        self.layout = layout
        net = models.build(self.name).train(self.mode == "train").to(memory_format=layout)
        if form:
            net.take(form)
        self.net = net
        self.reset()
        if self.mode == "infer":
            self.call = torch.compile(net, dynamic=False) if self.compiled else net
            self.step = self.infer
            return
        optimizer, limited = self.optimizer(net, training), self.limited(net, training)
        trained = [parameter for parameter in net.parameters() if parameter.requires_grad]

        def loss_of(inputs, label):
            logits, state = self.split(net(*inputs))
            return training.scale * torch.nn.functional.cross_entropy(logits.flatten(0, -2), label.flatten(), ignore_index=models.IGNORED), state
        loss_of = torch.compile(loss_of, dynamic=False) if self.compiled else loss_of

        def train(batch):
            optimizer.zero_grad(set_to_none=True)
            loss, state = loss_of(batch[0] + self.state, batch[1])
            loss.backward()
            self.state = [value.detach() for value in state]
            net.clear_second_biases()
            if training.clip_norm:
                torch.nn.utils.clip_grad_norm_(trained, training.clip_norm)
            optimizer.step()
            for parameter, most in limited:
                with torch.no_grad():
                    parameter.copy_(torch.renorm(parameter, 2, 0, most))
            return loss
        self.step = train

    def optimizer(self, net, training):
        from nets.weights import argent_name
        optim, decayed, plain = self.torch.optim, [], []
        for path, parameter in net.named_parameters():
            if parameter.requires_grad:
                (decayed if training.decayed(argent_name(path)) else plain).append(parameter)
        groups = [{"params": decayed, "weight_decay": training.decay}, {"params": plain}]
        if training.optimizer == "adam":
            return optim.Adam(groups, lr=training.rate, fused=True)
        if training.optimizer == "adadelta":
            return optim.Adadelta(groups, lr=training.rate, rho=training.rho, eps=1e-6)
        return optim.SGD(groups, lr=training.rate, momentum=training.momentum, nesterov=training.nesterov, fused=True)

    def limited(self, net, training):
        from nets.weights import argent_name
        return [(parameter, training.max_norm[argent_name(path)]) for path, parameter in net.named_parameters() if argent_name(path) in training.max_norm]

    def split(self, result):
        """Logits and new states."""
        return (result[0], list(result[1:])) if isinstance(result, tuple) else (result, [])

    def infer(self, batch):
        with self.torch.inference_mode():
            logits, self.state = self.split(self.call(*batch[0], *self.state))
            return logits

    def reset(self):
        self.state = models.carried(self.net, self.batch)

    def convert(self, inputs, labels):
        given = []
        for name, value in inputs.items():
            x = models.to_torch(value, self.model.inputs[name])
            given.append(x.contiguous() if self.layout == self.torch.contiguous_format else x)
        return given, self.torch.from_numpy(next(iter(labels.values())).astype(np.int64))

    def output(self, result):
        return result.detach().numpy()
