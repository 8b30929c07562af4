"""Random configurations of one kind of operation: the body of a model, and the same in JAX.

A configuration is drawn from (kind, seed, index) alone. Sizes are those at which tiles, vectors and windows end badly: 1 to 9 pixels, odd and
prime channels, windows larger than the image.
"""
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

BATCHES = [1, 2, 3, 5, 7, 11, 67]
ROWS = BATCHES[-1]
N = "N"
CHANNELS = [1, 2, 3, 4, 5, 7, 8, 11, 13, 16, 17, 19, 24, 31, 33]

KINDS = {}  # name -> function that fills a Config


class Config:
    """`body` binds y from x0, x1 ...; `oracle` is the same in JAX.

    batch         y's axis of N; None if it has none
    rows_alone    a row of y depends on that row of the inputs alone: the oracle's gradients for the first rows are those of a y whose other
                  rows nothing depends on, so one JAX function does for every N
    multilinear   y and its gradients are sums of products of the inputs: with absolute values they say how large the terms are
    terms         how many terms the longest sum of y has (its gradients' are at most that times the elements of y)
    """

    def __init__(self, kind, seed, index):
        self.rng = np.random.default_rng([list(KINDS).index(kind), seed, index])
        self.inputs, self.shapes = [], []
        self.batch, self.rows_alone, self.multilinear, self.terms = 0, True, False, 1
        KINDS[kind](self)

    def integer(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def choice(self, options, p=None):
        return options[self.rng.choice(len(options), p=p)]

    def likely(self, p):
        return bool(self.rng.random() < p)

    def add(self, *shape, values=None):
        """A new input; f32 numbers, so that both types compute with the same. N is the first dimension or none."""
        full = tuple(ROWS if d == N else d for d in shape)
        x = self.rng.standard_normal(full).astype(np.float32).astype(np.float64) if values is None else values(full)
        self.inputs.append(x)
        self.shapes.append(tuple(shape))
        return f"x{len(self.inputs) - 1}"

    def define(self, expression, oracle, **facts):
        self.body = expression if "y = " in expression else f"y = {expression}"
        self.oracle = oracle
        self.__dict__.update(facts)

    def at(self, n):
        return [x[:n] if shape and shape[0] == N else x for x, shape in zip(self.inputs, self.shapes)]


def kind(name):
    def register(make):
        KINDS[name] = make
        return make
    return register


# ---- windows ----

def tuple_text(numbers):
    return f"({', '.join(map(str, numbers))})" if len(numbers) > 1 else str(numbers[0])


def window(c, axes, words, dilations=True):
    """Image, window, strides, dilations, and a padding with what it means, such that the window fits."""
    largest = {1: 9, 2: 9, 3: 5}[axes]
    while True:
        image = [c.integer(1, largest) for _ in range(axes)]
        size = [c.integer(1, {1: 7, 2: 5, 3: 3}[axes]) for _ in range(axes)] if c.likely(0.8) else [1] * axes
        stride = [1] * axes if c.likely(0.5) else [c.integer(1, 3) for _ in range(axes)]
        dilation = [c.integer(1, 3) for _ in range(axes)] if dilations and c.likely(0.3) else [1] * axes
        covered = [(s - 1) * d + 1 for s, d in zip(size, dilation)]
        padding = c.choice([w for w in words if w != "causal" or axes == 1] + ["numbers", "numbers"])
        if padding == "numbers":
            numbers = [c.integer(0, 3) for _ in range(axes)]
            pads, text = [(p, p) for p in numbers], tuple_text(numbers)
        else:
            pads, text = [pads_of(padding, e, k, s) for e, k, s in zip(image, covered, stride)], f'"{padding}"'
        if all(k <= e + a + b for k, e, (a, b) in zip(covered, image, pads)):
            return image, size, stride, dilation, covered, pads, text


def pads_of(word, extent, covered, stride):
    """builtins.md, Meanings."""
    if word == "same":
        total = max((-(-extent // stride) - 1) * stride + covered - extent, 0)
        return total // 2, total - total // 2
    return {"valid": (0, 0), "full": (covered - 1, covered - 1), "causal": (covered - 1, 0)}[word]


def convolution(axes, stride, pads, dilation, groups):
    spatial = "DHW"[-axes:]
    numbers = (f"N{spatial}C", f"{spatial}IO", f"N{spatial}C")
    # XLA pads apart: of some padded convolutions that leave the last pixels out it aborts when it differentiates them.
    return lambda x, f: lax.conv_general_dilated(jnp.pad(x, [(0, 0), *pads, (0, 0)]), f, stride, "VALID", rhs_dilation=dilation,
                                                 feature_group_count=groups, dimension_numbers=numbers)


def channels(c, limit):
    """Input channels, features and groups: one group, several, or one for each channel."""
    form = c.choice(["one", "groups", "depthwise"], [0.6, 0.2, 0.2])
    small = [d for d in CHANNELS if d <= limit]
    if form == "one":
        return c.choice(small), c.choice(small), 1
    groups = c.integer(2, 4) if form == "groups" else c.choice(small)
    return groups * (c.integer(1, 5) if form == "groups" else 1), groups * c.choice([1, 1, 2, 3]), groups


AXES = ([1, 2, 3], [0.3, 0.5, 0.2])


@kind("conv")
def conv(c):
    axes = c.choice(*AXES)
    image, size, stride, dilation, covered, pads, padding = window(c, axes, ["valid", "same", "full", "causal"])
    inputs, features, groups = channels(c, {1: 33, 2: 33, 3: 13}[axes])
    x, f = c.add(N, *image, inputs), c.add(*size, inputs // groups, features)
    text = f"conv({x}, {f}, stride={tuple_text(stride)}, padding={padding}, dilation={tuple_text(dilation)}, groups={groups})"
    product = convolution(axes, stride, pads, dilation, groups)
    oracle = product
    if c.likely(0.25):
        text, oracle = f"{text} + {c.add(features)}", lambda x, f, b: product(x, f) + b
    c.define(text, oracle, multilinear=True, terms=int(np.prod(size)) * inputs // groups + 1)


@kind("conv_transpose")
def conv_transpose(c):
    axes = c.choice(*AXES)
    while True:
        image, size, stride, dilation, covered, pads, padding = window(c, axes, ["valid", "same", "full", "causal"])
        extra = [0] * axes
        if padding == '"same"':
            result = [e * s for e, s in zip(image, stride)]
            pads = [pads_of("same", r, k, s) for r, k, s in zip(result, covered, stride)]
        else:
            if c.likely(0.5):
                extra = [c.integer(0, s - 1) for s in stride]
            result = [(e - 1) * s + k - a - b + o for e, s, k, (a, b), o in zip(image, stride, covered, pads, extra)]
        if min(result) >= 1:
            break
    features, inputs, groups = channels(c, {1: 33, 2: 33, 3: 13}[axes])  # of the convolution that it inverts
    x, f = c.add(N, *image, inputs), c.add(*size, features // groups, inputs)
    forward = convolution(axes, stride, pads, dilation, groups)

    def oracle(x, f):
        return jax.vjp(lambda y: forward(y, f), jnp.zeros((x.shape[0], *result, features)))[1](x)[0]
    c.define(f"conv_transpose({x}, {f}, stride={tuple_text(stride)}, padding={padding}, output_padding={tuple_text(extra)}, "
             f"dilation={tuple_text(dilation)}, groups={groups})", oracle, multilinear=True,
             terms=int(np.prod(size)) * inputs // groups)


@kind("pool")
def pool(c):
    axes = c.choice(*AXES)
    while True:
        image, size, stride, _, _, pads, padding = window(c, axes, ["valid", "same"], dilations=False)
        rounding = c.choice(["floor", "ceil"])
        high = []
        for e, k, s, (a, b) in zip(image, size, stride, pads):
            left = (e + a + b - k) % s
            begins = ((e + a + b - k) // s + 1) * s  # of one more window
            high.append(b + s - left if rounding == "ceil" and left and begins < e + a else b)
        if all(a < k and b < k for k, (a, _), b in zip(size, pads, high)):
            break
    kind, counted = c.choice(["max", "min", "avg", "avg"]), c.likely(0.5)
    x = c.add(N, *image, c.choice(CHANNELS))
    text = f"{kind}_pool{axes}d({x}, {tuple_text(size)}, stride={tuple_text(stride)}, padding={padding}, rounding=\"{rounding}\""
    text += f", count_padding={str(counted).lower()})" if kind == "avg" else ")"
    own = [(a, b) for (a, _), b in zip(pads, high)]
    move = dict(window_dimensions=(1, *size, 1), window_strides=(1, *stride, 1), padding=[(0, 0), *own, (0, 0)])

    def oracle(x):
        if kind != "avg":
            sign = 1 if kind == "max" else -1
            return sign * lax.reduce_window(sign * x, -jnp.inf, lax.max, **move)
        # What counts: the image, or the image with its padding, but not what rounding up adds to that.
        ones = jnp.ones([e + a + b if counted else e for e, (a, b) in zip(image, pads)])
        rest = [(0, o - b) if counted else (a, o) for (a, b), o in zip(pads, high)]
        count = lax.reduce_window(ones, 0.0, lax.add, tuple(size), tuple(stride), rest)
        return lax.reduce_window(x, 0.0, lax.add, **move) / count[None, ..., None]
    c.define(text, oracle, multilinear=True, terms=int(np.prod(size)))


# ---- reductions ----

def row_shape(c, rank):
    large = [d for d in (11, 13, 16, 17, 31, 32, 33, 37, 64, 67, 131, 300) if d <= {1: 300, 2: 67, 3: 17}[rank]]
    return [c.choice(large) if c.likely(0.4) else c.integer(1, 9) for _ in range(rank)]


@kind("reduction")
def reduction(c):
    c.choice([reduce, reduce, reduce, soft, soft, cross_entropy, cumulative, cumulative, argument, normalized, normalized, response, norm])(c)


def reduce(c):
    rank = c.integer(1, 3)
    shape = row_shape(c, rank)
    name = c.choice(["sum", "mean", "max", "min", "prod", "logsumexp"])
    axes = sorted(int(a) for a in c.rng.choice(rank + 1, c.integer(1, rank + 1), replace=False))
    if name == "prod":  # of few factors: others leave the range of f32
        axes = [a for a in axes if a > 0] or [rank]
        shape = [min(d, 7) for d in shape]
    keep = c.likely(0.4)
    x = c.add(N, *shape)
    f = {"sum": jnp.sum, "mean": jnp.mean, "max": jnp.max, "min": jnp.min, "prod": jnp.prod, "logsumexp": jax.nn.logsumexp}[name]
    terms = int(np.prod([(ROWS, *shape)[a] for a in axes]))
    c.define(f"{name}({x}, axis={tuple_text(axes) if len(axes) > 1 else axes[0]}, keepdims={str(keep).lower()})",
             lambda x: f(x, axis=tuple(axes), keepdims=keep), batch=None if 0 in axes else 0, rows_alone=0 not in axes,
             multilinear=name in ("sum", "mean"), terms=terms)


def soft(c):
    rank = c.integer(1, 3)
    shape, name = row_shape(c, rank), c.choice(["softmax", "log_softmax"])
    axis = c.integer(1, rank)
    c.define(f"{name}({c.add(N, *shape)}, axis={axis})", lambda x: getattr(jax.nn, name)(x, axis=axis), terms=shape[axis - 1])


def cross_entropy(c):
    rows, classes = row_shape(c, c.integer(1, 2))[1:], c.choice([1, 2, 3, 7, 10, 17, 37, 100])
    x = c.add(N, *rows, classes)
    if c.likely(0.5):
        label = c.add(N, *rows, values=lambda shape: c.rng.integers(0, classes, shape, dtype=np.int32))
        oracle = lambda x, l: -jnp.take_along_axis(jax.nn.log_softmax(x), l[..., None], -1)[..., 0]
    else:
        label = c.add(N, *rows, classes, values=lambda shape: np.float64(np.float32(c.rng.uniform(0.1, 1, shape))))
        oracle = lambda x, l: -jnp.sum(jax.nn.log_softmax(x) * l, axis=-1)
    c.define(f"cross_entropy({x}, {label})", oracle, terms=classes)


def exclusive_of(f, nothing, x, axis, reverse):
    """What was before each element."""
    moved = jnp.moveaxis(jnp.flip(x, axis) if reverse else x, axis, 0)
    moved = jnp.concatenate([jnp.full((1, *moved.shape[1:]), nothing, x.dtype), f(moved, 0)[:-1]])
    moved = jnp.moveaxis(moved, 0, axis)
    return jnp.flip(moved, axis) if reverse else moved


def cumulative(c):
    rank = c.integer(1, 3)
    shape, axis = row_shape(c, rank), c.integer(1, rank)
    name, reverse = c.choice(["sum", "sum", "prod", "max", "min"]), c.likely(0.5)
    exclusive = name in ("sum", "prod") and c.likely(0.4)
    if name == "prod":
        shape[axis - 1] = min(shape[axis - 1], 9)
    f = {"sum": lax.cumsum, "prod": lax.cumprod, "max": lax.cummax, "min": lax.cummin}[name]
    x = c.add(N, *shape)
    text = f"cum{name}({x}, axis={axis}, reverse={str(reverse).lower()}" + (", exclusive=true)" if exclusive else ")")
    c.define(text, lambda x: exclusive_of(f, 1.0 if name == "prod" else 0.0, x, axis, reverse) if exclusive else f(x, axis, reverse),
             multilinear=name == "sum", terms=shape[axis - 1])


def argument(c):
    """With equals: the first counts."""
    rank = c.integer(1, 3)
    shape, axis, name = row_shape(c, rank), c.integer(1, rank), c.choice(["argmax", "argmin"])
    x = c.add(N, *shape, values=lambda shape: c.rng.integers(0, 6, shape).astype(np.float64))
    c.define(f"{name}({x}, axis={axis})", lambda x: getattr(jnp, name)(x, axis=axis).astype(jnp.int32))


def normalized(c):
    rank = c.integer(1, 3)
    shape = row_shape(c, rank)
    form = c.choice(["batch", "layer", "some"])
    axes = {"batch": list(range(rank)), "layer": [rank]}.get(form) or sorted(
        int(a) + 1 for a in c.rng.choice(rank, c.integer(1, rank), replace=False))
    x = c.add(N, *shape)
    affine = c.likely(0.5)

    def oracle(x, *scale):
        mean = jnp.mean(x, tuple(axes), keepdims=True)
        y = (x - mean) / jnp.sqrt(jnp.mean((x - mean) ** 2, tuple(axes), keepdims=True) + 0.25)
        return y * scale[0] + scale[1] if affine else y
    text = f"m, v = moments({x}, axis={tuple_text(axes) if len(axes) > 1 else axes[0]}, keepdims=true)\ny = normalize({x}, m, v, epsilon=0.25)"
    if affine:
        text += f" * {c.add(shape[-1])} + {c.add(shape[-1])}"
    c.define(text, oracle, rows_alone=0 not in axes, terms=int(np.prod([(ROWS, *shape)[a] for a in axes])))


def response(c):
    shape, size = row_shape(c, 3), c.integer(1, 7)

    def oracle(x):
        total = lax.reduce_window(x * x, 0.0, lax.add, (1, 1, 1, size), (1, 1, 1, 1), [(0, 0)] * 3 + [(size // 2, (size - 1) // 2)])
        return x / (2 + 0.125 * total) ** 0.75
    c.define(f"local_response_norm({c.add(N, *shape)}, size={size}, alpha=0.125)", oracle, terms=size)


def norm(c):
    rank = c.integer(1, 3)
    shape = row_shape(c, rank)
    axes = sorted(int(a) + 1 for a in c.rng.choice(rank, c.integer(1, rank), replace=False))
    x = c.add(N, *shape)
    c.define(f"y = {x} / sqrt(sum({x} * {x}, axis={tuple_text(axes) if len(axes) > 1 else axes[0]}, keepdims=true) + 0.25)",
             lambda x: x / jnp.sqrt(jnp.sum(x * x, tuple(axes), keepdims=True) + 0.25), terms=int(np.prod([shape[a - 1] for a in axes])))


# ---- moves ----

@kind("move")
def move(c):
    """One to three, one after the other."""
    rank = c.integer(1, 3)
    shape = (N, *(c.integer(1, 9) if c.likely(0.7) else c.choice([11, 16, 17, 33]) for _ in range(rank)))
    name, lines, chain = c.add(*shape), [], []
    for _ in range(c.integer(1, 3)):
        while True:
            found = c.choice(MOVES)(c, name, shape)
            if found is not None:
                break
        text, shape, f, used = found
        name = f"v{len(lines)}"
        lines.append(f"{name} = {text}")
        chain.append((f, used))

    def oracle(x, *others):
        for f, used in chain:
            x = f(x, *(others[i - 1] for i in used))
        return x
    lines[-1] = lines[-1].replace(name, "y", 1)
    c.define("\n".join(lines), oracle, multilinear=True, terms=4)


def sliced(c, x, shape):
    parts, index, result = [":"], [slice(None)], [N]
    for d in shape[1:]:
        step = c.choice([1, 1, 2, 3, -1, -2])
        begin, end = sorted([c.integer(0, d - 1), c.integer(0, d - 1)])
        if step < 0:
            part = slice(end, begin - 1 if begin else None, step)
            text = f"{end}:{begin - 1 if begin else ''}:{step}"
        else:
            part, text = slice(begin, end + 1, step), f"{begin}:{end + 1}:{step}"
        if c.likely(0.15) and len(shape) > 2:
            part, text = begin, str(begin)
        elif c.likely(0.2):
            part, text = slice(None), ":"
        parts.append(text)
        index.append(part)
        if isinstance(part, slice):
            result.append(len(range(d)[part]))
    return f"{x}[{', '.join(parts)}]", tuple(result), lambda a: a[tuple(index)], []


def padded(c, x, shape):
    mode = c.choice(["constant", "edge", "reflect"])
    pairs = [(0, 0)] + [(c.integer(0, 3), c.integer(0, 3)) for _ in shape[1:]]
    if mode == "reflect":
        pairs = [(min(a, d - 1), min(b, d - 1)) if d != N else (0, 0) for (a, b), d in zip(pairs, shape)]
    value = c.choice([0.0, 0.5, -2.0]) if mode == "constant" else None
    text = ", ".join(f"({a}, {b})" for a, b in pairs)
    options = {"mode": mode} | ({"constant_values": value} if mode == "constant" else {})
    return (f"pad({x}, [{text}]" + (f", value={value}" if mode == "constant" else "") + f', mode="{mode}")',
            (N, *(d + a + b for d, (a, b) in zip(shape[1:], pairs[1:]))), lambda a: jnp.pad(a, pairs, **options), [])


def reversed_(c, x, shape):
    axis = c.integer(1, len(shape) - 1)
    return f"reverse({x}, {axis})", shape, lambda a: jnp.flip(a, axis), []


def joined(c, x, shape):
    axis = c.integer(1, len(shape) - 1)
    others = [(*shape[:axis], c.integer(1, 9), *shape[axis + 1:]) for _ in range(c.integer(1, 2))]
    names = [c.add(*other) for other in others]
    used = [int(name[1:]) for name in names]
    first = c.likely(0.5)
    order = [x, *names] if first else [*names, x]
    return (f"concat([{', '.join(order)}], axis={axis})", (*shape[:axis], shape[axis] + sum(o[axis] for o in others), *shape[axis + 1:]),
            lambda a, *b: jnp.concatenate([a, *b] if first else [*b, a], axis), used)


def stacked(c, x, shape):
    if len(shape) > 3:
        return None
    axis = c.integer(1, len(shape))
    other = c.add(*shape)
    return (f"stack([{x}, {other}, {x}], axis={axis})", (*shape[:axis], 3, *shape[axis:]), lambda a, b: jnp.stack([a, b, a], axis),
            [int(other[1:])])


def halved(c, x, shape):
    axes = [d for d in range(1, len(shape)) if shape[d] % 2 == 0]
    if not axes:
        return None
    axis, part = c.choice(axes), c.integer(0, 1)
    return (f"split({x}, 2, axis={axis})[{part}]", (*shape[:axis], shape[axis] // 2, *shape[axis + 1:]),
            lambda a: jnp.split(a, 2, axis)[part], [])


def transposed(c, x, shape):
    if len(shape) < 3:
        return None
    order = [0, *(int(i) + 1 for i in c.rng.permutation(len(shape) - 1))]
    return f"transpose({x}, {', '.join(map(str, order))})", tuple(shape[i] for i in order), lambda a: jnp.transpose(a, order), []


def reshaped(c, x, shape):
    size = int(np.prod(shape[1:]))
    first = c.choice([d for d in range(1, size + 1) if size % d == 0])
    result = c.choice([(size,), (first, size // first), (first, 1, size // first)])
    return f"reshape({x}, N, {', '.join(map(str, result))})", (N, *result), lambda a: a.reshape(a.shape[0], *result), []


def stretched(c, x, shape):
    axes = [d for d in range(1, len(shape)) if shape[d] == 1]
    if not axes:
        if len(shape) > 3:
            return None
        axis, size = c.integer(1, len(shape)), c.integer(1, 9)
        result = (*shape[:axis], size, *shape[axis:])
        at = ", ".join([":"] * axis + ["none"] + [":"] * (len(shape) - axis))
        return (f"broadcast({x}[{at}], {', '.join(map(str, result))})", result,
                lambda a: jnp.repeat(jnp.expand_dims(a, axis), size, axis), [])
    axis, size = c.choice(axes), c.integer(1, 9)
    result = (*shape[:axis], size, *shape[axis + 1:])
    return f"broadcast({x}, {', '.join(map(str, result))})", result, lambda a: jnp.repeat(a, size, axis), []


def repeated(c, x, shape):
    axis, times = c.integer(1, len(shape) - 1), c.integer(1, 3)
    return (f"repeat({x}, {times}, {axis})", (*shape[:axis], times * shape[axis], *shape[axis + 1:]), lambda a: jnp.repeat(a, times, axis), [])


def gathered(c, x, shape):
    """Places of each row, the same ones or its own."""
    axis = c.integer(1, len(shape) - 1)
    if c.likely(0.5):
        own = [c.integer(1, 9) for _ in range(c.integer(0, 2))]
        index = c.add(*own, values=lambda s: c.rng.integers(0, shape[axis], s, dtype=np.int32)) if own else None
        if index is None:
            return None
        return (f"gather({x}, {index}, axis={axis})", (*shape[:axis], *own, *shape[axis + 1:]), lambda a, i: jnp.take(a, i, axis=axis),
                [int(index[1:])])
    if axis != 1:
        return None
    own = [c.integer(1, 9) for _ in range(c.integer(0, 2))]
    index = c.add(N, *own, values=lambda s: c.rng.integers(0, shape[1], s, dtype=np.int32))
    return (f"gather({x}, {index}, axis=1, batch=1)", (N, *own, *shape[2:]), lambda a, i: jax.vmap(lambda a, i: jnp.take(a, i, axis=0))(a, i),
            [int(index[1:])])


def largest(c, x, shape):
    k = c.integer(1, shape[-1])
    return f"top_k({x}, {k})[0]", (*shape[:-1], k), lambda a: lax.top_k(a, k)[0], []


def in_order(c, x, shape):
    axis, descending = c.integer(1, len(shape) - 1), c.integer(0, 1) == 1
    return (f"sort({x}, axis={axis}, descending={str(descending).lower()})", shape, lambda a: jnp.sort(a, axis, descending=descending), [])


def largest_in_order(c, x, shape):
    axis = c.integer(1, len(shape) - 1)
    k = c.integer(1, shape[axis])

    def f(a):
        a = jnp.moveaxis(a, axis, -1)
        places = jnp.sort(lax.top_k(a, k)[1], axis=-1)
        return jnp.moveaxis(jnp.take_along_axis(a, places, -1), -1, axis)
    return f"k_max({x}, {k}, axis={axis})", (*shape[:axis], k, *shape[axis + 1:]), f, []


def enlarged(c, x, shape):
    if len(shape) != 4:
        return None
    times = c.integer(1, 3)
    return (f"upsample2d({x}, {times})", (N, times * shape[1], times * shape[2], shape[3]),
            lambda a: jnp.repeat(jnp.repeat(a, times, 1), times, 2), [])


def unfolded(c, x, shape):
    if len(shape) != 4 or shape[3] % 4:
        return None
    _, h, w, d = shape
    return (f"depth_to_space({x}, 2)", (N, 2 * h, 2 * w, d // 4),
            lambda a: a.reshape(-1, h, w, 2, 2, d // 4).transpose(0, 1, 3, 2, 4, 5).reshape(-1, 2 * h, 2 * w, d // 4), [])


MOVES = [sliced, sliced, sliced, padded, padded, reversed_, joined, joined, stacked, halved, transposed, transposed, reshaped, reshaped, stretched,
         repeated, gathered, gathered, largest, in_order, largest_in_order, enlarged, unfolded]


# ---- products ----

@kind("matmul")
def matmul(c):
    small = lambda: c.integer(1, 9) if c.likely(0.6) else c.choice([11, 13, 16, 17, 24, 31, 33, 37, 64, 67])
    form = c.choice(["dense", "dense", "rows", "batched", "shared"])
    d, k = small(), small()
    leading = [c.integer(1, 9) for _ in range(c.integer(0, 2))]
    if form in ("dense", "rows"):
        x, f = c.add(N, *leading, d), c.add(d, k)
        text, oracle = f"{x} @ {f}", lambda a, b, *_: a @ b
    elif form == "batched":
        m, turn_left, turn_right = small(), c.likely(0.3), c.likely(0.3)
        x = c.add(N, *leading[:1], *((d, m) if turn_left else (m, d)))
        f = c.add(N, *leading[:1], *((k, d) if turn_right else (d, k)))
        axes = ", ".join(map(str, [*range(1 + len(leading[:1])), 2 + len(leading[:1]), 1 + len(leading[:1])]))
        turned = lambda name, turn: f"transpose({name}, {axes})" if turn else name
        swap = lambda a, turn: jnp.swapaxes(a, -1, -2) if turn else a
        text, oracle = f"{turned(x, turn_left)} @ {turned(f, turn_right)}", lambda a, b, *_: swap(a, turn_left) @ swap(b, turn_right)
    else:
        m = small()
        f, x = c.add(m, d), c.add(N, *leading, d, k)
        text, oracle = f"{f} @ {x}", lambda a, b, *_: a @ b
    if c.likely(0.4):
        base = oracle
        text, oracle = f"{text} + {c.add(k)}", lambda a, b, bias: base(a, b) + bias
    c.define(text, oracle, multilinear=True, terms=d + 1)
