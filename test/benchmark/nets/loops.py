"""The decoder's steps as TorchScript functions, which an ONNX file holds as a Loop instead of all steps one after another. They compute what sequences.Decoder
does."""
import torch


@torch.jit.script
def attend(s, keys, memory, hidden, query, query_bias, v):
    score = torch.tanh(keys + torch.addmm(query_bias, s, query.t())[:, None]) @ v
    return torch.bmm(torch.softmax(score.masked_fill(hidden, -1e9), 1)[:, None], memory)[:, 0]


@torch.jit.script
def decode_before(s, words, keys, memory, hidden, query, query_bias, v, W, U, Uh, b):
    states: list[torch.Tensor] = []
    contexts: list[torch.Tensor] = []
    for t in range(words.shape[1]):
        context = attend(s, keys, memory, hidden, query, query_bias, v)
        xz, xr, xn = torch.chunk(torch.addmm(b, torch.cat([words[:, t], context], 1), W), 3, 1)
        hz, hr = torch.chunk(s @ U, 2, 1)
        z = torch.sigmoid(xz + hz)
        new = torch.tanh(xn + (torch.sigmoid(xr + hr) * s) @ Uh)
        s = new + z * (s - new)
        states.append(s)
        contexts.append(context)
    return torch.stack(states, 1), torch.stack(contexts, 1)


@torch.jit.script
def decode_after(s, words, keys, memory, hidden, query, query_bias, v, wi, wh, bi, bh):
    states: list[torch.Tensor] = []
    contexts: list[torch.Tensor] = []
    for t in range(words.shape[1]):
        context = attend(s, keys, memory, hidden, query, query_bias, v)
        xr, xz, xn = torch.chunk(torch.addmm(bi, torch.cat([words[:, t], context], 1), wi.t()), 3, 1)
        hr, hz, hn = torch.chunk(torch.addmm(bh, s, wh.t()), 3, 1)
        z = torch.sigmoid(xz + hz)
        new = torch.tanh(xn + torch.sigmoid(xr + hr) * hn)
        s = new + z * (s - new)
        states.append(s)
        contexts.append(context)
    return torch.stack(states, 1), torch.stack(contexts, 1)
