"""What stands in for the user's parts: a loss, a network and layers that are known to be sound."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from unstuck.evidence.reference.categories import codes_of
from unstuck.evidence.reference.table import Leaf, are_ids
from unstuck.evidence.sample import leaves
from unstuck.lab.exchange.score import ProblemForm, Range, range_of

#: Width of the hidden layers of the reference network.
WIDTH = 64

#: The rate of the reference's Adam: three times Keras's default, as its trainings are short.
RATE = 3e-3

#: Weights beyond which a dense stand-in is no standard layer any more.
MOST_WEIGHTS = 2_000_000


class NoStandardError(Exception):
    """There is no standard part in this place. The text says why, as the end of a sentence."""


def loss_for(form: ProblemForm, targets: np.ndarray, shape: Sequence[int], spread: Range) -> tuple[Any, str]:
    """The standard loss for these targets and this kind of output, and its name in source.

    Args:
        form: what the targets are.
        targets: those of the training rows.
        shape: one answer's shape, units last.
        spread: what the output's last activation is.

    Raises:
        NoStandardError: there is none.
    """
    import keras

    losses = keras.losses
    open_ = spread == "linear"
    suffix = "(from_logits=True)" if open_ else ""
    if form == "numbers":
        return losses.MeanSquaredError(), "keras.losses.MeanSquaredError"
    if form in ("two classes", "labels"):
        if set(np.unique(targets)) - {0, 1}:
            raise NoStandardError("its labels are not 0 and 1")
        return losses.BinaryCrossentropy(from_logits=open_), f"keras.losses.BinaryCrossentropy{suffix}"
    if spread == "sigmoid":
        raise NoStandardError("its outputs are sigmoids, one a class")
    if targets.shape[1:] != tuple(shape):
        made = losses.SparseCategoricalCrossentropy(from_logits=open_)
        return made, f"keras.losses.SparseCategoricalCrossentropy{suffix}"
    made = losses.CategoricalCrossentropy(from_logits=open_)
    return made, f"keras.losses.CategoricalCrossentropy{suffix}"


def network_for(x: Any, shape: Sequence[int], spread: Range, *, embeds: bool) -> Any:
    """A standard network for these inputs, with outputs of this shape a row and of this kind.

    Args:
        x: training inputs, in the user's structure.
        shape: one answer's shape, units last.
        spread: what its last activation is.
        embeds: whether whole numbers are ids.

    Raises:
        NoStandardError: there is none for rows of this kind.
    """
    import keras

    arrays = leaves(x)
    taken = _inputs(x)
    inputs = leaves(taken)
    if len(shape) == 3 and len(arrays) == 1 and arrays[0].shape[1:3] == tuple(shape[:2]):
        return keras.Model(taken, _picture(arrays[0], inputs[0], shape[-1], spread))
    steps = shape[0] if len(shape) == 2 else None
    read = [_read(each, given, steps, embeds=embeds) for each, given in zip(arrays, inputs, strict=True)]
    if len(shape) > 2 or any(each.shape[1:-1] != tuple(shape[:-1]) for each in read):
        raise NoStandardError(f"its answers are of shape {tuple(shape)}")
    hidden = read[0] if len(read) == 1 else keras.layers.Concatenate()(read)
    hidden = keras.layers.Dense(WIDTH, activation="relu")(hidden)
    outputs = keras.layers.Dense(shape[-1], activation=spread)(hidden)
    return keras.Model(taken, outputs)


def _picture(array: np.ndarray, given: Any, units: int, spread: Range) -> Any:
    """An answer for each pixel, from what lies within three pixels of it."""
    from keras import layers

    values = _scaled(given, array, (0, 1, 2))
    for _ in range(3):
        values = layers.Conv2D(16, 3, padding="same", activation="relu")(values)
    return layers.Conv2D(units, 1, activation=spread)(values)


def _inputs(structure: Any, name: str | None = None) -> Any:
    """An Input for each array, in the user's structure."""
    import keras

    if isinstance(structure, dict):
        return {key: _inputs(part, str(key)) for key, part in structure.items()}
    if isinstance(structure, (list, tuple)):
        return type(structure)(_inputs(part) for part in structure)
    return keras.Input(structure.shape[1:], dtype=_dtype(structure), name=name)


def _dtype(array: np.ndarray) -> str:
    if array.dtype.kind not in "biuf":
        raise NoStandardError("its inputs are no numbers")
    return "int32" if array.dtype.kind in "iu" else "float32"


