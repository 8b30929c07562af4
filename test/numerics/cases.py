"""A case: one op on random tensors, as nn text and as JAX. Shapes are odd on purpose."""
import contextlib
import os

# Each of JAX's programs runs once: what its compiler would optimize takes longer to optimize than to run. Read when JAX first computes.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true")

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import executor
import philox

CASES = {}  # stem -> list of functions (rng) -> Case


N = executor.BATCH  # every dimension of this size is `?` in the text, and no other has it


@contextlib.contextmanager
def batch(n):
    """In it, oracles are those of a batch of n."""
    global N
    before, N = N, n
    try:
        yield
    finally:
        N = before


class Case:
    """`text` uses %a0, %a1 ... of the types T0, T1 ... and defines %y; `oracle` is the same in JAX."""

    def __init__(self, text, inputs, oracle, differentiable=True):
        self.text, self.inputs, self.oracle = text, inputs, oracle
        self.types = [tensor(x.shape, x.dtype) for x in inputs]
        self.differentiable = differentiable
        for i, t in enumerate(self.types):
            self.text = self.text.replace(f"T{i}", t)


def tensor(shape, dtype=np.float64):
    element = {"f": "f64", "i": "i32", "b": "i1"}[np.dtype(dtype).kind]
    return "tensor<" + "".join("?x" if d == N else f"{d}x" for d in shape) + element + ">"


def at_batch(shape):
    """A shape of the case in the batch that its oracle is asked for."""
    return tuple(N if d == executor.BATCH else d for d in shape)


def case(*stems):
    def register(make):
        for stem in stems:
            CASES.setdefault(stem, []).append(lambda rng: make(rng, stem))
        return make
    return register


def of_floats(function, inputs, floats):
    """The function of those inputs that have these numbers, the others being what they are, and those inputs. JAX is to compile it as one: alone, each
    of its operations would be compiled, for each shape."""
    def of(*values):
        given = dict(zip(floats, values))
        return function(*(given.get(i, x) for i, x in enumerate(inputs)))
    return of, [inputs[i] for i in floats]


def floats_of(inputs):
    return [i for i, x in enumerate(inputs) if x.dtype.kind == "f"]


def result_type(oracle, inputs):
    """Shape and type of an oracle's result, which is not computed."""
    function, values = of_floats(oracle, inputs, floats_of(inputs))
    return jax.eval_shape(function, *values)


def value(oracle, inputs):
    """An oracle's result."""
    function, values = of_floats(oracle, inputs, floats_of(inputs))
    return np.asarray(jax.jit(function)(*values))


def value_and_gradients(loss, inputs, floats):
    """The loss and its gradients to the inputs of these numbers."""
    function, values = of_floats(loss, inputs, floats)
    return jax.jit(jax.value_and_grad(function, argnums=tuple(range(len(floats)))))(*values)


def normal(rng, *shape):
    return rng.standard_normal(shape)


def positive(rng, *shape):
    return rng.uniform(0.3, 3.0, shape)


# ---- elementwise ----

UNARY = {
    "neg": jnp.negative, "abs": jnp.abs, "sign": jnp.sign, "exp": jnp.exp, "floor": jnp.floor, "ceil": jnp.ceil, "round": jnp.round,
    "sin": jnp.sin, "cos": jnp.cos, "erf": jax.scipy.special.erf, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu,
    "expm1": jnp.expm1, "log1p": jnp.log1p, "normal_cdf": jax.scipy.stats.norm.cdf, "softplus": jax.nn.softplus, "softsign": jax.nn.soft_sign,
    "stop_gradient": lax.stop_gradient, "log": jnp.log, "sqrt": jnp.sqrt, "rsqrt": lax.rsqrt,
}


@case(*UNARY)
def unary(rng, op):
    make = positive if op in ("log", "log1p", "sqrt", "rsqrt") else normal
    return Case(f"%y = nn.{op} %a0 : T0", [make(rng, N, 5)], UNARY[op])


BINARY = {"add": jnp.add, "sub": jnp.subtract, "mul": jnp.multiply, "div": jnp.divide, "max": jnp.maximum, "min": jnp.minimum,
          "pow": jnp.power}


@case(*BINARY)
def binary_broadcast(rng, op):
    return Case(f"%y = nn.{op} %a0, %a1 : T0, T1", [positive(rng, N, 1, 5), positive(rng, 7, 1)], BINARY[op])


@case(*BINARY)
def binary_one_shape(rng, op):
    return Case(f"%y = nn.{op} %a0, %a1 : T0, T1", [positive(rng, N, 5), positive(rng, N, 5)], BINARY[op])


