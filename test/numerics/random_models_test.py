"""Models put together at random, value and gradients: the whole compiler against the reference interpreter, and that against central differences,
in f64.

What an operation alone does not show: what fusion, layouts, plans and derivatives make of operations that meet, and what fission makes of loops
over time. Every second model begins with a scan. The seeds are fixed; ARGENT_MODELS=FIRST:COUNT tries others.
"""
import os
import random
import sys

import numpy as np

import executor
from builtins_test import evaluate, type_of
from cases import N

TOLERANCE = 1e-9  # f64, of the largest entry: up to twenty operations, whose condition is not looked at
SLOPE_TOLERANCE = 1e-4  # of a central difference


class Maker:
    """Statements of a model; each value is an expression and its shape, whose first dimension is N or not."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.numbers = np.random.default_rng(seed)
        self.inputs, self.lines, self.values, self.used = [], [], [], set()
        self.scans = []  # those that the next line is in: what they say of themselves, by name
        for _ in range(self.random.randint(1, 3)):
            shape = (N, *(self.random.choice([1, 2, 3, 4, 5, 8, 17]) for _ in range(self.random.randint(1, 3))))
            self.values.append((self.input(shape), shape))

    def input(self, shape, integers=0):
        value = self.numbers.integers(0, integers, shape, dtype=np.int32) if integers else self.numbers.standard_normal(shape)
        self.inputs.append(value)
        return f"x{len(self.inputs) - 1}"

    def line(self, text):
        self.lines.append("    " * len(self.scans) + text)

    def new(self, letter="v"):
        return f"{letter}{len(self.lines)}"

    def add(self, expression, shape):
        if N in shape[1:] or not shape:  # a dimension that would be taken for the batch; a scalar, which few operations take
            raise LookupError
        name = self.new()
        self.line(f"{name} = {expression}")
        self.values.append((name, tuple(shape)))
        return name

    def pick(self, accepts=lambda shape: True):
        found = [value for value in self.values if accepts(value[1])]
        if not found:
            raise LookupError
        # What is new is used more often: chains, and now and then something from far back.
        value = found[-1] if self.random.random() < 0.6 else self.random.choice(found)
        self.used.add(value[0])
        return value

    def step(self):
        makers = [self.unary] * 5 + [self.binary] * 6 + [
            self.reduce, self.reduce, self.soft, self.cumulative, self.reshape, self.transpose, self.reverse, self.slice, self.slice,
            self.concat, self.concat, self.stack, self.pad, self.repeat, self.matmul, self.matmul, self.conv, self.conv, self.pool,
            self.gather, self.one_hot, self.top_k, self.sort, self.batch_norm, self.layer_norm, self.expand, self.select, self.integer,
            self.upsample, self.split]
        makers += [self.scan] * (2 if len(self.scans) < 2 else 0)
        if self.scans:
            makers += [self.at_step] * 4 + [self.over_rows]
        self.attempt(self.random.choice(makers))

    def attempt(self, make):
        try:
            make()
        except LookupError:
            pass

    def unary(self):
        x, shape = self.pick()
        self.add(self.random.choice([
            "tanh({})", "sigmoid({})", "relu({})", "gelu({})", "silu({})", "exp({} * 0.125)", "abs({})", "softplus({})", "softsign({})", "{} * 0.5", "{} + 2",
            "1.0 - {}", "{} * {}", "sqrt(abs({}) + 1.0)", "log({} * {} + 1.0)", "clamp({}, -0.5, 0.75)", "leaky_relu({}, slope=0.125)",
            "sin({})", "erf({})", "rsqrt({} * {} + 0.5)", "elu({})", "hard_swish({})", "stop_gradient({})", "-{}"]).replace("{}", x), shape)

    def binary(self):
        x, shape = self.pick()
        fits = lambda other: len(other) == len(shape) and all(a == b or 1 in (a, b) for a, b in zip(shape, other)) and N * (other[0] == N) == N * (shape[0] == N)
        y, other = self.pick(fits)
        form = self.random.choice(["{} + {}", "{} - {}", "{} * {}", "maximum({}, {})", "minimum({}, {})", "{} / ({} * 0.0 + 1.5)", "{} + 0.5 * {}"])
        self.add(form.format(x, y), [max(a, b) for a, b in zip(shape, other)])

    def select(self):
        x, shape = self.pick()
        y, _ = self.pick(lambda other: other == shape)
        self.add(f"where({x} > {y} * 0.5, {x} * 2, {y})", shape)

    def axis(self, shape):
        """Of a row: N stays."""
        axes = [d for d in range(len(shape)) if shape[d] != N]
        if not axes:
            raise LookupError
        return self.random.choice(axes)

    def reduce(self):
        x, shape = self.pick(lambda shape: len(shape) > 1)
        d, keep = self.axis(shape), self.random.random() < 0.5
        op = self.random.choice(["sum", "mean", "max", "min", "logsumexp", "prod"])
        self.add(f"{op}({x}, axis={d - len(shape) if self.random.random() < 0.5 else d}, keepdims={str(keep).lower()})",
                 shape[:d] + ((1,) if keep else ()) + shape[d + 1 :])

    def soft(self):
        x, shape = self.pick(lambda shape: len(shape) > 1)
        self.add(f"{self.random.choice(['softmax', 'log_softmax'])}({x}, axis={self.axis(shape)})", shape)

    def cumulative(self):
        x, shape = self.pick(lambda shape: len(shape) > 1)
        reverse = str(self.random.random() < 0.5).lower()
        self.add(f"{self.random.choice(['cumsum', 'cumsum', 'cummax'])}({x}, axis={self.axis(shape)}, reverse={reverse})", shape)

    def reshape(self):
        x, shape = self.pick(lambda shape: shape[0] == N and len(shape) > 1)
        size = int(np.prod(shape[1:]))
        divisors = [d for d in range(1, size + 1) if size % d == 0]
        first = self.random.choice(divisors)
        rest = self.random.choice([(size,), (first, size // first), (first, 1, size // first)])
        self.add(f"reshape({x}, N, {', '.join(map(str, rest))})", (N, *rest))

    def transpose(self):
        x, shape = self.pick(lambda shape: len(shape) > 2)
        axes = list(range(len(shape)))
        moved = axes[1:]
        self.random.shuffle(moved)
        axes = axes[:1] + moved
        self.add(f"transpose({x}, {', '.join(map(str, axes))})", [shape[a] for a in axes])

    def reverse(self):
        x, shape = self.pick(lambda shape: len(shape) > 1)
        self.add(f"reverse({x}, {self.axis(shape)})", shape)

    def slice(self):
        x, shape = self.pick(lambda shape: any(d > 1 and d != N for d in shape))
        d = self.random.choice([d for d in range(len(shape)) if shape[d] not in (1, N)])
        n = shape[d]
        begin = self.random.randint(0, n - 1)
        end = self.random.randint(begin + 1, n)
        stride = self.random.choice([1, 1, 2])
        kind = self.random.random()
        if kind < 0.3:
            text, size = str(begin), ()
        else:
            text, size = f"{begin}:{end}" + (f":{stride}" if stride > 1 else ""), (len(range(begin, end, stride)),)
        self.add(f"{x}[{', '.join([':'] * d + [text] + [':'] * (len(shape) - d - 1))}]", shape[:d] + size + shape[d + 1 :])

    def concat(self):
        x, shape = self.pick(lambda shape: len(shape) > 1)
        d = self.axis(shape)
        parts, size = [x], shape[d]
        for _ in range(self.random.randint(1, 2)):
            y, other = self.pick(lambda other: len(other) == len(shape) and other[:d] == shape[:d] and other[d + 1 :] == shape[d + 1 :] and other[d] != N)
            parts.append(y)
            size += other[d]
        if size == N:
            raise LookupError
        self.add(f"concat([{', '.join(parts)}], axis={d})", shape[:d] + (size,) + shape[d + 1 :])

    def stack(self):
        x, shape = self.pick(lambda shape: len(shape) < 4)
        y, _ = self.pick(lambda other: other == shape)
        d = self.random.randint(1, len(shape))
        self.add(f"stack([{x}, {y}, {x} * 0.5], axis={d})", shape[:d] + (3,) + shape[d:])

    def split(self):
        x, shape = self.pick(lambda shape: any(d % 2 == 0 for d in shape[1:]))
        d = self.random.choice([d for d in range(1, len(shape)) if shape[d] % 2 == 0])
        self.add(f"split({x}, 2, axis={d})[1]", shape[:d] + (shape[d] // 2,) + shape[d + 1 :])

    def pad(self):
        x, shape = self.pick(lambda shape: shape[0] == N and len(shape) > 1)
        d = self.axis(shape)
        mode = self.random.choice(["constant", "constant", "edge", "reflect"])
        before, after = self.random.randint(0, 2), self.random.randint(0, 2)
        if mode == "reflect":
            before, after = min(before, shape[d] - 1), min(after, shape[d] - 1)
        if shape[d] + before + after == N:
            raise LookupError
        pairs = ", ".join(f"({before}, {after})" if i == d else "(0, 0)" for i in range(len(shape)))
        value = ", value=0.5" if mode == "constant" and self.random.random() < 0.3 else ""
        self.add(f'pad({x}, [{pairs}]{value}, mode="{mode}")', shape[:d] + (shape[d] + before + after,) + shape[d + 1 :])

    def repeat(self):
        x, shape = self.pick(lambda shape: shape[0] == N and len(shape) > 1 and np.prod(shape[1:]) < 100)
        d = self.axis(shape)
        self.add(f"repeat({x}, 2, {d})", shape[:d] + (2 * shape[d],) + shape[d + 1 :])

    def matmul(self):
        x, shape = self.pick(lambda shape: len(shape) > 1 and shape[-1] != N)
        units = self.random.choice([1, 3, 8, 16, 19])
        self.add(f"{x} @ {self.input((shape[-1], units))}" + self.random.choice(["", f" + {self.input((units,))}"]), (*shape[:-1], units))

    def conv(self):
        x, shape = self.pick(lambda shape: shape[0] == N and len(shape) in (3, 4))
        features = self.random.choice([1, 4, 16])
        window = [self.random.randint(1, min(3, d)) for d in shape[1:-1]]
        stride, padding = self.random.choice([1, 1, 2]), self.random.choice(["valid", "same"])
        extents = [(d - w) // stride + 1 if padding == "valid" else -(-d // stride) for d, w in zip(shape[1:-1], window)]
        w = self.input((*window, shape[-1], features))
        self.add(f'conv({x}, {w}, stride={stride}, padding="{padding}")', (N, *extents, features))

    def pool(self):
        x, shape = self.pick(lambda shape: shape[0] == N and len(shape) == 4 and min(shape[1:3]) > 1)
        kind, stride = self.random.choice(["max", "avg"]), self.random.choice([1, 2])
        self.add(f"{kind}_pool2d({x}, 2, stride={stride})", (N, *((d - 2) // stride + 1 for d in shape[1:3]), shape[3]))

    def gather(self):
        x, shape = self.pick(lambda shape: shape[0] != N and len(shape) == 2) if self.random.random() < 0.3 else (None, (self.random.choice([4, 9]), 5))
        x = x or self.input(shape)
        index = self.input((N, 3), integers=shape[0])
        self.add(f"gather({x}, {index})", (N, 3, shape[1]))

    def one_hot(self):
        self.add(f"one_hot({self.input((N,), integers=6)}, 5)", (N, 5))

    def top_k(self):
        x, shape = self.pick(lambda shape: shape[0] == N and len(shape) > 1 and shape[-1] > 2)
        self.add(f"top_k({x}, 2)[0]", (*shape[:-1], 2))

    def sort(self):
        x, shape = self.pick(lambda shape: shape[0] == N and len(shape) > 1)
        self.add(f"sort({x}, axis={self.random.randint(1, len(shape) - 1)})", shape)

    def batch_norm(self):
        x, shape = self.pick(lambda shape: shape[0] == N and len(shape) > 1)
        axes = list(range(len(shape) - 1))
        mean, variance = self.new("m"), self.new("s")
        self.line(f"{mean}, {variance} = moments({x}, axis={axes})")
        self.add(f"normalize({x}, {mean}, {variance}, epsilon=0.25)", shape)

    def layer_norm(self):
        x, shape = self.pick(lambda shape: shape[0] == N and len(shape) > 1)
        mean, variance = self.new("m"), self.new("s")
        self.line(f"{mean}, {variance} = moments({x}, axis=-1, keepdims=true)")
        self.add(f"normalize({x}, {mean}, {variance}, epsilon=0.25)", shape)

    def expand(self):
        x, shape = self.pick(lambda shape: shape[0] == N and 1 < len(shape) < 4)
        d = self.random.randint(1, len(shape))
        at = ", ".join([":"] * d + ["none"] + [":"] * (len(shape) - d))
        self.add(f"{x}[{at}]", shape[:d] + (1,) + shape[d:])

    def integer(self):
        x, shape = self.pick(lambda shape: shape[0] == N and len(shape) > 1)
        text = self.random.choice(["f32(argmax({}, axis=-1))", "f32(any({} > 1.0, axis=-1))", "f32(sum(i32({} * 4), axis=-1))"])
        self.add(text.format(x), shape[:-1])

    def upsample(self):
        x, shape = self.pick(lambda shape: shape[0] == N and len(shape) == 4 and np.prod(shape[1:]) < 200)
        method = self.random.choice(["nearest", "bilinear"])
        self.add(f'upsample2d({x}, 2, method="{method}")', (N, 2 * shape[1], 2 * shape[2], shape[3]))

    def at_step(self):
        """What the number of the step is used for: a factor, a condition, an index."""
        t, steps = self.random.choice([(scan["t"], scan["steps"]) for scan in self.scans if scan["t"]] or [(None, 0)])
        if not t:
            raise LookupError
        x, shape = self.pick()
        form = self.random.randint(0, 3)
        if form == 0:
            self.add(f"{x} * f32({t} + 1)", shape)
        elif form == 1:
            self.add(f"where({t} {self.random.choice(['<', '==', '>='])} {self.random.randint(0, steps - 1)}, {x}, {x} * 0.25)", shape)
        elif form == 2:
            x, shape = self.pick(lambda shape: len(shape) > 1 and shape[1] >= steps)
            self.add(f"gather({x}, {t}, axis=1)", shape[:1] + shape[2:])
        else:
            self.add(f"{x} + gather({self.input((steps, 1))}, {t})", shape)

    def over_rows(self):
        """What does not treat the rows of the batch apart."""
        x, shape = self.pick(lambda shape: shape[0] == N and len(shape) > 1)
        self.add(f"{self.random.choice(['mean', 'sum', 'max'])}({x}, axis=0)", shape[1:])

    def mixed(self, value, shape):
        """What a carried value becomes: bounded, as there may be many steps."""
        terms = [self.random.choice([self.scaled, self.product, self.product] if len(shape) > 1 else [self.scaled])(value, shape)]
        if self.random.random() < 0.7:
            terms.append(self.beside(value, shape))
        text = " + ".join(terms)
        x, _ = self.pick(lambda other: other == shape) if self.random.random() < 0.5 else (value, shape)
        return self.random.choice(["tanh({1})", "{0} * 0.5 + tanh({1})", "{0} + sin({1})", "sigmoid({1}) * {0} + (1 - sigmoid({1})) * tanh({2})",
                                   "where({1} > 0, {0}, tanh({2}))", "clamp({1}, -2, 2)", "maximum({0}, sin({1}))", "{2} * 0.25 + sin({1})"]
                                  ).format(value, text, x)

    def scaled(self, value, shape):
        return f"{value} * {self.random.choice([0.5, -0.75, 0.125])}"

    def product(self, value, shape):
        x, other = self.pick(lambda other: len(other) == len(shape) and other[:-1] == shape[:-1])
        return f"{x} @ {self.input((other[-1], shape[-1]))}"

    def beside(self, value, shape):
        """A value of the body or from before the loop, or a weight: of the shape, or as broadcasting makes it."""
        if self.random.random() < 0.2:
            return self.input(shape[-1:]) if len(shape) > 1 else f"{self.input((1,) if shape[0] != N else (N,))}"
        fits = lambda other: other[0] == shape[0] and len(other) == len(shape) and all(a in (1, b) for a, b in zip(other, shape))
        return f"{self.pick(fits)[0]}"

    def sources(self):
        """The steps, and the sources as (expression, shape): some that are there, some that are inputs."""
        steps = self.random.choice([1, 2, 3, 4, 4, 5, 6])
        sources = []
        if self.random.random() < 0.7:
            try:
                x, shape = self.pick(lambda shape: len(shape) > 1 and shape[1] < 7)
                steps = shape[1]
                sources.append((x, shape))
            except LookupError:
                pass
        fitting = [value for value in self.values if len(value[1]) > 1 and value[1][1] == steps]
        if fitting and self.random.random() < 0.3:
            sources.append(self.random.choice(fitting))
            self.used.add(sources[-1][0])
        if not sources or self.random.random() < 0.2:
            rows = (self.random.choice([2, 3]),) if sources and self.random.random() < 0.3 else (N,)
            shape = (*rows, steps, *self.random.choice([(3,), (8,), (4, 5), (1,), (), (3, 4, 2)]))
            sources.append((self.input(shape), shape))
        return steps, sources

    def start(self):
        """A carried value before the loop."""
        if self.values and self.random.random() < 0.4:
            return self.pick()
        shape = self.random.choice([(N,), (N, 3), (N, 8), (N, 4), (N, 2, 4), (N, 3, 3, 2)])
        if self.random.random() < 0.1:
            shape = self.random.choice([(3,), (2, 3)])
        if self.random.random() < 0.3:
            return f"zeros({', '.join('N' if d == N else str(d) for d in shape)})", shape
        return self.input(shape), shape

    def carried(self, apart):
        """(name, the first value's text, the elements (expression, shape)): a tensor, or a list that may hold a list."""
        found = []
        for i in range(self.random.choice([0, 1, 1, 1, 2, 2, 3])):
            starts = [self.start() for _ in range(self.random.choice([1, 1, 1, 2, 3]))]
            if apart and any(shape[0] != N for _, shape in starts):
                continue
            name, texts = f"{self.new('h')}_{i}", [text for text, _ in starts]
            elements = [name] if len(texts) == 1 else [f"{name}[0]", f"{name}[1]"] if len(texts) == 2 else [f"{name}[0]", f"{name}[1][0]", f"{name}[1][1]"]
            found.append((name, self.nested(texts), list(zip(elements, [shape for _, shape in starts]))))
        return found

    def choose(self, name):
        """What a carried integer chooses; and the statements that make the next one, and end rows."""
        ended = f"e{name}"
        table = self.input((4, self.random.choice([3, 8])))
        columns = self.inputs[int(table[1:])].shape[1]
        self.add(f"gather({table}, {name})", (N, columns))
        self.add(f"one_hot({name}, 4) * where({ended}, 0.5, 1.5)[:, none]", (N, 4))
        x, shape = self.pick(lambda shape: shape[0] == N and len(shape) == 2)
        return [f"{name} = where({ended}, {name}, argmax({x} @ {self.input((shape[1], 4))}, axis=-1))", f"{ended} = {ended} or mean({x}, axis=1) > 1.0"]

    def nested(self, texts):
        if len(texts) < 3:
            return texts[0] if len(texts) == 1 else f"[{texts[0]}, {texts[1]}]"
        return f"[{texts[0]}, [{texts[1]}, {texts[2]}]]"

    def scan(self):
        lines, values, depth = self.lines[:], self.values, len(self.scans)
        try:
            self.loop()
        except LookupError:
            del self.scans[depth:]
            self.lines, self.values = lines, values
            raise

    def loop(self):
        steps, sources = self.sources()
        apart = self.random.random() < 0.3
        options = [f"lengths={self.input((N,), integers=steps + 1)}"] if apart else []
        options += ["reverse=true"] * (self.random.random() < 0.4)
        carried = self.carried(apart)
        letter = self.new("")
        parts = [(f"s{letter}_{i}", x, shape[:1] + shape[2:]) for i, (x, shape) in enumerate(sources)]
        t = f"t{letter}" if self.random.random() < 0.4 else None
        heads = [f"{name} in {x}" for name, x, _ in parts] + ([f"{t} in range({steps})"] if t else [])
        self.random.shuffle(heads)
        text = "scan" + (f"({', '.join(options)})" if options else "") + " " + ", ".join(heads)
        if carried:
            text += " carry " + ", ".join(f"{name} = {first}" for name, first, _ in carried)

        token = self.new("k") if self.random.random() < 0.25 else None
        if token:
            ended = f"{self.input((N,), integers=2)} > {self.random.randint(0, 1)}"
            text += (", " if carried else " carry ") + f"{token} = {self.input((N,), integers=4)}, e{token} = {ended}"
        before = self.values
        head = len(self.lines)
        self.line(text)  # what is yielded stands before it, and is known later
        self.scans.append({"t": t, "steps": steps})
        self.values = before + [element for _, _, elements in carried for element in elements] + [(name, shape) for name, _, shape in parts if shape]
        outside = len(before)
        ends = self.choose(token) if token else []
        if len(self.scans) == 1 and self.random.random() < 0.3:
            self.attempt(self.scan)
        for _ in range(self.random.randint(1, 5)):
            if np.prod(self.values[-1][1][1:]) < 300:
                self.step()
        for name, _, elements in carried:
            if self.random.random() < 0.15 and len(elements) == 1 and len(carried) > 1:  # another's value of the step before or of this one
                other = self.random.choice([element for _, _, more in carried for element in more])
                if other[1] == elements[0][1] and other[0] != name:
                    self.line(f"{name} = {other[0]} * 0.5")
                    continue
            self.line(f"{name} = {self.nested([self.mixed(*element) for element in elements])}")
        for statement in ends:
            self.line(statement)
        inside = self.values[outside:]
        can = [(x, shape) for x, shape in inside if len(shape) < 4 and np.prod(shape) * steps < 1000 * N and (shape[0] == N or not apart)]
        yields = [value for value in can if value[0] not in self.used][:3] or ([self.random.choice(can)] if can else [])
        if carried and self.random.random() < 0.1:
            yields = []
        chosen = [token, f"e{token}"] if token else []
        if yields or chosen:
            texts = [self.random.choice(["{}", "{}", "{} * 0.5"]).format(x) for x, _ in yields]
            self.line("yield " + ", ".join(texts + chosen))
        elif not carried:
            raise LookupError
        self.scans.pop()
        results = [(f"r{letter}_{i}", shape[:1] + (steps,) + shape[1:]) for i, (_, shape) in enumerate(yields)]
        names = [name for name, _ in results] + [f"r{name}" for name in chosen]
        self.lines[head] = "    " * len(self.scans) + (", ".join(names) + " = " if names else "") + text + " {"
        self.line("}")
        self.values = before + [element for _, _, elements in carried for element in elements] + results
        if token:
            self.add(f"f32(r{token}) * where(re{token}, 2.0, 1.0)", (N, steps))
            self.add(f"one_hot({token}, 4) + f32(e{token})[:, none]", (N, 4))
        self.used -= {element for _, _, elements in carried for element, _ in elements}

    def text(self):
        """The body whose last line binds y: a weighted sum of everything that nothing else uses."""
        loose = [(name, shape) for name, shape in self.values if name not in self.used]
        terms = [f"mean({name} * {self.input(shape)})" for name, shape in loose] or [f"mean({self.values[-1][0]})"]
        return "\n".join(self.lines) + "\ny = " + " + ".join(terms)


def model(seed):
    maker = Maker(seed)
    if seed % 2:
        maker.attempt(maker.scan)
    for _ in range(maker.random.randint(4, 14)):
        if np.prod(maker.values[-1][1][1:]) < 3000:
            maker.step()
    body = maker.text()
    arguments = [f"x{i}: {type_of(x)}" for i, x in enumerate(maker.inputs)]
    return arguments, body, maker.inputs


# What was wrong once, made small by hand.
FOUND = [
    # a tile of several images of one pixel
    (["x0: f32[N, 1, 1, 17]", "x1: f32[1, 1, 17, 16]"], 'y = mean(conv(x0, x1, stride=2, padding="valid"))'),
    # a border around an image of one pixel
    (["x0: f32[N, 2, 3, 2]", "x1: f32[1, 3, 2, 1]", "x2: f32[N, 2, 1, 1]"], 'y = mean(conv(x0, x1) * x2)'),
    (["x0: f32[N, 4, 8]", "x1: f32[3, 4, 4]", "x2: f32[N, 1, 4]"], "y = mean(conv(split(x0, 2, axis=2)[1], x1, stride=2) * x2)"),
    # a reduction whose definition does not name its variables
    (["x0: f32[N, 4, 1]", "x1: f32[N, 3, 5, 1]"],
     'a = stack([x0, cummax(x0, axis=2), x0 * 0.5], axis=1)\ny = mean(pad(a, [(0, 0), (0, 0), (1, 0), (0, 0)], mode="edge") * x1)'),
    # a reshape before the kernel whose result it views
    (["x0: f32[N, 5, 3]", "x1: f32[N, 1, 5, 3]"], "a = logsumexp(stack([x0, x0 * x0], axis=2), axis=2)\n"
     "y = mean(a[:, none, :, :] * x1) + mean(a / (a * a + 1.5))"),
    # a result that is computed from its own earlier elements, into memory that is not aligned to vectors
    (["x0: f32[N, 5, 8]"], "a = cummax(cumsum(x0, axis=1, reverse=true), axis=1)\ny = mean(a * a)"),
    # negative numbers to integers, whose sum may wrap
    (["x0: f32[N, 4]", "x1: f32[N]"], "y = mean(f32(sum(i32(x0 * 4), axis=-1)) * x1)"),
    # what a kernel computes as one dimension, yielded without N
    (["x0: f32[3, 5, 4]", "x1: f32[3, 5, 4]", "x2: f32[N]"], "r = scan s in x0 { yield s * 0.5 }\ny = mean(r * x1) + mean(x2)"),
]


def inputs_of(arguments):
    rng = np.random.default_rng(1)
    shapes = [argument.split("[")[1].rstrip("]").split(", ") for argument in arguments]
    return [rng.standard_normal([N if extent == "N" else int(extent) for extent in shape]) for shape in shapes]


def slope_error(text, inputs, gradients):
    """How far the gradients are from the central difference along one direction. Of several steps, as one may cross a corner."""
    numbers = np.random.default_rng(2)
    moves = [numbers.standard_normal(x.shape) if x.dtype.kind == "f" else np.zeros_like(x) for x in inputs]
    found = sum((move * gradient).sum() for move, gradient in zip([m for m, x in zip(moves, inputs) if x.dtype.kind == "f"], gradients))
    value = lambda step: executor.run(text, "predict", [x + (step * m).astype(x.dtype) for x, m in zip(inputs, moves)], 1, "interpreter")[0]
    errors = []
    for h in (1e-6, 1e-5, 1e-7):
        errors.append(abs((value(h) - value(-h)) / (2 * h) - found) / max(1e-2, abs(found)))
        if errors[-1] <= SLOPE_TOLERANCE:
            break
    return min(errors)


def check(arguments, body, inputs):
    given = evaluate(arguments, "f32[]", body)
    text = executor.differentiate(given)
    count = 1 + sum(x.dtype.kind == "f" for x in inputs)
    wanted = executor.run(text, "predict", inputs, count, "interpreter")
    if "stop_gradient" not in body:
        off = slope_error(given, inputs, wanted[1:])
        if not off <= SLOPE_TOLERANCE:
            raise AssertionError(f"the interpreter's derivative is off by {off:.3g}")
    found = executor.compiled(text, "predict", inputs, count, TOLERANCE)
    off = max(np.abs(a - b).max() / max(1e-3, np.abs(b).max()) for a, b in zip(found, wanted))  # of the largest entry of each result
    if not off <= TOLERANCE:
        raise AssertionError(f"off by {off:.3g}")


def main():
    first, count = map(int, os.environ.get("ARGENT_MODELS", "0:8").split(":"))
    models = {f"found {i}": (arguments, body, inputs_of(arguments)) for i, (arguments, body) in enumerate(FOUND)}
    models |= {str(seed): model(seed) for seed in range(first, first + count)}
    failed = 0
    for name, (arguments, body, inputs) in models.items():
        print(f"model {name}", flush=True)  # a wrong kernel may end this process
        try:
            check(arguments, body, inputs)
        except (RuntimeError, AssertionError) as error:
            failed += 1
            print(f"{str(error)[:2000]}\nmodel m({', '.join(arguments)}) -> (y: f32[]) {{\n{body}\n}}", flush=True)
    print(f"{len(models)} models, {failed} wrong")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
