"""Recurrent layers, in the ways that they can be written in torch and exported to ONNX.

Forms of a bidirectional layer with lengths:
    packed     what a user of torch writes: nn.LSTM or nn.GRU on a packed sequence. Its sizes change from batch to batch, so it is for eager only.
    reversed   a layer for each direction on all steps; the backward one reads each row from its own last step (ReverseSequence in ONNX).
    lengths    ONNX's own: an operator for both directions that is given the lengths. For export only.

`paths` of a recurrent module are the names of Argent's layers, for each layer one of each direction.
"""
import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def valid_steps(lengths, steps):
    """f32[N, T, 1]: 1 where a row has not ended."""
    return (torch.arange(steps)[None] < lengths[:, None]).float()[..., None]


class ReverseRows(torch.autograd.Function):
    """Each row's first `lengths` steps in reverse, the others where they are."""

    @staticmethod
    def symbolic(g, x, lengths):
        return g.op("ReverseSequence", x, g.op("Cast", lengths, to_i=7), batch_axis_i=0, time_axis_i=1).setType(x.type())

    @staticmethod
    def forward(ctx, x, lengths):
        return reverse_rows(x, lengths)


def reverse_rows(x, lengths):
    t = torch.arange(x.shape[1])[None]
    last = lengths[:, None] - 1
    at = torch.where(t <= last, last - t, t)
    return torch.gather(x, 1, at[..., None].expand(-1, -1, x.shape[2]))


class Gru(nn.Module):
    """Cho's GRU, whose reset gate acts before the product; torch has none. Weights as in std/rnn.ag: gates z, r, n."""

    def __init__(self, features, units, path):
        super().__init__()
        bound = units ** -0.5
        for name, shape in (("W", (features, 3 * units)), ("U", (units, 2 * units)), ("Uh", (units, units)), ("b", (3 * units,))):
            setattr(self, name, nn.Parameter(torch.empty(shape).uniform_(-bound, bound)))
        self.units, self.paths = units, [[path]]

    def forward(self, x, h):
        """All outputs and the last one. In an ONNX file it is the GRU operator."""
        if torch.onnx.is_in_onnx_export():
            return OnnxRecurrent.apply(x, None, h[None], *onnx_weights(self, 0, 1), "GRU", False, dict(linear_before_reset_i=0))[:2]
        outputs = []
        gates, news = torch.split(x @ self.W + self.b, [2 * self.units, self.units], 2)
        for gate, new in zip(gates.unbind(1), news.unbind(1)):
            h = gru_before(gate, new, h, self.U, self.Uh)
            outputs.append(h)
        return torch.stack(outputs, 1), h


def gru_before(gates, new, h, U, Uh):
    """A step; the products of the step's input are given."""
    z, r = torch.sigmoid(torch.addmm(gates, h, U)).chunk(2, 1)
    return torch.lerp(torch.tanh(torch.addmm(new, r * h, Uh)), h, z)


class GruCell(nn.Module):
    """A step of Gru by itself."""

    def __init__(self, features, units, path):
        super().__init__()
        cell = Gru(features, units, path)
        self.W, self.U, self.Uh, self.b, self.units, self.paths = cell.W, cell.U, cell.Uh, cell.b, units, cell.paths

    def forward(self, x, h):
        x = torch.addmm(self.b, x, self.W)
        return gru_before(x[:, :2 * self.units], x[:, 2 * self.units:], h, self.U, self.Uh)


