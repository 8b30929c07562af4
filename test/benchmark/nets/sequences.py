"""Nets of sequences: language models, a tagger, a translator, video, sentences."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from nets.cells import Bidirectional, BidirectionalGru, Gru, GruCell, valid_steps
from nets.parts import conv_bn, named


class LanguageModel(nn.Module):
    """Zaremba et al. 2014, medium, of nn.LSTM or nn.GRU. The states [layers, N, units] are carried."""

    def __init__(self, kind, vocabulary=10000, units=650, layers=2):
        super().__init__()
        self.embedding_1, self.dense_1 = nn.Embedding(vocabulary, units), nn.Linear(units, vocabulary)
        self.rnn = kind(units, units, layers, batch_first=True)
        self.rnn.paths = [[f"{kind.__name__.lower()}_{i + 1}"] for i in range(layers)]

    def forward(self, tokens, *state):
        given = tuple(state) if isinstance(self.rnn, nn.LSTM) else state[0]
        y, last = self.rnn(self.embedding_1(tokens), given)
        return self.dense_1(y), *(last if isinstance(last, tuple) else (last,))

    def first_states(self, batch):
        zeros = lambda: torch.zeros(self.rnn.num_layers, batch, self.rnn.hidden_size)
        return [zeros() for _ in range(2 if isinstance(self.rnn, nn.LSTM) else 1)]


class GruLanguageModel(nn.Module):
    """The same of Cho's GRU; a state [N, units] for each layer."""

    def __init__(self, vocabulary=10000, units=650, layers=2):
        super().__init__()
        self.embedding_1, self.dense_1 = nn.Embedding(vocabulary, units), nn.Linear(units, vocabulary)
        self.layers = nn.ModuleList(Gru(units, units, f"gru_{i + 1}") for i in range(layers))

    def forward(self, tokens, *state):
        x, last = self.embedding_1(tokens), []
        for layer, h in zip(self.layers, state):
            x, h = layer(x, h)
            last.append(h)
        return self.dense_1(x), *last

    def first_states(self, batch):
        return [torch.zeros(batch, layer.units) for layer in self.layers]


class Tagger(nn.Module):
    def __init__(self, vocabulary=25000, features=100, units=128, layers=2, tags=17):
        super().__init__()
        self.embedding_1, self.dense_1 = nn.Embedding(vocabulary, features), nn.Linear(2 * units, tags)
        self.both = Bidirectional(nn.LSTM, features, units, layers, "bidirectional")

    def take(self, form):
        self.both.take(form)

    def forward(self, tokens, lengths):
        return self.dense_1(self.both(self.embedding_1(tokens), lengths))


class Attention(nn.Module):
    """Bahdanau et al. 2015. The keys do not depend on the step: the caller computes them once."""

    def __init__(self, query, memory, units):
        super().__init__()
        self.keys, self.query = nn.Linear(memory, units, bias=False), nn.Linear(query, units)
        self.v = nn.Parameter(torch.empty(units).uniform_(-0.1, 0.1))

    def forward(self, s, keys, memory, hidden):
        score = torch.tanh(keys + self.query(s)[:, None]) @ self.v
        weights = torch.softmax(score.masked_fill(hidden, -1e9), 1)
        return torch.bmm(weights[:, None], memory)[:, 0]


class Decoder(nn.Module):
    """With teacher forcing: what the words alone give, and the logits, are computed for all steps at once."""

    def __init__(self, vocabulary, features, units, memory, after):
        super().__init__()
        self.words, self.logits = nn.Embedding(vocabulary, features), nn.Linear(units + memory + features, vocabulary)
        self.attention = Attention(units, memory, units)
        if after:
            self.cell = nn.GRUCell(features + memory, units)
            self.cell.paths = [["step.cell"]]
        else:
            self.cell = GruCell(features + memory, units, "step.cell")

    def as_loop(self, *given):
        """forward as a loop in ONNX."""
        from nets import loops  # TorchScript, which warns when it is imported
        attention, cell = self.attention, self.cell
        decode, weights = (loops.decode_after, (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)) if isinstance(cell, nn.GRUCell) else \
            (loops.decode_before, (cell.W, cell.U, cell.Uh, cell.b))
        return decode(*given, attention.query.weight, attention.query.bias, attention.v, *weights)

    def forward(self, s, words, keys, memory, hidden):
        """States and contexts [N, T, ...] of the steps."""
        states, contexts = [], []
        for t in range(words.shape[1]):
            context = self.attention(s, keys, memory, hidden)
            s = self.cell(torch.cat([words[:, t], context], 1), s)
            states.append(s)
            contexts.append(context)
        return torch.stack(states, 1), torch.stack(contexts, 1)


class Translator(nn.Module):
    """seq2seq.ag with its recurrent encoder. Forms: that of the encoder, followed by " loop" if the decoder's steps are to be a loop in ONNX."""

    def __init__(self, after, vocabulary=30000, features=256, units=256):
        super().__init__()
        path = "encode.bidirectional"
        self.embed, self.first = nn.Embedding(vocabulary, features), nn.Linear(2 * units, units)
        self.encode = Bidirectional(nn.GRU, features, units, 1, path) if after else BidirectionalGru(features, units, path + "_1")
        self.step = Decoder(vocabulary, features, units, 2 * units, after)
        self.loop = False

    def take(self, form):
        encoder, *loop = form.split()
        self.encode.take(encoder)
        self.loop = bool(loop)

    def forward(self, source, lengths, previous):
        memory = self.encode(self.embed(source), lengths)
        s, words = torch.tanh(self.first(memory[:, 0])), self.step.words(previous)
        hidden = torch.arange(source.shape[1])[None] >= lengths[:, None]
        states, contexts = (self.step.as_loop if self.loop else self.step)(s, words, self.step.attention.keys(memory), memory, hidden)
        return self.step.logits(torch.cat([states, contexts, words], 2))


class Video(nn.Module):
    """cnn_lstm.ag. The layer goes over all steps; those past a row's length, after all others, are left out of the mean."""

    def __init__(self, features=(32, 64, 128, 256), units=256, classes=101):
        super().__init__()
        parts = []
        for i, (c, k) in enumerate(zip((3, *features), features)):
            parts += [(f"conv_bn_relu_{i + 1}", conv_bn(c, k, 3, 1, 1, relu=True)), nn.MaxPool2d(2)]
        self.frame_net_1 = named(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.rnn, self.dense_1 = nn.LSTM(features[-1], units, batch_first=True), nn.Linear(units, classes)
        self.rnn.paths = [["lstm_1"]]

    def forward(self, frames, lengths):
        n, t = frames.shape[:2]
        said, _ = self.rnn(self.frame_net_1(frames.flatten(0, 1)).reshape(n, t, -1))
        return self.dense_1((said * valid_steps(lengths, t)).sum(1) / lengths[:, None])


class Sentences(nn.Module):
    """Kim 2014, textcnn.ag with variant="rand"."""

    def __init__(self, vocabulary=20000, features=300, widths=(3, 4, 5), filters=100, classes=2):
        super().__init__()
        self.tuned, self.logits, self.widths = nn.Embedding(vocabulary, features), nn.Linear(len(widths) * filters, classes), widths
        for width in widths:
            setattr(self, f"width{width}", nn.Conv1d(features, filters, width))

    def forward(self, tokens):
        x = self.tuned(tokens).transpose(1, 2)
        return self.logits(torch.cat([F.relu(getattr(self, f"width{width}")(x)).amax(2) for width in self.widths], 1))
