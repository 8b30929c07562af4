"""The models of the measuring stick: what Argent compiles, and the same network in torch (`nets`). The torch modules carry the names of Argent's
parameters, so that one file of weights serves every engine.

Dropout is off in all engines (`rate=0.0`): each would draw its own masks, and what random numbers cost says little of the nets.
"""
from dataclasses import dataclass, field
from typing import Callable

import numpy as np

SEED = 1
IGNORED = -100  # a label that no loss counts, as PyTorch has it


@dataclass
class Training:
    """The train block in numbers: the optimizer as Argent's zoo file asks for it, at epoch 0."""
    batch: int
    rate: float
    optimizer: str = "sgd"           # sgd, adam, adadelta
    momentum: float = 0.0
    nesterov: bool = False
    rho: float = 0.95
    clip_norm: float = 0.0
    decay: float = 0.0
    decayed: Callable[[str], bool] = lambda path: True
    max_norm: dict = field(default_factory=dict)  # Argent's path of a [D, K] -> the largest norm of a column
    scale: float = 1.0               # of the loss, a mean over the labels that count

    @property
    def moments(self):
        return 2 if self.optimizer != "sgd" else 1 if self.momentum else 0


@dataclass
class Input:
    """An input or label of one row: images float32 in [-0.5, 0.5), numbers int32 in [low, high)."""
    shape: tuple = ()
    high: int = 0                    # 0: images
    low: int = 0
    until: str = ""                  # the lengths after which it is padding: 0 in an input, in a label what no loss counts
    hidden: bool = False             # lengths that no engine is given


@dataclass
class Model:
    source: str                      # relative to frontends/ag/zoo
    build: Callable                  # () -> torch.nn.Module
    inputs: dict                     # name -> Input, in the order of the torch module's arguments
    labels: dict                     # name -> Input, one
    outputs: int                     # numbers of a row's outputs
    training: Training | None
    settings: list = field(default_factory=list)  # --set NAME=VALUE
    batches: tuple = (1, 16)
    tolerance: float = 1e-4          # of the largest output, or of each of five losses; f32, another order of summation, some 50 layers deep
    forms: dict = field(default_factory=dict)     # torch_eager, torch_compile, onnx -> forms of the net, the fastest of which is measured

    def forms_of(self, engine):
        return self.forms.get(engine, [""])


def _nets(file, make):
    """A net of nets/FILE.py; torch is imported when it is built."""
    def build():
        import importlib
        return make(importlib.import_module("nets." + file))
    return build


def _kind(name):
    import torch.nn as nn
    return getattr(nn, name)


def _image(height, width, channels):
    return {"image": Input((height, width, channels))}


def _class(count):
    return {"label": Input((), count)}


def _language_model(source, build, settings=()):
    """Zaremba's medium model, 35 steps; batches are pieces of streams, whose states are carried."""
    text = lambda: Input((35,), 10000)
    return Model(source, build, {"tokens": text()}, {"next": text()}, 350000, Training(20, 1.0, clip_norm=5.0, scale=35.0), ["rate=0.0", *settings])


def _translator(after):
    """Sentences of 20 to 40 words. The rate is what the warm-up ends with."""
    encoder = ["reversed"] if not after else ["packed", "reversed"]
    sentence = lambda low, until: Input((40,), 30000, low, until)
    return Model("seq2seq.ag", _nets("sequences", lambda nets: nets.Translator(after)),
                 {"source": sentence(3, "lengths"), "lengths": Input((), 41, 20), "previous": sentence(1, "said"), "said": Input((), 41, 20, hidden=True)},
                 {"target": sentence(2, "said")}, 40 * 30000, Training(20, 5e-4, "adam", clip_norm=1.0),
                 ["warmup=1", "reset=after" if after else "reset=before"],
                 forms={"torch_eager": encoder, "torch_compile": ["reversed"],
                        "onnx": ["reversed", "lengths", "reversed loop", "lengths loop"]})


_resnet_training = Training(16, 0.1 / 5, momentum=0.9, nesterov=True, decay=1e-4, decayed=lambda path: not path.endswith((".scale", ".shift", ".bias")))

MODELS = {
    "lenet5": Model("lenet5.ag", _nets("images", lambda nets: nets.lenet5()), _image(28, 28, 1), _class(10), 10,
                    Training(64, 0.05, momentum=0.9, clip_norm=5.0)),
    "mlp": Model("mlp.ag", _nets("images", lambda nets: nets.mlp()), _image(28, 28, 1), _class(10), 10, Training(64, 0.1, momentum=0.9),
                 ["hidden=[512, 512]"], batches=(1, 16, 64)),
    "resnet18": Model("resnet50.ag", _nets("images", lambda nets: nets.resnet((2, 2, 2, 2), False)), _image(224, 224, 3), _class(1000), 1000,
                      _resnet_training, ["depth=18"], tolerance=1e-3),
    "resnet50": Model("resnet50.ag", _nets("images", lambda nets: nets.resnet((3, 4, 6, 3), True)), _image(224, 224, 3), _class(1000), 1000, None,
                      tolerance=1e-3),
    "lstm_lm": _language_model("lstm_lm.ag", _nets("sequences", lambda nets: nets.LanguageModel(_kind("LSTM")))),
    # Cho's GRU, a loop by hand in torch; and the one that torch has.
    "gru_lm": _language_model("gru_lm.ag", _nets("sequences", lambda nets: nets.GruLanguageModel())),
    "gru_lm_after": _language_model("gru_lm.ag", _nets("sequences", lambda nets: nets.LanguageModel(_kind("GRU"))), ["reset=after"]),
    # Sentences of 32 to 64 words.
    "bilstm_tagger": Model("bilstm_tagger.ag", _nets("sequences", lambda nets: nets.Tagger()),
                           {"tokens": Input((64,), 25000, 3, "lengths"), "lengths": Input((), 65, 32)}, {"tag": Input((64,), 17, until="lengths")}, 64 * 17,
                           Training(20, 1e-3, "adam", clip_norm=1.0), ["rate=0.0"],
                           forms={"torch_eager": ["packed", "reversed"], "torch_compile": ["reversed"], "onnx": ["reversed", "lengths"]}),
    "seq2seq": _translator(after=False),
    "seq2seq_after": _translator(after=True),
    "cnn_lstm": Model("cnn_lstm.ag", _nets("sequences", lambda nets: nets.Video()), {"frames": Input((16, 96, 96, 3)), "lengths": Input((), 17, 8)},
                      _class(101), 101, Training(20, 1e-4, "adam", clip_norm=10.0, decay=1e-4, decayed=lambda path: path.endswith((".weight", ".W", ".U"))),
                      ["rate=0.0"]),
    "textcnn": Model("textcnn.ag", _nets("sequences", lambda nets: nets.Sentences()), {"tokens": Input((56,), 20000)}, _class(2), 2,
                     Training(50, 1.0, "adadelta", max_norm={"logits.weight": 3.0}), ["variant=rand", "rate=0.0"]),
}


