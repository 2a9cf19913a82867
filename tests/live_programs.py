"""Small live trainings that tests of what is claimed share."""

import keras
import numpy as np
from keras import layers

ROWS, COLUMNS = 400, 8
SURE = ("proved", "measured", "confirmed")


def table(classes):
    """Rows of numbers and the class each belongs to, which a linear model can tell."""
    random = np.random.default_rng(3)
    x = random.normal(size=(ROWS, COLUMNS)).astype("float32")
    return x, (x @ random.normal(size=(COLUMNS, classes))).argmax(axis=1).astype("int32")


def decisions():
    """Rows of numbers and a column of 0 and 1."""
    x, y = table(2)
    return x, y[:, None].astype("float32")


def sequences():
    """Rows of six ids, the last two of them padding of 0, and what is asked of each of them."""
    x = np.random.default_rng(3).integers(1, 9, (ROWS, 6))
    x[:, 4:] = 0
    return x, (x > 4).astype("float32")


def dense(*stack, shape=(COLUMNS,)):
    return keras.Sequential([keras.Input(shape), layers.Dense(16, activation="relu"), *stack])


def sure_claims(diagnosis):
    told = [*diagnosis.run.causes, *diagnosis.run.notes]
    assert diagnosis.run.errors == []
    return [(each.rule, each.certainty, each.says) for each in told if each.certainty in SURE]


def compiled(build):
    """The model, inputs and targets that a program gives, compiled with its loss and metrics."""
    keras.utils.set_random_seed(1)
    model, loss, x, y, *metrics = build()
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=metrics[0] if metrics else None)
    return model, x, y