def _read(array: np.ndarray, given: Any, steps: int | None, *, embeds: bool) -> Any:
    """One input brought to features: (rows, features), or (rows, steps, features) for answers by step."""
    from keras import layers

    rows = np.arange(min(len(array), 256))
    if (
        embeds
        and array.dtype.kind in "iu"
        and are_ids(Leaf(((array, rows),)), single=True)
        and array.ndim == 2
    ):
        words = layers.Embedding(int(array.max()) + 1, WIDTH // 2)(given)
        if steps is not None:
            return layers.GRU(WIDTH, return_sequences=True)(words)  # reads forward: it sees nothing ahead
        both = [layers.GlobalAveragePooling1D()(words), layers.GlobalMaxPooling1D()(words)]
        return layers.Concatenate()(both) if array.shape[1] > 1 else layers.Flatten()(words)
    if array.dtype.kind in "iu" and array.ndim == 2 and steps is None:
        codes = codes_of([Leaf(((array, np.arange(len(array))),))])
        if codes is not None and codes.shape[1] == array.shape[1]:
            return _things(array, given)
    # An image keeps the contrast between its pixels.
    scaled = _scaled(given, array, (0, 1, 2) if array.ndim == 4 else (0,))
    if array.ndim == 1:
        return _body(layers.Reshape((1,))(scaled), (1,), steps)
    return _body(scaled, array.shape[1:], steps)


def _things(array: np.ndarray, given: Any) -> Any:
    """Numbers of things, one kind a column: what each is like, and how those of one row go together."""
    import keras
    from keras import layers, ops

    sizes = array.max(axis=0).astype(np.int64) + 1
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype("int32")
    # Products of values near 0 have next to no gradient: they start larger than Keras's embeddings.
    drawn = keras.initializers.RandomNormal(stddev=0.3, seed=0)
    table = layers.Embedding(int(sizes.sum()), WIDTH // 4, embeddings_initializer=drawn)
    found = table(ops.add(ops.cast(given, "int32"), starts))
    each = [found[:, column] for column in range(array.shape[1])]
    pairs = [layers.Multiply()(list(two)) for two in combinations(each, 2)]
    return layers.Concatenate()([*each, *pairs]) if pairs else each[0]


def _scaled(given: Any, array: np.ndarray, over: tuple[int, ...]) -> Any:
    """An input brought to mean 0 and deviation 1 over these axes of the training rows."""
    from keras import ops

    spread = array.std(axis=over, dtype=np.float64)
    spread = np.where(spread > 1e-7, spread, 1.0).astype(np.float32)
    mean = array.mean(axis=over, dtype=np.float64).astype(np.float32)
    return ops.divide(ops.subtract(ops.cast(given, "float32"), mean), spread)


def _body(values: Any, shape: Sequence[int], steps: int | None) -> Any:
    from keras import layers

    if len(shape) == 3:
        for width in (16, 32):
            values = layers.Conv2D(width, 3, padding="same", activation="relu")(values)
            if min(values.shape[1:3]) >= 4:
                values = layers.MaxPooling2D(2)(values)
        return layers.Flatten()(values)
    if len(shape) == 2 and steps is not None:
        return layers.GRU(WIDTH, return_sequences=True)(values)
    if len(shape) == 2 and shape[0] > 1:
        return _pooled(values)
    flat = layers.Flatten()(values) if len(shape) != 1 else values
    if len(shape) == 1 and shape[0] >= WIDTH:
        local = _pooled(layers.Reshape((shape[0], 1))(flat))
        return layers.Concatenate()([layers.Dense(WIDTH, activation="relu")(flat), local])
    return layers.Dense(WIDTH, activation="relu")(flat)


def _pooled(values: Any) -> Any:
    """What a series holds, wherever it stands, and the series itself."""
    from keras import layers

    local = layers.Conv1D(WIDTH // 2, 7, padding="same", activation="relu")(values)
    both = [layers.GlobalAveragePooling1D()(local), layers.GlobalMaxPooling1D()(local)]
    if np.prod(values.shape[1:]) <= 4 * WIDTH:
        both.append(layers.Dense(WIDTH, activation="relu")(layers.Flatten()(values)))
    return layers.Concatenate()(both)


def layer_for(given: Sequence[np.ndarray], made: np.ndarray) -> tuple[Any, str]:
    """A standard layer that takes what a layer took and gives what it gave, and its name in source.

    Args:
        given: the layer's inputs on some rows.
        made: its output on the same rows.

    Raises:
        NoStandardError: there is none.
    """
    import keras
    from keras import layers

    shapes, shape = [each.shape[1:] for each in given], made.shape[1:]
    if made.dtype.kind != "f" or not shape:
        raise NoStandardError(f"its output is of shape {shape}")
    units, first = shape[-1], shapes[0]
    inputs = [keras.Input(each.shape[1:], dtype=_dtype(each)) for each in given]
    alike = all(each == first for each in shapes)
    if given[0].dtype.kind in "iu":
        if len(given) > 1 or given[0].min() < 0 or shape[:-1] != first:
            raise NoStandardError("it reads whole numbers")
        ids = layers.Embedding(max(int(given[0].max()) + 1, 2), units)(inputs[0])
        return keras.Model(inputs[0], ids), "keras.layers.Embedding"
    taken = inputs[0] if len(inputs) == 1 else inputs
    joined = inputs[0]
    if len(inputs) > 1:
        joined = layers.Concatenate()(inputs if alike else [layers.Flatten()(each) for each in inputs])
    if len(shape) == 2 and len(first) == 2 and alike and shape[0] == first[0]:
        return keras.Model(taken, layers.GRU(units, return_sequences=True)(joined)), "keras.layers.GRU"
    if len(shape) == 3 and len(first) == 3 and alike and shape[:2] == first[:2]:
        local = layers.Conv2D(units, 3, padding="same", activation="relu")(joined)
        return keras.Model(taken, local), "keras.layers.Conv2D"
    if len(shape) == 2 and len(first) == 1 and len(given) == 1 and 1 < shape[0] <= first[0]:
        local = layers.Conv1D(units, first[0] - shape[0] + 1)(layers.Reshape((first[0], 1))(joined))
        return keras.Model(taken, local), "keras.layers.Conv1D"
    size, wide = int(np.prod(shape)), int(np.prod(joined.shape[1:]))
    if WIDTH * (size + wide) > MOST_WEIGHTS:
        raise NoStandardError(f"a standard layer from {first} to {shape} is too large")
    flat = layers.Flatten()(joined) if len(joined.shape) > 2 else joined
    flat = layers.Dense(WIDTH, activation="relu")(flat)
    flat = layers.Dense(size, activation=range_of(made) if len(shape) == 1 else None)(flat)
    return keras.Model(taken, layers.Reshape(shape)(flat)), "keras.layers.Dense"