def build(name):
    """The torch module with the weights that all engines get: fan-in scaled, so that a wrong result shows in the output."""
    import torch
    import torch.nn as nn
    from nets.cells import freeze_second_biases
    torch.manual_seed(SEED)
    module = MODELS[name].build()
    for m in module.modules():
        if isinstance(m, (nn.Conv1d, nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
        if isinstance(m, nn.BatchNorm2d):
            nn.init.uniform_(m.weight, 0.5, 1.5)
            nn.init.uniform_(m.running_mean, -0.1, 0.1)
            nn.init.uniform_(m.running_var, 0.5, 1.5)
    module.clear_second_biases = freeze_second_biases(module)
    return module


def tables(name):
    """Argent's path of each embedding -> how many of its rows a row of the batch reads at most."""
    import torch.nn as nn
    steps = [int(np.prod(given.shape)) for given in MODELS[name].inputs.values() if given.high and given.shape]
    return {path + ".table": count for (path, _), count in
            zip(((p, m) for p, m in build(name).named_modules() if isinstance(m, nn.Embedding)), steps)}


def weights(module):
    """Argent's path -> float32 array in Argent's layout."""
    from nets.weights import argent_weights
    return argent_weights(module)


def gflop(name):
    """Multiply-adds times 2 of one row, forward, in 1e9, of convolutions, matrix products, cells and attention, from shapes; element-wise work is left out,
    padding is not. A training step counts as 3 times this, although no gradient of the image or the words is computed."""
    import torch
    import torch.nn as nn
    from nets.cells import Gru, GruCell
    from nets.sequences import Attention
    total = 0

    def count(m, given, out):
        nonlocal total
        if isinstance(m, (nn.Conv1d, nn.Conv2d)):
            total += out.numel() * m.weight[0].numel()
        elif isinstance(m, nn.Linear):
            total += out.numel() * m.in_features
        elif isinstance(m, Attention):
            total += given[1].numel() + given[2].numel()
        else:
            x = getattr(given[0], "data", given[0])  # of a packed sequence, too
            rows = x.numel() // x.shape[-1]
            total += rows * sum(p.numel() for p in m.parameters() if p.ndim == 2)
    module = build(name).eval()
    for m in module.modules():
        if isinstance(m, (nn.Conv1d, nn.Conv2d, nn.Linear, nn.LSTM, nn.GRU, nn.GRUCell, Gru, GruCell, Attention)):
            m.register_forward_hook(count)
    with torch.no_grad():
        module(*example(name, 1), *carried(module, 1))
    return 2e-9 * total


def carried(module, batch):
    """The first states that a net carries from call to call."""
    return module.first_states(batch) if hasattr(module, "first_states") else []


def to_torch(value, given):
    """An input as torch wants it: channels before rows and columns (strides as they are), numbers as int64."""
    import torch
    if given.high:
        return torch.from_numpy(value.astype(np.int64))
    return torch.from_numpy(value).movedim(-1, -3)


def example(name, batch):
    """Inputs of full length for torch, in order."""
    given = MODELS[name].inputs
    return [to_torch(np.full((batch, *one.shape), one.high - 1 if one.high else 0, np.int32 if one.high else np.float32), one).contiguous()
            for one in given.values() if not one.hidden]


def batches(name, batch, turn, most=20000, most_bytes=64 << 20):
    """The batches of one turn, (inputs, labels), each name -> array [N, ...] as Argent has it, padding of labels IGNORED; the same for every engine, none
    twice."""
    model = MODELS[name]
    given = {**model.inputs, **model.labels}
    size = 4 * batch * sum(int(np.prod(one.shape, dtype=np.int64)) for one in given.values())
    count = min(most, max(5, most_bytes // size))
    r = np.random.default_rng([SEED, turn])
    drawn = {}
    for key, one in sorted(given.items(), key=lambda item: bool(item[1].until)):  # lengths first
        shape = (count, batch, *one.shape)
        if not one.high:
            drawn[key] = r.random(shape, dtype=np.float32)
            drawn[key] -= 0.5
            continue
        drawn[key] = r.integers(one.low, one.high, shape, dtype=np.int32)
        if one.until:
            drawn[key][np.arange(one.shape[0]) >= drawn[one.until][..., None]] = IGNORED if key in model.labels else 0
    inputs = {key: drawn[key] for key, one in model.inputs.items() if not one.hidden}
    return [({key: value[i] for key, value in inputs.items()}, {key: drawn[key][i] for key in model.labels}) for i in range(count)]
