"""How long a training step of lstm_lm (batch 20) takes to compile for a number of steps of time; see `compile_times`."""
import os
import time

import numpy as np

BATCH = 20
# Not with the step: torch compiles in its first call, which also computes; that is left out by a second call. A small batch keeps it short.
TORCH_BATCH = 2


def measure(engine, steps, threads):
    """Seconds to compile, as {"seconds": …, "version": …}."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    return {"jax_jit": _jax, "torch_compile": _torch, "torch_unrolled": lambda *given: _torch(*given, unrolled=True)}[engine](steps, threads)


def _jax(steps, threads):
    from engines import jax_jit
    jax_jit.use_threads(threads)
    import jax
    import models
    module = models.build("lstm_lm")
    weights = {k: jax.numpy.array(v) for k, v in models.weights(module).items()}
    step, moments = jax_jit.training_step(jax_jit.net_of("lstm_lm", module), models.MODELS["lstm_lm"].training, weights)
    states = [jax.numpy.array(value.numpy()) for value in models.carried(module, BATCH)]
    tokens = jax.ShapeDtypeStruct((BATCH, steps), np.int32)
    start = time.perf_counter()
    step.lower(weights, moments, states, {"tokens": tokens}, tokens).compile()
    return {"seconds": time.perf_counter() - start, "version": jax.__version__}


def _torch(steps, threads, unrolled=False):
    """Forward, loss and backward, without any cache; the optimizer is eager. As it comes, torch.compile leaves nn.LSTM to the eager kernels; `unrolled`
    has it compile the loop too."""
    import torch
    import torch._dynamo.config as dynamo
    import torch._inductor.config as inductor
    import models
    torch.set_num_threads(threads)
    inductor.force_disable_caches = True
    dynamo.allow_rnn = unrolled
    net, training = models.build("lstm_lm").train(), models.MODELS["lstm_lm"].training
    state = models.carried(net, TORCH_BATCH)
    tokens = torch.randint(0, 10000, (TORCH_BATCH, steps))

    def loss_of(tokens, label, *state):
        logits, *state = net(tokens, *state)
        return training.scale * torch.nn.functional.cross_entropy(logits.flatten(0, 1), label.flatten()), state
    compiled, seconds = torch.compile(loss_of, dynamic=False), []
    for _ in range(2):
        start = time.perf_counter()
        compiled(tokens, tokens, *state)[0].backward()
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds[0] - seconds[1], "version": torch.__version__.split("+")[0]}
