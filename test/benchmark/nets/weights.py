"""torch's weights under Argent's names and in Argent's layout: filters [R, S, C, K], matrices [D, K], images channels last.

Recurrent layers, torch's beside std/rnn.ag's:
    LSTM   gates i, f, g, o in both; torch's W and U are transposed, its two biases are added, and Argent's forget gate has 1 besides its bias.
    GRU    torch's gates are r, z, n, Argent's z, r, n; Argent keeps the part of U that makes n as Uh and torch's second bias of n as bh.
Whatever else has the names of Argent's parameters already.
"""
import torch
import torch.nn as nn

from nets.cells import Gru, GruCell


def argent_name(path):
    """A torch parameter's name as Argent's path, as patterns of a train block see it; None where Argent has none."""
    prefix, _, leaf = path.rpartition(".")
    if prefix.endswith("norm"):
        leaf = {"weight": "scale", "bias": "shift", "running_mean": "running_mean", "running_var": "running_variance"}.get(leaf)
    elif leaf.startswith(("weight_ih", "weight_hh", "bias_ih", "bias_hh")):
        leaf = {"weight_ih": "W", "weight_hh": "U", "bias_ih": "b", "bias_hh": "b"}["_".join(leaf.split("_")[:2])]
    return f"{prefix}.{leaf}" if leaf else None


def _lstm(wi, wh, bi, bh):
    one = torch.zeros_like(bi)
    one[len(one) // 4:len(one) // 2] = 1
    return {"W": wi.t(), "U": wh.t(), "b": bi + bh - one}


def _gru(wi, wh, bi, bh):
    (wr, wz, wn), (ur, uz, un), (br, bz, bn), (cr, cz, cn) = (tensor.chunk(3) for tensor in (wi, wh, bi, bh))
    return {"W": torch.cat([wz, wr, wn]).t(), "U": torch.cat([uz, ur]).t(), "Uh": un.t(), "b": torch.cat([bz + cz, br + cr, bn]), "bh": cn}


def _recurrent(module):
    """Argent path -> tensor of a module with `paths`."""
    if isinstance(module, (Gru, GruCell)):
        return {f"{module.paths[0][0]}.{name}": value for name, value in module.named_parameters()}
    result = {}
    for layer, directions in enumerate(module.paths):
        for direction, path in enumerate(directions):
            suffix = "" if isinstance(module, nn.GRUCell) else f"_l{layer}" + ("_reverse" if direction else "")
            given = [getattr(module, kind + suffix) for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
            made = (_lstm if isinstance(module, nn.LSTM) else _gru)(*given)
            result.update({f"{path}.{name}": value for name, value in made.items()})
    return result


def _plain(module, tensor):
    if isinstance(module, nn.Conv2d) and tensor.ndim == 4:
        return tensor.permute(2, 3, 1, 0)
    if isinstance(module, nn.Conv1d) and tensor.ndim == 3:
        return tensor.permute(2, 1, 0)
    if isinstance(module, nn.Linear) and tensor.ndim == 2:
        if hasattr(module, "image"):
            tensor = tensor.reshape(-1, *module.image).permute(0, 2, 3, 1).reshape(tensor.shape)
        return tensor.t()
    return tensor


def argent_weights(net):
    """Argent path -> float32 array of a net and everything in it."""
    result = {}
    for prefix, module in net.named_modules():
        if hasattr(module, "paths"):
            result.update(_recurrent(module))
            continue
        own = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
        for leaf, tensor in own:
            name = f"{prefix}.table" if isinstance(module, nn.Embedding) else argent_name(f"{prefix}.{leaf}")
            if name:
                result[name] = _plain(module, tensor)
    return {name: tensor.detach().contiguous().numpy() for name, tensor in result.items()}