@case("pow")
def pow_whole(rng, op):
    exponent = int(rng.integers(-3, 6))
    return Case(f"%c = nn.constant dense<{exponent}.0> : tensor<f64>\n%y = nn.pow %a0, %c : T0, tensor<f64>",
                [normal(rng, N, 5)], lambda a: a ** exponent)


@case("pow")
def pow_of_negative(rng, op):
    whole = rng.integers(-3, 6, (N, 5), dtype=np.int32)
    return Case("%z = nn.cast %a1 : T1 to T0\n%y = nn.pow %a0, %z : T0, T0", [normal(rng, N, 5), whole],
                lambda a, z: jnp.power(a, z.astype(np.float64)))


@case("floor_div", "mod")
def integers(rng, op):
    a, b = rng.integers(-20, 20, (N, 5), dtype=np.int32), rng.integers(1, 7, (5,), dtype=np.int32)
    return Case(f"%y = nn.{op} %a0, %a1 : T0, T1", [a, b],
                {"floor_div": jnp.floor_divide, "mod": jnp.mod}[op], differentiable=False)


@case("compare")
def compare(rng, op):
    name, f = [("eq", jnp.equal), ("ne", jnp.not_equal), ("lt", jnp.less), ("le", jnp.less_equal), ("gt", jnp.greater),
               ("ge", jnp.greater_equal)][rng.integers(6)]
    a, b = rng.integers(0, 3, (N, 5)).astype(float), rng.integers(0, 3, (5,)).astype(float)
    return Case(f"%y = nn.compare {name} %a0, %a1 : T0, T1", [a, b], f, differentiable=False)


@case("and", "or")
def logic(rng, op):
    a, b = rng.integers(0, 2, (N, 5)).astype(bool), rng.integers(0, 2, (5,)).astype(bool)
    return Case(f"%y = nn.{op} %a0, %a1 : T0, T1", [a, b],
                {"and": jnp.logical_and, "or": jnp.logical_or}[op], differentiable=False)


@case("not")
def negation(rng, op):
    return Case("%y = nn.not %a0 : T0", [rng.integers(0, 2, (N, 5)).astype(bool)], jnp.logical_not,
                differentiable=False)


@case("select")
def select(rng, op):
    condition = rng.integers(0, 2, (N, 1, 5)).astype(bool)
    return Case("%y = nn.select %a0, %a1, %a2 : T0, T1, T2", [condition, normal(rng, 4, 1), normal(rng, 5)], jnp.where)


@case("cast")
def cast(rng, op):
    return Case("%i = nn.cast %a0 : T0 to tensor<?x5xi32>\n%f = nn.cast %i : tensor<?x5xi32> to T0\n%y = nn.add %f, %a0 : T0, T0",
                [5 * normal(rng, N, 5)], lambda a: lax.stop_gradient(jnp.trunc(a)) + a)


# ---- random ----

@case("random")
def random(rng, op):
    """Two of one stream are one; broadcast, of an own shape, and of 3 N rows."""
    kind, a, b = [("uniform", -0.5, 2.0), ("normal", 0.25, 1.5), ("bernoulli", 0.6, 0.0)][rng.integers(3)]
    seed, stream = rng.integers(-2 ** 31, 2 ** 31, 4).astype(np.int32), int(rng.integers(-2 ** 63, 2 ** 63))
    make = lambda name, stream, shape: f"%{name} = nn.random {kind} {a}, {b} stream {stream} seed %a0 : T0 -> tensor<{shape}>\n"
    text = make("r", stream, "?x1x5xf64") + make("d", stream, "?x7x5xf64") + make("t", ~stream, "?x7x5xf64, #nn.batch<[3, 0, 0]>")
    text += "%u = nn.reshape %t : tensor<?x7x5xf64, #nn.batch<[3, 0, 0]>> to tensor<?x7x15xf64>\n"
    text += "%v = nn.reduce sum %u [2] : tensor<?x7x15xf64>\n%w = nn.reshape %v : tensor<?x7xf64> to tensor<?x7x1xf64>\n"
    text += "%b = nn.mul %r, %a1 : tensor<?x1x5xf64>, T1\n%q = nn.mul %b, %d : T1, T1\n%y = nn.add %q, %w : T1, tensor<?x7x1xf64>"

    def oracle(seed, x):
        draw = lambda stream, *shape: philox.random(kind, a, b, stream, seed, shape)
        return draw(stream, N, 1, 5) * x * draw(stream, N, 7, 5) + draw(~stream, 3 * N, 7, 5).reshape(N, 7, 15).sum(2, keepdims=True)

    return Case(text, [seed, normal(rng, N, 7, 5)], oracle)


