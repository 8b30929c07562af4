"""The nets of sequences in JAX, as a user of JAX writes them: loops are lax.scan, and the product of a loop's input is computed for all steps before it.

A net is function(parameters, inputs, states, train) -> logits, new states; parameters are Argent's, by path.
"""
import jax
import jax.numpy as jnp
from jax import lax

sigmoid = jax.nn.sigmoid


def under(p, prefix):
    """The parameters of a layer by their names in it."""
    return {key[len(prefix) + 1:]: value for key, value in p.items() if key.startswith(prefix + ".")}


def dense(p, x):
    return x @ p["weight"] + p.get("bias", 0)


def over_time(step, first, x, valid=None, reverse=False):
    """lax.scan over dimension 1 of x. `valid`, [N, T, 1]: a reversed loop's state stays `first`, zero, until a row begins."""
    xs = jnp.swapaxes(x, 0, 1)
    if reverse and valid is not None:
        def begun(state, given):
            x_t, runs = given
            state, y = step(state, x_t)
            return jax.tree.map(lambda s: s * runs, state), y
        last, y = lax.scan(begun, first, (xs, jnp.swapaxes(valid, 0, 1)), reverse=True)
    else:
        last, y = lax.scan(step, first, xs, reverse=reverse)
    y = jnp.swapaxes(y, 0, 1)
    return (y if valid is None else y * valid), last


def lstm(p, x, first=None, **how):
    zeros = jnp.zeros((x.shape[0], p["U"].shape[0]))

    def step(state, gates):
        h, c = state
        i, f, g, o = jnp.split(gates + h @ p["U"], 4, -1)
        c = sigmoid(f + 1) * c + sigmoid(i) * jnp.tanh(g)
        h = sigmoid(o) * jnp.tanh(c)
        return (h, c), h
    return over_time(step, first or (zeros, zeros), x @ p["W"] + p["b"], **how)


def gru_step(p, h, x):
    """The reset gate acts after the product where there is a bias `bh`, else before it."""
    units = h.shape[-1]
    gates, new = x[..., :2 * units], x[..., 2 * units:]
    z, r = jnp.split(sigmoid(gates + h @ p["U"]), 2, -1)
    n = jnp.tanh(new + (r * (h @ p["Uh"] + p["bh"]) if "bh" in p else (r * h) @ p["Uh"]))
    return (1 - z) * n + z * h


def gru(p, x, first=None, **how):
    def step(h, x_t):
        h = gru_step(p, h, x_t)
        return h, h
    zeros = jnp.zeros((x.shape[0], p["Uh"].shape[0]))
    return over_time(step, zeros if first is None else first, x @ p["W"] + p["b"], **how)


def bidirectional(layer, p, x, valid):
    return jnp.concatenate([layer(under(p, "forward"), x, valid=valid)[0], layer(under(p, "backward"), x, valid=valid, reverse=True)[0]], -1)


def valid_steps(lengths, steps):
    return (jnp.arange(steps) < lengths[:, None]).astype(jnp.float32)[..., None]


def lstm_lm(p, given, states, train):
    """States are torch's h and c, [layers, N, K]."""
    x, h, c = p["embedding_1.table"][given["tokens"]], [], []
    for i in range(states[0].shape[0]):
        x, (last_h, last_c) = lstm(under(p, f"lstm_{i + 1}"), x, (states[0][i], states[1][i]))
        h.append(last_h)
        c.append(last_c)
    return dense(under(p, "dense_1"), x), [jnp.stack(h), jnp.stack(c)]


def gru_lm(p, given, states, train):
    """States are one [N, K] a layer."""
    x, last = p["embedding_1.table"][given["tokens"]], []
    for i, first in enumerate(states):
        x, h = gru(under(p, f"gru_{i + 1}"), x, first)
        last.append(h)
    return dense(under(p, "dense_1"), x), last


def gru_lm_after(p, given, states, train):
    logits, last = gru_lm(p, given, list(states[0]), train)
    return logits, [jnp.stack(last)]


def bilstm_tagger(p, given, states, train):
    x = p["embedding_1.table"][given["tokens"]]
    valid = valid_steps(given["lengths"], x.shape[1])
    for i in (1, 2):
        x = bidirectional(lstm, under(p, f"bidirectional_{i}"), x, valid)
    return dense(under(p, "dense_1"), x), []


def seq2seq(p, given, states, train):
    """What the words alone give the decoder's cell is before its loop, the logits are after it."""
    x, words = p["embed.table"][given["source"]], p["step.words.table"][given["previous"]]
    memory = bidirectional(gru, under(p, "encode.bidirectional_1"), x, valid_steps(given["lengths"], x.shape[1]))
    s = jnp.tanh(dense(under(p, "first"), memory[:, 0]))
    attention, cell = under(p, "step.attention"), under(p, "step.cell")
    keys, query = memory @ attention["keys.weight"], under(attention, "query")
    hidden = jnp.arange(x.shape[1]) >= given["lengths"][:, None]
    of_word, of_context = jnp.split(cell["W"], [words.shape[-1]])

    def step(s, x_t):
        score = jnp.tanh(keys + dense(query, s)[:, None]) @ attention["v"]
        weights = jax.nn.softmax(jnp.where(hidden, -1e9, score))
        context = jnp.einsum("ns,nsm->nm", weights, memory)
        s = gru_step(cell, s, x_t + context @ of_context)
        return s, jnp.concatenate([s, context], -1)
    said, _ = over_time(step, s, words @ of_word + cell["b"])
    return dense(under(p, "step.logits"), jnp.concatenate([said, words], -1)), []


def cnn_lstm(p, given, states, train):
    frames = given["frames"]
    x, i = frames.reshape(-1, *frames.shape[2:]), 1
    while (layer := under(p, f"frame_net_1.conv_bn_relu_{i}")):
        x = lax.conv_general_dilated(x, layer["conv.weight"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        mean, variance = (x.mean((0, 1, 2)), x.var((0, 1, 2))) if train else (layer["norm.running_mean"], layer["norm.running_variance"])
        x = jax.nn.relu((x - mean) * (layer["norm.scale"] * lax.rsqrt(variance + 1e-5)) + layer["norm.shift"])
        x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        i += 1
    seen = x.mean((1, 2)).reshape(*frames.shape[:2], -1)
    said, _ = lstm(under(p, "lstm_1"), seen, valid=valid_steps(given["lengths"], seen.shape[1]))
    return dense(under(p, "dense_1"), said.sum(1) / given["lengths"][:, None]), []


def textcnn(p, given, states, train):
    x, pooled = p["tuned.table"][given["tokens"]], []
    for width in (3, 4, 5):
        layer = under(p, f"width{width}")
        y = lax.conv_general_dilated(x, layer["weight"], (1,), "VALID", dimension_numbers=("NTC", "TIO", "NTC")) + layer["bias"]
        pooled.append(jax.nn.relu(y).max(1))
    return dense(under(p, "logits"), jnp.concatenate(pooled, -1)), []


NETS = {"lstm_lm": lstm_lm, "gru_lm": gru_lm, "gru_lm_after": gru_lm_after, "bilstm_tagger": bilstm_tagger, "seq2seq": seq2seq, "seq2seq_after": seq2seq,
        "cnn_lstm": cnn_lstm, "textcnn": textcnn}
