"""The random streams that every backend shares, put back as they were."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

_GLOBAL_SEED_GENERATOR = "global_seed_generator"


@contextmanager
def shared_streams() -> Iterator[None]:
    """Restore the streams of Python, numpy and Keras that a probe could move.

    Keras draws the seeds of new layers from Python's global stream, users' losses and generators
    draw from numpy's, and unseeded random operations from Keras's own global generator, which is
    made on first use: one that a probe made is dropped again.
    """
    import keras
    from keras.src.backend.common import global_state

    python_state, numpy_state = random.getstate(), np.random.get_state()
    generator = global_state.get_global_attribute(_GLOBAL_SEED_GENERATOR)
    seed = None if generator is None else np.array(keras.ops.convert_to_numpy(generator.state))
    try:
        yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
        global_state.set_global_attribute(_GLOBAL_SEED_GENERATOR, generator)
        if generator is not None:
            generator.state.assign(seed)
