"""JAX: the whole call in one jit, a training step with its update; weights, moments and what is carried are donated."""
import os

import numpy as np

import models


class load:
    def __init__(self, folder, name, mode, batch, threads):
        use_threads(threads)
        import jax
        import jax.numpy as jnp
        self.jax, self.jnp, self.version = jax, jnp, jax.__version__
        module = models.build(name)
        self.first = [value.numpy() for value in models.carried(module, batch)]
        net = net_of(name, module)
        weights = {k: jnp.array(v) for k, v in np.load(os.path.join(folder, name + ".npz")).items()}
        self.reset()
        if mode == "infer":
            forward = jax.jit(lambda p, given, states: net(p, given, states, False), donate_argnums=2)

            def infer(batch):
                logits, self.states = forward(weights, batch[0], self.states)
                return logits.block_until_ready()
            self.step = infer
            return
        training = models.MODELS[name].training
        step, moments = training_step(net, training, weights)
        self.trained = weights, moments

        def train(batch):
            weights, moments, self.states, loss = step(*self.trained, self.states, *batch)
            self.trained = weights, moments
            return loss.block_until_ready()
        self.step = train

    def reset(self):
        self.states = [self.jnp.array(value) for value in self.first]

    def convert(self, inputs, labels):
        return {k: self.jnp.array(v) for k, v in inputs.items()}, self.jnp.array(next(iter(labels.values())))

    def output(self, result):
        return np.asarray(result)


def use_threads(threads):
    """To be called before jax is imported."""
    os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'} intra_op_parallelism_threads={threads}"


def net_of(name, module):
    from engines import jax_graph, jax_nets
    return jax_nets.NETS.get(name) or jax_graph.convert_module(module)


def training_step(net, training, weights):
    """function(weights, moments, states, inputs, label) -> the three anew, loss; and the first moments. Running statistics are not moved."""
    import jax
    import jax.numpy as jnp
    fixed = lambda path: ".running_" in path
    rates = optimizer(training)

    def loss_of(moving, p, states, given, label):
        logits, states = net({**p, **moving}, given, states, True)
        counted = label != models.IGNORED
        likely = jnp.take_along_axis(jax.nn.log_softmax(logits), jnp.where(counted, label, 0)[..., None], -1)[..., 0]
        return -training.scale * jnp.sum(jnp.where(counted, likely, 0)) / jnp.sum(counted), states

    def update(p, moments, states, given, label):
        moving = {k: v for k, v in p.items() if not fixed(k)}
        (loss, states), g = jax.value_and_grad(loss_of, has_aux=True)(moving, p, states, given, label)
        if training.clip_norm:
            norm = jnp.sqrt(sum(jnp.vdot(a, a) for a in g.values()))
            g = {k: a * jnp.minimum(1.0, training.clip_norm / norm) for k, a in g.items()}
        g = {k: a + training.decay * p[k] if training.decay and training.decayed(k) else a for k, a in g.items()}
        count = moments[0] + 1
        moved = {k: rates(g[k], [m[k] for m in moments[1]], count) for k in g}
        new = {k: p[k] - training.rate * move for k, (move, _) in moved.items()}
        for path, most in training.max_norm.items():
            norms = jnp.sqrt(jnp.sum(new[path] ** 2, 0))
            new[path] = new[path] * jnp.minimum(1.0, most / norms)
        return {**p, **new}, (count, [{k: m[i] for k, (_, m) in moved.items()} for i in range(training.moments)]), states, loss

    moments = jnp.zeros(()), [{k: jnp.zeros_like(v) for k, v in weights.items() if not fixed(k)} for _ in range(training.moments)]
    return jax.jit(update, donate_argnums=(0, 1, 2)), moments


def optimizer(training):
    """function(gradient, moments, number of the update from 1) -> what is subtracted, divided by the rate; the new moments."""
    import jax.numpy as jnp

    def sgd(g, moments, count):
        if not moments:
            return g, []
        v = training.momentum * moments[0] + g
        return (g + training.momentum * v if training.nesterov else v), [v]

    def adam(g, moments, count):
        m, v = 0.9 * moments[0] + 0.1 * g, 0.999 * moments[1] + 0.001 * g * g
        return m / (1 - 0.9 ** count) / (jnp.sqrt(v / (1 - 0.999 ** count)) + 1e-8), [m, v]

    def adadelta(g, moments, count):
        v = training.rho * moments[0] + (1 - training.rho) * g * g
        step = jnp.sqrt(moments[1] + 1e-6) / jnp.sqrt(v + 1e-6) * g
        return step, [v, training.rho * moments[1] + (1 - training.rho) * step * step]
    return {"sgd": sgd, "adam": adam, "adadelta": adadelta}[training.optimizer]
