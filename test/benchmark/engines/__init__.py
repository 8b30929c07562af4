"""One engine a file. An engine's `load(folder, name, mode, batch, threads)` gives an object with

    convert(inputs, labels)   one batch, name -> array as `models.batches` has it, as the engine's own tensors; not timed
    step(batch)               one call: inference gives the outputs, training one update and its loss
    output(result)            a result as numpy
    reset()                   what is carried from call to call begins anew
    version                   of the engine
    form                      in words, what `fastest` chose, where there was a choice
"""
import sys
import time


def fastest(candidates, attempt, what):
    """The candidate whose `attempt` takes the least time in the best of some calls; `attempt` gives a function that makes one call. One that cannot be
    attempted is left out, unless all are."""
    candidates, best = list(candidates), None
    if len(candidates) == 1:
        return candidates[0]
    for candidate in candidates:
        try:
            call, least, begin = attempt(candidate), float("inf"), time.perf_counter()
            for i in range(4):
                start = time.perf_counter()
                call()
                least = min(least, time.perf_counter() - start) if i else least
                if i and time.perf_counter() - begin > 5:
                    break
        except Exception as error:
            failure = error
            print(f"{what} {candidate}: {str(error)[:300]}", file=sys.stderr)
            continue
        if best is None or least < best[0]:
            best = least, candidate
    if best is None:
        raise failure
    return best[1]