case("random")(random)
case("random")(random)

# ---- moves ----

@case("constant")
def constant(rng, op):
    c = rng.integers(-9, 9, (2, 3)).astype(float)
    return Case(f"%c = nn.constant dense<{c.tolist()}> : tensor<2x3xf64>\n%y = nn.mul %c, %a0 : tensor<2x3xf64>, T0", [normal(rng, 3)],
                lambda a: c * a)


@case("broadcast")
def broadcast(rng, op):
    return Case("%y = nn.broadcast %a0 : T0 to tensor<4x3x5xf64>", [normal(rng, 3, 1)], lambda a: jnp.broadcast_to(a, (4, 3, 5)))


@case("reshape")
def reshape(rng, op):
    return Case("%y = nn.reshape %a0 : T0 to tensor<?x2x21xf64>", [normal(rng, N, 7, 6)], lambda a: a.reshape(N, 2, 21))


@case("transpose")
def transpose(rng, op):
    p = [int(i) for i in rng.permutation(4)]
    return Case(f"%y = nn.transpose %a0 {p} : T0", [normal(rng, 2, 3, 5, 4)], lambda a: jnp.transpose(a, p))


@case("count")
def count(rng, op):
    return Case("%c = nn.count %a0 [0, 2] : T0 -> tensor<f64>\n%y = nn.div %a0, %c : T0, tensor<f64>", [normal(rng, N, 5, 7)],
                lambda a: a / (N * 7))


# ---- moves that change an index ----

def element(rng, shape, kind):
    """Numbers of an element type: f64, i32 or bool."""
    if kind == "f":
        return normal(rng, *shape)
    return rng.integers(-9, 9, shape, dtype=np.int32) if kind == "i" else rng.integers(0, 2, shape).astype(bool)