def onnx_weights(module, layer, directions):
    """ONNX's W, R and B of a layer: LSTM's gates are i, o, f, c; GRU's z, r, h. Computed here, so that the file holds constants."""
    def of(suffix):
        if isinstance(module, Gru):
            return module.W.t(), torch.cat([module.U, module.Uh], 1).t(), torch.cat([module.b, torch.zeros_like(module.b)])
        order = (0, 3, 1, 2) if isinstance(module, nn.LSTM) else (1, 0, 2)
        given = [getattr(module, f"{kind}_l{layer}{suffix}") for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        w, r, bi, bh = [torch.cat([tensor.chunk(len(order))[i] for i in order]) for tensor in given]
        return w, r, torch.cat([bi, bh])
    parts = [of(suffix) for suffix in ("", "_reverse")[:directions]]
    return [torch.stack([part[i] for part in parts]).detach() for i in range(3)]


class OnnxRecurrent(torch.autograd.Function):
    """ONNX's LSTM or GRU on [N, T, D], with lengths or none: outputs [N, T, K * directions], last state. For export: what torch computes is of the right
    shape only."""

    @staticmethod
    def symbolic(g, x, lengths, h, w, r, b, kind, both, attributes):
        units, steps = r.type().sizes()[2], x.type().sizes()[1]
        given = [g.op("Transpose", x, perm_i=[1, 0, 2]), w, r, b]
        given += [_absent(g) if lengths is None else g.op("Cast", lengths, to_i=6)] + ([] if h is None else [h])
        y, last = g.op(kind, *given, hidden_size_i=units, direction_s="bidirectional" if both else "forward", outputs=2, **attributes)
        y = g.op("Transpose", y, perm_i=[2, 0, 1, 3])
        shape = g.op("Constant", value_t=torch.tensor([-1, steps, units * (2 if both else 1)]))
        last = g.op("Squeeze", last, g.op("Constant", value_t=torch.tensor([0]))) if not both else last
        return g.op("Reshape", y, shape), last

    @staticmethod
    def forward(ctx, x, lengths, h, w, r, b, kind, both, attributes):
        units = r.shape[2]
        return x.new_zeros(x.shape[0], x.shape[1], units * (2 if both else 1)), x.new_zeros(x.shape[0], units)


def _absent(g):
    """An optional input that is not given."""
    value = g.op("prim::Constant")
    value.setType(torch._C.OptionalType.ofTensor())
    return value


class Bidirectional(nn.Module):
    """nn.LSTM or nn.GRU in both directions, in one of the forms above. Steps past a row's length give zeros."""

    def __init__(self, kind, features, units, layers, path):
        super().__init__()
        self.rnn = kind(features, units, layers, batch_first=True, bidirectional=True)
        self.rnn.paths = [[f"{path}_{i + 1}.forward", f"{path}_{i + 1}.backward"] for i in range(layers)]
        self.take("packed")

    def take(self, form):
        self.form = form
        rnn = self.rnn
        if form != "reversed":
            return
        self.single = nn.ModuleList()
        for layer in range(rnn.num_layers):
            for suffix in ("", "_reverse"):
                one = type(rnn)(rnn.input_size if layer == 0 else 2 * rnn.hidden_size, rnn.hidden_size, batch_first=True)
                for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                    setattr(one, f"{kind}_l0", getattr(rnn, f"{kind}_l{layer}{suffix}"))  # the same parameters
                self.single.append(one)

    def forward(self, x, lengths):
        if self.form == "packed":
            packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            return pad_packed_sequence(self.rnn(packed)[0], batch_first=True, total_length=x.shape[1])[0]
        for layer in range(self.rnn.num_layers):
            if self.form == "lengths":
                kind, attributes = ("LSTM", {}) if isinstance(self.rnn, nn.LSTM) else ("GRU", dict(linear_before_reset_i=1))
                x = OnnxRecurrent.apply(x, lengths, None, *onnx_weights(self.rnn, layer, 2), kind, True, attributes)[0]
            else:
                ahead, back = self.single[2 * layer], self.single[2 * layer + 1]
                x = both_directions(lambda x: ahead(x)[0], lambda x: back(x)[0], x, lengths)
        return x


class BidirectionalGru(nn.Module):
    """Two of Gru."""

    def __init__(self, features, units, path):
        super().__init__()
        self.ahead, self.back = Gru(features, units, path + ".forward"), Gru(features, units, path + ".backward")
        self.form = "reversed"

    def take(self, form):
        self.form = form

    def forward(self, x, lengths):
        if self.form == "lengths":
            weights = [torch.cat(pair) for pair in zip(onnx_weights(self.ahead, 0, 1), onnx_weights(self.back, 0, 1))]
            return OnnxRecurrent.apply(x, lengths, None, *weights, "GRU", True, dict(linear_before_reset_i=0))[0]
        first = x.new_zeros(x.shape[0], self.ahead.units)
        return both_directions(lambda x: self.ahead(x, first)[0], lambda x: self.back(x, first)[0], x, lengths)


def both_directions(ahead, back, x, lengths):
    reverse = ReverseRows.apply if torch.onnx.is_in_onnx_export() else reverse_rows
    y = torch.cat([ahead(x), reverse(back(reverse(x, lengths)), lengths)], 2)
    return y * valid_steps(lengths, x.shape[1])


def freeze_second_biases(net):
    """torch's cells have two biases whose sum counts, Argent's one; the second begins at zero and stays there, so that the sum moves as the one does. Of
    nn.GRU's second bias the part of n is its own: gives the function that clears the rest of its gradient, to be called before the optimizer."""
    mixed = []
    for module in net.modules():
        if not isinstance(module, (nn.LSTM, nn.GRU, nn.GRUCell)):
            continue
        for name, parameter in module.named_parameters():
            if name.startswith("bias_hh"):
                gru = not isinstance(module, nn.LSTM)
                frozen = parameter.shape[0] // 3 * 2 if gru else parameter.shape[0]
                with torch.no_grad():
                    parameter[:frozen] = 0
                if gru:
                    mixed.append((parameter, frozen))
                else:
                    parameter.requires_grad_(False)

    def clear():
        for parameter, frozen in mixed:
            parameter.grad[:frozen] = 0
    return clear
