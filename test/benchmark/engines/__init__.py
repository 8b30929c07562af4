"""One engine a file. An engine's `load(folder, name, mode, batch, threads)` gives an object with

    convert(images, labels)   one batch as the engine's own tensors; not timed
    step(batch)               one call: inference gives the outputs, training one update and its loss
    output(result)            a result as numpy
    version                   of the engine
"""