@case("slice")
def slice_(rng, op, kind="f"):
    shape = (N, 9, 1, 7)
    offsets, sizes, strides = [0], [1], [1]
    for d in shape[1:]:
        strides.append(int(rng.integers(1, 4)))
        offsets.append(int(rng.integers(0, d)))
        sizes.append(int(rng.integers(1, (d - 1 - offsets[-1]) // strides[-1] + 2)))
    index = (slice(None), *(slice(o, o + (s - 1) * t + 1, t) for o, s, t in zip(offsets[1:], sizes[1:], strides[1:])))
    return Case(f"%y = nn.slice %a0 offsets {offsets} sizes {sizes} strides {strides} : T0", [element(rng, shape, kind)],
                lambda a: a[index], differentiable=kind == "f")


case("slice")(lambda rng, op: slice_(rng, op, "i"))
case("slice")(lambda rng, op: slice_(rng, op, "b"))


@case("slice")
def slice_parts(rng, op):
    """Parts of one tensor that meet again: the gates of a cell."""
    part = lambda i: f"%s{i} = nn.slice %a0 offsets [0, {5 * i}] sizes [1, 5] strides [1, 1] : T0\n"
    t = "tensor<?x5xf64>"
    return Case("".join(part(i) for i in range(3)) + f"%t = nn.tanh %s0 : {t}\n%e = nn.sigmoid %s1 : {t}\n"
                f"%m = nn.mul %t, %e : {t}, {t}\n%y = nn.add %m, %s2 : {t}, {t}", [normal(rng, N, 15)],
                lambda a: jnp.tanh(a[:, :5]) * jax.nn.sigmoid(a[:, 5:10]) + a[:, 10:])


def around(rng, shape, kinds):
    """Elements before, behind and between those of each dimension, so that none becomes as long as N."""
    while True:
        counts = [[0, *(int(i) for i in rng.integers(0, 4, 2))] for _ in range(kinds)]
        low, high, interior = [*counts, [0, 0, 0]][:3]
        if N not in [a + d + (d - 1) * i + b for a, b, i, d in zip(low[1:], high[1:], interior[1:], shape[1:])]:
            return counts


@case("pad")
def pad_constant(rng, op, kind="f"):
    shape = (N, 3, 5)
    low, high, interior = around(rng, shape, 3)
    value = {"f": -1.5, "i": 3, "b": 1}[kind]
    a = element(rng, shape, kind)
    return Case(f"%y = nn.pad constant %a0 low {low} high {high} interior {interior} value {float(value)} : T0", [a],
                lambda a: lax.pad(a, jnp.asarray(value, a.dtype), list(zip(low, high, interior))), differentiable=kind == "f")


case("pad")(lambda rng, op: pad_constant(rng, op, "i"))
case("pad")(lambda rng, op: pad_constant(rng, op, "b"))


@case("pad")
def pad_around(rng, op):
    low, high = around(rng, (N, 3, 19), 2)
    return Case(f"%x = nn.exp %a0 : T0\n%y = nn.pad constant %x low {low} high {high} : T0", [normal(rng, N, 3, 19)],
                lambda a: jnp.pad(jnp.exp(a), list(zip(low, high))))


@case("pad")
def pad_mirror(rng, op):
    mode = ["reflect", "edge"][rng.integers(2)]
    low, high = around(rng, (N, 4, 5), 2)
    return Case(f"%y = nn.pad {mode} %a0 low {low} high {high} : T0", [normal(rng, N, 4, 5)],
                lambda a: jnp.pad(a, list(zip(low, high)), mode=mode))


@case("reverse")
def reverse(rng, op, kind="f"):
    axes = sorted(int(i) + 1 for i in rng.choice(3, size=rng.integers(1, 4), replace=False))
    return Case(f"%y = nn.reverse %a0 {axes} : T0", [element(rng, (N, 3, 4, 9), kind)], lambda a: jnp.flip(a, axes),
                differentiable=kind == "f")


case("reverse")(lambda rng, op: reverse(rng, op, "i"))


@case("concat")
def concat(rng, op, kind="f"):
    axis, count = int(rng.integers(1, 4)), int(rng.integers(1, 5))
    shapes = []
    for i in range(count):
        shape = [N, 3, 2, 5]
        shape[axis] = int(rng.choice([2, 4, 6, 20]))  # no sum is N
        shapes.append(shape)
    names = ", ".join(f"%a{i}" for i in range(count))
    types = ", ".join(f"T{i}" for i in range(count))
    return Case(f"%y = nn.concat {names} axis {axis} : {types}", [element(rng, shape, kind) for shape in shapes],
                lambda *a: jnp.concatenate(a, axis), differentiable=kind == "f")


case("concat")(lambda rng, op: concat(rng, op, "i"))
case("concat")(lambda rng, op: concat(rng, op, "b"))


@case("concat")
def concat_between(rng, op):
    """Pointwise ops before and behind the join, and a second reader of it."""
    t = "tensor<?x3x23xf64>"
    return Case(f"%x = nn.exp %a0 : T0\n%j = nn.concat %x, %a1, %a0 axis 2 : T0, T1, T0\n%b = nn.add %j, %a2 : {t}, T2\n"
                f"%r = nn.relu %b : {t}\n%y = nn.mul %r, %j : {t}, {t}", [normal(rng, N, 3, 2), normal(rng, N, 3, 19), normal(rng, 23)],
                lambda a, b, c: jax.nn.relu(jnp.concatenate([jnp.exp(a), b, a], 2) + c) * jnp.concatenate([jnp.exp(a), b, a], 2))


@case("concat")
def concat_growing(rng, op):
    """DenseNet's list: joined again and again."""
    def oracle(a, w):
        xs = [a]
        for _ in range(3):
            j = jnp.concatenate(xs, 1)
            xs.append(jnp.tanh(jnp.sum(j, 1, keepdims=True) * w))
        return jnp.concatenate(xs, 1)
    text, names, width = "", ["%a0"], 4
    for i in range(4):
        t = f"tensor<?x{width}xf64>"
        types = ", ".join(["T0"] + [f"tensor<?x3xf64>"] * i)
        text += f"%{'y' if i == 3 else f'j{i}'} = nn.concat {', '.join(names)} axis 1 : {types}\n"
        if i < 3:
            text += f"%s{i} = nn.reduce sum %j{i} [1] keepdims : {t}\n%m{i} = nn.mul %s{i}, %a1 : tensor<?x1xf64>, T1\n"
            text += f"%x{i} = nn.tanh %m{i} : tensor<?x3xf64>\n"
            names.append(f"%x{i}")
            width += 3
    return Case(text, [normal(rng, N, 4), normal(rng, 3)], oracle)


# ---- indices that come from data ----

@case("iota")
def iota(rng, op):
    return Case("%i = nn.iota : tensor<5xi32>\n%y = nn.add %i, %a0 : tensor<5xi32>, T0", [rng.integers(0, 9, (N, 5), dtype=np.int32)],
                lambda a: a + jnp.arange(5, dtype=jnp.int32), differentiable=False)


def gather_setting(rng):
    """Shapes of x and the index, attributes and the oracle: leading, own and trailing dimensions of each."""
    shared, left, own, right, trailing = ([N] if rng.integers(2) else []), [3] * rng.integers(2), \
        [int(i) for i in rng.integers(1, 5, rng.integers(0, 3))], [2] * rng.integers(2), [9] * rng.integers(2)
    x, index = [*shared, *left, 6, *right, *trailing], [*shared, *own, *trailing]
    axis, batch, last = len(shared) + len(left), len(shared), len(trailing)

    def oracle(a, i):
        i = jnp.clip(i, 0, 5)
        f = lambda a, i: jnp.take(a, i, axis=axis - batch)
        for _ in range(last):
            f = jax.vmap(f, in_axes=-1, out_axes=-1)
        for _ in range(batch):
            f = jax.vmap(f)
        return f(a, i)
    text = f"axis {axis} batch {batch} trailing {last}"
    return x, index, text, oracle


@case("gather")
def gather(rng, op):
    x, index, text, oracle = gather_setting(rng)
    return Case(f"%y = nn.gather %a0, %a1 {text} : T0, T1", [normal(rng, *x), rng.integers(-2, 8, index, dtype=np.int32)], oracle)


@case("gather")
def gather_rows(rng, op):
    """An embedding: rows of a table for each row of the batch."""
    return Case("%y = nn.gather %a0, %a1 axis 0 : T0, T1", [normal(rng, 7, 21), rng.integers(0, 7, (N, 5), dtype=np.int32)],
                lambda a, i: a[i])


@case("gather")
def gather_of_one_row(rng, op):
    """Whatever the index, the row is the same: a sum whose terms do not depend on where it is."""
    return Case("%g = nn.gather %a0, %a1 axis 0 : T0, T1\n%y = nn.reduce sum %g [0] : tensor<?x3xf64>",
                [normal(rng, 1, 3), rng.integers(-2, 3, (N,), dtype=np.int32)], lambda a, i: a[jnp.zeros_like(i)].sum(axis=0))


@case("scatter_add")
def scatter_add(rng, op):
    x, index, text, oracle = gather_setting(rng)
    i = rng.integers(-2, 8, index, dtype=np.int32)
    g = oracle(jnp.zeros(x), i).shape
    return Case(f"%y = nn.scatter_add %a0, %a1 {text} : T0, T1 -> {tensor(x)}", [normal(rng, *g), i],
                lambda g, i: jax.vjp(lambda a: oracle(a, i), jnp.zeros(at_batch(x)))[1](g)[0])


@case("top_k")
def top_k(rng, op, kind="f"):
    axis = int(rng.integers(1, 3))
    shape = (N, 7, 9)
    k = int(rng.integers(1, shape[axis] + 1))
    a = rng.integers(0, 6, shape)  # with equals
    a = a.astype(float) if kind == "f" else a.astype(np.int32)
    return Case(f"%y = nn.top_k %a0 k {k} axis {axis} : T0", [a],
                lambda a: jnp.moveaxis(lax.top_k(jnp.moveaxis(a, axis, -1), k)[1], -1, axis), differentiable=False)


case("top_k")(lambda rng, op: top_k(rng, op, "i"))


@case("top_k")
def top_k_values(rng, op):
    return Case("%i = nn.top_k %a0 k 3 axis 1 : T0\n%y = nn.gather %a0, %i axis 1 batch 1 : T0, tensor<?x3xi32>", [normal(rng, N, 9)],
                lambda a: lax.top_k(a, 3)[0])


@case("argsort")
def argsort(rng, op, kind="f"):
    shape = [(N, 7, 9), (N, 35), (7, N, 5), (N, 1), (37,), (2, 5, 3, 4)][rng.integers(6)]
    axis = int(rng.choice([d for d, size in enumerate(shape) if size != N]))
    descending = bool(rng.integers(2))
    a = rng.integers(-3, 4, shape) * rng.choice([-1.0, 1.0], shape)  # with equals, and zeros of both signs
    a = a if kind == "f" else a.astype(np.int32)
    return Case(f"%y = nn.argsort %a0 axis {axis} {'descending' if descending else ''} : T0", [a],
                lambda a: jnp.argsort(a, axis, descending=descending).astype(np.int32), differentiable=False)


case("argsort")(lambda rng, op: argsort(rng, op, "i"))


@case("argsort")
def sorted_values(rng, op):
    """Elements in their order, whose gradients go back."""
    axis, descending = int(rng.integers(1, 3)), bool(rng.integers(2))
    a = normal(rng, N, 7, 9)
    return Case(f"%i = nn.argsort %a0 axis {axis} {'descending' if descending else ''} : T0\n"
                f"%y = nn.gather %a0, %i axis {axis} batch {axis} trailing {2 - axis} : T0, {tensor(a.shape, np.int32)}", [a],
                lambda a: jnp.sort(a, axis, descending=descending))


# ---- reductions ----

def axes_of(rng, rank):
    return sorted(int(i) for i in rng.choice(rank, size=rng.integers(1, rank + 1), replace=False))


@case("reduce")
def reduce(rng, op):
    name, f = [("sum", jnp.sum), ("max", jnp.max), ("min", jnp.min)][rng.integers(3)]
    axes, keep = axes_of(rng, 3), bool(rng.integers(2))
    return Case(f"%y = nn.reduce {name} %a0 {axes} {'keepdims' if keep else ''} : T0", [normal(rng, N, 5, 4)],
                lambda a: f(a, axis=tuple(axes), keepdims=keep))


@case("reduce")
def reduce_equal(rng, op):
    a = rng.integers(0, 2, (4, 6)).astype(float)
    return Case("%y = nn.reduce max %a0 [1] : T0", [a], lambda a: jnp.max(a, axis=1))


@case("reduce")
def reduce_prod(rng, op):
    a = normal(rng, N, 3, 2)
    return Case("%y = nn.reduce prod %a0 [0, 2] : T0", [a], lambda a: jnp.prod(a, axis=(0, 2)))


@case("reduce")
def reduce_prod_zeros(rng, op):
    """Rows with no, one and several zeros."""
    a = normal(rng, N, 5) * (rng.random((N, 5)) > 0.2)
    a[0, :2] = 0
    keep = bool(rng.integers(2))
    return Case(f"%y = nn.reduce prod %a0 [1] {'keepdims' if keep else ''} : T0", [a], lambda a: jnp.prod(a, axis=1, keepdims=keep))


@case("reduce")
def reduce_logic(rng, op):
    name, f = [("any", jnp.any), ("all", jnp.all)][rng.integers(2)]
    return Case(f"%y = nn.reduce {name} %a0 [1] : T0", [rng.integers(0, 2, (N, 2)).astype(bool)],
                lambda a: f(a, axis=1), differentiable=False)


@case("argmax")
def argmax(rng, op):
    axis, smallest = int(rng.integers(2)), bool(rng.integers(2))
    a = rng.integers(0, 4, (N, 7)).astype(float)
    return Case(f"%y = nn.argmax %a0 axis {axis} {'smallest' if smallest else ''} : T0", [a],
                lambda a: (jnp.argmin if smallest else jnp.argmax)(a, axis=axis), differentiable=False)


CUMULATIVE = {"sum": lax.cumsum, "prod": lax.cumprod, "max": lax.cummax, "min": lax.cummin}


def exclusive_of(name, x, axis, reverse):
    """The running values one step later: what was before the first element changes nothing."""
    moved = jnp.moveaxis(jnp.flip(x, axis) if reverse else x, axis, 0)
    nothing = jnp.full((1, *moved.shape[1:]), {"sum": 0.0, "prod": 1.0}[name])
    moved = jnp.concatenate([nothing, CUMULATIVE[name](moved, 0)[:-1]])
    moved = jnp.moveaxis(moved, 0, axis)
    return jnp.flip(moved, axis) if reverse else moved


@case("cumulative")
def cumulative(rng, op):
    name, axis, reverse = list(CUMULATIVE)[rng.integers(4)], int(rng.integers(1, 4)), bool(rng.integers(2))
    exclusive = name in ("sum", "prod") and bool(rng.integers(2))
    oracle = lambda a: exclusive_of(name, a, axis, reverse) if exclusive else CUMULATIVE[name](a, axis, reverse)
    return Case(f"%y = nn.cumulative {name} %a0 axis {axis} {'reverse' if reverse else ''} {'exclusive' if exclusive else ''} : T0",
                [normal(rng, N, 5, 9, 4)], oracle)


@case("cumulative")
def cumulative_row(rng, op):
    """Along the last axis, and of a single element."""
    name, reverse = list(CUMULATIVE)[rng.integers(4)], bool(rng.integers(2))
    return Case(f"%y = nn.cumulative {name} %a0 axis 1 {'reverse' if reverse else ''} : T0",
                [normal(rng, N, int(rng.choice([1, 37])))], lambda a: CUMULATIVE[name](a, 1, reverse))


@case("cumulative")
def cumulative_zeros(rng, op):
    """Products with one and several zeros in a row: the gradient at a zero is not 0."""
    x, exclusive, reverse = normal(rng, 6, 8), bool(rng.integers(2)), bool(rng.integers(2))
    x[0, 3] = x[1, 2] = x[1, 5] = x[2, 0] = x[3, 7] = x[4, 4] = x[4, 5] = 0
    oracle = lambda a: exclusive_of("prod", a, 1, reverse) if exclusive else lax.cumprod(a, 1, reverse)
    return Case(f"%y = nn.cumulative prod %a0 axis 1 {'reverse' if reverse else ''} {'exclusive' if exclusive else ''} : T0", [x], oracle)


@case("softmax", "log_softmax")
def softmax(rng, op):
    axis = int(rng.integers(3))
    return Case(f"%y = nn.{op} %a0 axis {axis} : T0", [normal(rng, N, 5, 4)], lambda a: getattr(jax.nn, op)(a, axis=axis))


@case("cross_entropy")
def cross_entropy(rng, op):
    label = rng.integers(0, 5, (N,), dtype=np.int32)
    return Case("%y = nn.cross_entropy %a0, %a1 : T0, T1", [normal(rng, N, 5), label],
                lambda a, l: -jax.nn.log_softmax(a)[jnp.arange(N), l])


@case("cross_entropy")
def cross_entropy_distribution(rng, op):
    return Case("%y = nn.cross_entropy %a0, %a1 : T0, T1", [normal(rng, N, 2, 5), positive(rng, N, 2, 5)],
                lambda a, l: -jnp.sum(jax.nn.log_softmax(a) * l, axis=-1))


@case("cross_entropy_grad")
def cross_entropy_grad(rng, op):
    label = rng.integers(0, 5, (N,), dtype=np.int32)
    f = lambda a, l: -jax.nn.log_softmax(a)[jnp.arange(N), l]
    return Case("%y = nn.cross_entropy_grad %a0, %a1, %a2 : T0, T1, T2 -> T0", [normal(rng, N, 5), label, normal(rng, N)],
                lambda a, l, g: jax.vjp(lambda a: f(a, l), a)[1](g)[0], differentiable=False)


# ---- products ----

@case("matmul")
def matmul(rng, op):
    tl, tr = bool(rng.integers(2)), bool(rng.integers(2))
    leading = [(), (2,), (2, 3)][rng.integers(3)]
    shared = bool(rng.integers(2))
    m, d, k = 3, 5, 7
    lhs = normal(rng, *leading, *((d, m) if tl else (m, d)))
    rhs = normal(rng, *(() if shared else leading), *((k, d) if tr else (d, k)))
    turn = lambda x, t: jnp.swapaxes(x, -1, -2) if t else x
    return Case(f"%y = nn.matmul %a0 {'transposed' if tl else ''}, %a1 {'transposed_rhs' if tr else ''} : T0, T1", [lhs, rhs],
                lambda a, b: turn(a, tl) @ turn(b, tr))


@case("matmul")
def matmul_batch(rng, op):
    return Case("%y = nn.matmul %a0 transposed, %a1 : T0, T1", [normal(rng, N, 5), normal(rng, N, 7)], lambda a, b: a.T @ b)


@case("matmul")
def matmul_wide(rng, op):
    """N rows in register tiles, several panels of features with a tail; N is above a tile and below."""
    k = int(rng.choice([10, 24, 84]))
    return Case("%y = nn.matmul %a0, %a1 : T0, T1", [normal(rng, N, 19), normal(rng, 19, k)], lambda a, b: a @ b)


# ---- windows ----

SPATIAL = {1: "W", 2: "HW", 3: "DHW"}


def windows(rng, axes):
    """Sizes and attributes of windows that fit: strides, padding, dilations, with rows left over."""
    size = [int(i) for i in rng.integers(1, 4, axes)]
    strides = [int(i) for i in rng.integers(1, 4, axes)]
    dilations = [int(i) for i in rng.integers(1, 3, axes)]
    padding = [int(i) for i in rng.integers(0, 3, 2 * axes)]
    extent = [int(rng.integers((s - 1) * d + 1, (s - 1) * d + 6)) for s, d in zip(size, dilations)]
    return size, strides, dilations, padding, extent


def pairs(padding):
    return list(zip(padding[::2], padding[1::2]))


def conv_setting(rng, wide=False):
    """`wide`: two axes and as many features as several vectors, panels and tails of a register tile need."""
    axes, groups = (2, int(rng.integers(1, 3))) if wide else (int(rng.integers(1, 4)), int(rng.integers(1, 4)))
    size, strides, dilations, padding, extent = windows(rng, axes)
    channels, features = int(rng.integers(1, 3)), groups * int(rng.integers(1, 3))
    if wide:
        channels, features = int(rng.choice([3, 9])), groups * int(rng.choice([5, 12, 17]))
    x = (N, *extent, groups * channels)
    f = (*size, channels, features)
    y = tuple((e + b + a - ((s - 1) * d + 1)) // t + 1
              for e, (b, a), s, d, t in zip(extent, pairs(padding), size, dilations, strides))
    text = f"strides {strides} padding {padding} dilations {dilations} groups {groups}"
    spatial = SPATIAL[axes]
    conv = lambda x, f: lax.conv_general_dilated(x, f, strides, pairs(padding), rhs_dilation=dilations, feature_group_count=groups,
                                                 dimension_numbers=(f"N{spatial}C", f"{spatial}IO", f"N{spatial}C"))
    return x, f, (N, *y, features), text, conv


def conv(rng, wide):
    x, f, y, text, oracle = conv_setting(rng, wide)
    return Case(f"%y = nn.conv %a0, %a1 {text} : T0, T1", [normal(rng, *x), normal(rng, *f)], oracle)


case("conv")(lambda rng, op: conv(rng, False))
case("conv")(lambda rng, op: conv(rng, True))


def conv_input_grad(rng, wide):
    x, f, y, text, conv = conv_setting(rng, wide)
    result = tensor(x)
    return Case(f"%y = nn.conv_input_grad %a0, %a1 {text} : T0, T1 -> {result}", [normal(rng, *y), normal(rng, *f)],
                lambda g, f: jax.vjp(lambda x: conv(x, f), jnp.zeros(at_batch(x)))[1](g)[0])


case("conv_input_grad")(lambda rng, op: conv_input_grad(rng, False))
case("conv_input_grad")(lambda rng, op: conv_input_grad(rng, True))


def conv_filter_grad(rng, wide):
    x, f, y, text, conv = conv_setting(rng, wide)
    result = tensor(f)
    return Case(f"%y = nn.conv_filter_grad %a0, %a1 {text} : T0, T1 -> {result}", [normal(rng, *x), normal(rng, *y)],
                lambda x, g: jax.vjp(lambda f: conv(x, f), jnp.zeros(f))[1](g)[0])


case("conv_filter_grad")(lambda rng, op: conv_filter_grad(rng, False))
case("conv_filter_grad")(lambda rng, op: conv_filter_grad(rng, True))


def pool_setting(rng):
    axes = int(rng.integers(1, 4))
    size, strides, _, padding, extent = windows(rng, axes)
    padding = [min(p, size[i // 2] - 1) for i, p in enumerate(padding)]
    kind, counted = ["max", "min", "avg"][rng.integers(3)], bool(rng.integers(2))
    x = (N, *extent, 3)
    y = (N, *((e + b + a - s) // t + 1 for e, (b, a), s, t in zip(extent, pairs(padding), size, strides)), 3)
    text = f"size {size} strides {strides} padding {padding}" + (" count_padding" if counted and kind == "avg" else "")
    window = dict(window_dimensions=(1, *size, 1), window_strides=(1, *strides, 1), padding=[(0, 0), *pairs(padding), (0, 0)])

    def oracle(x):
        if kind == "max":
            return lax.reduce_window(x, -jnp.inf, lax.max, **window)
        if kind == "min":
            return -lax.reduce_window(-x, -jnp.inf, lax.max, **window)
        total = lax.reduce_window(x, 0.0, lax.add, **window)
        return total / (np.prod(size) if counted else lax.reduce_window(jnp.ones(x.shape), 0.0, lax.add, **window))
    return kind, x, y, text, oracle


@case("pool")
def pool(rng, op):
    kind, x, y, text, oracle = pool_setting(rng)
    return Case(f"%y = nn.pool {kind} %a0 {text} : T0", [normal(rng, *x)], oracle)


@case("pool_grad")
def pool_grad(rng, op):
    kind, x, y, text, oracle = pool_setting(rng)
    of = "" if kind == "avg" else "of %a1 : T1"
    return Case(f"%y = nn.pool_grad {kind} %a0 {of} {text} : T0 -> T1", [normal(rng, *y), normal(rng, *x)],
                lambda g, x: jax.vjp(oracle, x)[1](g)[0], differentiable=False)
